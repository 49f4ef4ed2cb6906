import type { Row } from "../../protocol/frame/frame-builder.ts";
import { MAX_SERIES } from "../map/bounds.ts";

/** Lets the first {@link MAX_SERIES} series of a channel pass; points of others are left out, and counted. */
export class SeriesBound {
  /** Left out since {@link takeLost}. */
  #lost = 0;
  readonly #known = new Set<string>();
  readonly #max: number;
  /** Readers give the same array with each message of a topic. */
  #lastNames: readonly string[] | undefined;

  constructor(max = MAX_SERIES) {
    this.#max = max;
  }

  pass(rows: readonly Row[]): readonly Row[] {
    for (const row of rows) {
      const { names } = row;
      if (names !== this.#lastNames && !this.#knows(row)) return rows.flatMap((row) => this.#rest(row));
      this.#lastNames = names;
    }
    return rows;
  }

  get known(): ReadonlySet<string> {
    return this.#known;
  }

  /** Points left out since the last call. */
  takeLost(): number {
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }

  #knows({ names, values }: Row): boolean {
    let areKnown = true;
    for (let i = 0; i < names.length; i++) {
      const name = names[i] ?? "";
      if (this.#known.has(name)) continue;
      // A series begins with a point: before it there is no line to break.
      if (this.#known.size < this.#max && !Number.isNaN(values[i])) this.#known.add(name);
      else areKnown = false;
    }
    return areKnown;
  }

  #rest(row: Row): Row[] {
    if (this.#knows(row)) return [row];
    const names: string[] = [];
    const values: number[] = [];
    row.names.forEach((name, i) => {
      const value = row.values[i] ?? Number.NaN;
      if (this.#known.has(name)) {
        names.push(name);
        values.push(value);
      } else if (!Number.isNaN(value)) this.#lost++;
    });
    return names.length === 0 ? [] : [{ ...row, names, values }];
  }
}

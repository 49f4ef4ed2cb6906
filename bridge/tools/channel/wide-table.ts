import type { Point } from "../../../protocol/frame/frame.ts";
import { numberText } from "../../../protocol/json/point-text.ts";
import { counted } from "../../observability/printable.ts";
import { ChannelError } from "./ask.ts";
import { csvName } from "./point-writer.ts";

/** What a table in memory may have: some 500 MB. */
export const MAX_VALUES = 5_000_000;

export interface WideRow {
  x: number;
  values: Map<string, number>;
}

/** A table with a column for each series and a row for each x. All points must be here before its first line is known. */
export class WideTable {
  /** In the order in which they came first. */
  readonly #series = new Set<string>();
  readonly #rows: WideRow[] = [];
  /** The row of an x that takes its next point. */
  readonly #open = new Map<number, WideRow>();
  #values = 0;

  /** @returns false, and adds nothing, if there is no more room */
  add({ series, x, y }: Point): boolean {
    if (this.#values >= MAX_VALUES) return false;
    this.#values++;
    this.#series.add(series);
    let row = this.#open.get(x);
    // A series that has two points at one x has two rows: neither is left out.
    if (row === undefined || row.values.has(series)) {
      row = { x, values: new Map() };
      this.#rows.push(row);
      this.#open.set(x, row);
    }
    row.values.set(series, y);
    return true;
  }

  /** In the order in which they came first. */
  get series(): string[] {
    return [...this.#series];
  }

  /** In the order of x. */
  rows(): readonly WideRow[] {
    // Sorting keeps the order of rows with one x.
    return this.#rows.sort((a, b) => a.x - b.x);
  }

  /** CSV (RFC 4180), in the order of x. */
  *lines(): Generator<string> {
    const { series } = this;
    yield `${["x", ...series.map(csvName)].join(",")}\r\n`;
    for (const { x, values } of this.rows()) {
      const cells = series.map((name) => {
        const y = values.get(name);
        return y === undefined ? "" : numberText(y);
      });
      yield `${[numberText(x), ...cells].join(",")}\r\n`;
    }
  }
}

/** @throws ChannelError if they do not fit */
export function addedTo(table: WideTable, points: readonly Point[]): void {
  if (points.every((point) => table.add(point))) return;
  const most = counted(MAX_VALUES, "value");
  throw new ChannelError(`A wide table has ${most} at most: choose --from, --to or --series, or leave out --wide.`);
}

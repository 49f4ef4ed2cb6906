import { MAX_SERIES_LISTED } from "../../../protocol/limits.ts";
import { isSeriesPattern, SeriesFilter } from "../../../protocol/series-filter.ts";

/** Names are stored together, so many characters of JSON in a row, since rows are what is billed. */
const MAX_ROW_CHARACTERS = 64 * 1024;
/** To compare a name with all others could take longer than the read that asks for it. */
const MAX_NEAR = 64;

interface Row {
  id: number;
  names: string[];
}

/** The series that a channel has seen, the first {@link MAX_SERIES_LISTED} of them: stored, and in memory. */
export class SeriesNames {
  readonly #sql: SqlStorage;
  readonly #names = new Set<string>();
  /** The last row, into which names are still written. */
  #last: Row = { id: 0, names: [] };

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec("CREATE TABLE IF NOT EXISTS series_names (id INTEGER PRIMARY KEY, names TEXT NOT NULL)");
    for (const { id, names } of sql.exec("SELECT id, names FROM series_names ORDER BY id").toArray()) {
      this.#last = { id: Number(id), names: namesIn(String(names)) };
      for (const name of this.#last.names) this.#names.add(name);
    }
  }

  get size(): number {
    return this.#names.size;
  }

  get all(): string[] {
    return [...this.#names];
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Whether points of one of these (`*` is any characters) may be stored: while the list has room, what is not in it was never published. */
  mayHave(series: readonly string[]): boolean {
    if (this.#names.size >= MAX_SERIES_LISTED || series.some((name) => this.#names.has(name))) return true;
    const filter = new SeriesFilter(series.filter(isSeriesPattern));
    return !filter.isAll && [...this.#names].some((name) => filter.has(name));
  }

  /** Some names that may have been meant by another: the first that are about as long. */
  near(name: string): string[] {
    const near: string[] = [];
    for (const known of this.#names) {
      if (near.length >= MAX_NEAR) break;
      if (Math.abs(known.length - name.length) <= Math.max(1, known.length / 3)) near.push(known);
    }
    return near;
  }

  /** How many of these it does not have. */
  countNew(series: readonly string[]): number {
    return series.filter((name) => !this.#names.has(name)).length;
  }

  /** Those of these that are to be added. */
  newOf(series: readonly string[]): string[] {
    return series.filter((name) => !this.#names.has(name)).slice(0, MAX_SERIES_LISTED - this.#names.size);
  }

  /** Writes names down, in the transaction of their frames; {@link know} follows once that is done. */
  write(names: readonly string[]): void {
    if (names.length === 0) return;
    const row = this.#lastWith(names);
    this.#sql.exec("INSERT OR REPLACE INTO series_names VALUES (?, ?)", row.id, JSON.stringify(row.names));
  }

  know(names: readonly string[]): void {
    if (names.length === 0) return;
    this.#last = this.#lastWith(names);
    for (const name of names) this.#names.add(name);
  }

  /** Forgets those that are stored, in a transaction; {@link forget} follows. */
  delete(): void {
    this.#sql.exec("DELETE FROM series_names");
  }

  forget(): void {
    this.#last = { id: 0, names: [] };
    this.#names.clear();
  }

  /** The row that these names go into: the last, if it has room, or a new one. */
  #lastWith(names: readonly string[]): Row {
    const { id, names: before } = this.#last;
    const together = [...before, ...names];
    return JSON.stringify(together).length <= MAX_ROW_CHARACTERS
      ? { id, names: together }
      : { id: id + 1, names: [...names] };
  }
}

function namesIn(json: string): string[] {
  const names: unknown = JSON.parse(json);
  if (!Array.isArray(names)) throw new Error("The stored names of series are damaged.");
  return names.map(String);
}

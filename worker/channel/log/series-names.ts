import { MAX_SERIES_LISTED } from "../../../protocol/limits.ts";

/** The series that a channel has seen, the first {@link MAX_SERIES_LISTED} of them: a row each, and in memory. */
export class SeriesNames {
  readonly #sql: SqlStorage;
  readonly #names = new Set<string>();

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec("CREATE TABLE IF NOT EXISTS series (name TEXT PRIMARY KEY)");
    for (const { name } of sql.exec("SELECT name FROM series ORDER BY rowid").toArray()) this.#names.add(String(name));
  }

  get all(): string[] {
    return [...this.#names];
  }

  /** Whether points of one of these may be stored: while the list has room, what is not in it was never published. */
  mayHave(series: readonly string[]): boolean {
    return this.#names.size >= MAX_SERIES_LISTED || series.some((name) => this.#names.has(name));
  }

  /** Those of these that are to be added. */
  newOf(series: readonly string[]): string[] {
    return series.filter((name) => !this.#names.has(name)).slice(0, MAX_SERIES_LISTED - this.#names.size);
  }

  /** Writes names down, in the transaction of their frames; {@link know} follows once that is done. */
  write(names: readonly string[]): void {
    for (const name of names) this.#sql.exec("INSERT INTO series VALUES (?)", name);
  }

  know(names: readonly string[]): void {
    for (const name of names) this.#names.add(name);
  }

  /** Forgets those that are stored, in a transaction; {@link forget} follows. */
  delete(): void {
    this.#sql.exec("DELETE FROM series");
  }

  forget(): void {
    this.#names.clear();
  }
}

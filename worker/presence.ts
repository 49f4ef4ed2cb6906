import { MAX_PUBLISHERS } from "./protocol/limits.ts";
import type { Announcement } from "./protocol/messages.ts";

/**
 * Which publishers are here, as far as they say so: the last {@link MAX_PUBLISHERS} that did. A row is written when one
 * of them comes or goes, and none for a frame.
 */
export class Presence {
  /** Undefined while nothing was published: then nothing is written, either. */
  #sql: SqlStorage | undefined;
  /** When each has gone, null while it is here; in the order of change, so that the first is the one to forget. */
  readonly #goneAtMs = new Map<string, number | null>();
  #allGoneAtMs: number | null = null;

  /** Reads what is stored, and writes down what this knows already. */
  keepIn(sql: SqlStorage): void {
    const known = [...this.#goneAtMs];
    this.#sql = sql;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS presence (
        change INTEGER PRIMARY KEY, publisher TEXT NOT NULL UNIQUE, gone_at_ms INTEGER)`);
    for (const row of sql.exec("SELECT publisher, gone_at_ms FROM presence ORDER BY change").toArray()) {
      this.#goneAtMs.set(String(row.publisher), row.gone_at_ms === null ? null : Number(row.gone_at_ms));
    }
    for (const [publisher, goneAtMs] of known) this.#write(publisher, goneAtMs);
    this.#allGoneAtMs = lastOf([...this.#goneAtMs.values()]);
  }

  /** What is stored was deleted. */
  keepNowhere(): void {
    this.#sql = undefined;
  }

  /** When the last of them has gone; null while one is here, or if there never was any. */
  get allGoneAtMs(): number | null {
    return this.#allGoneAtMs;
  }

  announce({ publisher, here }: Announcement, nowMs: number): void {
    const before = this.#goneAtMs.get(publisher);
    if (before !== undefined && (before === null) === here) return;
    const goneAtMs = here ? null : nowMs;
    this.#write(publisher, goneAtMs);
    this.#goneAtMs.delete(publisher);
    this.#goneAtMs.set(publisher, goneAtMs);
    if (this.#goneAtMs.size > MAX_PUBLISHERS) this.#forgetFirst();
    this.#allGoneAtMs = lastOf([...this.#goneAtMs.values()]);
  }

  /** A new frame came of a publisher: whoever said that it is gone is here again. */
  heardOf(publisher: string, nowMs: number): void {
    if (typeof this.#goneAtMs.get(publisher) === "number") this.announce({ publisher, here: true }, nowMs);
  }

  #write(publisher: string, goneAtMs: number | null): void {
    // A row that is replaced gets a new number, the highest.
    this.#sql?.exec("INSERT OR REPLACE INTO presence (publisher, gone_at_ms) VALUES (?, ?)", publisher, goneAtMs);
  }

  #forgetFirst(): void {
    const first = this.#goneAtMs.keys().next();
    if (first.done) return;
    this.#goneAtMs.delete(first.value);
    this.#sql?.exec("DELETE FROM presence WHERE publisher = ?", first.value);
  }
}

function lastOf(goneAtMs: readonly (number | null)[]): number | null {
  const times = goneAtMs.filter((atMs) => atMs !== null);
  return times.length > 0 && times.length === goneAtMs.length ? Math.max(...times) : null;
}

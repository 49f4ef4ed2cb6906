import { MAX_PUBLISHERS, PRESENCE_EXPIRES_MS } from "../../protocol/limits.ts";
import type { Announcement } from "../../protocol/messages/publish.ts";
import { addColumn } from "./log/columns.ts";

/** A publisher says every minute that it is still here. Rows are what costs, so what comes sooner is not written. */
const WRITE_EVERY_MS = 55_000;

interface Known {
  /** When it said that it goes; null while it is here, as far as it said. */
  goneAtMs: number | null;
  /** When it last said that it is here. */
  saidAtMs: number;
  /** Of these, the last that is stored. */
  writtenAtMs: number;
}

/**
 * Which publishers are here: those that say so, while anything is heard of them. The last {@link MAX_PUBLISHERS} that
 * announced themselves are known. A row is written when one of them comes or goes, and once a minute while it only says
 * that it is still here; none for a frame, whose own row says when it came. All times are the channel's.
 */
export class Presence {
  readonly #takenAtMs: (publisher: string) => number | undefined;
  /** Undefined while nothing was published: then nothing is written, either. */
  #sql: SqlStorage | undefined;
  /** In the order of change, so that the first is the one to forget. */
  readonly #known = new Map<string, Known>();

  /** @param takenAtMs when the last new frame of a publisher was taken, as far as that is known */
  constructor(takenAtMs: (publisher: string) => number | undefined) {
    this.#takenAtMs = takenAtMs;
  }

  /**
   * Reads what is stored, and writes down what this knows already.
   * @param nowMs for what was stored before publishers could expire: they are heard of now
   */
  keepIn(sql: SqlStorage, nowMs: number): void {
    const before = [...this.#known];
    this.#sql = sql;
    sql.exec(`
      CREATE TABLE IF NOT EXISTS presence (
        change INTEGER PRIMARY KEY, publisher TEXT NOT NULL UNIQUE, gone_at_ms INTEGER, heard_at_ms INTEGER)`);
    if (addColumn(sql, "presence", "heard_at_ms")) {
      // The clock may have been ahead then, and could still run back.
      sql.exec("UPDATE presence SET gone_at_ms = min(gone_at_ms, ?)", nowMs);
      sql.exec("UPDATE presence SET heard_at_ms = coalesce(gone_at_ms, ?)", nowMs);
    }
    for (const row of sql.exec("SELECT publisher, gone_at_ms, heard_at_ms FROM presence ORDER BY change").toArray()) {
      const saidAtMs = Number(row.heard_at_ms);
      const goneAtMs = row.gone_at_ms === null ? null : Number(row.gone_at_ms);
      this.#known.set(String(row.publisher), { goneAtMs, saidAtMs, writtenAtMs: saidAtMs });
    }
    for (const [publisher, { goneAtMs, saidAtMs }] of before) this.#write(publisher, goneAtMs, saidAtMs);
  }

  /** What is stored was deleted. */
  keepNowhere(): void {
    this.#sql = undefined;
  }

  /** The latest time here. */
  get latestMs(): number {
    return [...this.#known.values()].reduce((latest, { saidAtMs }) => Math.max(latest, saidAtMs), 0);
  }

  /** When the last of them has gone, or was last heard of; null while one is here, or if there never was any. */
  allGoneAtMs(nowMs: number): number | null {
    let latest: number | null = null;
    for (const [publisher, known] of this.#known) {
      const goneAtMs = known.goneAtMs ?? this.#expiredAtMs(publisher, known, nowMs);
      if (goneAtMs === null) return null;
      latest = Math.max(latest ?? 0, goneAtMs);
    }
    return latest;
  }

  /** In how long {@link allGoneAtMs} changes if nothing more is heard of anybody; undefined if it does not. */
  expiresInMs(nowMs: number): number | undefined {
    let latest: number | undefined;
    for (const [publisher, known] of this.#known) {
      if (known.goneAtMs !== null) continue;
      const leftMs = this.#heardAtMs(publisher, known) + PRESENCE_EXPIRES_MS - nowMs;
      if (leftMs > 0) latest = Math.max(latest ?? 0, leftMs);
    }
    return latest;
  }

  announce({ publisher, here }: Announcement, nowMs: number): void {
    const before = this.#known.get(publisher);
    if (before === undefined || (before.goneAtMs === null) !== here) return this.#change(publisher, here, nowMs);
    if (!here) return;
    before.saidAtMs = nowMs;
    if (nowMs - before.writtenAtMs < WRITE_EVERY_MS) return;
    this.#sql?.exec("UPDATE presence SET heard_at_ms = ? WHERE publisher = ?", nowMs, publisher);
    before.writtenAtMs = nowMs;
  }

  /** A new frame came of a publisher: whoever said that it is gone is here again. */
  heardOf(publisher: string, nowMs: number): void {
    if (typeof this.#known.get(publisher)?.goneAtMs === "number") this.#change(publisher, true, nowMs);
  }

  #change(publisher: string, here: boolean, nowMs: number): void {
    const goneAtMs = here ? null : nowMs;
    this.#write(publisher, goneAtMs, nowMs);
    this.#known.delete(publisher);
    this.#known.set(publisher, { goneAtMs, saidAtMs: nowMs, writtenAtMs: nowMs });
    if (this.#known.size > MAX_PUBLISHERS) this.#forgetFirst();
  }

  #write(publisher: string, goneAtMs: number | null, saidAtMs: number): void {
    // A row that is replaced gets a new number, the highest.
    const query = "INSERT OR REPLACE INTO presence (publisher, gone_at_ms, heard_at_ms) VALUES (?, ?, ?)";
    this.#sql?.exec(query, publisher, goneAtMs, saidAtMs);
  }

  /** When a publisher that did not say that it goes was last heard of, if that is too long ago; null if it is here. */
  #expiredAtMs(publisher: string, known: Known, nowMs: number): number | null {
    const heardAtMs = this.#heardAtMs(publisher, known);
    return nowMs - heardAtMs >= PRESENCE_EXPIRES_MS ? heardAtMs : null;
  }

  #heardAtMs(publisher: string, { saidAtMs }: Known): number {
    return Math.max(saidAtMs, this.#takenAtMs(publisher) ?? 0);
  }

  #forgetFirst(): void {
    const first = this.#known.keys().next();
    if (first.done) return;
    this.#known.delete(first.value);
    this.#sql?.exec("DELETE FROM presence WHERE publisher = ?", first.value);
  }
}

import { type Loss, type LossEntry, merged, totalAfter } from "../../hub/log/losses.ts";

/**
 * What frames that are gone from the store told as lost. Viewers that never saw these frames are told the sum, so that
 * a gap is not lost with the frame it stood in.
 */
export class GapLedger {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    sql.exec("CREATE TABLE IF NOT EXISTS told (seq INTEGER PRIMARY KEY, from_seq INTEGER NOT NULL, points REAL)");
  }

  /** Adds losses that are newer than any here, in order. Beyond `MAX_TRIMMED_GAPS` the oldest are merged. */
  add(losses: readonly Loss[]): void {
    if (losses.length === 0) return;
    const before = this.#after(0);
    const now = merged(before, losses);
    this.#sql.exec("DELETE FROM told WHERE seq < ?", now[0]?.seq ?? 0);
    const stored = new Set(before);
    for (const entry of now) {
      if (stored.has(entry)) continue;
      this.#sql.exec("INSERT OR REPLACE INTO told VALUES (?, ?, ?)", entry.seq, entry.fromSeq, entry.points);
    }
  }

  /** How many points were told as lost before points numbered above `seq`; null if nobody can know, or not any more. */
  totalAfter(seq: number): number | null {
    return totalAfter(this.#after(seq), seq);
  }

  clear(): void {
    this.#sql.exec("DELETE FROM told");
  }

  #after(seq: number): LossEntry[] {
    const rows = this.#sql.exec("SELECT seq, from_seq, points FROM told WHERE seq > ? ORDER BY seq", seq).toArray();
    return rows.map((row) => ({
      seq: Number(row.seq),
      fromSeq: Number(row.from_seq),
      points: row.points === null ? null : Number(row.points),
    }));
  }
}

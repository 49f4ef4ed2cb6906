import { MAX_TOLD_GAPS } from "../../../protocol/limits.ts";

/** What a frame told as lost before it, and that frame's number. */
export interface Loss {
  seq: number;
  /** null: nobody can know. */
  points: number | null;
}

/** A loss; or several, merged, told by frames that are numbered above `fromSeq`, up to `seq`. */
interface Told extends Loss {
  fromSeq: number;
}

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

  /** Adds losses that are newer than any here, in order. Beyond {@link MAX_TOLD_GAPS} the oldest are merged. */
  add(losses: readonly Loss[]): void {
    if (losses.length === 0) return;
    const before = this.#after(0);
    const now = bounded([...before, ...losses.map((loss) => ({ ...loss, fromSeq: loss.seq - 1 }))]);
    this.#sql.exec("DELETE FROM told WHERE seq < ?", now[0]?.seq ?? 0);
    const stored = new Set(before);
    for (const told of now) {
      if (stored.has(told)) continue;
      this.#sql.exec("INSERT OR REPLACE INTO told VALUES (?, ?, ?)", told.seq, told.fromSeq, told.points);
    }
  }

  /** How many points the frames numbered above `seq` told as lost; null if nobody can know, or not any more. */
  totalAfter(seq: number): number | null {
    const told = this.#after(seq);
    return told.some(({ fromSeq }) => fromSeq < seq) ? null : totalOf(told);
  }

  clear(): void {
    this.#sql.exec("DELETE FROM told");
  }

  #after(seq: number): Told[] {
    const rows = this.#sql.exec("SELECT seq, from_seq, points FROM told WHERE seq > ? ORDER BY seq", seq).toArray();
    return rows.map((row) => ({
      seq: Number(row.seq),
      fromSeq: Number(row.from_seq),
      points: row.points === null ? null : Number(row.points),
    }));
  }
}

/** How many points are lost in all; null if that is unknown of one, or too many to be counted exactly. */
export function totalOf(losses: readonly { points: number | null }[]): number | null {
  let total = 0;
  for (const { points } of losses) {
    if (points === null) return null;
    total += points;
  }
  return Number.isSafeInteger(total) ? total : null;
}

/** At most {@link MAX_TOLD_GAPS} of them: the oldest become one that has their sum, and says from where to where. */
function bounded(told: Told[]): Told[] {
  const tooMany = told.length - MAX_TOLD_GAPS;
  const last = told[tooMany];
  if (tooMany <= 0 || last === undefined) return told;
  const merged = told.slice(0, tooMany + 1);
  const fromSeq = merged[0]?.fromSeq ?? last.fromSeq;
  return [{ seq: last.seq, fromSeq, points: totalOf(merged) }, ...told.slice(tooMany + 1)];
}

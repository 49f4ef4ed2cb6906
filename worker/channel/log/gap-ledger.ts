import { gapsOf } from "../../../protocol/frame/frame.ts";
import { readHeader } from "../../../protocol/frame/header.ts";
import { MAX_TOLD_GAPS } from "../../../protocol/limits.ts";

/** What a frame tells as lost before it, and that frame's number. */
export interface Loss {
  seq: number;
  /** null: nobody can know. */
  points: number | null;
}

/** A loss; or several, merged, that frames numbered above `fromSeq` told, up to `seq`. */
interface LedgerEntry extends Loss {
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
    for (const entry of now) {
      if (stored.has(entry)) continue;
      this.#sql.exec("INSERT OR REPLACE INTO told VALUES (?, ?, ?)", entry.seq, entry.fromSeq, entry.points);
    }
  }

  /** How many points the frames numbered above `seq` told as lost; null if nobody can know, or not any more. */
  totalAfter(seq: number): number | null {
    const entries = this.#after(seq);
    return entries.some(({ fromSeq }) => fromSeq < seq) ? null : totalOf(entries);
  }

  clear(): void {
    this.#sql.exec("DELETE FROM told");
  }

  #after(seq: number): LedgerEntry[] {
    const rows = this.#sql.exec("SELECT seq, from_seq, points FROM told WHERE seq > ? ORDER BY seq", seq).toArray();
    return rows.map((row) => ({
      seq: Number(row.seq),
      fromSeq: Number(row.from_seq),
      points: row.points === null ? null : Number(row.points),
    }));
  }
}

/** What frames tell as lost; those that tell of nothing are left out. */
export function lossesIn(frames: readonly Uint8Array[]): Loss[] {
  return frames
    .map((frame) => ({ seq: readHeader(frame).seq, points: lostBefore(frame) }))
    .filter(({ points }) => points !== 0);
}

/** How many points a frame tells as lost; null if nobody can know. */
export function lostBefore(frame: Uint8Array): number | null {
  return totalOf(gapsOf(frame));
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
function bounded(entries: LedgerEntry[]): LedgerEntry[] {
  const tooMany = entries.length - MAX_TOLD_GAPS;
  const last = entries[tooMany];
  if (tooMany <= 0 || last === undefined) return entries;
  const merged = entries.slice(0, tooMany + 1);
  const fromSeq = merged[0]?.fromSeq ?? last.fromSeq;
  return [{ seq: last.seq, fromSeq, points: totalOf(merged) }, ...entries.slice(tooMany + 1)];
}

import { gapsOf, placedGapsOf } from "../../../protocol/frame/frame.ts";
import { readHeader } from "../../../protocol/frame/header.ts";
import { MAX_TRIMMED_GAPS } from "../../../protocol/limits.ts";

/** What a frame reports as lost before one of its points. */
export interface Loss {
  /** That point's number: who has it was told of the loss (TR2j), though not all of the frame may have come. */
  seq: number;
  /** null: nobody can know. */
  points: number | null;
}

/** A loss as it is remembered once its frame is gone; or several, merged, before points numbered above `fromSeq` up to `seq`. */
export interface LossEntry extends Loss {
  fromSeq: number;
}

/** What frames report as lost, in order; those that report nothing are left out. */
export function lossesIn(frames: readonly Uint8Array[]): Loss[] {
  return frames.flatMap(lossesOf).filter(({ points }) => points !== 0);
}

function lossesOf(frame: Uint8Array): Loss[] {
  const placed = placedGapsOf(frame);
  if (placed.length === 0) return [];
  const { seq, points } = readHeader(frame);
  // What is missing behind the last point is told before that.
  const numberOf = (pointsBefore: number): number => Math.min(seq, seq - points + pointsBefore + 1);
  const byNumber = Map.groupBy(placed, ({ pointsBefore }) => numberOf(pointsBefore));
  return [...byNumber].map(([at, gaps]) => ({ seq: at, points: totalOf(gaps.map(({ gap }) => gap)) }));
}

/** How many points a frame reports as lost; null if nobody can know. */
export function lostBefore(frame: Uint8Array): number | null {
  return totalOf(gapsOf(frame));
}

/** Entries with losses that are newer. Beyond {@link MAX_TRIMMED_GAPS} the oldest become one: their sum, and from where to where. */
export function merged(entries: readonly LossEntry[], losses: readonly Loss[]): LossEntry[] {
  const all = [...entries, ...losses.map((loss) => ({ ...loss, fromSeq: loss.seq - 1 }))];
  const tooMany = all.length - MAX_TRIMMED_GAPS;
  const last = all[tooMany];
  if (tooMany <= 0 || last === undefined) return all;
  const first = all.slice(0, tooMany + 1);
  const fromSeq = first[0]?.fromSeq ?? last.fromSeq;
  return [{ seq: last.seq, fromSeq, points: totalOf(first) }, ...all.slice(tooMany + 1)];
}

/**
 * How many points were reported as lost before points numbered above `seq`; null if nobody can know, or not any more.
 * @param entries those that are numbered above `seq`
 */
export function totalAfter(entries: readonly LossEntry[], seq: number): number | null {
  return entries.some(({ fromSeq }) => fromSeq < seq) ? null : totalOf(entries);
}

/** How many points are lost in all; null if that is unknown of one, or too many to be counted exactly. */
function totalOf(losses: readonly { points: number | null }[]): number | null {
  let total = 0;
  for (const { points } of losses) {
    if (points === null) return null;
    total += points;
  }
  return Number.isSafeInteger(total) ? total : null;
}

import type { Cursor } from "../protocol/cursor.ts";
import type { FrameHeader } from "../protocol/frame/header.ts";
import type { ChannelGapReason } from "../protocol/messages/server-message.ts";

/**
 * Points that a viewer does not get: `points` of them (null: nobody can know), and what comes next goes on from
 * `(epoch, seq)`. The Channel says why; `hole` is what the viewer finds by the numbers.
 */
export interface MissingPoints extends Cursor {
  reason: ChannelGapReason | "hole";
  points: number | null;
}

/** Where a frame, or `live`, leads, and what is missing before it. */
export interface Advance {
  cursor: Cursor;
  missing: MissingPoints | undefined;
}

/**
 * Where a frame leads from `cursor`; undefined: the viewer has nothing yet, and any frame is its first. Frames that
 * follow each other touch; a hole between two says of itself how many points are missing (SPEC.md, "Numbering").
 * @param isStart nothing of this epoch has come yet: a gap said where it begins, which may be inside its first frame
 * @returns undefined if it is a repeat
 */
export function advance(
  cursor: Cursor | undefined,
  { epoch, seq, points }: Pick<FrameHeader, "epoch" | "seq" | "points">,
  isStart = false,
): Advance | undefined {
  const next = (reason?: "epoch" | "hole", count: number | null = null): Advance => ({
    cursor: { epoch, seq },
    missing: reason && { reason, points: count, epoch, seq: seq - points },
  });
  if (cursor === undefined) return next();
  // Before the first publish the epoch is 0, and what is published then begins at 0.
  const isFirst = cursor.epoch === 0;
  if (!isFirst && epoch !== cursor.epoch) return next("epoch");
  if (!isFirst && seq <= cursor.seq) return undefined;
  const count = seq - points - (isFirst ? 0 : cursor.seq);
  if (count === 0 || (isStart && count < 0)) return next();
  // Which points of a frame that overlaps the last one are repeats cannot be told.
  return next("hole", count > 0 ? count : null);
}

/** The same for `live`, which says that everything up to `at` has been sent. */
export function advanceToLive(cursor: Cursor | undefined, at: Cursor): Advance | undefined {
  if (cursor !== undefined && cursor.epoch === at.epoch && cursor.seq >= at.seq) return undefined;
  return advance(cursor, { ...at, points: 0 });
}

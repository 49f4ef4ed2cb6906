import type { Cursor } from "../protocol/cursor.ts";

/** Why points are missing from the plot: what the Channel or a bridge says, or `hole` for what the page finds itself. */
export type LossReason = string;

export interface Loss {
  reason: LossReason;
  /** How many points are missing; null where nobody can know. */
  points: number | null;
}

/** What a numbered thing from the Channel means to a viewer that has everything up to its cursor. */
export type Advance = { kind: "repeat" } | { kind: "next"; cursor: Cursor; loss: Loss | undefined };

/** What the header of a frame says about where it stands in its channel. */
export interface FrameNumbers extends Cursor {
  points: number;
}

/**
 * Where a frame leads from `cursor`. Frames that follow each other touch; a hole between two says of itself
 * how many points are missing (SPEC.md, "Numbering"). Without a cursor, or before the first publish (epoch 0), any frame
 * is the first.
 */
export function advance(cursor: Cursor | undefined, frame: FrameNumbers): Advance {
  const next = { epoch: frame.epoch, seq: frame.seq };
  if (!cursor?.epoch) return { kind: "next", cursor: next, loss: undefined };
  if (frame.epoch !== cursor.epoch) return { kind: "next", cursor: next, loss: { reason: "epoch", points: null } };
  if (frame.seq <= cursor.seq) return { kind: "repeat" };
  const missing = frame.seq - frame.points - cursor.seq;
  if (missing === 0) return { kind: "next", cursor: next, loss: undefined };
  // A frame that overlaps the last one cannot be told apart point by point: all that is sure is that something is wrong.
  return { kind: "next", cursor: next, loss: { reason: "hole", points: missing > 0 ? missing : null } };
}

/** The same for `live`, which says that everything up to `at` has been sent. */
export function advanceToLive(cursor: Cursor | undefined, at: Cursor): Advance {
  if (cursor !== undefined && cursor.epoch === at.epoch && cursor.seq >= at.seq) return { kind: "repeat" };
  return advance(cursor, { ...at, points: 0 });
}

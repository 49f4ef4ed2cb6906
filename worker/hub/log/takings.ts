import { usualPauseMs } from "../../../protocol/pause.ts";

/** Of so many frames it is told how often they are taken. Several come in one body, and are taken at once. */
const MAX_FRAMES = 64;

/** Frames that were taken together, and the number of the last point in them. */
export type Taking = [takenAtMs: number, frames: number, seq: number];

/** The takings of the newest {@link MAX_FRAMES} frames, the oldest first; the first of them may have more frames. */
export function withTaking(takings: readonly Taking[], taking: Taking): Taking[] {
  const all = [...takings, taking];
  let frames = 0;
  const first = all.findLastIndex(([, count]) => {
    frames += count;
    return frames >= MAX_FRAMES;
  });
  return all.slice(Math.max(0, first));
}

/**
 * The usual pause between takings, in milliseconds (VW12); undefined while there are too few.
 * @param keptAfter what is not above this number is not stored any more
 */
export function usualPauseOf(takings: readonly Taking[], keptAfter: number): number | undefined {
  return usualPauseMs(takings.filter(([, , seq]) => seq > keptAfter).map(([takenAtMs]) => takenAtMs));
}

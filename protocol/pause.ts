/** What comes closer together than this counts as one beat. */
export const BEAT_MS = 50;
/** Fewer beats show no pace. */
const MIN_BEATS = 3;
const MAX_BEATS = 17;

/**
 * The usual pause between beats, which a single long one does not change: the median of the last few. The Channel goes
 * by it for who joins, and the page for what it sees come, so that they agree on when a feed is stale.
 *
 * @param timesMs oldest first
 * @returns undefined while there are too few
 */
export function usualPauseMs(timesMs: readonly number[]): number | undefined {
  const beats: number[] = [];
  for (const timeMs of timesMs) if (timeMs - (beats.at(-1) ?? Number.NEGATIVE_INFINITY) >= BEAT_MS) beats.push(timeMs);
  if (beats.length < MIN_BEATS) return undefined;
  const last = beats.slice(-MAX_BEATS);
  const pauses = last.slice(1).map((timeMs, i) => timeMs - (last[i] ?? timeMs));
  return pauses.sort((a, b) => a - b)[pauses.length >> 1];
}

/** Times closer together than this are one. */
export const MIN_PAUSE_MS = 50;
/** Fewer times show no pace. */
const MIN_TIMES = 3;
const MAX_TIMES = 17;

/**
 * The usual pause between times, which a single long one does not change: the median of the last 16. The Channel goes
 * by it for who joins, and the page for what it sees come, so that they agree on when a feed is stale.
 *
 * @param timesMs oldest first
 * @returns undefined while there are too few
 */
export function usualPauseMs(timesMs: readonly number[]): number | undefined {
  const apart: number[] = [];
  for (const timeMs of timesMs) {
    if (timeMs - (apart.at(-1) ?? Number.NEGATIVE_INFINITY) >= MIN_PAUSE_MS) apart.push(timeMs);
  }
  if (apart.length < MIN_TIMES) return undefined;
  const last = apart.slice(-MAX_TIMES);
  const pauses = last.slice(1).map((timeMs, i) => timeMs - (last[i] ?? timeMs));
  return pauses.sort((a, b) => a - b)[pauses.length >> 1];
}

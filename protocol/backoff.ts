/**
 * How long to wait before try number `attempt` (0 is the first retry): full jitter, that is, anything
 * between nothing and a ceiling that doubles. Spreads a herd best for the fewest calls.
 *
 * @param random a number in [0, 1)
 * @returns milliseconds
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function fullJitterMs(attempt: number, baseDelayMs: number, maxDelayMs: number, random: number): number {
  return random * Math.min(maxDelayMs, baseDelayMs * 2 ** Math.min(attempt, 30));
}

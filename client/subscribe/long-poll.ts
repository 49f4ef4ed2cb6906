/** What all long polls have in common. */

/** How long an answer may wait for something to say: less than what proxies usually give it. */
export const WAIT_SECONDS = 25;
/** An answer may come so much later than it was asked to. */
const PATIENCE_MS = 10_000;
/** Each poll is a read: no more than four in a second. */
export const POLL_EVERY_MS = 250;

/**
 * Asks once, and gives up when `outer` does, or when the answer is far too late.
 * @param ask gets a signal that also ends what is still read of the answer
 */
export async function askInTime<T>(
  waitSeconds: number,
  outer: AbortSignal,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const leaving = new AbortController();
  const leave = (): void => leaving.abort();
  outer.addEventListener("abort", leave);
  const timer = setTimeout(leave, 1000 * waitSeconds + PATIENCE_MS);
  try {
    return await ask(leaving.signal);
  } finally {
    clearTimeout(timer);
    outer.removeEventListener("abort", leave);
    leave();
  }
}

/** Until the next poll may be asked. @param beganMs when the last one was, by `performance.now()` */
export function nextPoll(beganMs: number): Promise<void> {
  const ms = Math.max(0, beganMs + POLL_EVERY_MS - performance.now());
  return new Promise((resolve) => setTimeout(resolve, ms));
}

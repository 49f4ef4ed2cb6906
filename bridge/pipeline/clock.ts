import type { Log } from "../observability/log.ts";
import { duration } from "../observability/printable.ts";

/** Small steps are corrections, which nobody sees in a chart. */
const MIN_SAID_MS = 250;
/** A clock that is set again and again is said at most so often. */
const SAY_EVERY_MS = 60_000;

/**
 * The time of arrival in unix seconds, finer than a millisecond: `Date.now()` alone gives the messages of one
 * millisecond the same x. Agrees with `Date.now()` to the millisecond, whatever sets the system's clock.
 * @param onSetBack told by how many milliseconds the system's clock was set back, as soon as that is noticed
 */
export function createClock(
  dateMs: () => number = Date.now,
  steadyMs: () => number = () => performance.now(),
  onSetBack: (ms: number) => void = () => undefined,
): () => number {
  let offsetMs = Number.NaN;
  return () => {
    const steady = steadyMs();
    const date = dateMs();
    const estimate = offsetMs + steady;
    if (!(estimate >= date)) offsetMs = date - steady;
    else if (estimate >= date + 1) {
      offsetMs = date + 0.999 - steady;
      if (estimate - date >= MIN_SAID_MS) onSetBack(estimate - date);
    }
    return (offsetMs + steady) / 1000;
  };
}

/** Says that the system's clock was set back: at once, then at most once a minute. */
export function setBackLog(
  log: Pick<Log, "warn">,
  nowMs: () => number = () => performance.now(),
): (ms: number) => void {
  let saidAtMs = Number.NEGATIVE_INFINITY;
  return (ms) => {
    if (nowMs() - saidAtMs < SAY_EVERY_MS) return;
    saidAtMs = nowMs();
    log.warn(
      `The system's clock was set back by ${duration(ms)}. What has no time of its own goes on at the new time, so its ` +
        "x goes back once.",
    );
  };
}

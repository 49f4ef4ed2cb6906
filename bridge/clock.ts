/**
 * The time of arrival in unix seconds, finer than a millisecond: `Date.now()` alone gives the messages of one
 * millisecond the same x. Agrees with `Date.now()` to the millisecond, whatever sets the system's clock.
 */
export function createClock(
  dateMs: () => number = Date.now,
  steadyMs: () => number = () => performance.now(),
): () => number {
  let offsetMs = Number.NaN;
  return () => {
    const steady = steadyMs();
    const date = dateMs();
    const estimate = offsetMs + steady;
    if (!(estimate >= date)) offsetMs = date - steady;
    else if (estimate >= date + 1) offsetMs = date + 0.999 - steady;
    return (offsetMs + steady) / 1000;
  };
}

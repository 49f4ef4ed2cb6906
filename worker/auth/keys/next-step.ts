/** AC7e: when keys are fetched. What is here is decided by times alone; `jwks.ts` does it. */

/** So long a fetch may take. */
export const FETCH_MS = 3_000;
/** So long fetched keys count without another look. */
export const FRESH_MS = 10 * 60_000;
/** So long they count while they cannot be fetched again. */
export const USABLE_MS = 24 * 60 * 60_000;
/** They are fetched again at most so often, */
export const AGAIN_MS = 30_000;
/** and so often while none is known. Whoever was refused comes back then (`Retry-After`). */
export const AGAIN_WITHOUT_KEYS_MS = 5_000;
/** A request that fetches may be gone, with its client: nothing of it runs then, and it never says so. */
const LOST_MS = FETCH_MS + 1_000;

/** What happened with a set of keys so far, in one isolate. */
export interface KeySetTimes {
  /** undefined: no key is known. */
  fetchedAtMs: number | undefined;
  /** When the last fetch began, whatever came of it. */
  attemptedAtMs: number | undefined;
  /** It has not ended, as far as is known. */
  isFetching: boolean;
}

/**
 * What a request does next: it takes what is known, fetches, waits for another request's fetch (for a while, by a timer of its own: a promise
 * belongs to the request that made it), or does without.
 */
export type Step = "use" | "fetch" | "wait" | "do-without";

/** Whether keys that were fetched then count still. */
export function isUsable({ fetchedAtMs }: Pick<KeySetTimes, "fetchedAtMs">, nowMs: number): boolean {
  return fetchedAtMs !== undefined && nowMs - fetchedAtMs < USABLE_MS;
}

/** @param isFound whether the keys that were fetched last, usable still or not, have the one that is asked for */
export function nextStep(times: KeySetTimes, isFound: boolean, nowMs: number): Step {
  const { fetchedAtMs, attemptedAtMs } = times;
  const canUse = isUsable(times, nowMs);
  if (canUse && isFound && isWithin(fetchedAtMs, FRESH_MS, nowMs)) return "use";
  if (times.isFetching && isWithin(attemptedAtMs, LOST_MS, nowMs)) return canUse && isFound ? "use" : "wait";
  if (!isWithin(attemptedAtMs, canUse ? AGAIN_MS : AGAIN_WITHOUT_KEYS_MS, nowMs)) return "fetch";
  return canUse && isFound ? "use" : "do-without";
}

/** Whether a time was in the last so many ms. What lies ahead is of a clock that was set back. */
function isWithin(atMs: number | undefined, ms: number, nowMs: number): boolean {
  return atMs !== undefined && atMs <= nowMs && nowMs - atMs < ms;
}

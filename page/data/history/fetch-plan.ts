import type { Range } from "../segment.ts";

/** A range of x, both ends included, whose stored points were fetched. */
export interface FetchedRange extends Range {
  /** More was requested on the left than fits: this is the newest part. */
  isTruncated: boolean;
}

/** What is shown, and what the ring buffers have of it. */
export interface HistoryNeed {
  range: Range;
  /** From here on the ring buffers have everything. */
  completeFromX: number;
  /** The newest x in the ring buffers, if they drop points; else the same. */
  newestX: number;
}

/** One request to the store. */
export interface FetchPlan {
  from: number;
  to: number;
  /** It begins where the fetched range ends, and is added to it. Else it replaces it. */
  appends: boolean;
}

/**
 * What to fetch so that no part of the range is missing that the rings do not have; undefined if that is nothing. A
 * range's width more on both sides lets small moves fetch nothing.
 *
 * @param oldestX nothing is stored before this x
 */
export function planFetch(
  { range, completeFromX, newestX }: HistoryNeed,
  fetched: FetchedRange | undefined,
  oldestX = -Infinity,
): FetchPlan | undefined {
  const leftmost = Math.max(range.min, oldestX);
  if (leftmost >= completeFromX || leftmost > range.max) return undefined;
  const margin = range.max - range.min;
  const to = Math.min(range.max + margin, completeFromX);
  if (fetched === undefined || leftmost > fetched.max || !reachesLeft(leftmost, to, completeFromX, fetched)) {
    return { from: Math.max(range.min - margin, oldestX), to, appends: false };
  }
  // Where the rings drop points, what they are about to drop is fetched before, and much of it at once.
  const ahead = fetched.max === completeFromX ? 0 : Math.max(0, newestX - completeFromX);
  if (Math.min(range.max, completeFromX + ahead / 8) <= fetched.max) return undefined;
  return { from: fetched.max, to: Math.min(range.max + margin, completeFromX + ahead / 2), appends: true };
}

/** True where another fetch would bring nothing more on the left: it is there, or does not fit. */
function reachesLeft(leftmost: number, to: number, completeFromX: number, fetched: FetchedRange): boolean {
  return leftmost >= fetched.min || (fetched.isTruncated && to >= Math.min(fetched.max, completeFromX));
}

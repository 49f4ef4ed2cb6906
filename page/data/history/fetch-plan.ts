import type { Range } from "../segment.ts";

/** The range of x, both ends included, that is held of the stored points. */
export interface FetchedRange extends Range {
  /** More was asked for on the left than there was room for: this is the newest part. */
  isTruncated: boolean;
}

/** What is looked at, and what the rings have of it. */
export interface HistoryNeed {
  range: Range;
  /** From here on the rings have everything. */
  completeFromX: number;
  /** The newest x in the rings, if they drop points; else the same. */
  newestX: number;
}

/** What to ask the store for. */
export interface FetchPlan {
  from: number;
  to: number;
  /** It begins where what is held ends, and is added to that. Else it replaces it. */
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
  oldestX = Number.NEGATIVE_INFINITY,
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

/** True where another fetch would bring nothing more on the left: it is held, or there is no room for it. */
function reachesLeft(leftmost: number, to: number, completeFromX: number, fetched: FetchedRange): boolean {
  return leftmost >= fetched.min || (fetched.isTruncated && to >= Math.min(fetched.max, completeFromX));
}

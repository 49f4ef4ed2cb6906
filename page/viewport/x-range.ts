import type { Range } from "../data/segment.ts";

/** Closer than this part of its own size, two x are hardly different numbers any more. */
const FINEST = 2 ** -40;
/** How much empty room may be seen beyond the newest and the oldest point, as part of the range. */
const BEYOND = 0.5;
const NOTHING: Range = { min: Infinity, max: -Infinity };

/** The range made `factor` times as wide, what is at `at` staying where it is. */
export function zoomed({ min, max }: Range, factor: number, at: number): Range {
  const least = Math.max(Math.abs(min), Math.abs(max), 1e-300) * FINEST;
  const span = Math.max((max - min) * factor, least);
  const part = (at - min) / (max - min);
  return { min: at - span * part, max: at + span * (1 - part) };
}

/** The range moved by so much of its own width. */
export function panned({ min, max }: Range, part: number): Range {
  const by = (max - min) * part;
  return { min: min + by, max: max + by };
}

/**
 * The range moved, not narrowed, so that it does not leave what there is by more than half of itself.
 * @param from the range that was shown before: what lies within it is always allowed
 */
export function within({ min, max }: Range, oldest: number, newest: number, from = NOTHING): Range {
  const span = max - min;
  if (!Number.isFinite(newest)) return { min, max };
  const top = Math.max(newest + span * BEYOND, from.max);
  if (max > top) return { min: top - span, max: top };
  const bottom = Math.min(oldest - span * BEYOND, from.min);
  // What is older than anything is not zoomed into, but all of it may be seen at once.
  return min < bottom && Number.isFinite(bottom) ? { min: bottom, max: Math.min(bottom + span, top) } : { min, max };
}

/**
 * For a picture that grows to the right: the range so much wider that it changes only now and then, since with each
 * other width every line is a little different.
 */
export function inSteps({ min, max }: Range): Range {
  const span = Math.max(max - min, Number.MIN_VALUE);
  return { min, max: min + 2 ** (Math.ceil(Math.log2(span) * 24) / 24) };
}

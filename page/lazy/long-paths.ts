import type { Segment } from "../data/segment.ts";

/** The points of a long path are drawn in so many groups: each by its first, its last, and the ends of its x and y. */
export const PATH_GROUPS = 4096;
/** A path of more points is drawn by so many at most. */
const MAX_PATH_POINTS = 8 * PATH_GROUPS;

/** What is drawn of a series: of long paths not every point. */
export function thinned(segments: readonly Segment[]): readonly Segment[] {
  return segments.map((segment) => {
    if (segment.isPath !== true || segment.x.length <= MAX_PATH_POINTS) return segment;
    const drawn = [...drawnOf(segment)];
    const at = (column: Float64Array): Float64Array => Float64Array.from(drawn, (i) => column[i] ?? 0);
    return { x: at(segment.x), y: at(segment.y), isPath: true };
  });
}

/**
 * The points by which a path is drawn, by their indices: of every group the first and the last, the ends of its x and y, and
 * its first and last break.
 */
export function* drawnOf({ x, y }: Segment): Generator<number> {
  const size = Math.ceil(x.length / PATH_GROUPS);
  for (let from = 0; from < x.length; from += size) {
    const to = Math.min(x.length, from + size);
    /** The left one, the right one, the low one, the high one, and two breaks. */
    const ends: [number, number, number, number, number, number] = [-1, -1, -1, -1, -1, -1];
    for (let i = from; i < to; i++) {
      const [left, right, low, high, broken] = ends;
      if (Number.isNaN(y[i])) {
        if (broken < 0) ends[4] = i;
        ends[5] = i;
        continue;
      }
      if (left < 0 || (x[i] ?? 0) < (x[left] ?? 0)) ends[0] = i;
      if (right < 0 || (x[i] ?? 0) > (x[right] ?? 0)) ends[1] = i;
      if (low < 0 || (y[i] ?? 0) < (y[low] ?? 0)) ends[2] = i;
      if (high < 0 || (y[i] ?? 0) > (y[high] ?? 0)) ends[3] = i;
    }
    yield* [...new Set([from, to - 1, ...ends.filter((end) => end >= 0)])].sort((a, b) => a - b);
  }
}

/** The point of a path that is nearest to `x` where its line crosses it, the latest of several; or one within `reach`. */
export function nearestOnPath(
  segments: readonly Segment[],
  x: number,
  reach: number,
): { x: number; y: number } | undefined {
  let nearest: { x: number; y: number } | undefined;
  let least = Infinity;
  const consider = (at: number, y: number): void => {
    const distance = Math.abs(at - x);
    if (distance > least) return;
    nearest = { x: at, y };
    least = distance;
  };
  let [beforeX, beforeY] = [Number.NaN, Number.NaN];
  for (const segment of segments) {
    segment.x.forEach((at, i) => {
      const y = segment.y[i] ?? Number.NaN;
      if (!Number.isNaN(y) && (beforeX - x) * (at - x) <= 0) {
        consider(beforeX, beforeY);
        consider(at, y);
      } else if (!Number.isNaN(y) && Math.abs(at - x) <= reach) {
        consider(at, y);
      }
      [beforeX, beforeY] = [Number.isNaN(y) ? Number.NaN : at, y];
    });
  }
  return nearest;
}

/**
 * The points of a path from `minX` to `maxX` in their order, with a break where it was outside.
 * @param beside how many points outside are kept before and after each stretch, so that the line comes in from the edges
 */
export function pathWithin({ x, y }: Segment, minX: number, maxX: number, beside: 0 | 1): Segment {
  const isIn = (i: number): boolean => (x[i] ?? Number.NaN) >= minX && (x[i] ?? Number.NaN) <= maxX;
  const foundX: number[] = [];
  const foundY: number[] = [];
  let last = -1;
  for (let i = 0; i < x.length; i++) {
    if (!isIn(i) && !(beside === 1 && (isIn(i - 1) || isIn(i + 1)))) continue;
    if (last >= 0 && last < i - 1) {
      foundX.push(x[i] ?? 0);
      foundY.push(Number.NaN);
    }
    foundX.push(x[i] ?? 0);
    foundY.push(y[i] ?? 0);
    last = i;
  }
  return { x: Float64Array.from(foundX), y: Float64Array.from(foundY), isPath: true };
}

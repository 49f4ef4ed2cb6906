import type { Segment } from "./segment.ts";

/** The ends of x and of y; Infinity and -Infinity where there is nothing. */
export interface Extent {
  minX: number;
  maxX: number;
}

/** From where to where its points are, breaks not counted. */
export function extentOf(segments: readonly Segment[]): Extent {
  let [minX, maxX] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { x, y } of segments) {
    for (let i = 0; i < x.length; i++) {
      if (Number.isNaN(y[i])) continue;
      const at = x[i] ?? 0;
      if (at < minX) minX = at;
      if (at > maxX) maxX = at;
    }
  }
  return { minX, maxX };
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

/** The point of a path that is nearest to `x` where its line crosses it, the latest of several; or one within `reach`. */
export function nearestOnPath(
  segments: readonly Segment[],
  x: number,
  reach: number,
): { x: number; y: number } | undefined {
  let nearest: { x: number; y: number } | undefined;
  let least = Number.POSITIVE_INFINITY;
  let beforeX = Number.NaN;
  for (const segment of segments) {
    for (let i = 0; i < segment.x.length; i++) {
      const at = segment.x[i] ?? 0;
      const value = segment.y[i] ?? Number.NaN;
      const distance = Math.abs(at - x);
      // The end of a piece that crosses x is before it or after it.
      const crosses = (beforeX - x) * (at - x) <= 0;
      if (!Number.isNaN(value) && distance <= least && (crosses || distance <= reach || crossesNext(segment, i, x))) {
        nearest = { x: at, y: value };
        least = distance;
      }
      beforeX = Number.isNaN(value) ? Number.NaN : at;
    }
  }
  return nearest;
}

function crossesNext({ x, y }: Segment, i: number, at: number): boolean {
  return !Number.isNaN(y[i + 1] ?? Number.NaN) && ((x[i] ?? 0) - at) * ((x[i + 1] ?? 0) - at) <= 0;
}

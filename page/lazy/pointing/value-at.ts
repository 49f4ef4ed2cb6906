import type { Point } from "../../data/path.ts";
import type { Segment } from "../../data/segment.ts";
import { lowerBound, upperBound } from "../../data/sorted-column.ts";
import { nearestOnPath } from "../long-paths.ts";

/**
 * The point nearest to `x`: where the line is, the nearer end of the piece that `x` is on; beside a break or an end, a
 * point no further than `reach`. Undefined where there is none.
 */
export function nearestPoint(segments: readonly Segment[], x: number, reach: number): Point | undefined {
  if (segments[0]?.isPath) return nearestOnPath(segments, x, reach);
  const [before, after] = pieceAt(segments, x);
  if (before !== undefined && after !== undefined) return after.x - x <= x - before.x ? after : before;
  let nearest: Point | undefined;
  for (const segment of segments) {
    const at = lowerBound(segment.x, x);
    for (const point of [nextValue(segment, at - 1, -1, x - reach), nextValue(segment, at, 1, x + reach)]) {
      if (point === undefined) continue;
      if (nearest === undefined || Math.abs(point.x - x) <= Math.abs(nearest.x - x)) nearest = point;
    }
  }
  return nearest;
}

/**
 * What holds at `x`: the last point before it, and nothing from a break on. With a `reach`, of events, the next one if that
 * is as near and nearer; between events nothing breaks.
 */
export function heldPoint(segments: readonly Segment[], x: number, reach: number): Point | undefined {
  if (segments[0]?.isPath) return nearestOnPath(segments, x, reach);
  const isEvent = reach > 0;
  let last: Point | undefined;
  for (const segment of segments) {
    const at = upperBound(segment.x, x);
    if (at > 1) last = valueAt(segment, at - 2) ?? last;
    // A value that ends where it begins is one there.
    if (at > 0) last = valueAt(segment, at - 1) ?? (isEvent || last?.x === x ? last : undefined);
    if (at === segment.x.length) continue;
    const next = isEvent ? (valueAt(segment, at) ?? valueAt(segment, at + 1)) : undefined;
    return next !== undefined && next.x - x < Math.min(reach, x - (last?.x ?? -Infinity)) ? next : last;
  }
  return last;
}

/** Both ends of the piece of the line that `x` is on; undefined where that is a break, or an end. */
function pieceAt(segments: readonly Segment[], x: number): [before: Point | undefined, after: Point | undefined] {
  let before: Point | undefined;
  for (const segment of segments) {
    const at = lowerBound(segment.x, x);
    if (at > 0) before = valueAt(segment, at - 1);
    if (at < segment.x.length) return [before, valueAt(segment, at)];
  }
  return [before, undefined];
}

/** From an index on to the left (-1) or to the right (1), the first value that is no break, no further than `endX`. */
function nextValue(segment: Segment, from: number, direction: -1 | 1, endX: number): Point | undefined {
  for (let i = from; i >= 0 && i < segment.x.length; i += direction) {
    if (((segment.x[i] ?? 0) - endX) * direction > 0) return undefined;
    const value = valueAt(segment, i);
    if (value !== undefined) return value;
  }
  return undefined;
}

function valueAt({ x, y }: Segment, i: number): Point | undefined {
  const value = y[i] ?? Number.NaN;
  return Number.isNaN(value) ? undefined : { x: x[i] ?? 0, y: value };
}

import type { Range, Segment } from "./segment.ts";
import { lowerBound, upperBound } from "./sorted-column.ts";
import { isStep } from "./store/series.ts";
import type { SeriesStore } from "./store/series-store.ts";

/**
 * The points of a series in a range, as views that are valid until the next change, and one more on each side so that the
 * line comes in from the edges. Where a gap came after a value that holds, a part that is a break stands behind it.
 */
export function liveSegments(live: SeriesStore, name: string, { min, max }: Range): Segment[] {
  const series = live.find(name);
  if (series === undefined) return [];
  const { x, y, isPath } = series.ring;
  const shown = isPath ? { x, y, isPath } : part({ x, y }, Math.max(0, lowerBound(x, min) - 1), upperBound(x, max) + 1);
  return shown.x.length === 0 ? [] : isStep(series) ? heldUntil([shown], live.knownTo(series)) : [shown];
}

/** The last value of the segments is held until it was known last. */
export function heldUntil(segments: Segment[], knownToX: number): Segment[] {
  const lastX = segments.at(-1)?.x.at(-1);
  if (lastX !== undefined && knownToX < Infinity) segments.push(breakAt(Math.max(lastX, knownToX)));
  return segments;
}

/** Here the line ends. */
export function breakAt(x: number): Segment {
  return { x: Float64Array.of(x), y: Float64Array.of(Number.NaN) };
}

/** The points from one place to another that is not included. */
export function part({ x, y }: Segment, from: number, to: number): Segment {
  return { x: x.subarray(from, to), y: y.subarray(from, to) };
}

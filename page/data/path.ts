import type { Segment } from "./segment.ts";

/** The ends of x and of y; Infinity and -Infinity where there is nothing. */
export interface Extent {
  minX: number;
  maxX: number;
}

/** From where to where its points are, breaks not counted. */
export function extentOf(segments: readonly Segment[]): Extent {
  let [minX, maxX] = [Infinity, -Infinity];
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

/** A point of a series. */
export interface Point {
  x: number;
  y: number;
}

/** What is loaded later, where there is a path, or a cursor. */
export interface PointTools {
  /** The point of a line that is read at `x`; none further than `reach` beside a break or an end. */
  nearestPoint(segments: readonly Segment[], x: number, reach: number): Point | undefined;
  /** What holds at `x`; of events, which have a reach, the next one if that is nearer. */
  heldPoint(segments: readonly Segment[], x: number, reach: number): Point | undefined;
  /**
   * The points of a path from `minX` to `maxX` in their order, with a break where it was outside.
   * @param beside how many points outside are kept before and after each stretch, so that the line comes in from the edges
   */
  pathWithin(segment: Segment, minX: number, maxX: number, beside: 0 | 1): Segment;
}

/** Empty until it is loaded: until then a path is drawn whole, and nothing is read at a cursor. */
export const pointTools: Partial<PointTools> = {};

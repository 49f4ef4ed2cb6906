import type { Range, Segment } from "../data/segment.ts";

/** Values that a logarithmic axis has no place for, and from where to where they are. */
export interface Undrawn extends Range {
  count: number;
}

/** The values in view that are not above 0. */
export function undrawnIn(segments: readonly Segment[], { min, max }: Range): Undrawn {
  const found = { count: 0, min: Infinity, max: -Infinity };
  for (const { x, y } of segments) {
    for (let i = 0; i < x.length; i++) {
      const at = x[i] ?? 0;
      if (!((y[i] ?? Number.NaN) <= 0) || at < min || at > max) continue;
      found.count++;
      if (at < found.min) found.min = at;
      if (at > found.max) found.max = at;
    }
  }
  return found;
}

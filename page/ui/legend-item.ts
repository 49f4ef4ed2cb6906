import type { Range } from "../data/segment.ts";
import type { Series } from "../data/store/series.ts";

/** A series of the legend's panel. */
export interface LegendItem {
  series: Series;
  /** The number of its colour and, past the last colour, of its dashes. */
  slot: number;
  /** Chosen in place of that colour, as CSS has it. */
  colour?: string;
  /** Chosen in place of its name. */
  label?: string;
  onRight: boolean;
  isHidden: boolean;
  /** Of y in view; Infinity and -Infinity where there is nothing. */
  minY: number;
  maxY: number;
  /** Where texts are sentences, the entry does not become as wide as they are. */
  renderer: { readonly hasLongTexts?: boolean };
}

/** An axis as far as a legend needs it. */
export interface LegendAxis {
  range: Range;
  log: boolean;
}

/** The axes of a panel; none at the right, if nothing is on it. */
export interface LegendAxes {
  left: LegendAxis;
  right: LegendAxis | undefined;
}

/**
 * From where to where values of a series are expected: on the part of its axis that it has come to so far. It does not change
 * with each value, and so neither do the places that values are written with. Around a flat line the axis says nothing.
 */
export function expectedRange(
  { series: { lastY, magnitude }, minY, maxY, onRight }: Omit<LegendItem, "renderer">,
  { left, right = left }: LegendAxes,
): [low: number, high: number] {
  const { range, log } = onRight ? right : left;
  const [min, max] = [Math.max(range.min, -magnitude), Math.min(range.max, magnitude)];
  return !log && min < max && minY < maxY ? [min, max] : [Math.min(minY, lastY), Math.max(maxY, lastY)];
}

import type { Range } from "../data/segment.ts";
import type { Series } from "../data/store/series.ts";
import { unitOf } from "../layout/unit.ts";

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
  /** All that is on it is one value: around that its range is made up. */
  isFlat?: boolean;
  /** The power of ten that the prefix of its unit adds; undefined where each value has its own. */
  exponent?: number;
}

/** The axes of a panel; none at the right, if nothing is on it. */
export interface LegendAxes {
  left: LegendAxis;
  right: LegendAxis | undefined;
}

/** The axis that a series is on. */
export function axisOf({ onRight }: Pick<LegendItem, "onRight">, { left, right = left }: LegendAxes): LegendAxis {
  return onRight ? right : left;
}

type Shown = Pick<LegendItem, "series" | "label" | "onRight">;

/** Of the series of a panel, whether all that share one's axis and unit are whole numbers: these have no places, beside others the same. */
export function wholeNumbersIn(shown: readonly Shown[]): (one: Shown) => boolean {
  const keyOf = ({ series, label, onRight }: Shown): string => onRight + unitOf(label ?? series.name).unit;
  const others = new Set(shown.filter(({ series }) => !series.integers).map(keyOf));
  return (one) => !others.has(keyOf(one));
}

/** A series that is so many times smaller than its axis has places of its own. */
const SMALLER = 10;

/**
 * From where to where values of a series are expected: on its axis, so that all have the same places; for one that is much
 * smaller, on the part of it that it has come to so far, unless it has whole numbers and others have not. It does not change with
 * each value, and so neither do the places. Around a flat line the axis says nothing.
 * @param isWhole all values on its axis are whole numbers
 */
export function expectedRange(
  one: Omit<LegendItem, "renderer">,
  axes: LegendAxes,
  isWhole: boolean,
): [low: number, high: number] {
  const {
    series: { lastY, magnitude, integers },
    minY,
    maxY,
  } = one;
  const { range, log, isFlat } = axisOf(one, axes);
  const isMuchSmaller = isWhole === integers && magnitude * SMALLER < Math.max(-range.min, range.max);
  const end = isMuchSmaller ? magnitude : Infinity;
  const [min, max] = [Math.max(range.min, -end), Math.min(range.max, end)];
  return !log && min < max && !isFlat ? [min, max] : [Math.min(minY, lastY), Math.max(maxY, lastY)];
}

import type { Range } from "../data/segment.ts";
import { niceStep } from "./ticks.ts";

/** No y is beyond it. The difference of two may be: ranges are compared by their halves. */
const MAX_Y = Number.MAX_VALUE;
const PADDING = 0.04;
/** A range smaller than this part of its values is the noise of float32, or that of float64, and is drawn flat. */
const NOISE_32 = 1e-6;
const NOISE_64 = 2e-15;
/** Beneath this there are too few bits left to divide an axis. */
const MIN_HALF = 1e-290;
/** How much larger than necessary a range may be before it shrinks. */
const SLACK = 1.5;

/** The range of a y axis for values from `low` to `high`: padded, rounded outwards, and never empty. */
export function paddedRange(low: number, high: number): Range {
  if (!(low <= high)) return { min: 0, max: 1 };
  const magnitude = Math.max(Math.abs(low), Math.abs(high));
  const middle = low / 2 + high / 2;
  const flat = magnitude === 0 ? 1 : Math.max(magnitude / 10, MIN_HALF);
  const padded = Math.max((high / 2 - low / 2) * (1 + 2 * PADDING), (magnitude * noiseOf(low, high)) / 2, MIN_HALF);
  const half = Math.min(low === high ? flat : padded, MAX_Y);
  const step = niceStep(half / 10);
  if (!(step > 0)) return { min: low - flat, max: high + flat };
  return {
    min: Math.max(Math.floor((middle - half) / step) * step, -MAX_Y),
    max: Math.min(Math.ceil((middle + half) / step) * step, MAX_Y),
  };
}

/** Whole numbers have none; what a float32 holds is one. */
function noiseOf(low: number, high: number): number {
  const isFloat32 = Math.fround(low) === low && Math.fround(high) === high;
  return isFloat32 && !(Number.isInteger(low) && Number.isInteger(high)) ? NOISE_32 : NOISE_64;
}

/** Half of what lies between the ends of a range: that of the largest float64 is a number, too. */
export function halfSpan({ min, max }: Range): number {
  return max / 2 - min / 2;
}

/** The same, but the previous range stays while it fits, so that an axis does not tremble with its data. */
export function stableRange(previous: Range | undefined, low: number, high: number): Range {
  const range = paddedRange(low, high);
  if (previous === undefined || low < previous.min || high > previous.max) return range;
  return halfSpan(previous) <= SLACK * halfSpan(range) ? previous : range;
}

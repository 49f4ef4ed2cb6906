import type { Range } from "../data/segment.ts";
import { niceStep } from "./ticks.ts";

/** Beyond this the difference of two y would no longer be finite. */
const MAX_Y = 8e307;
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
  const [bottom, top] = [clamp(low), clamp(high)];
  const magnitude = Math.max(Math.abs(bottom), Math.abs(top));
  const middle = bottom / 2 + top / 2;
  const flat = magnitude === 0 ? 1 : Math.max(magnitude / 10, MIN_HALF);
  const padded = Math.max((top / 2 - bottom / 2) * (1 + 2 * PADDING), (magnitude * noiseOf(low, high)) / 2, MIN_HALF);
  const half = bottom === top ? flat : padded;
  const step = niceStep(half / 10);
  if (!(step > 0)) return { min: bottom - flat, max: top + flat };
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

function clamp(y: number): number {
  return Math.min(Math.max(y, -MAX_Y), MAX_Y);
}

/** The same, but the previous range stays while it fits, so that an axis does not tremble with its data. */
export function stableRange(previous: Range | undefined, low: number, high: number): Range {
  const range = paddedRange(low, high);
  if (previous === undefined || low < previous.min || high > previous.max) return range;
  return previous.max - previous.min <= SLACK * (range.max - range.min) ? previous : range;
}

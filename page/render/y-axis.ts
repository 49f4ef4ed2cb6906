import type { Range } from "../data/segment.ts";
import { axisLabels, niceStep, ticks } from "./ticks.ts";
import { halfSpan, stableRange } from "./y-range.ts";

/** A y axis as it is drawn: on a logarithmic one, the range and everything on it are powers of ten. */
export interface YAxis {
  range: Range;
  log: boolean;
  /** How labels are written where they need a prefix of their unit. */
  prefixed?: PrefixedLabels | undefined;
  /** The power of ten that this prefix adds, for values on the axis, too; undefined where each has its own. */
  exponent?: number;
  /** All that is on it is one value: around that its range is made up. */
  isFlat?: boolean;
  /** Of an axis of names, or a logarithmic one. @param heightPx in CSS pixels */
  ticks?: ((heightPx: number) => Tick[]) | undefined;
  /** Of an axis of names: where a value of a series stands. */
  placeOf?: ((name: string, value: number) => number) | undefined;
}

/** Labels of an axis whose unit has a prefix. */
export interface PrefixedLabels {
  /** What the ticks say, and the unit. */
  ticks(values: readonly number[], step: number): { labels: string[]; base: string };
  threshold(value: number): string;
}

export interface Tick {
  at: number;
  label: string;
  /** As wide as so many letters of a number; else as many as it has. */
  letters?: number;
  /** What belongs to all labels of the axis: what is to be added to them, or their unit where it has a prefix. */
  base?: string;
  /** It says a time of day, and not of which. */
  isClock?: boolean;
}

/** A line across the panel, at a place of one of its axes. */
export interface Threshold extends Tick {
  onRight: boolean;
}

/** So far apart are ticks, in a low panel and in a high one. */
const MIN_TICK_PX = 28;
const MAX_TICK_PX = 60;
const TICKS_A_PANEL = 9;
/** Labels that are closer to each other lie over each other. */
const LABEL_PX = 13;
/** So often a step is made finer to find a second tick. */
const MAX_FINER = 8;

/** The next range for values from `low` to `high`, in the axis' own space; the previous one while it fits. */
export function nextRange(previous: Range | undefined, low: number, high: number): Range {
  if (low <= high) return stableRange(previous, low, high);
  return previous ?? { min: 0, max: 1 };
}

/** The position of a value on the axis; NaN on a logarithmic one if it is not above 0. */
export function onAxis({ log }: { log: boolean }, value: number): number {
  if (!log) return value;
  return value > 0 ? Math.log10(value) : Number.NaN;
}

/** The value at a place of the axis. */
export function fromAxis({ log }: { log: boolean }, place: number): number {
  return log ? 10 ** place : place;
}

/** The lines that are in the range of the axis: others are not drawn, and do not widen it. */
export function thresholdsOn(axis: YAxis, values: readonly number[] = [], onRight = false): Threshold[] {
  const { min, max } = axis.range;
  return values
    .map((value) => ({ at: onAxis(axis, value), label: axis.prefixed?.threshold(value) ?? String(value), onRight }))
    .filter(({ at }) => at >= min && at <= max);
}

/** The axis' ticks, for a height in CSS pixels. A logarithmic axis has none until what makes them is loaded. */
export function yTicks(axis: YAxis, heightPx: number): Tick[] {
  const { range, log, ticks: own } = axis;
  if (log) return own?.(heightPx) ?? [];
  if (own !== undefined) return own(heightPx).filter(({ at }) => at >= range.min && at <= range.max);
  return apart(linearTicks(axis, heightPx), range, heightPx);
}

/** The step of ticks, for half the span of an axis: that of all of it may be no float64. */
export function stepOf(half: number, heightPx: number): number {
  const everyPx = Math.min(MAX_TICK_PX, Math.max(MIN_TICK_PX, heightPx / TICKS_A_PANEL));
  return niceStep(half * ((2 * everyPx) / Math.max(1, heightPx)));
}

/** Two at least: one label says nothing of the scale. */
export function linearTicks({ range, prefixed }: Pick<YAxis, "range" | "prefixed">, heightPx: number): Tick[] {
  const { min, max } = range;
  let step = stepOf(halfSpan(range), heightPx);
  let values = ticks(min, max, step);
  for (let i = 0; values.length < 2 && i < MAX_FINER; i++) {
    // The next of 1, 2 and 5 below.
    step = niceStep(step * 0.4);
    values = ticks(min, max, step);
  }
  const { labels, base } = prefixed?.ticks(values, step) ?? axisLabels(values, step);
  return values.map((at, i) => ({ at, label: labels[i] ?? "", ...(base === "" ? {} : { base }) }));
}

/** Those that do not lie over the one before. */
export function apart(all: readonly Tick[], range: Range, heightPx: number): Tick[] {
  const pxPerUnit = heightPx / 2 / halfSpan(range);
  let last = -Infinity;
  return all.filter(({ at }) => {
    if ((at - last) * pxPerUnit < LABEL_PX) return false;
    last = at;
    return true;
  });
}

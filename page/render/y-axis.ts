import type { Range } from "../data/segment.ts";
import { axisLabels, niceStep, ticks } from "./ticks.ts";
import { halfSpan, stableRange } from "./y-range.ts";

/** A y axis as it is drawn: on a logarithmic one, the range and everything on it are powers of ten. */
export interface YAxis {
  range: Range;
  log: boolean;
  /** Of an axis of names. @param heightPx in CSS pixels */
  ticks?: ((heightPx: number) => Tick[]) | undefined;
  /** Of an axis of names: where a value of a series stands. */
  placeOf?: ((name: string, value: number) => number) | undefined;
}

export interface Tick {
  at: number;
  label: string;
  /** As wide as so many letters of a number; else as many as it has. */
  letters?: number;
  /** What is to be added to all labels of the axis. */
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
/** Less than this part of a decade is divided as a linear axis is. */
const FEW_DECADES = 0.5;

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
    .map((value) => ({ at: onAxis(axis, value), label: String(value), onRight }))
    .filter(({ at }) => at >= min && at <= max);
}

/** The axis' ticks, for a height in CSS pixels. */
export function yTicks({ range, log, ticks: named }: YAxis, heightPx: number): Tick[] {
  if (named !== undefined) return named(heightPx).filter(({ at }) => at >= range.min && at <= range.max);
  const step = stepOf(halfSpan(range), heightPx);
  if (!log) return labelled(ticks(range.min, range.max, step), step);
  if (range.max - range.min < FEW_DECADES) return withinADecade(range, heightPx);
  const whole = ticks(range.min, range.max, Math.max(1, Math.ceil(step)));
  const factors = step <= 0.2 ? [1, 2, 5] : step <= 0.5 ? [1, 3] : [1];
  const places = factors.length === 1 ? whole : decades(range, factors);
  return places.map((at) => ({ at, label: powerLabel(at) }));
}

function stepOf(half: number, heightPx: number): number {
  const everyPx = Math.min(MAX_TICK_PX, Math.max(MIN_TICK_PX, heightPx / TICKS_A_PANEL));
  return niceStep(half * ((2 * everyPx) / Math.max(1, heightPx)));
}

function labelled(values: number[], step: number): Tick[] {
  const { labels, base } = axisLabels(values, step);
  return values.map((at, i) => ({ at, label: labels[i] ?? "", ...(base === "" ? {} : { base }) }));
}

function withinADecade(range: Range, heightPx: number): Tick[] {
  const [low, high] = [10 ** range.min, 10 ** range.max];
  const step = stepOf(halfSpan({ min: low, max: high }), heightPx);
  return labelled(ticks(low, high, step), step).map((tick) => ({ ...tick, at: Math.log10(tick.at) }));
}

function decades({ min, max }: Range, factors: number[]): number[] {
  const places: number[] = [];
  for (let power = Math.floor(min); power <= Math.ceil(max); power++) {
    for (const factor of factors) places.push(power + Math.log10(factor));
  }
  return places.filter((place) => place >= min && place <= max);
}

/** `0.01`, `50`, `1e6`: a power of ten, or one of 2, 3 or 5 times it. */
function powerLabel(place: number): string {
  const power = Math.floor(place + 1e-9);
  const factor = Math.round(10 ** (place - power));
  if (power >= 6 || power < -4) return `${factor}e${power}`;
  return power >= 0 ? String(factor * 10 ** power) : (factor * 10 ** power).toFixed(-power);
}

import { behindUtcMs, dayStartMs } from "../layout/time-zone.ts";
import { clockText, decimals } from "../ui/format.ts";
import { clockLabel, dateText, isMidnight, yearOf } from "../ui/time-text.ts";

/** Where an axis has its ticks and what they say. */

const MAX_TICKS = 60;
/** After so many digits no two float64 are the same. */
const MAX_PLACES = 16;
/** Longer labels take room from the lines. */
const MAX_LABEL_CHARS = 9;
/** Labels of fewer steps from 0 are long for another reason: they are very large or small. */
const MIN_STEPS_TO_BASE = 1e4;
const MINUTE = 60;
const HOUR = 3600;
/** In seconds. */
export const DAY = 86_400;
/** On average. */
const MONTH = (365.2425 / 12) * DAY;
const YEAR = 12 * MONTH;
/** From a second on, times are divided as clocks divide them; below and above, as numbers are. */
const TIME_STEPS_S = [
  1,
  2,
  5,
  10,
  15,
  30,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  MONTH,
  2 * MONTH,
  3 * MONTH,
  6 * MONTH,
];

/** The smallest 1, 2 or 5 times a power of ten that is at least `rough`. */
export function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  for (const factor of [1, 2, 5]) if (factor * power >= rough * (1 - 1e-9)) return factor * power;
  return 10 * power;
}

/** The step of a time axis, in seconds. */
export function timeStep(roughS: number): number {
  if (roughS <= 0.5) return niceStep(roughS);
  return TIME_STEPS_S.find((step) => step >= roughS) ?? YEAR * Math.max(1, niceStep(roughS / YEAR));
}

/** The multiples of `step` from `min` to `max`, counted from `origin`. */
export function ticks(min: number, max: number, step: number, origin = 0): number[] {
  const first = Math.ceil((min - origin) / step - 1e-9);
  const last = Math.floor((max - origin) / step + 1e-9);
  const places = decimals(step);
  const found: number[] = [];
  for (let k = 0; k < MAX_TICKS && first + k <= last; k++) {
    const value = origin + (first + k) * step;
    // Multiples of 0.1 and the like are rounded to what they are meant to be; zero has no sign.
    const rounded = places > 0 && places < 15 ? Number(value.toFixed(places)) : value + 0;
    // Where a step is finer than a float64, two are one.
    if (rounded !== found.at(-1)) found.push(rounded);
  }
  return found;
}

/** Ticks at whole hours, days, months and years of the zone. */
export function timeTicks(minS: number, maxS: number, stepS: number): number[] {
  if (stepS >= DAY) {
    const unit = stepS >= MONTH ? MONTH : DAY;
    const every = Math.round(stepS / unit);
    const found: number[] = [];
    for (let k = Math.floor(minS / unit / every - 1) * every; found.length < MAX_TICKS; k += every) {
      const at = (unit === DAY ? dayStartMs(1970, 0, 1 + k) : dayStartMs(1970, k)) / 1000;
      if (!(at <= maxS)) break;
      if (at >= minS) found.push(at);
    }
    return found;
  }
  return ticks(minS, maxS, stepS, behindUtcMs(minS * 1000) / 1000);
}

/** What a number's tick says, with as many places as its step needs. */
export function numberLabels(values: readonly number[], step: number): string[] {
  const magnitude = Math.max(0, ...values.map(Math.abs));
  // Of nothing but zeros nobody needs the places.
  if (magnitude === 0) return values.map(() => "0");
  if (magnitude >= 1e7 || (magnitude > 0 && magnitude < 1e-3)) {
    const digits = Math.min(
      MAX_PLACES,
      Math.max(0, Math.floor(Math.log10(magnitude) + 1e-9) - Math.floor(Math.log10(step) + 1e-9)),
    );
    return values.map((value) => (value === 0 ? "0" : shortExponent(value, digits)));
  }
  const places = Math.min(MAX_PLACES, decimals(step));
  return values.map((value) => value.toFixed(places));
}

/**
 * What the ticks of a narrow axis say. Where their numbers would be long they are counted from a base, a round number below
 * all but the lowest, which is "" where there is none.
 */
export function axisLabels(values: readonly number[], step: number): { labels: string[]; base: string } {
  const labels = numberLabels(values, step);
  const [first = 0, last = first] = [values[0], values.at(-1)];
  const isLong = labels.some((label) => label.length > MAX_LABEL_CHARS);
  if (!isLong || Math.max(Math.abs(first), Math.abs(last)) < MIN_STEPS_TO_BASE * step) return { labels, base: "" };
  const unit = 10 ** Math.ceil(Math.log10(last - first + step));
  const base = Number((Math.floor((first + (last - first) / 4) / unit) * unit).toPrecision(15));
  const rest = values.map((value) => Math.round((value - base) / step) * step);
  const text = [String(base), base.toExponential()].sort((a, b) => a.length - b.length)[0] ?? "";
  return { labels: numberLabels(rest, step), base: (base < 0 ? "" : "+") + text.replace("e+", "e") };
}

/** What a time's tick says: as much of the time of day as its step needs, the date where a day begins. */
export function timeLabels(valuesS: readonly number[], stepS: number): string[] {
  const thisYear = yearOf(Date.now());
  const hasYears = valuesS.some((valueS) => yearOf(valueS * 1000) !== thisYear);
  return valuesS.map((valueS) => {
    const timeMs = Math.round(valueS * 1e6) / 1e3;
    if (stepS >= YEAR) return String(yearOf(timeMs));
    if (stepS >= MONTH) return dateText(timeMs, true, false);
    if (stepS >= DAY || isMidnight(timeMs)) return dateText(timeMs, hasYears);
    return stepS >= MINUTE ? clockText(timeMs).slice(0, 5) : clockLabel(valueS, stepS);
  });
}

function shortExponent(value: number, digits: number): string {
  const [mantissa = "", exponent = ""] = value.toExponential(digits).split("e");
  return `${mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa}e${exponent.replace("+", "")}`;
}

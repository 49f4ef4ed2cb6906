import { wallDate } from "../layout/time-zone.ts";

/** Numbers for people, of a width that does not change with every value. */

/** How a series' values are written: with so many places after the point, or with so many digits and a power of ten. */
export type NumberStyle = { kind: "places"; places: number } | { kind: "power"; digits: number };

/** How values with a unit are written. */
export interface ValueStyle {
  number: NumberStyle;
  /** With a prefix, if the values have one. */
  unit: string;
  /** Values are divided by this power of ten, which the prefix says; none without a prefix. */
  exponent?: number;
  /** The value with that prefix, without the unit. */
  text?(value: number): string;
}

const LARGEST_PLAIN = 1e9;
/** From here on not every whole number is a float64. */
const LARGEST_EXACT = 1e16;
const SMALLEST_PLAIN = 1e-3;
/** The finest difference shown is about this part of the range that is in view. */
const RESOLUTION = 1 / 500;
/** More than these say nothing of a float64. */
const MAX_DIGITS = 16;
/** A power of ten takes so many characters more than digits. */
const POWER_CHARS = 3;
const MAX_CHARS = 18;

/**
 * The style for values that lie between `low` and `high`.
 * @param previous is kept while it is nearly right, so that the width does not jump
 */
export function numberStyle(low: number, high: number, integers: boolean, previous?: NumberStyle): NumberStyle {
  const magnitude = Math.max(Math.abs(low), Math.abs(high));
  if (!Number.isFinite(magnitude) || magnitude === 0) return previous ?? { kind: "places", places: 0 };
  const integerDigits = Math.floor(Math.log10(magnitude)) + 1;
  const span = high - low;
  // How many places the resolution asks for, as a real number. A flat line has four digits, or all before the point.
  const isLarge = magnitude >= LARGEST_PLAIN && magnitude < LARGEST_EXACT;
  const wanted = span > 0 ? -Math.log10(span * RESOLUTION) : Math.max(4 - integerDigits, isLarge ? 0 : -Infinity);
  const exact = Math.min(MAX_DIGITS, Math.max(3, wanted + integerDigits));
  // Of large numbers, all digits are as short as a power of ten with as many as tell them apart.
  const isPlain =
    isLarge && integerDigits + (integers ? 0 : Math.max(0, Math.ceil(wanted))) <= Math.ceil(exact) + POWER_CHARS;
  if ((magnitude >= LARGEST_PLAIN && !isPlain) || magnitude < SMALLEST_PLAIN) {
    const keep = previous?.kind === "power" && Math.abs(previous.digits - exact - 0.5) <= 1;
    return keep ? previous : { kind: "power", digits: Math.ceil(exact) };
  }
  if (integers) return { kind: "places", places: 0 };
  const places = Math.max(0, Math.min(wanted, MAX_DIGITS - Math.max(1, integerDigits)));
  const keep = previous?.kind === "places" && Math.abs(previous.places - places - 0.5) <= 1;
  return keep ? previous : { kind: "places", places: Math.ceil(places) };
}

/** A value in a style; one that the style would write too long or as nothing is written with a power of ten. */
export function formatValue(value: number, style: NumberStyle): string {
  if (Number.isNaN(value)) return "–";
  if (value === 0) return style.kind === "places" ? (0).toFixed(style.places) : "0";
  if (style.kind === "power") return withPower(value, style.digits);
  const text = value.toFixed(style.places);
  if (text.length > MAX_CHARS || Math.abs(value) >= LARGEST_EXACT) return withPower(value, MAX_CHARS - 8);
  return Number(text) === 0 ? (0).toFixed(style.places) : text;
}

/** A value in a style, without its unit. */
export function valueText(value: number, style: ValueStyle): string {
  return style.text?.(value) ?? formatValue(value, style.number);
}

function withPower(value: number, digits: number): string {
  return value.toExponential(digits - 1).replace("e+", "e");
}

/** A count, its thousands set apart by narrow spaces: `12 500`. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** A rate, to three digits: `9 980`, `10`, `0.2`. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 2.95) return formatCount(Number(perSecond.toPrecision(3)));
  return String(Number(perSecond.toPrecision(perSecond < 1 ? 1 : 2)));
}

/** A duration: `42 ms`, `1.2 s`, `12 s`, `2 min`, `3 h`, `2 days`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 999.5) return `${Math.round(durationMs)} ms`;
  if (durationMs < 9_950) return `${(durationMs / 1000).toFixed(1)} s`;
  if (durationMs < 120_000) return `${Math.round(durationMs / 1000)} s`;
  if (durationMs < 7_200_000) return `${Math.round(durationMs / 60_000)} min`;
  return durationMs < 172_800_000
    ? `${Math.round(durationMs / 3_600_000)} h`
    : `${Math.round(durationMs / 86_400_000)} days`;
}

/** Places after the point that a nice step needs. */
export function decimals(step: number): number {
  return step >= 1 ? 0 : Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
}

/** The time of day: `09:05:00`. */
export function clockText(timeMs: number): string {
  const date = wallDate(timeMs);
  return [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

/** A count and its noun: `1 viewer`, `2 viewers`. `series` is its own plural. */
export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 || noun === "series" ? "" : "s"}`;
}

import { clockText } from "../ui/format.ts";

/** Where an axis has its ticks and what they say. Time is local, and 24 hours a day. */

const MAX_TICKS = 60;
const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
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
  return TIME_STEPS_S.find((step) => step >= roughS) ?? DAY * niceStep(roughS / DAY);
}

/** The multiples of `step` from `min` to `max`, counted from `origin`. */
export function ticks(min: number, max: number, step: number, origin = 0): number[] {
  const first = Math.ceil((min - origin) / step - 1e-9);
  const last = Math.floor((max - origin) / step + 1e-9);
  const places = decimals(step);
  const found: number[] = [];
  for (let i = first; i <= last && found.length < MAX_TICKS; i++) {
    const value = origin + i * step;
    // Multiples of 0.1 and the like are rounded to what they are meant to be; zero has no sign.
    found.push(places > 0 && places < 15 ? Number(value.toFixed(places)) : value + 0);
  }
  return found;
}

/** Ticks at whole local hours and days, not at those of UTC. */
export function timeTicks(minS: number, maxS: number, stepS: number): number[] {
  return ticks(minS, maxS, stepS, new Date(minS * 1000).getTimezoneOffset() * MINUTE);
}

/** What a number's tick says, with as many places as its step needs. */
export function numberLabels(values: readonly number[], step: number): string[] {
  const magnitude = Math.max(0, ...values.map(Math.abs));
  // Of nothing but zeros nobody needs the places.
  if (magnitude === 0) return values.map(() => "0");
  if (magnitude >= 1e7 || (magnitude > 0 && magnitude < 1e-3)) {
    const digits = Math.min(
      12,
      Math.max(0, Math.floor(Math.log10(magnitude) + 1e-9) - Math.floor(Math.log10(step) + 1e-9)),
    );
    return values.map((value) => (value === 0 ? "0" : shortExponent(value, digits)));
  }
  const places = Math.min(12, decimals(step));
  return values.map((value) => value.toFixed(places));
}

/** What a time's tick says: as much of the time of day as its step needs, the date where a day begins. */
export function timeLabels(valuesS: readonly number[], stepS: number): string[] {
  return valuesS.map((valueS) => {
    const date = new Date(Math.round(valueS * 1e6) / 1e3);
    if (stepS >= DAY || (stepS >= HOUR && date.getHours() === 0 && date.getMinutes() === 0)) {
      return date.toLocaleDateString(undefined, { month: "short", day: "numeric" });
    }
    const clock = clockText(date.getTime());
    if (stepS >= MINUTE) return clock.slice(0, 5);
    // Further than a microsecond, a float64 of a time does not go.
    const places = Math.min(6, decimals(stepS));
    if (places === 0) return clock;
    const rounded = Math.round(valueS * 10 ** places) / 10 ** places;
    const fraction = (rounded - Math.floor(rounded)).toFixed(places);
    return clockText(Math.floor(rounded) * 1000) + fraction.slice(1);
  });
}

/** Places after the point that a nice step needs. */
function decimals(step: number): number {
  return step >= 1 ? 0 : Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
}

function shortExponent(value: number, digits: number): string {
  const [mantissa = "", exponent = ""] = value.toExponential(digits).split("e");
  return `${mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa}e${exponent.replace("+", "")}`;
}

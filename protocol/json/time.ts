import { finite, PointError } from "./point-error.ts";

/** The times of points: PT2 and PT6. */

/** The fields that may be the time, the first that is there counts. `x` is last, because beside `t` it is a coordinate. */
export const TIME_FIELDS = ["t", "time", "ts", "timestamp", "x"] as const;

/** As nanoseconds, this is the year 5138: what is beyond is a date in no unit. */
export const MAX_TIME = 1e20;

/** Where an object's time stands, and what is there. */
export interface FoundTime {
  path: string;
  time: unknown;
}

/** The field that is a time by its name. */
export function namedTime(object: Record<string, unknown>): FoundTime | undefined {
  for (const path of TIME_FIELDS) if (Object.hasOwn(object, path)) return { path, time: object[path] };
  return undefined;
}

/**
 * A time as a number in any unit, or as ISO 8601 text with a date.
 * @returns unix seconds
 * @throws PointError
 */
export function timeOf(time: unknown): number {
  if (typeof time === "number") return unixSeconds(time);
  const parsed =
    typeof time === "string" && /^\d{4}-\d\d-\d\d(?:[T ]|$)/.test(time) ? Date.parse(utc(time)) : Number.NaN;
  if (Number.isNaN(parsed)) {
    throw new PointError("time-not-a-number", "The time is not a number (unix seconds) and not an ISO 8601 date.");
  }
  return parsed / 1000;
}

/** Without an offset it is UTC: Date.parse would take it for the time of wherever this runs. */
function utc(iso: string): string {
  return /(?:[Zz]|[+-]\d\d:?\d\d|^.{10})$/.test(iso) ? iso : `${iso}Z`;
}

/**
 * Seconds, milliseconds, microseconds and nanoseconds since 1970 differ by magnitude: each is taken
 * for what makes it a date from 1973 to 5138. A smaller number is not a date, and is left as it is.
 * @throws PointError of a number that is larger than a date in any unit: divided, it would be neither time nor number
 */
export function unixSeconds(time: number): number {
  if (Math.abs(finite(time)) >= MAX_TIME) {
    throw new PointError(
      "time-not-a-number",
      "The time is too large for a date in seconds, milliseconds, microseconds or nanoseconds: send unix seconds.",
    );
  }
  if (time < 1e11) return time;
  if (time < 1e14) return time / 1e3;
  if (time < 1e17) return time / 1e6;
  return time / 1e9;
}

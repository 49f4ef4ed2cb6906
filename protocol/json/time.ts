import { secondsOfText } from "./date-text.ts";
import { finite, PointError } from "./point-error.ts";
import { type FoundTime, stampIn, stampSeconds } from "./stamp.ts";

/** The times of points: PT2 and PT6. */

export type { FoundTime } from "./stamp.ts";

/** The fields that may be the time, the first that is there counts. `x` is last, because beside `t` it is a coordinate. */
export const TIME_FIELDS = ["t", "time", "ts", "timestamp", "x"] as const;

/** As nanoseconds, this is the year 5138: what is beyond is a date in no unit. */
export const MAX_TIME = 1e20;

/** Longer text is no time. */
const MAX_TIME_TEXT = 64;

/** The field that is a time by its name. */
export function namedTime(object: Record<string, unknown>): FoundTime | undefined {
  for (const path of TIME_FIELDS) {
    // Of ROS, where messages have their time: x beside it is a coordinate.
    if (path === "x") {
      const stamp = stampIn(object);
      if (stamp !== undefined) return stamp;
    }
    if (Object.hasOwn(object, path)) return { path, time: object[path] };
  }
  return undefined;
}

/** From this number on, a date is written in smaller units than seconds: PT6a. */
export const LEAST_SCALED = 1e11;
/** September 2001 in unix seconds: before, a number is a count rather than a date. */
export const FIRST_DATE = 1e9;
/** Dates to come are few: those of ten years. */
const MAX_AHEAD_SECONDS = 10 * 365.25 * 86_400;
/** January 2027: a clock that is before it is not set. */
const LEAST_NOW = 1.8e9;

/**
 * A time as a number in any unit, as text with a date, or as an object of seconds and nanoseconds.
 * @param arrivedAt unix seconds
 * @returns unix seconds; a number that is no date as it is
 * @throws PointError
 */
export function timeOf(time: unknown, arrivedAt: number): number {
  if (typeof time !== "number") return writtenTime(time);
  if (time < LEAST_SCALED) return inRange(time);
  const seconds = unixSeconds(time);
  return isDateAt(seconds, arrivedAt) ? seconds : time;
}

/** Whether a number that is so many unix seconds may be a date by itself, however far from now. */
export function isDateAt(seconds: number, arrivedAt: number): boolean {
  return seconds >= FIRST_DATE && seconds < Math.max(arrivedAt, LEAST_NOW) + MAX_AHEAD_SECONDS;
}

/**
 * A time that is no number, as timeOf.
 * @throws PointError
 */
export function writtenTime(time: unknown): number {
  const seconds = typeof time === "string" ? secondsOfText(time) : stampSeconds(time);
  if (seconds !== undefined && Math.abs(seconds) < MAX_TIME) return seconds;
  throw new PointError("time-not-a-number", adviceOf(time));
}

function adviceOf(time: unknown): string {
  if (typeof time !== "string" || time.length > MAX_TIME_TEXT || !/\d/.test(time)) {
    return "The time is not a number (unix seconds) and not an ISO 8601 date.";
  }
  if (/^\s*[+-]?[\d.]+(?:e[+-]?\d+)?\s*$/i.test(time)) {
    return "The time is a number in quotes, which is text: send it without quotes.";
  }
  return (
    "The time is text, and no time that is sure: its form is not known, or no calendar or clock has it. Send unix " +
    "seconds, or ISO 8601 such as 2026-11-28T13:37:39.25Z."
  );
}

/**
 * Seconds, milliseconds, microseconds and nanoseconds since 1970 differ by magnitude: each is taken
 * for what makes it a date from 1973 to 5138. A smaller number is not a date, and is left as it is.
 * @throws PointError of a number that is larger than a date in any unit: divided, it would be neither time nor number
 */
export function unixSeconds(time: number): number {
  inRange(time);
  if (time < 1e11) return time;
  if (time < 1e14) return time / 1e3;
  if (time < 1e17) return time / 1e6;
  return time / 1e9;
}

/** @throws PointError */
export function inRange(time: number): number {
  if (Math.abs(finite(time)) < MAX_TIME) return time;
  throw new PointError(
    "time-not-a-number",
    "The time is too large for a date in seconds, milliseconds, microseconds or nanoseconds: send unix seconds.",
  );
}

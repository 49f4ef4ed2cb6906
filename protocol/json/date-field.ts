import { secondsOfText } from "./date-text.ts";
import { isObject } from "./json.ts";
import { type FoundTime, isDateAt, MAX_TIME, namedTime, unixSeconds } from "./time.ts";
import { isQuotedNumber } from "./words.ts";

/** The field that is the time of an object: PT2a and PT2g to PT2i. */

/** The least that a date with a time of day is: 20261128T1337. */
const MIN_TIME_TEXT = 13;
const TIME_OF_DAY = /\d:\d|\d[Tt]\d/;
const DAY_SECONDS = 86_400;
/** No name of a time is longer. */
const MAX_NAME_LENGTH = 64;
const MAX_NAMES = 1024;

/** A name has one of these words, or ends with `at`: created_at, sampleTime, TIMESTAMP, utc … */
const TIME_WORDS = new Set("time timestamp timestamps ts date datetime when epoch stamp utc unix t".split(" "));
/** With one of these words it is another moment than that of the values, or a span. */
const OTHER_WORDS = new Set(
  (
    "up run life start started begin end ended stop stopped finish finished last next first prev previous expire " +
    "expires expired expiry expiration due until valid boot booted birth born build built update updated modified " +
    "calibration calibrated install installed delay duration elapsed remaining latency response travel dead deadline " +
    "since zone timezone offset out rise set schedule scheduled planned eta arrival departure service manufactured"
  ).split(" "),
);

/**
 * The time of an object: the field that is called so, whatever its letters' case; else, and where that is `x` and no date,
 * the one field that is named like a time and holds a date.
 */
export function timeFieldOf(object: Record<string, unknown>, arrivedAt: number): FoundTime | undefined {
  const found = namedTime(object);
  if (found !== undefined && (found.path !== "x" || isDateLike(found.time, arrivedAt))) return found;
  return dateFieldOf(object, arrivedAt) ?? found;
}

function dateFieldOf(object: Record<string, unknown>, arrivedAt: number): FoundTime | undefined {
  let found: FoundTime | undefined;
  let isOnly = true;
  for (const path in object) {
    const time = object[path];
    if (typeof time === "number" && !(time >= 1e9)) {
      if (isTimeInCapitals(path)) return { path, time };
      continue;
    }
    if (!isTimeInCapitals(path) && !(isDateOfNow(time, arrivedAt) && isTimeName(path))) continue;
    if (found !== undefined) isOnly = false;
    found = { path, time };
  }
  return isOnly ? found : undefined;
}

/** `Time`, `TIMESTAMP`, which are as sure as without capitals; `T` and `TS` are not. */
function isTimeInCapitals(name: string): boolean {
  if (name.length !== 4 && name.length !== 9) return false;
  const lower = name.toLowerCase();
  return lower === "time" || lower === "timestamp";
}

/** Of numbers only those of today are dates for sure: counters grow to others (`cpu_time` in nanoseconds). */
function isDateOfNow(value: unknown, arrivedAt: number): boolean {
  if (typeof value === "string") return isDateLike(value, arrivedAt);
  if (typeof value === "number") {
    return isDate(value, arrivedAt) && Math.abs(unixSeconds(value) - arrivedAt) < DAY_SECONDS;
  }
  return Array.isArray(value) && value.length > 0 && !Array.isArray(value[0]) && isDateOfNow(value[0], arrivedAt);
}

function isDateLike(value: unknown, arrivedAt: number): boolean {
  if (typeof value === "number") return isDate(value, arrivedAt);
  if (typeof value === "string") return isTimeText(value) || isQuotedDate(value, arrivedAt);
  return Array.isArray(value) && value.length > 0 && !Array.isArray(value[0]) && isDateLike(value[0], arrivedAt);
}

/** Whether a plain value is a date by itself, in text or as a number. */
export function isSureTime(value: unknown, arrivedAt: number): boolean {
  if (typeof value === "number") return isDate(value, arrivedAt);
  return typeof value === "string" && (isTimeText(value) || isQuotedDate(value, arrivedAt));
}

/**
 * Whether a list inside of an object is records with times of their own, `[{"t": …, "v": 1}, …]` and `[[date, 1], …]`, or
 * one of these, `[date, 1]`, with a date of now: counters grow to others. As fields of the object they would be curves of
 * times, beside values at another time than theirs.
 */
export function hasOwnTimes(list: readonly unknown[], arrivedAt: number): boolean {
  const [first] = list;
  if (Array.isArray(first)) return isDatedRow(first, arrivedAt);
  if (!isObject(first)) return isDatedRow(list, arrivedAt) && isDateOfNow(first, arrivedAt);
  const time = timeFieldOf(first, arrivedAt)?.time;
  return isSureTime(time, arrivedAt) && Object.keys(first).length > 1;
}

/** Whether plain values are a date and others that are none. */
export function isDatedRow(row: readonly unknown[], arrivedAt: number): boolean {
  if (row.length < 2 || !isSureTime(row[0], arrivedAt)) return false;
  return row.every(
    (item, i) => i === 0 || (!(typeof item === "object" && item !== null) && !isSureTime(item, arrivedAt)),
  );
}

/** Whether a number is a date by itself, in any unit that PT6 knows. */
export function isDate(time: number, arrivedAt: number): boolean {
  return Math.abs(time) < MAX_TIME && isDateAt(unixSeconds(time), arrivedAt);
}

/** Whether a text is a date with a time of day. */
export function isTimeText(text: string): boolean {
  return text.length >= MIN_TIME_TEXT && TIME_OF_DAY.test(text.slice(0, 64)) && secondsOfText(text) !== undefined;
}

/** Whether a text is a number that is a date. */
export function isQuotedDate(text: string, arrivedAt: number): boolean {
  return isQuotedNumber(text) && isDate(Number(text), arrivedAt);
}

const known = new Map<string, boolean>();

/** Whether a name is that of a time of values. Publishers send few of these and send them often. */
function isTimeName(name: string): boolean {
  if (name.length > MAX_NAME_LENGTH) return false;
  let is = known.get(name);
  if (is === undefined) {
    const words = wordsOf(name);
    is =
      (words.some((word) => TIME_WORDS.has(word)) || words.at(-1) === "at") &&
      !words.some((word) => OTHER_WORDS.has(word));
    if (known.size >= MAX_NAMES) known.clear();
    known.set(name, is);
  }
  return is;
}

/** `createdAt_UTC` → created, at, utc. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== "");
}

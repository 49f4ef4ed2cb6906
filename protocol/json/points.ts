import type { Row } from "../frame/frame-builder.ts";
import { isSeriesName, MAX_COLUMNS, MAX_NESTING } from "../limits.ts";
import { isObject, parseJson } from "./json.ts";

/**
 * What a script sends as JSON, understood as points. One reading for ZeroMQ messages and for POSTed
 * JSON: SPEC.md, "Points as JSON", lists the shapes.
 */

/** The series of a value that has no other name. */
export const DEFAULT_SERIES = "y";

/** Where a time may stand, first found first. `x` is last, because beside `t` it is a coordinate. */
export const TIME_FIELDS = ["t", "time", "ts", "timestamp", "x"] as const;

export type PointFault =
  | "not-json"
  | "no-number"
  | "not-finite"
  | "time-not-a-number"
  | "columns-differ"
  | "too-deep"
  | "series-name-invalid";

/** Why a value holds no points. */
export class PointError extends Error {
  readonly code: PointFault;
  constructor(code: PointFault, message: string) {
    super(message);
    this.name = "PointError";
    this.code = code;
  }
}

export interface Reading {
  /** When the message arrived, in unix seconds: x of values that come without a time. */
  arrivedAt: number;
  /** Names the series, or is the prefix of its names; "" for none. */
  topic: string;
  /** Called for points that are found, before rows are made of them: what it throws ends the reading. */
  found?: (points: number) => void;
}

/**
 * Parses one JSON text into rows.
 * @throws PointError if it is not JSON, or JSON that holds no points
 */
export function rowsOfJson(text: string, reading: Reading): Row[] {
  return rowsOf(valueOfJson(text), reading);
}

/**
 * The value of one JSON text, in which NaN and the infinities are null.
 * @throws PointError if it is not JSON
 */
export function valueOfJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    throw new PointError("not-json", "This is not JSON.");
  }
}

/**
 * The rows in a JSON value: all of them, or the reason why not.
 * @throws PointError
 */
export function rowsOf(value: unknown, reading: Reading): Row[] {
  return [...eachRow(value, reading)];
}

/**
 * The same, one row after the other, so that what is made of a value need not be in memory at once. Only who has come to
 * the end knows that the value holds points and nothing else.
 * @throws PointError
 */
export function* eachRow(value: unknown, reading: Reading): Generator<Row> {
  // [x, y] is the one array of numbers that is not a list of values.
  if (!Array.isArray(value) || isPair(value)) return yield* rowsOfItem(value, reading);
  if (value.length === 0) throw new PointError("no-number", "The array is empty: there is no number to plot.");
  for (const item of value) yield* rowsOfItem(item, reading);
}

function rowsOfItem(value: unknown, reading: Reading): Iterable<Row> {
  const { topic, arrivedAt } = reading;
  const name = topic === "" ? DEFAULT_SERIES : topic;
  if (typeof value === "number") {
    reading.found?.(1);
    return [{ x: arrivedAt, arrival: true, names: [named(name)], values: [finite(value)] }];
  }
  if (isPair(value)) {
    reading.found?.(1);
    return [{ x: unixSeconds(value[0]), arrival: false, names: [named(name)], values: [finite(value[1])] }];
  }
  if (!isObject(value)) {
    throw new PointError("no-number", "There is no number here to plot: send a number, [x, y] or an object with one.");
  }
  return rowsOfObject(value, reading);
}

function rowsOfObject(object: Record<string, unknown>, reading: Reading): Iterable<Row> {
  const { topic, arrivedAt } = reading;
  const timeField = TIME_FIELDS.find((field) => Object.hasOwn(object, field));
  const time = timeField === undefined ? undefined : object[timeField];
  if (Array.isArray(time)) return rowsOfColumns(object, timeField ?? "", time, reading);

  const names: string[] = [];
  const values: number[] = [];
  collectNumbers(object, timeField, "", 0, (path, value) => {
    reading.found?.(1);
    names.push(path);
    values.push(finite(value));
  });
  if (names.length === 0) {
    throw new PointError(
      "no-number",
      "No field has a number to plot. A number in quotes is text: leave the quotes out; null and NaN are none.",
    );
  }
  const x = timeField === undefined ? arrivedAt : timeOf(time);
  const arrival = timeField === undefined;
  return split(
    names.map((path) => seriesName(path, topic)),
    values,
  ).map((part) => ({ x, arrival, ...part }));
}

/**
 * `{"x": [1, 2], "y": [3, 4], …}`: one row for each x; null is a missing value. Where all are null the
 * line breaks, which one row says as well as many: without values, NaN for each series.
 */
function* rowsOfColumns(
  object: Record<string, unknown>,
  timeField: string,
  times: unknown[],
  { topic, found }: Reading,
): Generator<Row> {
  const columns: { name: string; value: unknown[] }[] = [];
  collectColumns(object, timeField, "", 0, (path, value) => columns.push({ name: seriesName(path, topic), value }));
  if (columns.length === 0) throw new PointError("no-number", "There is a column of times and none of values.");
  if (columns.some(({ value }) => value.length !== times.length)) {
    throw new PointError("columns-differ", "The columns do not all have as many values as there are times.");
  }
  let points = 0;
  let blank = false;
  for (const [i, time] of times.entries()) {
    const valued = columns.filter(({ value }) => value[i] !== null);
    found?.(valued.length);
    const present = valued.length === 0 && !blank ? columns : valued;
    blank = valued.length === 0;
    points += valued.length;
    const x = timeOf(time);
    const names = present.map(({ name }) => name);
    const values = present.map(({ value }) => (value[i] === null ? Number.NaN : finite(value[i])));
    for (const part of split(names, values)) yield { x, arrival: false, ...part };
  }
  if (points === 0) throw new PointError("no-number", "The columns are empty: there is no number to plot.");
}

/** Walks an object's numbers, each with its path; an element of an array has its index for a name. */
function collectNumbers(
  object: Record<string, unknown> | unknown[],
  timeField: string | undefined,
  prefix: string,
  depth: number,
  found: (path: string, value: number) => void,
): void {
  checkDepth(depth);
  const visit = (key: string | number, value: unknown): void => {
    if (depth === 0 && key === timeField) return;
    if (typeof value === "number") found(prefix + key, value);
    else if (isObject(value) || Array.isArray(value)) {
      collectNumbers(value, undefined, `${prefix}${key}.`, depth + 1, found);
    }
  };
  // Not Object.entries: of a long array it makes many times the array.
  if (Array.isArray(object)) for (let i = 0; i < object.length; i++) visit(i, object[i]);
  else for (const key of Object.keys(object)) visit(key, object[key]);
}

/** Walks an object's columns, each with its path. */
function collectColumns(
  object: Record<string, unknown>,
  timeField: string | undefined,
  prefix: string,
  depth: number,
  found: (path: string, column: unknown[]) => void,
): void {
  checkDepth(depth);
  for (const [key, value] of Object.entries(object)) {
    if (key === timeField) continue;
    const path = prefix + key;
    if (hasNumbers(value)) found(path, value);
    else if (isObject(value)) collectColumns(value, undefined, `${path}.`, depth + 1, found);
    // Numbers any deeper may be meant by time or by series: left aside they would be lost without a word.
    else if (Array.isArray(value)) {
      collectNumbers(value, undefined, "", depth + 1, () => {
        throw new PointError("no-number", "A column has arrays or objects for values: send a column for each series.");
      });
    }
  }
}

export function checkDepth(depth: number): void {
  if (depth > MAX_NESTING) throw new PointError("too-deep", `Fields are nested deeper than ${MAX_NESTING} levels.`);
}

function seriesName(path: string, topic: string): string {
  if (topic === "") return named(path);
  return named(path === DEFAULT_SERIES ? topic : `${topic}.${path}`);
}

function named(name: string): string {
  if (isSeriesName(name)) return name;
  throw new PointError("series-name-invalid", "A series' name is 1 to 256 bytes of text without control characters.");
}

/** A message of more series than a table may have is several rows at the same x. */
function split(names: string[], values: number[]): { names: string[]; values: number[] }[] {
  if (names.length <= MAX_COLUMNS) return names.length === 0 ? [] : [{ names, values }];
  const parts = [];
  for (let i = 0; i < names.length; i += MAX_COLUMNS) {
    parts.push({ names: names.slice(i, i + MAX_COLUMNS), values: values.slice(i, i + MAX_COLUMNS) });
  }
  return parts;
}

export function finite(value: unknown): number {
  if (typeof value !== "number")
    throw new PointError("no-number", "A value is not a number; a number in quotes is text.");
  // JSON has no infinities, but 1e999 is read as one.
  if (!Number.isFinite(value)) throw new PointError("not-finite", "A number is too large for a float64.");
  return value;
}

/** A time as a number in any unit, or as ISO 8601 text with a date. */
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

/** As nanoseconds, this is the year 5138: what is beyond is a date in no unit. */
export const MAX_TIME = 1e20;

/**
 * Seconds, milliseconds, microseconds and nanoseconds since 1970 are told apart by magnitude: each is taken
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

export function isPair(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === "number" && typeof value[1] === "number";
}

/** A column of text is no series, as a field of text is none. */
export function hasNumbers(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.some((item) => typeof item === "number");
}

/**
 * A point as JSON text, as viewers without a subprotocol get it: `{"x":1,"y":2}`, with `"series"` where it is not `y`, and
 * `"text"` where its value has a name.
 */
export function pointText(series: string, x: number, y: number, text?: string): string {
  const name = series === DEFAULT_SERIES ? "" : `"series":${JSON.stringify(series)},`;
  const called = text === undefined ? "" : `,"text":${JSON.stringify(text)}`;
  return `{${name}"x":${numberText(x)},"y":${numberText(y)}${called}}`;
}

/** The shortest decimal that reads back as the same float64; JSON.stringify would lose the sign of -0. */
export function numberText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

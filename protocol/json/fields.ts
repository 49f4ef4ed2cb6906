import { MAX_NESTING } from "../limits.ts";
import { hasOwnTimes } from "./date-field.ts";
import { isObject } from "./json.ts";
import type { ShapeReading } from "./shape-reading.ts";
import type { FoundTime } from "./time.ts";
import { isWord } from "./words.ts";

/** The fields of one object, which are values at one x. */
class Fields<S, V> {
  readonly series: S[] = [];
  readonly values: (V | number)[] = [];
  /** Paths of what is null. */
  nulls: string[] | undefined;
  /** Where values stand, if a name with a point in it stands beside what is nested: two may then have one path. */
  paths: Set<string> | undefined;
}

/**
 * Takes an object's numbers, each a value of the series that its path is. Of an object without any, what is null breaks the
 * line of its series.
 */
export function readFields<S, V>(
  object: Record<string, unknown> | readonly unknown[],
  time: FoundTime | undefined,
  reading: ShapeReading<S, V>,
): void {
  const fields = new Fields<S, V>();
  collect(object, time?.path, "", 0, reading, fields);
  if (fields.series.length === 0) collectBreaks(fields, reading);
  if (fields.series.length === 0) return;
  if (time === undefined) reading.setUntimed();
  else reading.setTime(time.time, time.path);
  reading.add(fields.series, fields.values);
}

/** Walks an object's leaves, each with its path; an element of an array has its index for a name. */
function collect<S, V>(
  object: Record<string, unknown> | readonly unknown[],
  timePath: string | undefined,
  prefix: string,
  depth: number,
  reading: ShapeReading<S, V>,
  fields: Fields<S, V>,
): void {
  // Not Object.entries: of a long array it makes many times the array.
  if (isList(object)) {
    for (let i = 0; i < object.length; i++) visit(object[i], prefix + i, timePath, depth, reading, fields);
  } else {
    let isFirstNested = true;
    for (const key of Object.keys(object)) {
      const value = object[key];
      if (isFirstNested && typeof value === "object" && value !== null) {
        isFirstNested = false;
        fields.paths ??= pathsBefore(object, prefix);
      }
      visit(value, prefix + key, timePath, depth, reading, fields);
    }
  }
}

function visit<S, V>(
  value: unknown,
  path: string,
  timePath: string | undefined,
  depth: number,
  reading: ShapeReading<S, V>,
  fields: Fields<S, V>,
): void {
  if (path === timePath) return;
  if (typeof value === "number") collectValue(value, path, reading, fields);
  else if (isObject(value) || Array.isArray(value)) {
    if (Array.isArray(value) && !reading.reader.isChoosing && hasOwnTimes(value, reading.reader.arrivedAt))
      reading.left.add("nested-records", path, "[…]");
    else if (depth < MAX_NESTING) collect(value, timePath, `${path}.`, depth + 1, reading, fields);
    else leaveOutDeep(value, path, reading);
  } else if (value === null) {
    fields.nulls ??= [];
    fields.nulls.push(path);
  } else if (isWord(value)) {
    const takesWords = reading.reader.takesWords(path);
    if (takesWords === true) collectValue(value, path, reading, fields);
    else if (takesWords === false) reading.leaveOutWord(value, path);
  }
}

/** The paths of an object's own numbers, if one of its names has a point; undefined if none has, as with most. */
function pathsBefore(object: Record<string, unknown> | readonly unknown[], prefix: string): Set<string> | undefined {
  if (isList(object)) return undefined;
  const keys = Object.keys(object);
  if (!keys.some((key) => key.includes("."))) return undefined;
  const paths = new Set<string>();
  for (const key of keys) {
    const value = object[key];
    if (typeof value === "number") paths.add(prefix + key);
    else if (typeof value === "object" && value !== null) break;
  }
  return paths;
}

function collectValue<S, V>(
  leaf: number | string | boolean,
  path: string,
  reading: ShapeReading<S, V>,
  fields: Fields<S, V>,
): void {
  const { reader } = reading;
  const series = reader.seriesOf(path);
  if (series === undefined) return;
  if (series === null) return reading.left.add("name-invalid", path, leaf);
  const value = reading.valueOf(leaf, series, path);
  if (value === undefined) return;
  if (Number.isNaN(value)) {
    fields.nulls ??= [];
    fields.nulls.push(path);
    return;
  }
  if (fields.paths !== undefined) {
    if (fields.paths.has(path)) return reading.left.add("doubled", path, leaf);
    fields.paths.add(path);
  }
  reader.found(1);
  fields.series.push(series);
  fields.values.push(value);
}

function collectBreaks<S, V>({ nulls = [], series, values }: Fields<S, V>, { reader, left }: ShapeReading<S, V>): void {
  for (const path of nulls) {
    const into = reader.seriesOf(path);
    if (into === null) left.add("name-invalid", path, null);
    if (into === null || into === undefined || !reader.isLine(into)) continue;
    reader.found(1);
    series.push(into);
    values.push(Number.NaN);
  }
}

/** Counts what is nested too deep, unless nothing of it is chosen: deeper than this only a pattern `**` reaches. */
export function leaveOutDeep<S, V>(
  value: Record<string, unknown> | readonly unknown[],
  path: string,
  { reader, left }: ShapeReading<S, V>,
): void {
  if (reader.isChoosing && reader.takesWords(`${path}.0`) === undefined) return;
  left.add("too-deep", path, isList(value) ? "[…]" : "{…}");
}

function isList(value: object): value is readonly unknown[] {
  return Array.isArray(value);
}

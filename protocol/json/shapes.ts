import { MAX_NESTING } from "../limits.ts";
import { DEFAULT_SERIES } from "../names.ts";
import { isObject } from "./json.ts";
import type { PartFault } from "./part-fault.ts";
import { finite, PointError } from "./point-error.ts";
import type { FoundTime } from "./time.ts";

/**
 * What the points of a value are read for. {@link readShapes} knows the shapes; a reader knows what becomes of a field, and
 * may take text, a part of the fields, or other times than SPEC.md's.
 */
export interface PointReader<Series, Value> {
  /** x of values that come without a time, in unix seconds, and whether it is that of arrival. */
  readonly untimed: { readonly x: number; readonly arrival: boolean };
  /** Whether only chosen fields are taken: then an item without any of them is passed over. */
  readonly isChoosing: boolean;
  /** The one series of `{"x": number, "y": number}`, if such points need nothing else from the reader. */
  readonly xySeries: readonly [Series] | undefined;
  /**
   * The field that is the time of an object, or of its columns; undefined: it has none.
   * @param isAlone whether the object is the whole value
   */
  timeIn(object: Record<string, unknown>, isAlone: boolean): FoundTime | undefined;
  /**
   * @param path of the field that it is, "" for the first of `[x, y]`: a unit is found out for each field by itself
   * @returns unix seconds
   * @throws PointError if it is no time
   */
  secondsOf(time: unknown, path: string): number;
  /** Whether a value, no object and no array, can be one of a series. */
  isLeaf(value: unknown): boolean;
  /** What the field at a path becomes; undefined leaves it aside. @throws PointError */
  seriesOf(path: string): Series | undefined;
  /** A leaf as a value of a series; undefined: it is none of this series. @throws PointError */
  valueOf(leaf: unknown, series: Series): Value | undefined;
  /** Whether NaN breaks the line of a series. */
  isLine(series: Series): boolean;
  /** Called for points that are found, before anything is made of them: what it throws ends the reading. */
  found(points: number): void;
  /**
   * Told of a part that is not taken, while the rest is. What it throws ends the reading.
   * @param path where it stands: the path of a field; "" for the value itself
   * @param sample what stands there, as received
   */
  leftOut(reason: PartFault, path: string, sample: unknown): void;
  /** Takes the values at one x, for each a series; NaN breaks a line. */
  add(x: number, arrival: boolean, series: readonly Series[], values: readonly (Value | number)[]): void;
}

/**
 * Reads a JSON value: SPEC.md, "Points as JSON", PT1 to PT4. What is added before it throws is to be forgotten: a value is
 * taken whole or refused whole.
 * @throws PointError, and what the reader throws
 */
export function readShapes<S, V>(value: unknown, reader: PointReader<S, V>): void {
  // [x, y] is the one array of numbers that is not a list of values.
  if (!Array.isArray(value) || isPair(value)) return readItem(value, reader, true);
  if (value.length === 0) throw new PointError("no-number", "The array is empty: there is no number to plot.");
  for (const item of value) readItem(item, reader, false);
}

function readItem<S, V>(item: unknown, reader: PointReader<S, V>, isAlone: boolean): void {
  const { xySeries } = reader;
  if (isPair(item)) return readOne(reader.secondsOf(item[0], ""), false, item[1], reader);
  if (!isObject(item)) {
    if (reader.isLeaf(item)) return readOne(reader.untimed.x, reader.untimed.arrival, item, reader);
    throw new PointError("no-number", "There is no number here to plot: send a number, [x, y] or an object with one.");
  }
  // Most publishers send this: by this way it takes a third of the time.
  if (xySeries !== undefined && isXY(item)) {
    reader.found(1);
    return reader.add(reader.secondsOf(item.x, "x"), false, xySeries, [item.y]);
  }
  const found = reader.timeIn(item, isAlone);
  if (found === undefined) return readFields(item, undefined, reader);
  if (Array.isArray(found.time)) return readColumns(item, found.path, found.time, reader);
  return readFields(item, found, reader);
}

/** A value that has no name. */
function readOne<S, V>(x: number, arrival: boolean, leaf: unknown, reader: PointReader<S, V>): void {
  const series = reader.seriesOf(DEFAULT_SERIES);
  const value = series === undefined ? undefined : reader.valueOf(leaf, series);
  if (series === undefined || value === undefined) return;
  reader.found(1);
  reader.add(x, arrival, [series], [value]);
}

function readFields<S, V>(
  object: Record<string, unknown>,
  time: FoundTime | undefined,
  reader: PointReader<S, V>,
): void {
  const series: S[] = [];
  const values: V[] = [];
  collectValues(object, time?.path, "", 0, reader, series, values);
  if (series.length > 0) {
    const { untimed } = reader;
    if (time === undefined) reader.add(untimed.x, untimed.arrival, series, values);
    else reader.add(reader.secondsOf(time.time, time.path), false, series, values);
  } else if (!reader.isChoosing) {
    throw new PointError(
      "no-number",
      "No field has a number to plot. A number in quotes is text: leave the quotes out; null and NaN are none.",
    );
  }
}

/** Walks an object's leaves, each with its path; an element of an array has its index for a name. */
function collectValues<S, V>(
  object: Record<string, unknown> | unknown[],
  timePath: string | undefined,
  prefix: string,
  depth: number,
  reader: PointReader<S, V>,
  series: S[],
  values: V[],
): void {
  checkDepth(depth);
  const visit = (key: string | number, value: unknown): void => {
    const path = prefix + key;
    if (path === timePath) return;
    if (reader.isLeaf(value)) {
      const into = reader.seriesOf(path);
      const taken = into === undefined ? undefined : reader.valueOf(value, into);
      if (into === undefined || taken === undefined) return;
      reader.found(1);
      series.push(into);
      values.push(taken);
    } else if (isObject(value) || Array.isArray(value)) {
      collectValues(value, timePath, `${path}.`, depth + 1, reader, series, values);
    }
  };
  // Not Object.entries: of a long array it makes many times the array.
  if (Array.isArray(object)) for (let i = 0; i < object.length; i++) visit(i, object[i]);
  else for (const key of Object.keys(object)) visit(key, object[key]);
}

interface Column<S> {
  series: S;
  leaves: readonly unknown[];
}

/**
 * `{"x": [1, 2], "y": [3, 4], …}`: values at each x; null is a missing value. Where all are null the line breaks, which one
 * row says as well as many: NaN for each series.
 */
function readColumns<S, V>(
  object: Record<string, unknown>,
  timePath: string,
  times: readonly unknown[],
  reader: PointReader<S, V>,
): void {
  const columns: Column<S>[] = [];
  collectColumns(object, timePath, "", 0, reader, columns);
  if (columns.length === 0) {
    if (reader.isChoosing) return;
    throw new PointError("no-number", "There is a column of times and none of values.");
  }
  if (columns.some(({ leaves }) => leaves.length !== times.length)) {
    throw new PointError("columns-differ", "The columns do not all have as many values as there are times.");
  }
  let points = 0;
  let isBlank = false;
  for (let i = 0; i < times.length; i++) {
    const valued = columns.filter(({ leaves }) => leaves[i] !== null);
    reader.found(valued.length);
    const present = valued.length === 0 && !isBlank ? columns.filter(({ series }) => reader.isLine(series)) : valued;
    isBlank = valued.length === 0;
    points += valued.length;
    const x = reader.secondsOf(times[i], timePath);
    if (present.length === 0) continue;
    const values = present.map(({ series, leaves }) => {
      const leaf = leaves[i];
      return leaf === null ? Number.NaN : (reader.valueOf(leaf, series) ?? finite(leaf));
    });
    reader.add(
      x,
      false,
      present.map(({ series }) => series),
      values,
    );
  }
  if (points === 0) throw new PointError("no-number", "The columns are empty: there is no number to plot.");
}

/** Walks an object's columns, each with its path. */
function collectColumns<S, V>(
  object: Record<string, unknown>,
  timePath: string,
  prefix: string,
  depth: number,
  reader: PointReader<S, V>,
  columns: Column<S>[],
): void {
  checkDepth(depth);
  for (const key of Object.keys(object)) {
    const path = prefix + key;
    if (path === timePath) continue;
    const value = object[key];
    if (Array.isArray(value) && value.some((item) => reader.isLeaf(item))) {
      const series = reader.seriesOf(path);
      // A line has no column of text.
      const isTaken = (item: unknown, into: S): boolean =>
        reader.isLeaf(item) && reader.valueOf(item, into) !== undefined;
      if (series !== undefined && value.some((item) => isTaken(item, series))) columns.push({ series, leaves: value });
    } else if (isObject(value)) collectColumns(value, timePath, `${path}.`, depth + 1, reader, columns);
    // Numbers any deeper may be meant by time or by series: left aside they would be lost without a word.
    else if (Array.isArray(value) && !reader.isChoosing) throwIfNumbers(value, depth + 1);
  }
}

function throwIfNumbers(value: unknown[] | Record<string, unknown>, depth: number): void {
  checkDepth(depth);
  for (const item of Object.values(value)) {
    if (typeof item === "number") {
      throw new PointError("no-number", "A column has arrays or objects for values: send a column for each series.");
    }
    if (isObject(item) || Array.isArray(item)) throwIfNumbers(item, depth + 1);
  }
}

function checkDepth(depth: number): void {
  if (depth > MAX_NESTING) throw new PointError("too-deep", `Fields are nested deeper than ${MAX_NESTING} levels.`);
}

export function isPair(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === "number" && typeof value[1] === "number";
}

/** `{"x": number, "y": number}`, both finite, and nothing else. */
function isXY(object: Record<string, unknown>): object is { x: number; y: number } {
  if (!Number.isFinite(object.x) || !Number.isFinite(object.y)) return false;
  let fields = 0;
  for (const _ in object) fields++;
  return fields === 2;
}

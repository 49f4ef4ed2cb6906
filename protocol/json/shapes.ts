import { DEFAULT_SERIES } from "../names.ts";
import { readColumns } from "./columns.ts";
import { isDate, isDatedRow, isSureTime } from "./date-field.ts";
import { readFields } from "./fields.ts";
import { isObject } from "./json.ts";
import { namingField } from "./name-field.ts";
import type { PointReader, PointXY } from "./point-reader.ts";
import { isNumeric, ShapeReading } from "./shape-reading.ts";
import { type FoundTime, MAX_TIME } from "./time.ts";
import { isQuotedNumber, isWord } from "./words.ts";

/**
 * Reads a JSON value: SPEC.md, "Points as JSON", PT1 to PT4. What of it cannot be taken is left out and counted; if that is
 * all, it is refused. What is added before it throws is to be forgotten.
 * @throws PointError, and what the reader throws
 */
export function readShapes<S, V>(value: unknown, reader: PointReader<S, V>): void {
  // Most publishers send this: by this way it takes a third of the time.
  if (reader.addXY !== undefined && isXY(value)) return reader.addXY([value]);
  const reading = new ShapeReading(reader);
  readValue(value, reading);
  reading.end(value);
}

/**
 * Reads several values, each of which is taken or left out by itself.
 * @param placeOf where one stands, of its number from 0
 * @throws PointError if nothing is taken of any, and what the reader or the values throw
 */
export function readEach<S, V>(
  values: Iterable<unknown>,
  placeOf: (i: number) => string,
  reader: PointReader<S, V>,
): void {
  const reading = new ShapeReading(reader);
  let i = 0;
  for (const value of values) readRecord(value, i++, placeOf, readValue, reading);
  reading.end(undefined);
}

function readValue<S, V>(value: unknown, reading: ShapeReading<S, V>): void {
  // [x, y] is the one array of numbers that is not a list of values.
  if (!Array.isArray(value) || isPair(value)) readItem(value, reading, true);
  else if (value.some(isNested)) readRecords(value, reading);
  else readRow(value, reading);
}

/** Several records, each of which is taken or left out by itself. */
function readRecords<S, V>(items: readonly unknown[], reading: ShapeReading<S, V>): void {
  const { left, reader } = reading;
  // Nothing tells such points apart: by this way they take a third less time.
  if (reader.addXY !== undefined && items.every(isXY)) {
    reading.isTaken = true;
    return reader.addXY(items);
  }
  const timed = timedRecord(items, reader.arrivedAt);
  if (timed !== undefined) return readFields(timed.record, timed.time, reading);
  // A word may say what the others are of: without it they would be mixed with others' in one series.
  const word = items.findIndex((item) => typeof item === "string" && !isQuotedNumber(item));
  if (word >= 0) return left.add("word-in-list", `item ${word + 1}`, items[word], items.length);
  // A date before lists and objects is no value.
  if (isSureTime(items[0], reader.arrivedAt)) {
    return left.add("record-unreadable", "item 1", items[0], items.length);
  }
  const naming = namingField(items, reader.arrivedAt);
  if (naming !== undefined && reader.takesWords(naming) === false) {
    return left.add("unnamed", naming, leafAt(items[0], naming), items.length);
  }
  for (let i = 0; i < items.length; i++) {
    readRecord(items[i], i, placeInList, readListed, reading);
  }
}

function placeInList(i: number): string {
  return `item ${i + 1}`;
}

/** What is null here has no name. */
function readListed<S, V>(item: unknown, reading: ShapeReading<S, V>): void {
  if (item !== null) readItem(item, reading, false);
}

/** What a record has at a path. */
function leafAt(record: unknown, path: string): unknown {
  let here = record;
  for (const key of Object.hasOwn(Object(record), path) ? [path] : path.split("."))
    here = Reflect.get(Object(here), key);
  return here;
}

/** Nothing is made for a record that is read: there may be a hundred thousand. */
function readRecord<S, V>(
  item: unknown,
  i: number,
  placeOf: (i: number) => string,
  read: (item: unknown, reading: ShapeReading<S, V>) => void,
  reading: ShapeReading<S, V>,
): void {
  const { left, reader } = reading;
  if (reader.addXY !== undefined && isXY(item)) {
    reading.isTaken = true;
    return reader.addXY([item]);
  }
  const before = left.total;
  const isTakenBefore = reading.isTaken;
  reading.isTaken = false;
  read(item, reading);
  if (!reading.isTaken && left.total === before && !reader.isChoosing) {
    left.add("record-unreadable", placeOf(i), isNested(item) ? shown(item) : item);
  }
  reading.isTaken ||= isTakenBefore;
}

/** `[time, {"temp": 20}]` */
function timedRecord(
  items: readonly unknown[],
  arrivedAt: number,
): { time: FoundTime; record: Record<string, unknown> } | undefined {
  const [time, record] = items;
  if (items.length !== 2 || !isObject(record) || !isSureTime(time, arrivedAt)) return undefined;
  return { time: { path: NO_PATH, time }, record };
}

/** No field's. */
const NO_PATH = "\u0000";

function readItem<S, V>(item: unknown, reading: ShapeReading<S, V>, isAlone: boolean): void {
  if (Array.isArray(item)) {
    if (isPair(item)) {
      reading.setTime(item[0], "");
      readLeaf(item[1], DEFAULT_SERIES, reading);
      return;
    }
    const timed = timedRecord(item, reading.reader.arrivedAt);
    if (timed !== undefined) readFields(timed.record, timed.time, reading);
    else if (isTimedRow(item, reading)) readRow(item, reading);
    return;
  }
  if (isObject(item)) return readObject(item, reading, isAlone);
  reading.setUntimed();
  readLeaf(item, DEFAULT_SERIES, reading);
}

function readObject<S, V>(object: Record<string, unknown>, reading: ShapeReading<S, V>, isAlone: boolean): void {
  const found = reading.reader.timeIn(object, isAlone);
  if (found === undefined) return readFields(object, undefined, reading);
  if (Array.isArray(found.time)) return readColumns(object, found.path, found.time, reading);
  // An object that is no time has fields as others have.
  const isTime = !isObject(found.time) || reading.timeOf(found.time, found.path) !== undefined;
  readFields(object, isTime ? found : undefined, reading);
}

/** A value at the time that was read last, or a break of its line. */
function readLeaf<S, V>(leaf: unknown, path: string, reading: ShapeReading<S, V>): void {
  const { reader, left } = reading;
  if (leaf !== null && typeof leaf !== "number" && !isWord(leaf)) return;
  if (isWord(leaf)) {
    const takesWords = reader.takesWords(path);
    if (takesWords === false) reading.leaveOutWord(leaf, path);
    if (takesWords !== true) return;
  }
  const series = reader.seriesOf(path);
  if (series === undefined) return;
  if (series === null) return left.add("name-invalid", path, leaf);
  const value = leaf === null ? Number.NaN : reading.valueOf(leaf, series, path);
  if (value === undefined || (Number.isNaN(value) && !reader.isLine(series))) return;
  reader.found(1);
  reading.add([series], [value]);
}

/**
 * Plain values. With a date as the first it is a record, as a line of CSV is: the time, then its values by their index, or
 * `y` if there is one. Without, each is a value of `y`.
 */
function readRow<S, V>(row: readonly unknown[], reading: ShapeReading<S, V>): void {
  const { reader, left } = reading;
  const isTimed = isTimedRow(row, reading);
  const from = isTimed ? 1 : 0;
  const pathOf = (i: number): string => (!isTimed || row.length === 2 ? DEFAULT_SERIES : String(i));
  // A word may say what the others are of: without it they would be mixed with others' in one series.
  for (let i = from; i < row.length; i++) {
    const item = row[i];
    if (typeof item !== "string" || isQuotedNumber(item) || reader.takesWords(pathOf(i)) !== false) continue;
    return left.add("word-in-list", `item ${i + 1}`, item, row.length - from);
  }
  if (!isTimed) {
    reading.setUntimed();
    for (const item of row) readLeaf(item, DEFAULT_SERIES, reading);
    return;
  }
  if (row.length === 2) {
    reading.setTime(row[0], "");
    return readLeaf(row[1], DEFAULT_SERIES, reading);
  }
  // A clock that is not set, or another's list: the time of none of both.
  readFields(row, { path: "0", time: isSureTime(row[0], reader.arrivedAt) ? row[0] : null }, reading);
}

/**
 * Whether a list is a record whose first value is the time: a date, as no other of its numbers is. Once some of a topic
 * are, those of three values or more are, whatever their clock shows.
 */
function isTimedRow<S, V>(row: readonly unknown[], { reader: { lists, arrivedAt } }: ShapeReading<S, V>): boolean {
  const [first] = row;
  if (row.length < 2 || row.some(isNested)) return false;
  if (typeof first === "string") return isSureTime(first, arrivedAt);
  if (row.length < 3 || (typeof first !== "number" && first !== null)) return false;
  const isTimed =
    typeof first === "number" &&
    isDate(first, arrivedAt) &&
    !row.some((item, i) => i > 0 && typeof item === "number" && isDate(item, arrivedAt));
  if (isTimed) lists.areTimed = true;
  return (
    isTimed || (lists.areTimed === true && !row.every((item) => typeof item === "number" && isDate(item, arrivedAt)))
  );
}

/** Whether a list is one record that says its time, rather than several values: PT3c, PT3d, PT3f. */
export function isTimedList(value: unknown, arrivedAt: number): boolean {
  if (!Array.isArray(value) || value.length < 2) return false;
  if (isPair(value) || timedRecord(value, arrivedAt) !== undefined) return true;
  return isDatedRow(value, arrivedAt);
}

function isNested(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function shown(value: unknown): string {
  return Array.isArray(value) ? "[…]" : "{…}";
}

/** `[x, y]`: two numbers, one of which may be missing, or in quotes. */
export function isPair(value: unknown): value is [unknown, unknown] {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    isNumeric(value[0]) &&
    isNumeric(value[1]) &&
    (value[0] !== null || value[1] !== null)
  );
}

/** `{"x": number, "y": number}`, both of a size that needs no second look, and nothing else. */
export function isXY(value: unknown): value is PointXY {
  if (typeof value !== "object" || value === null) return false;
  const { x, y }: { x?: unknown; y?: unknown } = value;
  if (typeof x !== "number" || typeof y !== "number") return false;
  if (!(x > -MAX_TIME && x < MAX_TIME && y >= -Number.MAX_SAFE_INTEGER && y <= Number.MAX_SAFE_INTEGER)) return false;
  let fields = 0;
  for (const _ in value) fields++;
  return fields === 2;
}

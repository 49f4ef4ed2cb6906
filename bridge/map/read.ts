import { isObject } from "../../protocol/json/json.ts";
import { checkDepth, DEFAULT_SERIES, finite, isPair, PointError } from "../../protocol/json/points.ts";
import { type ColumnsOptions, readColumns } from "./columns.ts";
import type { Slot } from "./plan.ts";
import { type Leaf, type Reading, Readings, type ReadOptions, scaled } from "./reading.ts";
import { type Found, namedTime, secondsOf, timeAt } from "./when.ts";

export interface When {
  /** Unix seconds. */
  arrivedAt: number;
  /** Of the envelope. */
  sentAt: number | undefined;
}

/**
 * What the mapping takes of a value: SPEC.md, "Points as JSON", but for chosen fields, text and times. Nothing is
 * remembered before all of it is read.
 * @throws PointError, DecodeError message-too-large
 */
export function readingsOf(value: unknown, options: ReadOptions, when: When): Reading[] {
  const readings = new Readings();
  if (Array.isArray(value) && !isPair(value)) {
    if (value.length === 0) throw new PointError("no-number", "The array is empty: there is no number to plot.");
    for (const item of value) readItem(item, options, when, false, readings);
  } else {
    readItem(value, options, when, true, readings);
  }
  if (readings.all.length === 0) throw noneChosen();
  return readings.all;
}

/** @param isSingle whether it is the whole message, whose time the envelope may tell */
function readItem(value: unknown, options: ReadOptions, when: When, isSingle: boolean, readings: Readings): void {
  const { sentAt, arrivedAt } = when;
  const outside = { x: sentAt ?? arrivedAt, arrival: sentAt === undefined };
  if (isPair(value)) {
    const [x, y] = value;
    const at = { x: secondsOf(x, options.timeUnit), arrival: false };
    finite(y);
    addReading(readings, at, (take) => take(DEFAULT_SERIES, y), options);
    return;
  }
  if (!isObject(value)) {
    if (!isLeaf(value, options)) {
      throw new PointError(
        "no-number",
        "There is no number here to plot: send a number, [x, y] or an object with one.",
      );
    }
    addReading(readings, outside, (take) => take(DEFAULT_SERIES, value), options);
    return;
  }
  const found = timeIn(value, options, isSingle ? sentAt : undefined);
  if (Array.isArray(found?.time)) {
    readColumns(value, { ...options, path: found.path, times: found.time } satisfies ColumnsOptions, readings);
    return;
  }
  const before = readings.all.length;
  const timeUnit = options.timeUnit;
  const walk = (take: Take): void => walkLeaves(value, found?.path, "", 0, options, take);
  const at = { x: outside.x, arrival: outside.arrival };
  addReading(readings, at, walk, options);
  const added = readings.all[before];
  if (added === undefined) {
    if (!options.isChoosing) throw noNumber();
    return;
  }
  if (found !== undefined) {
    added.x = secondsOf(found.time, timeUnit);
    added.arrival = false;
  }
}

type Take = (path: string, value: Leaf) => void;

/** Adds one reading of all that `walk` finds, if that is anything. */
function addReading(
  readings: Readings,
  { x, arrival }: { x: number; arrival: boolean },
  walk: (take: Take) => void,
  { slotOf, takesText }: ReadOptions,
): void {
  const slots: Slot[] = [];
  const values: Leaf[] = [];
  walk((path, value) => {
    const slot = slotOf(path);
    if (slot === undefined) return;
    if (typeof value === "number") values.push(scaled(value, slot));
    else if (takesText && slot.kind !== "line") values.push(value);
    else return;
    slots.push(slot);
  });
  if (slots.length > 0) readings.push({ x, arrival, slots, values });
}

/** The field with the time: that which the mapping names; else the envelope's, which is none of the fields'; else PT2. */
function timeIn(object: Record<string, unknown>, options: ReadOptions, sentAt: number | undefined): Found | undefined {
  if (options.time !== undefined) return timeAt(object, options.time);
  const found = namedTime(object);
  return sentAt === undefined || Array.isArray(found?.time) ? found : undefined;
}

function walkLeaves(
  object: Record<string, unknown> | unknown[],
  timePath: string | undefined,
  prefix: string,
  depth: number,
  options: ReadOptions,
  take: Take,
): void {
  checkDepth(depth);
  for (const key of Object.keys(object)) {
    const path = prefix + key;
    if (path === timePath) continue;
    const value: unknown = Reflect.get(object, key);
    if (isLeaf(value, options)) take(path, value);
    else if (isObject(value) || Array.isArray(value)) {
      walkLeaves(value, timePath, `${path}.`, depth + 1, options, take);
    }
  }
}

function isLeaf(value: unknown, { takesText }: ReadOptions): value is Leaf {
  return typeof value === "number" || (takesText && (typeof value === "string" || typeof value === "boolean"));
}

function noNumber(): PointError {
  return new PointError(
    "no-number",
    "No field has a number to plot. A number in quotes is text: leave the quotes out; null and NaN are none.",
  );
}

function noneChosen(): PointError {
  return new PointError("no-number", "None of the chosen fields is in this message with a value that can be plotted.");
}

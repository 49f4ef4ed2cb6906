import { isObject } from "../../protocol/json/json.ts";
import { checkDepth, hasNumbers, PointError } from "../../protocol/json/points.ts";
import type { Slot } from "./plan.ts";
import { type Leaf, type Readings, type ReadOptions, scaled } from "./reading.ts";
import { secondsOf } from "./when.ts";

export interface ColumnsOptions extends ReadOptions {
  /** Where the times are. */
  path: string;
  times: readonly unknown[];
}

interface Column {
  slot: Slot;
  values: readonly unknown[];
}

/**
 * `{"x": [1, 2], "y": [3, 4], …}`: a reading for each x; null is a missing value. Where all are null the line breaks,
 * which one reading says as well as many: NaN for each line and step.
 * @throws PointError, DecodeError message-too-large
 */
export function readColumns(object: Record<string, unknown>, options: ColumnsOptions, readings: Readings): void {
  const { times, timeUnit, isChoosing } = options;
  const columns: Column[] = [];
  collect(object, options, "", 0, columns);
  if (columns.length === 0) {
    if (isChoosing) return;
    throw new PointError("no-number", "There is a column of times and none of values.");
  }
  if (columns.some(({ values }) => values.length !== times.length)) {
    throw new PointError("columns-differ", "The columns do not all have as many values as there are times.");
  }
  let points = 0;
  let blank = false;
  for (let i = 0; i < times.length; i++) {
    const valued = columns.filter(({ values }) => values[i] !== null);
    const present = valued.length === 0 && !blank ? columns.filter(({ slot }) => slot.kind !== "event") : valued;
    blank = valued.length === 0;
    points += valued.length;
    const x = secondsOf(times[i], timeUnit);
    if (present.length === 0) continue;
    const values = present.map(({ slot, values }) => (values[i] === null ? Number.NaN : leafOf(values[i], slot)));
    readings.push({ x, arrival: false, slots: present.map(({ slot }) => slot), values });
  }
  if (points === 0) throw new PointError("no-number", "The columns are empty: there is no number to plot.");
}

function collect(
  object: Record<string, unknown>,
  options: ColumnsOptions,
  prefix: string,
  depth: number,
  columns: Column[],
): void {
  checkDepth(depth);
  for (const key of Object.keys(object)) {
    const path = prefix + key;
    // A field of this name is a time in every object of the columns, as in PT4.
    if (path === options.path || key === options.path) continue;
    const value = object[key];
    if (hasNumbers(value) || (options.takesText && hasText(value))) {
      const slot = options.slotOf(path);
      if (slot !== undefined && (slot.kind !== "line" || hasNumbers(value))) columns.push({ slot, values: value });
    } else if (isObject(value)) {
      collect(value, options, `${path}.`, depth + 1, columns);
    } else if (Array.isArray(value) && !options.isChoosing) {
      throwIfNumbers(value, depth + 1);
    }
  }
}

/** Numbers any deeper may be meant by time or by series: left aside they would be lost without a word. */
function throwIfNumbers(value: unknown[] | Record<string, unknown>, depth: number): void {
  checkDepth(depth);
  for (const item of Object.values(value)) {
    if (typeof item === "number") {
      throw new PointError("no-number", "A column has arrays or objects for values: send a column for each series.");
    }
    if (isObject(item) || Array.isArray(item)) throwIfNumbers(item, depth + 1);
  }
}

function hasText(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.some((item) => typeof item === "string" || typeof item === "boolean");
}

function leafOf(value: unknown, slot: Slot): Leaf {
  if (typeof value === "number") return scaled(value, slot);
  if (slot.kind !== "line" && (typeof value === "string" || typeof value === "boolean")) return value;
  throw new PointError("no-number", "A value is not a number; a number in quotes is text.");
}

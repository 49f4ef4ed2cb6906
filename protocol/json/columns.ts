import { MAX_NESTING } from "../limits.ts";
import { leaveOutDeep } from "./fields.ts";
import { isObject } from "./json.ts";
import type { ShapeReading } from "./shape-reading.ts";
import { isWord } from "./words.ts";

interface Column<S> {
  series: S;
  path: string;
  takesWords: boolean;
  leaves: readonly unknown[];
}

interface Columns<S> {
  /** With values. */
  valued: Column<S>[];
  /** Of nothing but null. */
  blank: Column<S>[];
}

/**
 * `{"x": [1, 2], "y": [3, 4], …}`: values at each x; null is a missing value. Where all are null the line breaks, which one
 * row says as well as many: NaN for each series.
 */
export function readColumns<S, V>(
  object: Record<string, unknown>,
  timePath: string,
  times: readonly unknown[],
  reading: ShapeReading<S, V>,
): void {
  const { reader, left } = reading;
  const found: Columns<S> = { valued: [], blank: [] };
  collectColumns(object, { timePath, rows: times.length }, "", 0, reading, found);
  const columns = found.valued.length > 0 ? found.valued : found.blank;
  const allSeries = columns.map(({ series }) => series);
  let isBlank = false;
  for (let row = 0; row < times.length && columns.length > 0; row++) {
    const series: S[] = [];
    const values: (V | number)[] = [];
    for (const column of columns) {
      const value = cellOf(column, row, reading);
      if (value === undefined) continue;
      series.push(column.series);
      values.push(value);
    }
    reader.found(series.length);
    const isBreak = series.length === 0;
    if (isBreak && isBlank) continue;
    isBlank = isBreak;
    const time = times[row];
    const x = reading.timeOf(time, timePath);
    if (x === undefined) {
      left.add("time-unreadable", `${timePath}.${row}`, time, Math.max(1, values.length));
      continue;
    }
    reading.x = x;
    reading.arrival = false;
    if (!isBreak) reading.add(series.length === columns.length ? allSeries : series, values);
    else {
      const lines = allSeries.filter((each) => reader.isLine(each));
      if (lines.length > 0)
        reading.add(
          lines,
          lines.map(() => Number.NaN),
        );
    }
  }
}

/** A value of a column; undefined where it is missing, or none. */
function cellOf<S, V>(
  { leaves, series, path, takesWords }: Column<S>,
  row: number,
  reading: ShapeReading<S, V>,
): V | number | undefined {
  const leaf = leaves[row];
  if (typeof leaf === "number" || (takesWords && isWord(leaf))) {
    const value = reading.valueOf(leaf, series, path);
    return Number.isNaN(value) ? undefined : value;
  }
  if (isWord(leaf)) reading.leaveOutWord(leaf, path);
  else if (leaf !== null) reading.left.add("column-nested", path, Array.isArray(leaf) ? "[…]" : "{…}");
  return undefined;
}

/** Walks an object's columns, each with its path. */
function collectColumns<S, V>(
  object: Record<string, unknown>,
  { timePath, rows }: { timePath: string; rows: number },
  prefix: string,
  depth: number,
  reading: ShapeReading<S, V>,
  columns: Columns<S>,
): void {
  for (const key of Object.keys(object)) {
    const path = prefix + key;
    if (path === timePath) continue;
    const value = object[key];
    if (Array.isArray(value)) collectColumn(value, rows, path, reading, columns);
    else if (isObject(value)) {
      if (depth < MAX_NESTING) collectColumns(value, { timePath, rows }, `${path}.`, depth + 1, reading, columns);
      else leaveOutDeep(value, path, reading);
    } else if (typeof value === "number" || isWord(value)) leaveOutSingle(value, path, reading);
  }
}

function collectColumn<S, V>(
  leaves: readonly unknown[],
  rows: number,
  path: string,
  reading: ShapeReading<S, V>,
  columns: Columns<S>,
): void {
  const { reader, left } = reading;
  const takesWords = reader.takesWords(path);
  // With elements that are chosen by themselves, such as `a.0`, there is no column to choose.
  if (takesWords === undefined || leaves.length === 0) return;
  const hasValues = leaves.some((leaf) => typeof leaf === "number" || (takesWords && isWord(leaf)));
  const first = leaves.find((leaf) => leaf !== null);
  if (!hasValues && first !== undefined) {
    if (isWord(first)) for (const leaf of leaves) if (isWord(leaf)) reading.leaveOutWord(leaf, path);
    if (!isWord(first)) left.add(holdsNumbers(first, 0) ? "column-nested" : "text", path, "[…]", leaves.length);
    return;
  }
  if (leaves.length !== rows) return left.add("columns-differ", path, `${leaves.length} values`, leaves.length);
  const series = reader.seriesOf(path);
  if (series === undefined) return;
  if (series === null) return left.add("name-invalid", path, leaves[0], leaves.length);
  (hasValues ? columns.valued : columns.blank).push({ series, path, takesWords, leaves });
}

/** What stands beside columns has no time. */
function leaveOutSingle<S, V>(value: number | string | boolean, path: string, reading: ShapeReading<S, V>): void {
  if (reading.reader.takesWords(path) === undefined) return;
  if (isWord(value)) reading.leaveOutWord(value, path);
  else reading.left.add("beside-columns", path, value);
}

/** Numbers deeper in a column may be meant by time or by series. */
function holdsNumbers(value: unknown, depth: number): boolean {
  if (typeof value === "number") return true;
  if (typeof value !== "object" || value === null) return false;
  return depth > MAX_NESTING || Object.values(value).some((item) => holdsNumbers(item, depth + 1));
}

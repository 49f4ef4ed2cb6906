import type { Table } from "../../../protocol/frame/frame.ts";
import type { Segment } from "../segment.ts";
import type { MissingValueDetector, RowSeries } from "./missing-values.ts";
import { isTime } from "./series.ts";

/** What is known of a table's rows before its columns are read one by one. */
export interface TableRows {
  /** The rows in the order of their times, equal ones as they stand; undefined if that is how they stand. */
  order: Uint32Array | undefined;
  /** Which series have a point, by row; or in all rows alike. */
  shapes: RowSeries | readonly RowSeries[];
  /** How many rows there are of each shape. */
  counts: Map<RowSeries, number>;
}

const NOBODY: RowSeries = new Set();

/** Finds the order of a table's rows, and which series have a value in each. */
export function analyzeRows({ x, columns }: Table): TableRows {
  const order = orderOf(x);
  const names = columns.map(({ name }) => name);
  if (!columns.some(({ y }) => y.includes(Number.NaN))) {
    const shapes = new Set(names);
    return { order, shapes, counts: new Map([[shapes, x.length]]) };
  }
  const known = new Map<string, RowSeries>();
  const counts = new Map<RowSeries, number>();
  const shapes = Array.from(x, (_, row) => {
    const key = columns.map(({ y }) => (Number.isNaN(y[row]) ? "-" : "+")).join("");
    const shape = known.get(key) ?? new Set(names.filter((_name, column) => key[column] === "+"));
    known.set(key, shape);
    counts.set(shape, (counts.get(shape) ?? 0) + 1);
    return shape;
  });
  return { order, shapes, counts };
}

/**
 * The points of one column, times ascending, with a break (never two in a row) before each that values are missing before.
 * @param isStep a value that is missing ends the one that is held, at its own x
 */
export function columnSegment(
  table: Table,
  column: number,
  { order, shapes }: TableRows,
  missingValues: MissingValueDetector,
  isStep = false,
): Segment {
  const values = table.columns[column]?.y ?? new Float64Array();
  const breaks = new Set<number>();
  for (let row = 0; row < values.length; row++) {
    const shape = Array.isArray(shapes) ? (shapes[row] ?? NOBODY) : shapes;
    if (Number.isNaN(values[row])) {
      missingValues.absent(shape, 1);
      if (isStep && shape.size === 0) breaks.add(row);
    } else if (missingValues.present(shape) && !isStep) breaks.add(row);
  }
  const x = new Float64Array(values.length + breaks.size);
  const y = new Float64Array(x.length);
  let length = 0;
  for (let i = 0; i < values.length; i++) {
    const row = order?.[i] ?? i;
    const value = values[row] ?? Number.NaN;
    const at = table.x[row] ?? 0;
    if (breaks.has(row) && !Number.isNaN(y[length - 1])) {
      x[length] = at;
      y[length++] = Number.NaN;
    }
    if (Number.isNaN(value)) continue;
    x[length] = at;
    y[length++] = value;
  }
  return { x: x.subarray(0, length), y: y.subarray(0, length) };
}

function orderOf(x: Table["x"]): Uint32Array | undefined {
  let ascending = true;
  for (let i = 1; i < x.length && ascending; i++) ascending = (x[i] ?? 0) >= (x[i - 1] ?? 0);
  // An x that is no time is a place: its order is that of the points.
  if (ascending || !x.some(isTime)) return undefined;
  const order = Uint32Array.from({ length: x.length }, (_, i) => i);
  return order.sort((a, b) => (x[a] ?? 0) - (x[b] ?? 0) || a - b);
}

import type { Labels, SeriesColumn, Table } from "./frame.ts";
import { decodeFrame, type Gap } from "./frame.ts";
import { FrameBuilder, type Row } from "./frame-builder.ts";
import { numberFrame } from "./header.ts";
import { type Picked, pickSeries } from "./pick-series.ts";

/**
 * The part of a frame that is some points of some series, each series in tables of its own: a value that is left out is no missing
 * value, and breaks no line. Breaks stay, one between two points. What is missing stands where it stood.
 * @param bytes a frame that was checked before
 * @param isKept by the channel's number of a point
 */
export function pickPoints(
  bytes: Uint8Array,
  has: (series: string) => boolean,
  isKept: (seq: number) => boolean,
): Picked {
  const frame = decodeFrame(bytes);
  const { epoch, seq, points, publisher, publisherSeq } = frame.header;
  const numbers = numbersOf(frame.blocks, seq - points);
  const builder = new FrameBuilder();
  const gaps: Gap[] = [];
  let isAll = true;
  let isFull = false;
  for (const block of frame.blocks) {
    if (block.kind === "gap") {
      if (block.series !== "" && !has(block.series)) continue;
      gaps.push(block);
      isFull ||= !builder.addGap(block);
      continue;
    }
    for (const column of block.columns) {
      if (!has(column.name)) continue;
      const kept = keptRows(column, numbers.get(column) ?? [], isKept);
      isAll &&= kept.isAll;
      for (const row of kept.rows) isFull ||= !builder.add(rowOf(block, column, row, frame.labels.get(column.name)));
    }
  }
  // As it was published it may be smaller, where its columns are numbers that follow each other.
  if (isAll || isFull) return pickSeries(bytes, has);
  if (builder.points === 0) return { kind: "gaps", gaps };
  const picked = builder.encode(publisher, publisherSeq);
  numberFrame(picked, epoch, seq);
  return { kind: "frame", bytes: picked };
}

/** Of each column the numbers of its points; 0 where it has none. */
function numbersOf(blocks: readonly (Table | Gap)[], before: number): Map<SeriesColumn, number[]> {
  const numbers = new Map<SeriesColumn, number[]>();
  let seq = before;
  for (const block of blocks) {
    if (block.kind === "gap") continue;
    for (const column of block.columns) numbers.set(column, []);
    for (let row = 0; row < block.x.length; row++) {
      for (const column of block.columns) {
        const isPoint = !Number.isNaN(column.y[row] ?? Number.NaN);
        numbers.get(column)?.push(isPoint ? ++seq : 0);
      }
    }
  }
  return numbers;
}

/** The rows of the points that are kept, and of the last break before each, and behind the last. */
function keptRows(
  { y }: SeriesColumn,
  numbers: readonly number[],
  isKept: (seq: number) => boolean,
): { rows: number[]; isAll: boolean } {
  const rows: number[] = [];
  let isAll = true;
  let breakRow: number | undefined;
  for (const [row, number] of numbers.entries()) {
    if (Number.isNaN(y[row] ?? Number.NaN)) breakRow = row;
    else if (isKept(number)) {
      if (breakRow !== undefined) rows.push(breakRow);
      rows.push(row);
      breakRow = undefined;
    } else isAll = false;
  }
  if (breakRow !== undefined && rows.length > 0) rows.push(breakRow);
  return { rows, isAll };
}

function rowOf({ x, arrival }: Table, { name, y }: SeriesColumn, row: number, labels: Labels | undefined): Row {
  const value = y[row] ?? Number.NaN;
  const made: Row = { x: x[row] ?? 0, arrival, names: [name], values: [value] };
  if (labels === undefined || Number.isNaN(value)) return made;
  const text = labels.texts.get(value);
  return { ...made, marks: [{ series: name, style: labels.style, value, ...(text !== undefined && { text }) }] };
}

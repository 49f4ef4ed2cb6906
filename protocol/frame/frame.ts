import { MAX_COLUMNS, MAX_FRAME_BYTES } from "../limits.ts";
import { isSeriesName } from "../names.ts";
import { BlockKind, BlockReader } from "./block.ts";
import { type Column, columnBytes, isEncoding, padTo8 } from "./columns.ts";
import { FrameError, type FrameHeader, HEADER_BYTES, readHeader } from "./header.ts";
import { type Labels, readLabels } from "./labels.ts";

export { BlockKind } from "./block.ts";
export type { Labels, Style } from "./labels.ts";

/** Table flag: x is the time of arrival, because the publisher sent none. */
export const FLAG_ARRIVAL = 1;

export interface SeriesColumn {
  name: string;
  /** One value a row; NaN where the series has no point in that row. */
  y: Column;
}

export interface Table {
  kind: "table";
  /** x is the time of arrival, because the publisher sent none. */
  arrival: boolean;
  x: Column;
  columns: SeriesColumn[];
}

/** Points that a publisher, or the way from it to the Channel, lost before the tables that follow. */
export interface Gap {
  kind: "gap";
  /** A stable code: see SPEC.md, "Viewers". */
  reason: string;
  /** How many points are missing; null where that cannot be known. */
  points: number | null;
  /** The x between which they are missing; null where that cannot be known. */
  fromX: number | null;
  toX: number | null;
  /** The series concerned; "" is all of the publisher's. */
  series: string;
}

export interface Frame {
  header: FrameHeader;
  /** By series: how those are drawn that are no lines, and what their values in this frame are called. */
  labels: ReadonlyMap<string, Labels>;
  blocks: (Table | Gap)[];
}

/**
 * Decodes one frame, whole: header and body are checked, and what comes back can be drawn without
 * looking again. Columns are views into `bytes` where their encoding allows it, so `bytes` must be left alone.
 *
 * @throws FrameError with the code of SPEC.md if anything does not add up
 */
export function decodeFrame(received: Uint8Array): Frame {
  // Typed arrays need their offset aligned, and a socket library may hand out a slice of a larger buffer.
  // (Not `slice`: that of a Node Buffer copies nothing.)
  const bytes = received.byteOffset % 8 === 0 ? received : new Uint8Array(received);
  const header = readHeader(bytes);
  if (bytes.byteLength !== HEADER_BYTES + header.bodyBytes) {
    throw new FrameError("frame-length", "There are bytes after the end of the frame.");
  }
  const blocks: Frame["blocks"] = [];
  const labels = new Map<string, Labels>();
  // A `regular` column is 16 bytes however many rows it stands for, so what is unpacked has a bound of its own.
  let valuesLeft = MAX_FRAME_BYTES / 8;
  for (let offset = HEADER_BYTES; offset < bytes.byteLength; ) {
    const block = new BlockReader(bytes, offset);
    offset += block.length;
    if (block.kind === BlockKind.labels) {
      const { series, ...known } = readLabels(block);
      if (labels.has(series)) throw new FrameError("frame-column", "A series has labels in a frame twice.");
      labels.set(series, known);
      continue;
    }
    const content = block.kind === BlockKind.table ? readTable(block, valuesLeft) : readGap(block);
    if (content.kind === "table") valuesLeft -= content.x.length * (1 + content.columns.length);
    blocks.push(content);
  }
  checkTotals(header, blocks);
  return { header, labels, blocks };
}

/** The names of the series in a frame, in order of appearance. */
export function seriesOf(frame: Frame): string[] {
  const names = new Set<string>();
  for (const block of frame.blocks) {
    if (block.kind === "table") for (const column of block.columns) names.add(column.name);
  }
  return [...names];
}

/** The gaps in a frame that was checked before: its tables are passed over, not decoded. */
export function gapsOf(bytes: Uint8Array): Gap[] {
  const gaps: Gap[] = [];
  for (let offset = HEADER_BYTES; offset < bytes.byteLength; ) {
    const block = new BlockReader(bytes, offset);
    if (block.kind === BlockKind.gap) gaps.push(readGap(block));
    offset += block.length;
  }
  return gaps;
}

/**
 * The same, each with the number of points in the frame that stand before it. Only tables that stand before a gap are decoded.
 */
export function placedGapsOf(bytes: Uint8Array): { gap: Gap; pointsBefore: number }[] {
  const placed: { gap: Gap; pointsBefore: number }[] = [];
  const tables: BlockReader[] = [];
  let pointsBefore = 0;
  for (let offset = HEADER_BYTES; offset < bytes.byteLength; ) {
    const block = new BlockReader(bytes, offset);
    if (block.kind === BlockKind.table) tables.push(block);
    if (block.kind === BlockKind.gap) {
      for (const table of tables.splice(0)) pointsBefore += pointsIn(readTable(table, Number.POSITIVE_INFINITY));
      placed.push({ gap: readGap(block), pointsBefore });
    }
    offset += block.length;
  }
  return placed;
}

function pointsIn({ columns }: Table): number {
  let points = 0;
  for (const { y } of columns) for (const value of y) if (!Number.isNaN(value)) points++;
  return points;
}

/** Whether a frame that was checked before has a column of one of these series: names are read, values are not. */
export function hasSeries(bytes: Uint8Array, series: Pick<ReadonlySet<string>, "has">): boolean {
  for (let offset = HEADER_BYTES; offset < bytes.byteLength; ) {
    const block = new BlockReader(bytes, offset);
    const { view } = block;
    const columns = block.kind === BlockKind.table ? view.getUint16(2, true) : 0;
    for (let i = 1; i <= columns; i++) {
      const at = 16 + 16 * i;
      if (series.has(block.text(view.getUint32(at + 4, true), view.getUint16(at + 2, true)))) return true;
    }
    offset += block.length;
  }
  return false;
}

/** The values in the tables of a frame that was checked before, those of x and missing ones counted too: none is decoded. */
export function valuesIn(bytes: Uint8Array): number {
  let values = 0;
  for (let offset = HEADER_BYTES; offset < bytes.byteLength; ) {
    const { kind, view, length } = new BlockReader(bytes, offset);
    if (kind === BlockKind.table) values += view.getUint32(8, true) * (1 + view.getUint16(2, true));
    offset += length;
  }
  return values;
}

/** A point as text has it. */
export interface Point {
  series: string;
  x: number;
  y: number;
  /** What its value is called, where it has a name. */
  text?: string;
}

/** Every point of a frame, in the order it is stored: by table, by row, by column. */
export function* pointsOf({ blocks, labels }: Pick<Frame, "blocks" | "labels">): Generator<Point> {
  for (const block of blocks) {
    if (block.kind !== "table") continue;
    const columns = block.columns.map(({ name, y }) => ({ name, y, texts: labels.get(name)?.texts }));
    for (let row = 0; row < block.x.length; row++) {
      for (const { name, y, texts } of columns) {
        const value = y[row];
        if (value === undefined || Number.isNaN(value)) continue;
        const point = { series: name, x: block.x[row] ?? 0, y: value };
        const text = texts?.get(value);
        yield text === undefined ? point : { ...point, text };
      }
    }
  }
}

function readTable(block: BlockReader, valuesLeft: number): Table {
  const { view } = block;
  const yColumns = view.getUint16(2, true);
  const rows = view.getUint32(8, true);
  const flags = view.getUint32(12, true);
  if (yColumns === 0 || rows === 0) throw new FrameError("frame-count", "A table has at least one row and one series.");
  if (yColumns > MAX_COLUMNS) throw new FrameError("frame-count", `A table has ${MAX_COLUMNS} series at most.`);
  if (rows * (1 + yColumns) > valuesLeft) {
    throw new FrameError("frame-count", `A frame has ${MAX_FRAME_BYTES / 8} values at most, those of x counted too.`);
  }
  if (16 + 16 * (1 + yColumns) > block.length) {
    throw new FrameError("frame-length", "A table's columns do not fit its block.");
  }
  if ((flags & ~FLAG_ARRIVAL) !== 0) throw new FrameError("frame-column", "A table has a flag of no known meaning.");
  const [x, ...columns] = Array.from({ length: 1 + yColumns }, (_, i) => readColumnAt(block, 16 + 16 * i, rows, i > 0));
  if (x === undefined) throw new FrameError("frame-count", "A table has no x.");
  if (new Set(columns.map(({ name }) => name)).size < columns.length) {
    throw new FrameError("frame-column", "A series stands in a table twice.");
  }
  return { kind: "table", arrival: (flags & FLAG_ARRIVAL) !== 0, x: x.y, columns };
}

function readColumnAt(block: BlockReader, at: number, rows: number, named: boolean): SeriesColumn {
  const { view } = block;
  const encoding = view.getUint8(at);
  const dataOffset = view.getUint32(at + 8, true);
  const dataBytes = view.getUint32(at + 12, true);
  if (!isEncoding(encoding) || view.getUint8(at + 1) !== 0) {
    throw new FrameError("frame-column", `There is no column encoding ${encoding} in this version of the frame.`);
  }
  if (dataBytes !== columnBytes(encoding, rows)) {
    throw new FrameError("frame-count", `A column of ${rows} rows does not have ${dataBytes} bytes.`);
  }
  if (dataOffset + padTo8(dataBytes) > block.length) {
    throw new FrameError("frame-length", "A column reaches past the end of its block.");
  }
  const name = block.text(view.getUint32(at + 4, true), view.getUint16(at + 2, true));
  if (named ? !isSeriesName(name) : name !== "") {
    throw new FrameError("frame-column", "A series' name is 1 to 256 bytes of text; x has none.");
  }
  return { name, y: block.column(dataOffset, encoding, rows) };
}

function readGap(block: BlockReader): Gap {
  const { view } = block;
  const reasonBytes = view.getUint16(2, true);
  const points = known(view.getFloat64(24, true));
  if (points !== null && !(Number.isSafeInteger(points) && points >= 0)) {
    throw new FrameError("frame-count", "A gap's number of points must be a whole number, or NaN for unknown.");
  }
  return {
    kind: "gap",
    reason: block.text(40, reasonBytes),
    points,
    fromX: known(view.getFloat64(8, true)),
    toX: known(view.getFloat64(16, true)),
    series: block.text(40 + reasonBytes, view.getUint16(32, true)),
  };
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** The header's points and x range must be those of the body: readers rely on them without decoding. */
function checkTotals(header: FrameHeader, blocks: Frame["blocks"]): void {
  let points = 0;
  let minX = Number.POSITIVE_INFINITY;
  let maxX = Number.NEGATIVE_INFINITY;
  for (const block of blocks) {
    if (block.kind !== "table") continue;
    for (const x of block.x) {
      if (!Number.isFinite(x)) throw new FrameError("frame-column", "An x is not a finite number.");
      if (x < minX) minX = x;
      if (x > maxX) maxX = x;
    }
    for (const { y } of block.columns) {
      for (const value of y) {
        if (Number.isNaN(value)) continue;
        if (!Number.isFinite(value)) throw new FrameError("frame-column", "A y is infinite.");
        points++;
      }
    }
  }
  if (points === 0) throw new FrameError("frame-count", "A frame has at least one point.");
  if (points !== header.points) {
    throw new FrameError("frame-count", `The header says ${header.points} points; the body has ${points}.`);
  }
  if (minX !== header.minX || maxX !== header.maxX) {
    throw new FrameError("frame-count", "The header's smallest and largest x are not those of the body.");
  }
}

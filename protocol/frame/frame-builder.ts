import { MAX_COLUMNS, MAX_FRAME_BYTES } from "../limits.ts";
import { padTo8 } from "./columns.ts";
import { BlockKind, type Gap } from "./frame.ts";
import { HEADER_BYTES, viewOf, writeHeader } from "./header.ts";
import { LabelBuilder, labelsBytes, type RowMark } from "./label-builder.ts";
import { namesBytes, TableBuilder, tableBytes } from "./table-builder.ts";

export type { RowMark } from "./label-builder.ts";

/** A message's values: at one x, a value for each name, or NaN for all where the line breaks. At most {@link MAX_COLUMNS} names. */
export interface Row {
  x: number;
  /** x is the time of arrival, because the publisher sent none. */
  arrival: boolean;
  names: readonly string[];
  values: readonly number[];
  /** Of those of its values that are no points of a line, or have a name. */
  marks?: readonly RowMark[];
}

/** A table takes new series only while it has few rows: each is filled with NaN for the rows before. */
const MAX_ROWS_TO_FILL = 16;

const encoder = new TextEncoder();

/**
 * Collects rows and encodes them as one frame. Rows that share series share a table, where that is not
 * mostly empty; otherwise a row begins a new one. Within a series the order of adding is kept: its later
 * rows are never in an earlier table.
 */
export class FrameBuilder {
  #blocks: (TableBuilder | Uint8Array)[] = [];
  /** The table that a series' next row may go to. */
  #tableOf = new Map<string, TableBuilder>();
  #labels: LabelBuilder | undefined;
  #points = 0;
  #bytes = HEADER_BYTES;
  readonly #maxBytes: number;

  /** @param maxBytes what a frame may have at most; less than the protocol allows, to leave room for a gap */
  constructor(maxBytes: number = MAX_FRAME_BYTES) {
    this.#maxBytes = maxBytes;
  }

  get points(): number {
    return this.#points;
  }

  /** What {@link encode} returns at most, in bytes: the size before narrowing. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * What the labels of a row add, in bytes, to what is here; infinite where this frame cannot have them, as one in which
   * the same value has another name. In an empty frame it never is.
   */
  labelsGrowth({ marks }: Row): number {
    if (marks === undefined) return 0;
    return this.#labels?.growth(marks) ?? labelsBytes(marks);
  }

  /**
   * Adds a row and its labels. @returns false, and adds nothing, if the frame would become larger than a frame may be, or
   * cannot have these labels beside others
   */
  add(row: Row): boolean {
    if (row.names.length > MAX_COLUMNS) throw new RangeError(`A row has at most ${MAX_COLUMNS} names.`);
    const owner = this.#ownerOf(row);
    const newNames = owner === undefined ? row.names : row.names.filter((name) => !owner.has(name));
    const table = owner !== undefined && mayTake(owner, row, newNames.length) ? owner : undefined;
    const before = table?.bytes ?? 0;
    const after =
      table === undefined ? tableBytes(row.names.length, namesBytes(row.names), 1) : table.bytesWith(newNames);
    const labels = this.labelsGrowth(row);
    if (this.#bytes - before + after + labels > this.#maxBytes) return false;

    const into = table ?? new TableBuilder(row.arrival);
    this.#points += into.add(row.x, row.names, row.values);
    this.#bytes += into.bytes - before + labels;
    if (row.marks !== undefined) {
      this.#labels ??= new LabelBuilder();
      this.#labels.add(row.marks);
    }
    if (table === undefined) this.#blocks.push(into);
    if (table === undefined || newNames.length > 0) for (const name of row.names) this.#tableOf.set(name, into);
    return true;
  }

  /** Says that points are missing before the rows added next. @returns false if that does not fit */
  addGap(gap: Gap): boolean {
    const block = gapBlock(gap);
    if (this.#bytes + block.length > this.#maxBytes) return false;
    this.#blocks.push(block);
    this.#bytes += block.length;
    // What comes after a gap must stand after it, so no table goes on across it.
    this.#tableOf.clear();
    return true;
  }

  /** The one table that has this row's series so far; undefined if there is none, or more than one. */
  #ownerOf(row: Row): TableBuilder | undefined {
    let owner: TableBuilder | undefined;
    for (const name of row.names) {
      const table = this.#tableOf.get(name);
      if (table === undefined || table === owner) continue;
      if (owner !== undefined) return undefined;
      owner = table;
    }
    return owner;
  }

  /** The frame of everything added so far, not yet numbered by the Channel. It has at least one point. */
  encode(publisher: string, publisherSeq: number): Uint8Array<ArrayBuffer> {
    if (this.#points === 0) throw new RangeError("A frame has at least one point.");
    const buffer = new Uint8Array(this.#bytes);
    let minX = Number.POSITIVE_INFINITY;
    let maxX = Number.NEGATIVE_INFINITY;
    let offset = this.#labels?.write(buffer, HEADER_BYTES) ?? HEADER_BYTES;
    for (const block of this.#blocks) {
      if (block instanceof TableBuilder) {
        offset = block.write(buffer, offset);
        const [min, max] = block.range();
        minX = Math.min(minX, min);
        maxX = Math.max(maxX, max);
      } else {
        buffer.set(block, offset);
        offset += block.length;
      }
    }
    const bytes = buffer.slice(0, offset);
    const bodyBytes = offset - HEADER_BYTES;
    writeHeader(bytes, { publisher, publisherSeq, seq: 0, epoch: 0, points: this.#points, minX, maxX, bodyBytes });
    return bytes;
  }
}

function mayTake(table: TableBuilder, row: Row, newNames: number): boolean {
  const width = table.width + newNames;
  return (
    table.arrival === row.arrival &&
    width <= MAX_COLUMNS &&
    2 * row.names.length >= width &&
    // In a table of more series it would break their lines, too.
    (row.names.length >= table.width || row.values.some((value) => !Number.isNaN(value))) &&
    (newNames === 0 || table.rows <= MAX_ROWS_TO_FILL)
  );
}

/** Encodes all rows as frames of an anonymous or named publisher, the first numbered `publisherSeq`. */
export function framesOf(rows: Iterable<Row>, publisher: string, publisherSeq: number): Uint8Array<ArrayBuffer>[] {
  const frames: Uint8Array<ArrayBuffer>[] = [];
  const writer = new FrameWriter(publisher, publisherSeq, (frame) => frames.push(frame));
  for (const row of rows) writer.add(row);
  writer.end();
  return frames;
}

/** The same as rows come: each frame as soon as it is full, the last at the end. */
export class FrameWriter {
  #builder = new FrameBuilder();
  #next: number;
  readonly #publisher: string;
  readonly #take: (frame: Uint8Array<ArrayBuffer>) => void;

  constructor(publisher: string, publisherSeq: number, take: (frame: Uint8Array<ArrayBuffer>) => void) {
    this.#publisher = publisher;
    this.#next = publisherSeq;
    this.#take = take;
  }

  add(row: Row): void {
    if (this.#builder.add(row)) return;
    this.end();
    this.#builder = new FrameBuilder();
    this.#builder.add(row);
  }

  end(): void {
    // Rows of nothing but NaN are no frame by themselves: where a line breaks is all that they say.
    if (this.#builder.points > 0) this.#take(this.#builder.encode(this.#publisher, this.#next++));
  }
}

/** A gap as a block of a frame's body. */
export function gapBlock(gap: Gap): Uint8Array<ArrayBuffer> {
  const reason = encoder.encode(gap.reason);
  const series = encoder.encode(gap.series);
  const block = new Uint8Array(padTo8(40 + reason.length + series.length));
  const view = viewOf(block);
  view.setUint16(0, BlockKind.gap, true);
  view.setUint16(2, reason.length, true);
  view.setUint32(4, block.length, true);
  view.setFloat64(8, finiteOrNaN(gap.fromX), true);
  view.setFloat64(16, finiteOrNaN(gap.toX), true);
  view.setFloat64(24, gap.points ?? Number.NaN, true);
  view.setUint16(32, series.length, true);
  block.set(reason, 40);
  block.set(series, 40 + reason.length);
  return block;
}

/** A frame with a gap that ends at no number is refused whole. */
function finiteOrNaN(x: number | null): number {
  return x !== null && Number.isFinite(x) ? x : Number.NaN;
}

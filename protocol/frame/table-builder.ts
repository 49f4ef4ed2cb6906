import { chooseEncoding, columnBytes, type Encoding, padTo8, writeColumn } from "./columns.ts";
import { BlockKind, FLAG_ARRIVAL } from "./frame.ts";
import { viewOf } from "./header.ts";

/** A table's block header and each column's descriptor are 16 bytes. */
const ENTRY_BYTES = 16;
const encoder = new TextEncoder();

interface GrowingColumn {
  nameBytes: Uint8Array;
  values: Float64Array<ArrayBuffer>;
}

/** The rows of one table while they are collected: one x, and for each series a value or NaN. */
export class TableBuilder {
  readonly arrival: boolean;
  rows = 0;
  #x: Float64Array<ArrayBuffer> = new Float64Array(8);
  #columns = new Map<string, GrowingColumn>();
  #namesBytes = 0;

  constructor(arrival: boolean) {
    this.arrival = arrival;
  }

  get width(): number {
    return this.#columns.size;
  }

  has(name: string): boolean {
    return this.#columns.has(name);
  }

  /** The block's size before narrowing, in bytes: {@link write} never needs more. */
  get bytes(): number {
    return tableBytes(this.width, this.#namesBytes, this.rows);
  }

  /** What {@link bytes} would be with one more row and these further series. */
  bytesWith(newNames: readonly string[]): number {
    return tableBytes(this.width + newNames.length, this.#namesBytes + namesBytes(newNames), this.rows + 1);
  }

  /** Adds a row. @returns how many points that made */
  add(x: number, names: readonly string[], values: readonly number[]): number {
    if (this.rows === this.#x.length) this.#grow();
    const row = this.rows++;
    this.#x[row] = x;
    for (const column of this.#columns.values()) column.values[row] = Number.NaN;
    let points = 0;
    for (let i = 0; i < names.length; i++) {
      const { values: into } = this.#column(names[i] ?? "");
      const value = values[i] ?? Number.NaN;
      if (Number.isNaN(into[row]) && !Number.isNaN(value)) points++;
      into[row] = value;
    }
    return points;
  }

  #column(name: string): GrowingColumn {
    let column = this.#columns.get(name);
    if (column === undefined) {
      column = { nameBytes: encoder.encode(name), values: new Float64Array(this.#x.length).fill(Number.NaN) };
      this.#namesBytes += column.nameBytes.length;
      this.#columns.set(name, column);
    }
    return column;
  }

  #grow(): void {
    const capacity = this.#x.length * 2;
    this.#x = grown(this.#x, capacity);
    for (const column of this.#columns.values()) column.values = grown(column.values, capacity);
  }

  /** The x range of the rows so far. */
  range(): [min: number, max: number] {
    const x = this.#x.subarray(0, this.rows);
    return [
      x.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
      x.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
    ];
  }

  /** Writes the block at `offset`, narrowed. @returns the offset behind it */
  write(bytes: Uint8Array, offset: number): number {
    const block = bytes.subarray(offset);
    const view = viewOf(block);
    let nameAt = ENTRY_BYTES * (2 + this.width);
    let dataAt = nameAt + padTo8(this.#namesBytes);
    const describe = (entry: number, nameBytes: Uint8Array, values: Float64Array): void => {
      const encoding: Encoding = chooseEncoding(values);
      const dataBytes = columnBytes(encoding, this.rows);
      view.setUint8(entry, encoding);
      view.setUint16(entry + 2, nameBytes.length, true);
      view.setUint32(entry + 4, nameAt, true);
      view.setUint32(entry + 8, dataAt, true);
      view.setUint32(entry + 12, dataBytes, true);
      block.set(nameBytes, nameAt);
      writeColumn(block, dataAt, encoding, values);
      nameAt += nameBytes.length;
      dataAt += padTo8(dataBytes);
    };
    describe(ENTRY_BYTES, new Uint8Array(0), this.#x.subarray(0, this.rows));
    let entry = 2 * ENTRY_BYTES;
    for (const { nameBytes, values } of this.#columns.values()) {
      describe(entry, nameBytes, values.subarray(0, this.rows));
      entry += ENTRY_BYTES;
    }
    view.setUint16(0, BlockKind.table, true);
    view.setUint16(2, this.width, true);
    view.setUint32(4, dataAt, true);
    view.setUint32(8, this.rows, true);
    view.setUint32(12, this.arrival ? FLAG_ARRIVAL : 0, true);
    return offset + dataAt;
  }
}

/** The size of a table in which every value takes 8 bytes. */
export function tableBytes(width: number, namesBytes: number, rows: number): number {
  return ENTRY_BYTES * (2 + width) + padTo8(namesBytes) + 8 * rows * (1 + width);
}

/** The length of all names together in UTF-8. */
export function namesBytes(names: readonly string[]): number {
  let bytes = 0;
  for (const name of names) bytes += encoder.encode(name).length;
  return bytes;
}

function grown(values: Float64Array<ArrayBuffer>, capacity: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(capacity).fill(Number.NaN, values.length);
  larger.set(values);
  return larger;
}

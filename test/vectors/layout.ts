/**
 * Lays bytes as SPEC.md's tables say ("The frame"), without any code of `protocol/`: what is wrong there is not repeated
 * here. Every number can be set to what it must not be.
 */

/** What a column holds: values, NaN for a missing one, or start, step and how many. */
export type Values = readonly number[] | { start: number; step: number; rows: number };

export interface ColumnSpec {
  /** A string, or bytes that are no UTF-8. */
  name?: string | Buffer;
  encoding: number;
  values: Values;
  /** Set what the descriptor says. */
  said?: { reserved?: number; nameLength?: number; nameAt?: number; dataAt?: number; dataBytes?: number };
}

export type BlockSpec =
  | {
      kind: "table";
      arrival?: boolean;
      x: ColumnSpec;
      series: ColumnSpec[];
      said?: Said & { series?: number; rows?: number; flags?: number };
    }
  | {
      kind: "gap";
      reason: string;
      points: number;
      fromX: number;
      toX: number;
      series: string | Buffer;
      said?: Said & { reserved?: number };
    }
  | {
      kind: "labels";
      series: string | Buffer;
      style: number;
      labels: (readonly [number, string | Buffer])[];
      said?: Said & { reserved?: number };
    };

/** What a block says of itself instead of the truth, and bytes between its content and its padding. */
interface Said {
  kind?: number;
  length?: number;
  extra?: Buffer;
}

export interface FrameSpec {
  publisher?: string;
  publisherSeq?: bigint;
  seq?: bigint;
  epoch?: bigint;
  blocks: BlockSpec[];
  said?: {
    magic?: string;
    version?: number;
    reserved?: number;
    headerBytes?: number;
    points?: number;
    bodyBytes?: number;
    minX?: number;
    maxX?: number;
  };
}

const WIDTHS = [8, 4, 1, 1, 2, 2, 4, 4];

export function rowsOf(values: Values): number {
  return "rows" in values ? values.rows : values.length;
}

export function listOf(values: Values): readonly number[] {
  return "rows" in values ? Array.from({ length: values.rows }, (_, i) => values.start + i * values.step) : values;
}

export function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]);
}

export function frameBytes({
  publisher = "00000000000000aa",
  publisherSeq = 1n,
  seq = 0n,
  epoch = 0n,
  blocks,
  said = {},
}: FrameSpec): Buffer {
  const body = Buffer.concat(blocks.map(blockBytes));
  const tables = blocks.filter((block) => block.kind === "table");
  const x = tables.flatMap((table) => listOf(table.x.values));
  const y = tables.flatMap((table) => table.series.flatMap(({ values }) => listOf(values)));
  const head = Buffer.alloc(64);
  head.write(said.magic ?? "PLCT", 0, "latin1");
  head.writeUInt8(said.version ?? 1, 4);
  head.writeUInt8(said.reserved ?? 0, 5);
  head.writeUInt16LE(said.headerBytes ?? 64, 6);
  head.write(publisher, 8, "hex");
  head.writeBigUInt64LE(publisherSeq, 16);
  head.writeBigUInt64LE(seq, 24);
  head.writeBigUInt64LE(epoch, 32);
  head.writeUInt32LE(said.points ?? y.filter((value) => !Number.isNaN(value)).length, 40);
  head.writeUInt32LE(said.bodyBytes ?? body.length, 44);
  head.writeDoubleLE(said.minX ?? x.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY), 48);
  head.writeDoubleLE(said.maxX ?? x.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY), 56);
  return Buffer.concat([head, body]);
}

function blockBytes(block: BlockSpec): Buffer {
  const bytes = contentBytes(block);
  bytes.writeUInt32LE(block.said?.length ?? bytes.length, 4);
  if (block.said?.kind !== undefined) bytes.writeUInt16LE(block.said.kind, 0);
  return bytes;
}

function contentBytes(block: BlockSpec): Buffer {
  switch (block.kind) {
    case "table":
      return tableBytes(block);
    case "gap": {
      const { reason, points, fromX, toX, series, said = {} } = block;
      const name = Buffer.from(series);
      const head = Buffer.alloc(40);
      head.writeUInt16LE(2, 0);
      head.writeUInt16LE(Buffer.byteLength(reason), 2);
      head.writeDoubleLE(fromX, 8);
      head.writeDoubleLE(toX, 16);
      head.writeDoubleLE(points, 24);
      head.writeUInt16LE(name.length, 32);
      head.writeUInt16LE(said.reserved ?? 0, 34);
      return finished([head, Buffer.from(reason), name], said);
    }
    case "labels": {
      const { series, style, labels, said = {} } = block;
      const name = Buffer.from(series);
      const texts = labels.map(([, text]) => Buffer.from(text));
      const head = Buffer.alloc(16 + 10 * labels.length);
      head.writeUInt16LE(3, 0);
      head.writeUInt16LE(name.length, 2);
      head.writeUInt16LE(style, 8);
      head.writeUInt16LE(labels.length, 10);
      head.writeUInt32LE(said.reserved ?? 0, 12);
      for (const [i, [value]] of labels.entries()) head.writeDoubleLE(value, 16 + 8 * i);
      for (const [i, text] of texts.entries()) head.writeUInt16LE(text.length, 16 + 8 * labels.length + 2 * i);
      return finished([head, name, ...texts], said);
    }
  }
}

function tableBytes({ arrival = false, x, series, said = {} }: Extract<BlockSpec, { kind: "table" }>): Buffer {
  const columns = [x, ...series];
  const names = columns.map(({ name = "" }) => Buffer.from(name));
  const head = Buffer.alloc(16);
  head.writeUInt16LE(1, 0);
  head.writeUInt16LE(said.series ?? series.length, 2);
  head.writeUInt32LE(said.rows ?? rowsOf(x.values), 8);
  head.writeUInt32LE(said.flags ?? (arrival ? 1 : 0), 12);
  let nameAt = 16 * (1 + columns.length);
  let dataAt = nameAt + padded(Buffer.concat(names)).length;
  const descriptors: Buffer[] = [];
  const data: Buffer[] = [];
  for (const [i, column] of columns.entries()) {
    const bytes = dataBytes(column);
    const name = names[i] ?? Buffer.alloc(0);
    const descriptor = Buffer.alloc(16);
    descriptor.writeUInt8(column.encoding, 0);
    descriptor.writeUInt8(column.said?.reserved ?? 0, 1);
    descriptor.writeUInt16LE(column.said?.nameLength ?? name.length, 2);
    descriptor.writeUInt32LE(column.said?.nameAt ?? nameAt, 4);
    descriptor.writeUInt32LE(column.said?.dataAt ?? dataAt, 8);
    descriptor.writeUInt32LE(column.said?.dataBytes ?? bytes.length, 12);
    descriptors.push(descriptor);
    data.push(padded(bytes));
    nameAt += name.length;
    dataAt += padded(bytes).length;
  }
  return finished([head, ...descriptors, padded(Buffer.concat(names)), ...data], said);
}

function dataBytes({ encoding, values }: ColumnSpec): Buffer {
  if ("rows" in values) {
    const bytes = Buffer.alloc(16);
    bytes.writeDoubleLE(values.start, 0);
    bytes.writeDoubleLE(values.step, 8);
    return bytes;
  }
  const width = WIDTHS[encoding] ?? 8;
  const bytes = Buffer.alloc(width * values.length);
  for (const [i, value] of values.entries()) {
    const at = width * i;
    switch (encoding) {
      case 1:
        bytes.writeFloatLE(value, at);
        break;
      case 2:
      case 4:
      case 6:
        bytes.writeIntLE(value, at, width);
        break;
      case 3:
      case 5:
      case 7:
        bytes.writeUIntLE(value, at, width);
        break;
      default:
        bytes.writeDoubleLE(value, at);
    }
  }
  return bytes;
}

function finished(parts: Buffer[], { extra = Buffer.alloc(0) }: Said): Buffer {
  return padded(Buffer.concat([...parts, extra]));
}

/** As the files have bytes: hexadecimal, cut behind the header and each block, a word of 8 bytes that is repeated once with how often. */
export type Hex = (string | [string, number])[];

export function hexOf(bytes: Buffer): Hex {
  const parts: Hex = [];
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const word = bytes.subarray(at, at + 8);
    let times = 1;
    while (word.length === 8 && word.equals(bytes.subarray(at + 8 * times, at + 8 * times + 8))) times++;
    if (times > 16) {
      if (text !== "") parts.push(text);
      text = "";
      parts.push([word.toString("hex"), times]);
      at += 8 * times;
      continue;
    }
    text += word.toString("hex");
    at += word.length;
    if (text.length >= 128) {
      parts.push(text);
      text = "";
    }
  }
  if (text !== "" || parts.length === 0) parts.push(text);
  return parts;
}

/** The bytes of {@link hexOf}. */
export function bytesOf(hex: Hex): Uint8Array {
  const parts = hex.map((part) => (typeof part === "string" ? part : part[0].repeat(part[1])));
  return Uint8Array.from(Buffer.from(parts.join(""), "hex"));
}

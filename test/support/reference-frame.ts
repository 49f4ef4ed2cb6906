/**
 * A frame written a second time, straight from SPEC.md's tables and from nothing else. Of the bytes that were decoded it
 * takes only what decoding does not keep: the encodings, the data of columns, and the order of blocks.
 */
import type { Frame } from "../../protocol/frame/frame.ts";

const WIDTHS = [8, 4, 1, 1, 2, 2, 4, 4];

/** The bytes that this frame must have. */
export function laidOut({ header, labels, blocks }: Frame, decodedFrom: Uint8Array): Uint8Array {
  const from = Buffer.from(decodedFrom);
  const segments: Buffer[] = [];
  const rest = [...blocks];
  const labelled = [...labels];
  for (let at = 64; at < from.length; at += from.readUInt32LE(at + 4)) {
    if (from.readUInt16LE(at) === 3) {
      const [series, { style, texts }] = labelled.shift() ?? ["", { style: "step", texts: new Map<number, string>() }];
      segments.push(labelsBlock(series, style === "step" ? 1 : 2, [...texts], from.subarray(at + 16)));
      continue;
    }
    const block = rest.shift();
    if (block === undefined) break;
    if (block.kind === "gap") {
      const { reason, series, fromX, toX, points } = block;
      const head = Buffer.alloc(40);
      head.writeUInt16LE(2, 0);
      head.writeUInt16LE(Buffer.byteLength(reason), 2);
      [fromX, toX, points].forEach((value, i) => {
        // That it is NaN is all that a NaN says; −0 points are 0.
        if (value === null || Object.is(value, -0)) from.copy(head, 8 + 8 * i, at + 8 + 8 * i, at + 16 + 8 * i);
        else head.writeDoubleLE(value, 8 + 8 * i);
      });
      head.writeUInt16LE(Buffer.byteLength(series), 32);
      segments.push(finished([head, Buffer.from(reason + series)]));
      continue;
    }
    const rows = block.x.length;
    const names = block.columns.map(({ name }) => Buffer.from(name));
    const head = Buffer.alloc(16);
    head.writeUInt16LE(1, 0);
    head.writeUInt16LE(names.length, 2);
    head.writeUInt32LE(rows, 8);
    head.writeUInt32LE(block.arrival ? 1 : 0, 12);
    const descriptors: Buffer[] = [];
    const data: Buffer[] = [];
    let nameAt = 16 * (2 + names.length);
    let dataAt = padded([...names]).length + nameAt;
    for (const [i, name] of [Buffer.alloc(0), ...names].entries()) {
      const encoding = from.readUInt8(at + 16 + 16 * i);
      const bytes = encoding === 8 ? 16 : rows * (WIDTHS[encoding] ?? Number.NaN);
      const descriptor = Buffer.alloc(16);
      descriptor.writeUInt8(encoding, 0);
      descriptor.writeUInt16LE(name.length, 2);
      descriptor.writeUInt32LE(nameAt, 4);
      descriptor.writeUInt32LE(dataAt, 8);
      descriptor.writeUInt32LE(bytes, 12);
      descriptors.push(descriptor);
      data.push(padded([from.subarray(at + dataAt, at + dataAt + bytes)]));
      nameAt += name.length;
      dataAt += padded([Buffer.alloc(bytes)]).length;
    }
    segments.push(finished([head, ...descriptors, padded(names), ...data]));
  }
  const body = Buffer.concat(segments);
  const head = Buffer.alloc(64);
  head.write("PLCT", 0, "latin1");
  head.writeUInt8(1, 4);
  head.writeUInt16LE(64, 6);
  head.write(header.publisher, 8, "hex");
  head.writeBigUInt64LE(BigInt(header.publisherSeq), 16);
  head.writeBigUInt64LE(BigInt(header.seq), 24);
  head.writeBigUInt64LE(BigInt(header.epoch), 32);
  head.writeUInt32LE(header.points, 40);
  head.writeUInt32LE(body.length, 44);
  head.writeDoubleLE(header.minX, 48);
  head.writeDoubleLE(header.maxX, 56);
  return Buffer.concat([head, body]);
}

function labelsBlock(series: string, style: number, texts: [number, string][], values: Buffer): Buffer {
  const head = Buffer.alloc(16 + 10 * texts.length);
  head.writeUInt16LE(3, 0);
  head.writeUInt16LE(Buffer.byteLength(series), 2);
  head.writeUInt16LE(style, 8);
  head.writeUInt16LE(texts.length, 10);
  texts.forEach(([value, text], i) => {
    // A Map takes −0 for 0.
    if (value === 0) values.copy(head, 16 + 8 * i, 8 * i, 8 * i + 8);
    else head.writeDoubleLE(value, 16 + 8 * i);
    head.writeUInt16LE(Buffer.byteLength(text), 16 + 8 * texts.length + 2 * i);
  });
  return finished([head, Buffer.from(series), ...texts.map(([, text]) => Buffer.from(text))]);
}

/** A block, padded, with its length. */
function finished(segments: Buffer[]): Buffer {
  const block = padded(segments);
  block.writeUInt32LE(block.length, 4);
  return block;
}

function padded(segments: Buffer[]): Buffer {
  const bytes = Buffer.concat(segments);
  return Buffer.concat([bytes, Buffer.alloc((8 - (bytes.length % 8)) % 8)]);
}

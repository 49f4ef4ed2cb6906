import { BlockKind, BlockReader } from "./block.ts";
import { padTo8 } from "./columns.ts";
import { decodeFrame, type Gap, type Table } from "./frame.ts";
import { HEADER_BYTES, viewOf, writeHeader } from "./header.ts";
import { readLabels } from "./labels.ts";

/** What a frame has of some series. */
export type Picked =
  /** The frame itself, where it has no others; else one with the same numbers in its header, but `points`. */
  | { kind: "frame"; bytes: Uint8Array }
  /** None of its points is of these series, and this is what is missing of them. None: it has nothing of them. */
  | { kind: "gaps"; gaps: readonly Gap[] };

/** Of a table's head, and of each of its descriptors. */
const HEAD_BYTES = 16;
const DESCRIPTOR_BYTES = 16;

/**
 * The part of a frame that is of some series: columns are taken whole, as they are encoded. What is missing of these series, or of all,
 * stands where it stood.
 * @param bytes a frame that was checked before
 */
export function pickSeries(bytes: Uint8Array, has: (series: string) => boolean): Picked {
  const frame = decodeFrame(bytes);
  const names = frame.blocks.flatMap((block) => (block.kind === "table" ? block.columns.map(({ name }) => name) : []));
  const gaps = frame.blocks.filter((block) => block.kind === "gap");
  const isOurs = ({ series }: Gap): boolean => series === "" || has(series);
  if (names.every(has) && gaps.every(isOurs)) return { kind: "frame", bytes };
  const blocks: Uint8Array[] = [];
  let [points, minX, maxX] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const contents = frame.blocks[Symbol.iterator]();
  for (let offset = HEADER_BYTES; offset < bytes.byteLength; ) {
    const block = new BlockReader(bytes, offset);
    const raw = bytes.subarray(offset, offset + block.length);
    offset += block.length;
    if (block.kind === BlockKind.labels) {
      if (has(readLabels(block).series)) blocks.push(raw);
      continue;
    }
    const content = contents.next().value;
    if (content?.kind === "gap" && isOurs(content)) blocks.push(raw);
    if (content?.kind !== "table") continue;
    const count = pointsOfTable(content, has);
    if (count === 0) continue;
    points += count;
    for (const x of content.x) [minX, maxX] = [Math.min(minX, x), Math.max(maxX, x)];
    blocks.push(pickColumns(block, raw, has));
  }
  if (points === 0) return { kind: "gaps", gaps: gaps.filter(isOurs) };
  const bodyBytes = blocks.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const picked = new Uint8Array(HEADER_BYTES + bodyBytes);
  writeHeader(picked, { ...frame.header, points, minX, maxX, bodyBytes });
  let offset = HEADER_BYTES;
  for (const block of blocks) {
    picked.set(block, offset);
    offset += block.byteLength;
  }
  return { kind: "frame", bytes: picked };
}

function pointsOfTable({ columns }: Table, has: (series: string) => boolean): number {
  let points = 0;
  for (const { name, y } of columns) {
    if (has(name)) for (const value of y) if (!Number.isNaN(value)) points++;
  }
  return points;
}

interface Descriptor {
  encoding: number;
  name: Uint8Array;
  data: Uint8Array;
}

/** A table's block with x and the columns that are chosen. */
function pickColumns(block: BlockReader, raw: Uint8Array, has: (series: string) => boolean): Uint8Array {
  const columns = block.view.getUint16(2, true);
  const all = Array.from({ length: 1 + columns }, (_, i) =>
    readDescriptor(block, raw, HEAD_BYTES + DESCRIPTOR_BYTES * i),
  );
  const chosen = all.filter(({ name }, i) => i === 0 || has(text.decode(name)));
  if (chosen.length === all.length) return raw;
  const namesAt = HEAD_BYTES + DESCRIPTOR_BYTES * chosen.length;
  let dataAt = padTo8(chosen.reduce((at, { name }) => at + name.byteLength, namesAt));
  const picked = new Uint8Array(chosen.reduce((at, { data }) => at + padTo8(data.byteLength), dataAt));
  picked.set(raw.subarray(0, HEAD_BYTES));
  const view = viewOf(picked);
  view.setUint16(2, chosen.length - 1, true);
  view.setUint32(4, picked.byteLength, true);
  let nameAt = namesAt;
  for (const [i, { encoding, name, data }] of chosen.entries()) {
    const at = HEAD_BYTES + DESCRIPTOR_BYTES * i;
    view.setUint8(at, encoding);
    view.setUint16(at + 2, name.byteLength, true);
    view.setUint32(at + 4, nameAt, true);
    view.setUint32(at + 8, dataAt, true);
    view.setUint32(at + 12, data.byteLength, true);
    picked.set(name, nameAt);
    picked.set(data, dataAt);
    nameAt += name.byteLength;
    dataAt += padTo8(data.byteLength);
  }
  return picked;
}

const text = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });

function readDescriptor({ view }: BlockReader, raw: Uint8Array, at: number): Descriptor {
  const part = (begin: number, length: number): Uint8Array => raw.subarray(begin, begin + length);
  return {
    encoding: view.getUint8(at),
    name: part(view.getUint32(at + 4, true), view.getUint16(at + 2, true)),
    data: part(view.getUint32(at + 8, true), view.getUint32(at + 12, true)),
  };
}

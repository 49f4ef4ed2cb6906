/** The order of goods: no wrong value first, then nothing lost in silence. */
import type { Outcome } from "./run.ts";

const WITH_POINT = /[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?/g;
const WITH_COMMA = /[-+]?\d+,\d+/g;
const GROUPED = /-?\d{1,3}(?:[.,'\u2019\u00a0\u202f]\d{3})+(?:[.,]\d+)?/g;
/** Widths of numbers in binary data. */
const WIDTHS = [1, 2, 4, 8] as const;

/** Values that no number in the messages is. */
export function inventedValues(frames: readonly Buffer[], outcome: Pick<Outcome, "rows">): number[] {
  const known = new Set<number>();
  for (const frame of frames) {
    for (const value of numbersIn(frame)) known.add(value);
  }
  const invented = new Set<number>();
  for (const { values, marks = [] } of outcome.rows) {
    for (const value of values) {
      // A state is a number that stands for its name.
      if (Number.isNaN(value) || known.has(value) || marks.length > 0) continue;
      invented.add(value);
    }
  }
  return [...invented];
}

/** Every number that a frame can be read to hold: as text with a point or a comma, and as bytes of any width at any place. */
function* numbersIn(frame: Buffer): Generator<number> {
  const text = frame.toString("latin1");
  const read = frame.toString().replaceAll("\u2212", "-");
  for (const [found] of read.matchAll(WITH_POINT)) yield Number(found);
  for (const [found] of read.matchAll(WITH_COMMA)) yield Number(found.replace(",", "."));
  // Thousands may stand apart.
  for (const [found] of read.matchAll(GROUPED)) {
    yield Number(found.replace(/[.'\u2019\u00a0\u202f](?=\d{3})/g, "").replace(",", "."));
    yield Number(found.replace(/[,'\u2019\u00a0\u202f](?=\d{3})/g, ""));
  }
  // Text has no numbers but those that can be read.
  if (/^[\t\n\r\x20-\x7e]*$/.test(text)) return;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  for (const width of WIDTHS) {
    for (let at = 0; at + width <= frame.length; at++) yield* binaryNumbersAt(view, at, width);
  }
}

function* binaryNumbersAt(view: DataView, at: number, width: (typeof WIDTHS)[number]): Generator<number> {
  if (width === 1) {
    yield view.getUint8(at);
    yield view.getInt8(at);
    // MessagePack and CBOR keep small numbers in the byte that says what it is.
    yield view.getUint8(at) & 0x1f;
    yield -1 - (view.getUint8(at) & 0x1f);
    return;
  }
  for (const isLittle of [true, false]) {
    if (width === 2) {
      yield view.getUint16(at, isLittle);
      yield view.getInt16(at, isLittle);
      yield view.getFloat16(at, isLittle);
    } else if (width === 4) {
      yield view.getUint32(at, isLittle);
      yield view.getInt32(at, isLittle);
      yield view.getFloat32(at, isLittle);
    } else {
      yield Number(view.getBigUint64(at, isLittle));
      yield Number(view.getBigInt64(at, isLittle));
      yield view.getFloat64(at, isLittle);
    }
  }
}

/** Whether something can be seen of an input: a point, a count or a line. */
export function isSeen({ rows, leftOut, refused, lines }: Outcome): boolean {
  return rows.length > 0 || Object.keys(leftOut).length > 0 || Object.keys(refused).length > 0 || lines.length > 0;
}

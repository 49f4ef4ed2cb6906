import { FrameBuilder } from "../../../protocol/frame/frame-builder.ts";
import type { ProblemCode } from "../../../protocol/problem.ts";
import { blankFrame, frameOf, frameOfRows, rowOf } from "../../support/publish.ts";
import type { Row } from "../table.ts";

/** A body of frames, sent with the right token. */
export interface FrameRow extends Row {
  body: Uint8Array<ArrayBuffer>;
  /** The code of the refusal, or how many points are taken. */
  is: ProblemCode | number;
}

type Change = (view: DataView<ArrayBuffer>, bytes: Uint8Array<ArrayBuffer>) => unknown;

const P = "00000000000000aa";
const NOBODY = "0000000000000000";
const VALUES = [0.1, 0.2, 0.4];

function built(before: (builder: FrameBuilder) => void = () => {}, states = false): Uint8Array<ArrayBuffer> {
  const builder = new FrameBuilder();
  before(builder);
  VALUES.forEach((value, i) => {
    const marks = states
      ? ([{ series: "b", style: "step", value: 2 ** i, text: ["on", "off", "?"][i] ?? "" }] as const)
      : [];
    builder.add({ ...rowOf(value, { a: value, b: 2 ** i }), marks });
  });
  return builder.encode(P, 1);
}

/**
 * Where things stand. Each has a header (0) and a table of three rows. In TABLE that is at 64: kind 64, series 66, length 68,
 * rows 72, flags 76; x 80, a 96, b 112 (encoding +0, name's length +2, name +4, data +8, its length +12); names 128; data of x
 * 136, of a 160, of b 184 (three bytes and five of padding). In GAP a gap is before it: kind 64, reason's length 66, length 68,
 * from 72, to 80, points 88, series' length 96, reason 104, series 115. In LABELS labels are: kind 64, name's length 66, length
 * 68, style 72, labels 74, zero 76, values 80, lengths 104, name 110, texts 111.
 */
const TABLE = built();
const GAP = built((builder) => {
  builder.addGap({ kind: "gap", reason: "bridge-full", points: 3, fromX: 0, toX: 0.1, series: "a" });
});
const LABELS = built(() => {}, true);
const [X, A, B] = [80, 96, 112];

function changed(base: Uint8Array, change: Change): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(base);
  const made = change(new DataView(bytes.buffer), bytes);
  return made instanceof Uint8Array ? Uint8Array.from(made) : bytes;
}
const row = (base: Uint8Array, is: FrameRow["is"], name: string, change: Change): FrameRow => ({
  name,
  is,
  body: changed(base, change),
});
const table = (is: FrameRow["is"], name: string, change: Change) => row(TABLE, is, name, change);
const gap = (is: FrameRow["is"], name: string, change: Change) => row(GAP, is, `a gap ${name}`, change);
const labels = (is: FrameRow["is"], name: string, change: Change) => row(LABELS, is, `labels ${name}`, change);
const several = (is: FrameRow["is"], name: string, ...frames: Uint8Array[]): FrameRow => ({
  name,
  is,
  body: Uint8Array.from(Buffer.concat(frames)),
});

/** A body longer or shorter, with the header's length, and of the first block, as told. */
function resized(view: DataView, bytes: Uint8Array, by: number, block: boolean): Uint8Array {
  view.setUint32(44, view.getUint32(44, true) + by, true);
  if (block) view.setUint32(68, view.getUint32(68, true) + by, true);
  return by < 0 ? bytes.subarray(0, by) : Buffer.concat([bytes, Buffer.alloc(by)]);
}

/** A series whose columns are start and step: 152 bytes, however many rows they stand for. */
function steady(rows: number, publisher: string, sequence: number): Uint8Array<ArrayBuffer> {
  const known = Array.from({ length: 3 }, (_, i) => rowOf(i, { y: i }));
  return changed(frameOfRows(publisher, sequence, known), (view) => {
    view.setUint32(72, rows, true);
    view.setUint32(40, rows, true);
    view.setFloat64(56, rows - 1, true);
  });
}
const steadies = (count: number, rows = 8192) => Array.from({ length: count }, (_, i) => steady(rows, P, i + 1));

/** What no publisher needs: a column of no point in 16 bytes. */
const BLANKS: FrameRow[] = (
  [
    ["a start that is NaN", 8190, Number.NaN, 0],
    ["a step that is NaN", 8190, 0, Number.NaN],
    ["a start and a step that take each other away", 8190, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    ["an infinite start", 8190, Number.NEGATIVE_INFINITY, 0],
    ["an infinite step and one row", 1, 0, Number.POSITIVE_INFINITY],
    ["a start that is NaN and one row", 1, Number.NaN, 0],
    ["start and step that overflow", 8190, 0, 1e305],
  ] as const
).map(([name, rows, start, step]) =>
  several(
    "frame-column",
    name,
    changed(blankFrame(P, 1, rows, start, step), () => {}),
  ),
);

const HEADER: FrameRow[] = [
  table("frame-truncated", "one byte", (_, bytes) => bytes.subarray(0, 1)),
  table("frame-truncated", "63 bytes", (_, bytes) => bytes.subarray(0, 63)),
  table("frame-truncated", "a header alone", (_, bytes) => bytes.subarray(0, 64)),
  table("frame-truncated", "a frame without its last byte", (_, bytes) => bytes.subarray(0, -1)),
  table("frame-truncated", "a byte behind the frame", (_, bytes) => Buffer.concat([bytes, Buffer.alloc(1)])),
  table("frame-magic", "64 zeros behind the frame", (_, bytes) => Buffer.concat([bytes, Buffer.alloc(64)])),
  table("frame-magic", "another magic", (view) => view.setUint8(0, 0x70)),
  table("frame-magic", "the magic backwards", (view) => view.setUint32(0, 0x504c4354, true)),
  table("frame-version", "version 0", (view) => view.setUint8(4, 0)),
  table("frame-version", "version 2", (view) => view.setUint8(4, 2)),
  table("frame-version", "version 255", (view) => view.setUint8(4, 255)),
  table("frame-version", "a byte behind the version", (view) => view.setUint8(5, 1)),
  table("frame-length", "a header of no length", (view) => view.setUint16(6, 0, true)),
  table("frame-length", "a longer header", (view) => view.setUint16(6, 72, true)),
  table("frame-length", "a body that is no multiple of 8", (view) => view.setUint32(44, 129, true)),
  table("frame-length", "a body of 2^32 - 8 bytes", (view) => view.setUint32(44, 0xffff_fff8, true)),
  table("frame-length", "a body of 131,072 bytes", (view) => view.setUint32(44, 131_072, true)),
  table("frame-truncated", "a body of 131,008 bytes that are not there", (view) => view.setUint32(44, 131_008, true)),
  table("frame-count", "no body", (view, bytes) => {
    view.setUint32(44, 0, true);
    view.setUint32(40, 0, true);
    return bytes.subarray(0, 64);
  }),
  table("frame-sequence", "number 0 of a publisher", (view) => view.setUint32(16, 0, true)),
  table("frame-count", "number 2^53", (view) => view.setUint32(20, 2 ** 21, true)),
  table("frame-count", "number 2^64 - 1", (view) => view.setBigUint64(16, 2n ** 64n - 1n, true)),
  table("frame-sequence", "a first number of 2^53 - 1", (view) => view.setBigUint64(16, 2n ** 53n - 1n, true)),
  table("frame-sequence", "seq on the way in", (view) => view.setUint32(24, 6, true)),
  table("frame-sequence", "epoch on the way in", (view) => view.setUint32(32, 1, true)),
  table("frame-count", "seq 2^64 - 1", (view) => view.setBigUint64(24, 2n ** 64n - 1n, true)),
  table("frame-count", "no points", (view) => view.setUint32(40, 0, true)),
  table("frame-count", "a point less", (view) => view.setUint32(40, 5, true)),
  table("frame-count", "2^17 points", (view) => view.setUint32(40, 131_072, true)),
  table("frame-count", "another smallest x", (view) => view.setFloat64(48, 0, true)),
  table("frame-count", "a smallest x that is NaN", (view) => view.setFloat64(48, Number.NaN, true)),
  table("frame-count", "an infinite largest x", (view) => view.setFloat64(56, Number.POSITIVE_INFINITY, true)),
];

const BLOCKS: FrameRow[] = [
  table("frame-column", "a block of kind 0", (view) => view.setUint16(64, 0, true)),
  table("frame-column", "a block of kind 4", (view) => view.setUint16(64, 4, true)),
  table("frame-column", "a block of kind 65,535", (view) => view.setUint16(64, 65_535, true)),
  table("frame-count", "a table said to be a gap", (view) => view.setUint16(64, 2, true)),
  table("frame-length", "a table said to be labels", (view) => view.setUint16(64, 3, true)),
  table("frame-length", "a block of no length", (view) => view.setUint32(68, 0, true)),
  table("frame-length", "a block of 8 bytes", (view) => view.setUint32(68, 8, true)),
  table("frame-length", "a block that is no multiple of 8", (view) => view.setUint32(68, 124, true)),
  table("frame-length", "a block longer than the body", (view) => view.setUint32(68, 136, true)),
  table("frame-length", "a block of 2^32 - 8 bytes", (view) => view.setUint32(68, 0xffff_fff8, true)),
  table("frame-layout", "a table longer than its columns", (view, bytes) => resized(view, bytes, 8, true)),
  table("frame-column", "a block of nothing behind the table", (view, bytes) => resized(view, bytes, 8, false)),
  table("frame-count", "no series", (view) => view.setUint16(66, 0, true)),
  table("frame-count", "257 series", (view) => view.setUint16(66, 257, true)),
  table("frame-length", "256 series in a small block", (view) => view.setUint16(66, 256, true)),
  table("frame-count", "no rows", (view) => view.setUint32(72, 0, true)),
  table("frame-count", "a row less", (view) => view.setUint32(72, 2, true)),
  table("frame-count", "2^31 rows", (view) => view.setUint32(72, 2 ** 31, true)),
  table("frame-count", "2^32 - 1 rows", (view) => view.setUint32(72, 2 ** 32 - 1, true)),
  table("frame-column", "an unknown flag", (view) => view.setUint32(76, 2, true)),
  table("frame-column", "all flags", (view) => view.setUint32(76, 0xffff_ffff, true)),
];

const COLUMNS: FrameRow[] = [
  table("frame-column", "encoding 9", (view) => view.setUint8(A, 9)),
  table("frame-column", "encoding 255", (view) => view.setUint8(A, 255)),
  table("frame-column", "a byte behind the encoding", (view) => view.setUint8(A + 1, 1)),
  table("frame-column", "a series without a name", (view) => view.setUint16(A + 2, 0, true)),
  table("frame-length", "a name of 65,535 bytes", (view) => view.setUint16(A + 2, 65_535, true)),
  table("frame-length", "a name at 2^32 - 1", (view) => view.setUint32(A + 4, 0xffff_ffff, true)),
  table("frame-column", "a name within the block's head", (view) => view.setUint32(A + 4, 0, true)),
  table("frame-layout", "a name within the descriptors", (view) => view.setUint32(A + 4, 36, true)),
  table("frame-column", "two series of one name", (view) => view.setUint32(B + 4, 64, true)),
  table("frame-column", "an x with a name", (view) => view.setUint16(X + 2, 1, true)),
  table("frame-column", "a name with a control character", (view) => view.setUint8(128, 7)),
  table("frame-column", "a name with NUL", (view) => view.setUint8(128, 0)),
  table("frame-column", "a name with DEL", (view) => view.setUint8(128, 127)),
  table("frame-column", "a name that is not UTF-8", (view) => view.setUint8(128, 0xff)),
  table("frame-column", "half a character", (view) => view.setUint8(128, 0xc3)),
  table("frame-layout", "padding of the names that is not zero", (view) => view.setUint8(135, 1)),
  table("frame-layout", "padding of a column that is not zero", (view) => view.setUint8(191, 1)),
  table("frame-column", "data that is not aligned", (view) => view.setUint32(A + 8, 92, true)),
  table("frame-layout", "data in the block's head", (view) => view.setUint32(A + 8, 0, true)),
  table("frame-layout", "data in the descriptors", (view) => view.setUint32(A + 8, 16, true)),
  table("frame-layout", "data in the names", (view) => view.setUint32(A + 8, 64, true)),
  table("frame-layout", "data of another column", (view) => view.setUint32(A + 8, 72, true)),
  table("frame-length", "data at the end of the block", (view) => view.setUint32(A + 8, 128, true)),
  table("frame-length", "data at 2^32 - 8", (view) => view.setUint32(A + 8, 0xffff_fff8, true)),
  table("frame-count", "a byte more of data", (view) => view.setUint32(A + 12, 25, true)),
  table("frame-count", "no data", (view) => view.setUint32(A + 12, 0, true)),
  table("frame-count", "data of 2^32 - 1 bytes", (view) => view.setUint32(A + 12, 0xffff_ffff, true)),
  table("frame-column", "an x that is NaN", (view) => view.setFloat64(136, Number.NaN, true)),
  table("frame-column", "an x that is infinite", (view) => view.setFloat64(144, Number.POSITIVE_INFINITY, true)),
  table("frame-column", "a y that is infinite", (view) => view.setFloat64(160, Number.NEGATIVE_INFINITY, true)),
  table("frame-count", "a y that is NaN and counted", (view) => view.setFloat64(160, Number.NaN, true)),
];

const GAPS: FrameRow[] = [
  gap("frame-length", "with a reason that reaches past it", (view) => view.setUint16(66, 60_000, true)),
  gap("frame-length", "shorter than a gap is", (view) => view.setUint32(68, 32, true)),
  gap("frame-length", "that is too long", (view) => view.setUint32(68, view.getUint32(68, true) + 8, true)),
  gap("frame-count", "of less than no points", (view) => view.setFloat64(88, -1, true)),
  gap("frame-count", "of half a point", (view) => view.setFloat64(88, 0.5, true)),
  gap("frame-count", "of infinitely many points", (view) => view.setFloat64(88, Number.POSITIVE_INFINITY, true)),
  gap("frame-count", "of more points than 2^53", (view) => view.setFloat64(88, 2 ** 53, true)),
  gap("frame-length", "of a series that reaches past it", (view) => view.setUint16(96, 60_000, true)),
  gap("frame-column", "with a reason that is not UTF-8", (view) => view.setUint8(104, 0xff)),
  gap("frame-layout", "with padding that is not zero", (view) => view.setUint8(119, 1)),
  gap("frame-column", "of a series with a control character", (view) => view.setUint8(115, 7)),
  row(GAP, "frame-count", "a gap and nothing else", (view, bytes) => {
    view.setUint32(44, 56, true);
    view.setUint32(40, 0, true);
    return bytes.subarray(0, 120);
  }),
  labels("frame-column", "of no style", (view) => view.setUint16(72, 0, true)),
  labels("frame-column", "of style 3", (view) => view.setUint16(72, 3, true)),
  labels("frame-count", "of 257 values", (view) => view.setUint16(74, 257, true)),
  labels("frame-length", "of more values than there are", (view) => view.setUint16(74, 30, true)),
  labels("frame-length", "of fewer values than there are", (view) => view.setUint16(74, 1, true)),
  labels("frame-column", "with more than zero where zero is", (view) => view.setUint32(76, 1, true)),
  labels("frame-column", "of NaN", (view) => view.setFloat64(80, Number.NaN, true)),
  labels("frame-column", "of one value twice", (view) => view.setFloat64(88, 1, true)),
  labels("frame-length", "with a text that reaches past them", (view) => view.setUint16(104, 60_000, true)),
  labels("frame-column", "without a name", (view) => view.setUint16(66, 0, true)),
  labels("frame-column", "with a control character in the name", (view) => view.setUint8(110, 7)),
  labels("frame-column", "with a control character in a text", (view) => view.setUint8(111, 7)),
  labels("frame-column", "with a text that is not UTF-8", (view) => view.setUint8(111, 0xff)),
  row(LABELS, "frame-column", "labels of a series twice", (view, bytes) => {
    const block = bytes.subarray(64, 64 + view.getUint32(68, true));
    view.setUint32(44, view.getUint32(44, true) + block.length, true);
    return Buffer.concat([bytes.subarray(0, 64), block, bytes.subarray(64)]);
  }),
];

const SEVERAL: FrameRow[] = [
  several("frame-publishers-differ", "two publishers", frameOf(P, 1, [1]), frameOf("00000000000000bb", 2, [1])),
  several("frame-publishers-differ", "a publisher and nobody", frameOf(P, 1, [1]), frameOf(NOBODY, 0, [1])),
  several("frame-order", "numbers 3, 1, 4", frameOf(P, 3, [1]), frameOf(P, 1, [1]), frameOf(P, 4, [1])),
  several("frame-order", "numbers 2, 1", frameOf(P, 2, [1]), frameOf(P, 1, [1])),
  several("frame-order", "numbers 5, 5", frameOf(P, 5, [1]), frameOf(P, 5, [1])),
  several("frame-sequence", "a jump from 1 to 2^50", frameOf(P, 1, [1]), frameOf(P, 2 ** 50, [1])),
  several("frame-truncated", "a good frame and half of one", TABLE, TABLE.subarray(0, 100)),
  several("frame-magic", "a good frame and noise", TABLE, Buffer.alloc(200, 0x5a)),
  several("frame-truncated", "JSON", Buffer.from('{"y":1}')),
  several("frame-magic", "a hundred kilobytes of JSON", Buffer.from(`[${"1,".repeat(50_000)}1]`)),
  several("frame-magic", "a megabyte of zeros", Buffer.alloc(1 << 20)),
  several("frame-truncated", "10,000 headers", ...new Array<Uint8Array>(10_000).fill(TABLE.subarray(0, 64))),
  several("frame-count", "8,193 rows of start and step", steady(8193, P, 1)),
  several("body-too-large", "2^31 rows of start and step", steady(2 ** 31, P, 1)),
  several("body-too-large", "131,073 points", ...steadies(16), steady(1, P, 17)),
  several("body-too-large", "50 million points in a megabyte", ...steadies(6800)),
  several(131_072, "131,072 points", ...steadies(16)),
  several(2, "a jump from 1 to 2^49", frameOf(P, 1, [1]), frameOf(P, 2 ** 49, [1])),
  several(2, "frames of nobody with one number", frameOf(NOBODY, 0, [1]), frameOf(NOBODY, 0, [1])),
  { name: "the frame that others are made of", is: 6, body: TABLE },
  { name: "the frame with a gap", is: 6, body: GAP },
  { name: "the frame with labels", is: 6, body: LABELS },
];

export const FRAMES: FrameRow[] = [...HEADER, ...BLOCKS, ...COLUMNS, ...GAPS, ...BLANKS, ...SEVERAL];

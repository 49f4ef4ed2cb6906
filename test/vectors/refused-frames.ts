/** The frames that `refused-frames.json` has: each has one fault, and the code that a publisher is answered. */
import { column, gap, labels, largest, type NamedFrame, point, regular, table } from "./frames.ts";
import { type BlockSpec, type ColumnSpec, type FrameSpec, frameBytes } from "./layout.ts";

export interface RefusedFrame {
  name: string;
  code: string;
  bytes: Buffer;
}

type Table = Extract<BlockSpec, { kind: "table" }>;

function frame(name: string, code: string, spec: FrameSpec): RefusedFrame {
  return { name, code, bytes: frameBytes(spec) };
}

/** One point, with another y column. */
function withColumn(change: Partial<ColumnSpec>, said: ColumnSpec["said"] = {}): Table {
  return table(column(0, [0.5]), { ...column(0, [1], "y"), ...change, said });
}

function labelled(change: Parameters<typeof labels>[0]): BlockSpec[] {
  return [labels(change), point()];
}

const ONE: NamedFrame = { name: "one point", rule: "FR1", blocks: [point()] };
const CONTROLS: [string, string][] = [
  ["U+0000, category Cc", "\u0000"],
  ["U+009B, category Cc", "\u009b"],
  ["U+202E, category Cf", "\u202e"],
  ["U+FEFF, category Cf", "\ufeff"],
  ["U+2028, category Zl", "\u2028"],
  ["U+2029, category Zp", "\u2029"],
];
const NOT_UTF8 = Buffer.from([0x61, 0xff]);
const SURROGATE = Buffer.from([0xed, 0xa0, 0x80]);
const { NaN: NAN, POSITIVE_INFINITY: INFINITY } = Number;

export const REFUSED_FRAMES: RefusedFrame[] = [
  { name: "63 bytes", code: "frame-truncated", bytes: frameBytes(ONE).subarray(0, 63) },
  { name: "a body that ends 8 bytes early", code: "frame-truncated", bytes: frameBytes(ONE).subarray(0, 120 - 8) },
  frame("another magic", "frame-magic", { ...ONE, said: { magic: "PLCU" } }),
  frame("version 0", "frame-version", { ...ONE, said: { version: 0 } }),
  frame("version 2", "frame-version", { ...ONE, said: { version: 2 } }),
  frame("byte 5 not 0", "frame-version", { ...ONE, said: { reserved: 1 } }),
  frame("a header of 72 bytes", "frame-length", { ...ONE, said: { headerBytes: 72 } }),
  frame("a body that is no multiple of 8", "frame-length", { ...ONE, said: { bodyBytes: 57 } }),
  frame("131,080 bytes", "frame-length", { blocks: [largest(131_080)] }),
  frame("a block whose length is no multiple of 8", "frame-length", { blocks: [{ ...point(), said: { length: 57 } }] }),
  frame("a block of length 0", "frame-length", { blocks: [{ ...point(), said: { length: 0 } }] }),
  frame("a block of 8 bytes more than the body has", "frame-length", {
    blocks: [{ ...point(), said: { length: 80 } }],
  }),
  frame("a gap of 32 bytes", "frame-length", { blocks: [point(), gap({ said: { length: 32 } })] }),
  frame("more series than fit the block", "frame-length", { blocks: [{ ...point(), said: { series: 9 } }] }),
  frame("data that reaches past the end of its block", "frame-length", { blocks: [withColumn({}, { dataAt: 72 })] }),
  frame("a name that reaches past the end of its block", "frame-length", { blocks: [withColumn({}, { nameAt: 72 })] }),
  frame("a gap's reason that reaches past the end of its block", "frame-length", {
    blocks: [{ ...gap({ reason: "a".repeat(40) }), said: { length: 72 } }, point()],
  }),
  frame("labels of 8 bytes more than they need", "frame-length", {
    blocks: labelled({ labels: [[1, "one"]], said: { extra: Buffer.alloc(8) } }),
  }),
  frame("a header's number of 2^53", "frame-count", { ...ONE, publisherSeq: 2n ** 53n }),
  frame("a seq of 2^53", "frame-count", { ...ONE, seq: 2n ** 53n }),
  frame("an epoch of 2^64 - 1", "frame-count", { ...ONE, epoch: 2n ** 64n - 1n }),
  frame("a header of one point more than there is", "frame-count", { ...ONE, said: { points: 2 } }),
  frame("a header of another smallest x", "frame-count", { ...ONE, said: { minX: 0.25 } }),
  frame("a header of another largest x", "frame-count", { ...ONE, said: { maxX: NAN } }),
  frame("no block", "frame-count", { blocks: [], said: { minX: 0, maxX: 0 } }),
  frame("a gap and no point", "frame-count", { blocks: [gap()], said: { minX: 0, maxX: 0 } }),
  frame("no y that is not NaN", "frame-count", { blocks: [point(NAN)] }),
  frame("a table without series", "frame-count", { blocks: [{ ...table(column(0, [0.5])) }, point()] }),
  frame("a table without rows", "frame-count", { blocks: [table(column(0, []), column(0, [], "y")), point()] }),
  frame("257 series in a table", "frame-count", {
    blocks: [table(column(3, [1]), ...Array.from({ length: 257 }, (_, i) => column(3, [1], `s${i}`)))],
  }),
  frame("16,385 values: 3,277 rows of x and four series", "frame-count", { blocks: [regular(3277, 4)] }),
  frame("16,386 values in two tables", "frame-count", { blocks: [regular(8192), point()] }),
  frame("2^32 - 1 rows of start and step", "frame-count", {
    blocks: [{ ...regular(3), said: { rows: 2 ** 32 - 1 } }],
  }),
  frame("data of another length than the rows have", "frame-count", { blocks: [withColumn({}, { dataBytes: 16 })] }),
  frame("a gap of 1.5 points", "frame-count", { blocks: [gap({ points: 1.5 }), point()] }),
  frame("a gap of -1 points", "frame-count", { blocks: [gap({ points: -1 }), point()] }),
  frame("a gap of 2^53 points", "frame-count", { blocks: [gap({ points: 2 ** 53 }), point()] }),
  frame("a gap of infinitely many points", "frame-count", { blocks: [gap({ points: INFINITY }), point()] }),
  frame("257 labels", "frame-count", {
    blocks: labelled({ labels: Array.from({ length: 257 }, (_, i) => [i, ""]) }),
  }),
  frame("a block of kind 0", "frame-column", { blocks: [point(), { ...point(), said: { kind: 0 } }] }),
  frame("a block of kind 4", "frame-column", { blocks: [point(), { ...point(), said: { kind: 4 } }] }),
  frame("encoding 9", "frame-column", { blocks: [withColumn({ encoding: 9 })] }),
  frame("byte 1 of a descriptor not 0", "frame-column", { blocks: [withColumn({}, { reserved: 1 })] }),
  frame("a flag of no meaning", "frame-column", { blocks: [{ ...point(), said: { flags: 2 } }] }),
  frame("data that does not begin at a multiple of 8", "frame-column", {
    blocks: [table(column(0, [0.5]), { ...column(3, [1], "y"), said: { dataAt: 60 } })],
  }),
  frame("a y of infinity", "frame-column", { blocks: [point(INFINITY)] }),
  frame("an x of NaN", "frame-column", {
    blocks: [table(column(0, [0.5, NAN]), column(0, [1, 2], "y"))],
    said: { minX: 0.5, maxX: 0.5 },
  }),
  frame("an x of minus infinity", "frame-column", { blocks: [table(column(1, [-INFINITY]), column(0, [1], "y"))] }),
  frame("a step of NaN", "frame-column", {
    blocks: [table(column(0, [1, 2]), column(0, [1, 2], "y"), column(8, { start: 1, step: NAN, rows: 2 }, "z"))],
  }),
  frame("a start that is infinite", "frame-column", {
    blocks: [table(column(0, [1, 2]), column(8, { start: INFINITY, step: 1, rows: 2 }, "y"))],
  }),
  frame("a series without a name", "frame-column", { blocks: [withColumn({ name: "" })] }),
  frame("a name of 257 bytes", "frame-column", { blocks: [withColumn({ name: "n".repeat(257) })] }),
  frame("a name of 258 bytes in 86 characters", "frame-column", { blocks: [withColumn({ name: "€".repeat(86) })] }),
  frame("a name that is not UTF-8", "frame-column", { blocks: [withColumn({ name: NOT_UTF8 })] }),
  frame("a name with half a character of UTF-16", "frame-column", { blocks: [withColumn({ name: SURROGATE })] }),
  ...CONTROLS.map(([name, character]) =>
    frame(`a name with ${name}`, "frame-column", { blocks: [withColumn({ name: `a${character}b` })] }),
  ),
  frame("a name for x", "frame-column", { blocks: [table(column(0, [0.5], "x"), column(0, [1], "y"))] }),
  frame("a series twice in a table", "frame-column", {
    blocks: [table(column(0, [0.5]), column(0, [1], "y"), column(0, [2], "y"))],
  }),
  frame("a gap without a reason", "frame-column", { blocks: [gap({ reason: "" }), point()] }),
  frame("a gap's reason of 65 bytes", "frame-column", { blocks: [gap({ reason: "a".repeat(65) }), point()] }),
  frame("a gap's reason with a capital", "frame-column", { blocks: [gap({ reason: "Full" }), point()] }),
  frame("a gap's series of 257 bytes", "frame-column", { blocks: [gap({ series: "n".repeat(257) }), point()] }),
  frame("a gap's series with a control character", "frame-column", { blocks: [gap({ series: "a\n" }), point()] }),
  frame("a gap that begins at infinity", "frame-column", { blocks: [gap({ fromX: INFINITY }), point()] }),
  frame("a gap that ends at minus infinity", "frame-column", { blocks: [gap({ toX: -INFINITY }), point()] }),
  frame("labels of style 0", "frame-column", { blocks: labelled({ style: 0 }) }),
  frame("labels of style 3", "frame-column", { blocks: labelled({ style: 3 }) }),
  frame("bytes 12 to 15 of labels not 0", "frame-column", { blocks: labelled({ said: { reserved: 1 } }) }),
  frame("labels of no series", "frame-column", { blocks: labelled({ series: "" }) }),
  frame("labels of a series twice", "frame-column", { blocks: [labels(), labels(), point()] }),
  frame("a label of NaN", "frame-column", { blocks: labelled({ labels: [[NAN, "?"]] }) }),
  frame("a label of infinity", "frame-column", { blocks: labelled({ labels: [[INFINITY, "?"]] }) }),
  frame("a value with two labels", "frame-column", {
    blocks: labelled({
      labels: [
        [1, "a"],
        [1, "b"],
      ],
    }),
  }),
  frame("0 and minus 0, which are one value, with a label each", "frame-column", {
    blocks: labelled({
      labels: [
        [0, "a"],
        [-0, "b"],
      ],
    }),
  }),
  frame("a label of 257 bytes", "frame-column", { blocks: labelled({ labels: [[1, "t".repeat(257)]] }) }),
  frame("a label with a control character", "frame-column", { blocks: labelled({ labels: [[1, "a\u202e"]] }) }),
  frame("a label that is not UTF-8", "frame-column", { blocks: labelled({ labels: [[1, NOT_UTF8]] }) }),
  frame("names in another order than their descriptors", "frame-layout", {
    blocks: [
      table(
        column(0, [0.5]),
        { ...column(0, [1], "a"), said: { nameAt: 65 } },
        { ...column(0, [2], "b"), said: { nameAt: 64 } },
      ),
    ],
  }),
  frame("another offset of the name of x than where names begin", "frame-layout", {
    blocks: [table({ ...column(0, [0.5]), said: { nameAt: 0 } }, column(0, [1], "y"))],
  }),
  frame("two columns with the same data", "frame-layout", {
    blocks: [table(column(0, [0.5]), { ...column(0, [0.5], "y"), said: { dataAt: 56 } })],
  }),
  frame("data in another order than the descriptors", "frame-layout", {
    blocks: [
      table(
        column(0, [0.5]),
        { ...column(0, [1], "a"), said: { dataAt: 88 } },
        { ...column(0, [2], "b"), said: { dataAt: 80 } },
      ),
    ],
  }),
  frame("padding behind a name not 0", "frame-layout", {
    blocks: [table(column(0, [0.5]), { ...column(0, [1], "y\u0001"), said: { nameLength: 1 } })],
  }),
  frame("8 bytes behind a table's last column", "frame-layout", {
    blocks: [{ ...point(), said: { extra: Buffer.alloc(8) } }],
  }),
  frame("8 bytes behind a gap's texts", "frame-layout", {
    blocks: [gap({ said: { extra: Buffer.alloc(8) } }), point()],
  }),
  frame("a gap's padding not 0", "frame-layout", { blocks: [gap({ said: { extra: Buffer.from([1]) } }), point()] }),
  frame("bytes 34 to 39 of a gap not 0", "frame-layout", { blocks: [gap({ said: { reserved: 1 } }), point()] }),
  frame("padding behind labels not 0", "frame-layout", {
    blocks: labelled({ labels: [[1, "one"]], said: { extra: Buffer.from([1]) } }),
  }),
];

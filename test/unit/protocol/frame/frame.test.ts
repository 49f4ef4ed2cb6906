import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeFrame, type Gap, pointsOf } from "../../../../protocol/frame/frame.ts";
import { FrameBuilder, framesOf } from "../../../../protocol/frame/frame-builder.ts";
import { ANONYMOUS, numberFrame, splitFrames } from "../../../../protocol/frame/header.ts";
import { MAX_FRAME_BYTES } from "../../../../protocol/limits.ts";
import { frameOf, frameOfRows, rowOf } from "../../../support/publish.ts";

/** Bytes written as SPEC.md writes them: hexadecimal, with white space, and `|` and a remark at the end of a line. */
function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replaceAll(/\|.*$|\s/gm, ""), "hex"));
}

const HEAD = `
  50 4C 43 54                 | magic
  01 00 40 00                 | version, 0, length of the header
  01 23 45 67 89 AB CD EF     | publisher
  07 00 00 00 00 00 00 00     | publisher's sequence number
  00 00 00 00 00 00 00 00     | seq
  00 00 00 00 00 00 00 00     | epoch`;
const PUBLISHER = "0123456789abcdef";

const ONE_POINT = bytesOf(`${HEAD}
  01 00 00 00  48 00 00 00    | points, length of the body
  00 00 00 00 00 00 F8 3F     | smallest x: 1.5
  00 00 00 00 00 00 F8 3F     | largest x
  01 00 01 00  48 00 00 00    | table of 1 series, length of the block
  01 00 00 00  00 00 00 00    | rows, flags
  01 00 00 00  30 00 00 00    | x: float32, no name
  38 00 00 00  04 00 00 00    | offset and length of its data
  02 00 01 00  30 00 00 00    | y: int8, a name of 1 byte and its offset
  40 00 00 00  01 00 00 00    | offset and length of its data
  79 00 00 00  00 00 00 00    | "y"
  00 00 C0 3F  00 00 00 00    | 1.5
  FF 00 00 00  00 00 00 00    | -1`);

const REGULAR = bytesOf(`${HEAD}
  05 00 00 00  70 00 00 00    | points, length of the body
  00 00 00 00 00 00 00 00     | smallest x: 0
  00 00 00 00 00 00 F0 3F     | largest x: 1
  01 00 02 00  70 00 00 00    | table of 2 series, length of the block
  03 00 00 00  01 00 00 00    | rows, flags: arrival
  08 00 00 00  40 00 00 00    | x: regular
  48 00 00 00  10 00 00 00    | offset and length of its data
  04 00 02 00  40 00 00 00    | "é": int16
  58 00 00 00  06 00 00 00    |
  01 00 01 00  42 00 00 00    | "b": float32
  60 00 00 00  0C 00 00 00    |
  C3 A9 62 00  00 00 00 00    | the names
  00 00 00 00 00 00 00 00     | start: 0
  00 00 00 00 00 00 E0 3F     | step: 0.5
  01 00 2C 01  FE FF 00 00    | 1, 300, -2
  00 00 00 80  00 00 C0 7F    | -0, NaN: no point
  00 00 80 3F  00 00 00 00    | 1`);

const GAP = bytesOf(`
  02 00 0B 00  38 00 00 00    | gap, length of the reason, length of the block
  00 00 00 00 00 00 F0 3F     | from x = 1
  00 00 00 00 00 00 00 40     | to x = 2
  00 00 00 00 00 00 14 40     | 5 points
  02 00 00 00  00 00 00 00    | length of the series' name
  62 72 69 64 67 65 2D 66     | "bridge-f"
  75 6C 6C 61 62 00 00 00     | "ull", then "ab"`);
const GAP_AND_POINT = bytesOf(`${HEAD}
  01 00 00 00  80 00 00 00
  ${Buffer.from(ONE_POINT.subarray(48, 64)).toString("hex")}
  ${Buffer.from(GAP).toString("hex")}
  ${Buffer.from(ONE_POINT.subarray(64)).toString("hex")}`);

test("[FR1a] a frame of one point is these bytes", () => {
  assert.deepEqual(frameOfRows(PUBLISHER, 7, [rowOf(1.5, { y: -1 })]), ONE_POINT);
});

test("[FR1a] these bytes are a frame of one point", () => {
  const { header, blocks } = decodeFrame(ONE_POINT);
  assert.deepEqual(header, {
    ...{ publisher: PUBLISHER, publisherSeq: 7, seq: 0, epoch: 0 },
    ...{ points: 1, minX: 1.5, maxX: 1.5, bodyBytes: 72 },
  });
  const columns = [{ name: "y", y: new Int8Array([-1]) }];
  assert.deepEqual(blocks, [{ kind: "table", arrival: false, x: new Float32Array([1.5]), columns }]);
});

test("[FR1a] a frame of regular x, two series and a missing value is these bytes", () => {
  const rows = [rowOf(0, { é: 1, b: -0 }), rowOf(0.5, { é: 300 }), rowOf(1, { é: -2, b: 1 })];
  assert.deepEqual(
    frameOfRows(
      PUBLISHER,
      7,
      rows.map((row) => ({ ...row, arrival: true })),
    ),
    REGULAR,
  );
});

test("[FR1a] these bytes are a frame of regular x, two series and a missing value", () => {
  const frame = decodeFrame(REGULAR);
  assert.deepEqual(
    [...pointsOf(frame)],
    [
      { series: "é", x: 0, y: 1 },
      { series: "b", x: 0, y: -0 },
      { series: "é", x: 0.5, y: 300 },
      { series: "é", x: 1, y: -2 },
      { series: "b", x: 1, y: 1 },
    ],
  );
  assert.ok(frame.blocks[0]?.kind === "table" && frame.blocks[0].arrival);
});

const gap: Gap = { kind: "gap", reason: "bridge-full", points: 5, fromX: 1, toX: 2, series: "ab" };

test("[FR1a] a frame that begins with a gap is these bytes", () => {
  const builder = new FrameBuilder();
  assert.ok(builder.addGap(gap));
  assert.ok(builder.add(rowOf(1.5, { y: -1 })));
  assert.deepEqual(builder.encode(PUBLISHER, 7), GAP_AND_POINT);
});

test("[FR1a] these bytes are a frame that begins with a gap", () => {
  assert.deepEqual(decodeFrame(GAP_AND_POINT).blocks[0], gap);
});

test("[FR1a] a gap of which nothing is known comes back as unknown", () => {
  const builder = new FrameBuilder();
  const unknown: Gap = { kind: "gap", reason: "bridge-full", points: null, fromX: null, toX: null, series: "" };
  builder.addGap(unknown);
  builder.add(rowOf(1, { y: 1 }));
  assert.deepEqual(decodeFrame(builder.encode(PUBLISHER, 1)).blocks[0], unknown);
});

test("[FR1a] rows after a gap stand behind it", () => {
  const builder = new FrameBuilder();
  builder.add(rowOf(1, { y: 1 }));
  builder.addGap(gap);
  builder.add(rowOf(2, { y: 2 }));
  const kinds = decodeFrame(builder.encode(PUBLISHER, 1)).blocks.map(({ kind }) => kind);
  assert.deepEqual(kinds, ["table", "gap", "table"]);
});

test("[FR2a] a frame at an odd offset of a Node Buffer decodes as well", () => {
  const odd = Buffer.concat([Buffer.alloc(3), REGULAR]).subarray(3);
  assert.deepEqual([...pointsOf(decodeFrame(odd))], [...pointsOf(decodeFrame(REGULAR))]);
});

test("[FR2b] each integer encoding begins where the one before no longer holds", () => {
  const edges = [
    [0, 255],
    [0, 256],
    [0, 65_536],
    [-128, 127],
    [-129, 0],
    [-32_769, 0],
    [-1, 2 ** 32 - 1],
    [-1, 0.5],
  ];
  const kinds = edges.map((ys) => {
    const [block] = decodeFrame(frameOf(PUBLISHER, 1, ys)).blocks;
    return block?.kind === "table" ? block.columns[0]?.y.constructor.name : undefined;
  });
  const expected = ["Uint8", "Uint16", "Uint32", "Int8", "Int16", "Int32", "Float64", "Float32"];
  assert.deepEqual(
    kinds,
    expected.map((name) => `${name}Array`),
  );
});

test("[FR3] a series of float64 takes 16 bytes a point, beside header, table and name", () => {
  const rows = Array.from({ length: 1000 }, () => rowOf(Math.random(), { temperature: Math.random() }));
  assert.equal(frameOfRows(PUBLISHER, 1, rows).length, 64 + 48 + 16 + 16 * 1000);
});

test("[FR3] a frame of whole numbers at even times takes little more than a byte a point", () => {
  assert.equal(
    frameOf(
      PUBLISHER,
      1,
      Array.from({ length: 1000 }, (_, i) => i % 7),
    ).length,
    64 + 48 + 8 + 16 + 1000,
  );
});

test("[FR5a] numbering a frame changes bytes 24 to 39 and no others", () => {
  const frame = ONE_POINT.slice();
  numberFrame(frame, 2 ** 53 - 1, 2 ** 32 + 5);
  assert.deepEqual(frame.subarray(24, 40), bytesOf("05 00 00 00 01 00 00 00  FF FF FF FF FF FF 1F 00"));
  frame.fill(0, 24, 40);
  assert.deepEqual(frame, ONE_POINT);
});

test("[FR1a] frames that stand one after the other are told apart", () => {
  assert.deepEqual(
    splitFrames(Buffer.concat([ONE_POINT, REGULAR, ONE_POINT])).map((frame) => new Uint8Array(frame)),
    [ONE_POINT, REGULAR, ONE_POINT],
  );
});

test("[FR1a] [FR1b] a row of 256 series with names of 256 bytes fits a frame", () => {
  const names = Array.from({ length: 256 }, (_, i) => String(i).padEnd(256, "n"));
  const [frame] = framesOf([rowOf(1, Object.fromEntries(names.map((name, i) => [name, i])))], ANONYMOUS, 0);
  assert.ok(frame && frame.length <= MAX_FRAME_BYTES);
  assert.equal([...pointsOf(decodeFrame(frame))].length, 256);
});

test("[FR1b] what exceeds a frame goes on in the next, numbered on", () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => rowOf(i, { y: Math.random() }));
  const headers = framesOf(rows, PUBLISHER, 5).map((frame) => decodeFrame(frame).header);
  assert.deepEqual(
    headers.map(({ publisherSeq }) => publisherSeq),
    [5, 6, 7],
  );
  assert.equal(
    headers.reduce((sum, { points }) => sum + points, 0),
    20_000,
  );
});

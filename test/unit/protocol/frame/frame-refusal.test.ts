import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeFrame } from "../../../../protocol/frame/frame.ts";
import { FrameError, type FrameFault, splitFrames } from "../../../../protocol/frame/header.ts";
import { cpuMsOf } from "../../../support/cpu.ts";
import { frameOfRows, rowOf } from "../../../support/publish.ts";

/*
 * Where things stand in this frame: header 0, table 64 (kind 64, series 66, length 68, rows 72, flags 76),
 * x 80, "a" 96, "b" 112 (encoding 0, name's length 2, name 4, data 8, data's length 12), names 128, data of x 136,
 * of a 160, of b 184.
 */
const frame = frameOfRows("00000000000000aa", 1, [
  rowOf(0.1, { a: 0.1, b: 1 }),
  rowOf(0.2, { a: 0.2, b: 2 }),
  rowOf(0.4, { a: 0.4, b: 4 }),
]);
const [X, A, B] = [80, 96, 112];

function refused(code: FrameFault["code"], what: string, change: (view: DataView, bytes: Uint8Array) => unknown) {
  test(`[FR4] ${what} is refused with ${code}`, () => {
    const bytes = frame.slice();
    const made = change(new DataView(bytes.buffer), bytes);
    const changed = made instanceof Uint8Array ? made : bytes;
    assert.throws(
      () => splitFrames(changed).map(decodeFrame),
      (error) => error instanceof FrameError && error.code === code && error.message !== "",
    );
  });
}

test("[FR4] the frame that the others are made of is one", () => assert.equal(decodeFrame(frame).header.points, 6));

refused("frame-truncated", "a header cut short", (_, bytes) => bytes.subarray(0, 63));
refused("frame-truncated", "a body cut short", (_, bytes) => bytes.subarray(0, bytes.length - 8));
refused("frame-truncated", "a frame with half a frame behind it", (_, bytes) =>
  Buffer.concat([bytes, bytes.subarray(0, 70)]),
);
refused("frame-magic", "another magic", (view) => view.setUint8(0, 0x51));
refused("frame-version", "another version", (view) => view.setUint8(4, 2));
refused("frame-version", "a byte after the version that is not 0", (view) => view.setUint8(5, 1));
refused("frame-length", "another length of header", (view) => view.setUint16(6, 72, true));
refused("frame-length", "a body that is no multiple of 8 bytes", (view) => view.setUint32(44, 129, true));
refused("frame-length", "a frame of more than 131,072 bytes", (view, bytes) => {
  view.setUint32(44, 131_072 - 64 + 8, true);
  return Buffer.concat([bytes, Buffer.alloc(131_072)]);
});
refused("frame-length", "a block longer than the body", (view) => view.setUint32(68, 1 << 20, true));
refused("frame-length", "a block of no length", (view) => view.setUint32(68, 0, true));
refused("frame-length", "a block that is no multiple of 8 bytes", (view) => view.setUint32(68, 127, true));
refused("frame-length", "more series than the block has room for", (view) => view.setUint16(66, 200, true));
refused("frame-length", "a column that reaches past its block", (view) => view.setUint32(A + 8, 1 << 20, true));
refused("frame-length", "a name that reaches past its block", (view) => view.setUint32(A + 4, 0xffff_fff0, true));
refused("frame-count", "a sequence number of the publisher over 2^53", (view) => view.setUint8(23, 1));
refused("frame-count", "another number of points than there are", (view) => view.setUint32(40, 7, true));
refused("frame-count", "another smallest x than there is", (view) => view.setFloat64(48, 0, true));
refused("frame-count", "another largest x than there is", (view) => view.setFloat64(56, Number.NaN, true));
refused("frame-count", "a table without series", (view) => view.setUint16(66, 0, true));
refused("frame-count", "a table of 257 series", (view) => view.setUint16(66, 257, true));
refused("frame-count", "a table without rows", (view) => view.setUint32(72, 0, true));
refused("frame-count", "another number of rows than the columns have", (view) => view.setUint32(72, 2, true));
refused("frame-count", "a column's length that does not fit its encoding", (view) => view.setUint32(A + 12, 25, true));
refused("frame-count", "a frame without points", (view) => {
  view.setUint32(40, 0, true);
  view.setUint32(44, 0, true);
  return new Uint8Array(view.buffer, 0, 64);
});
refused("frame-column", "data that is not aligned", (view) => view.setUint32(A + 8, 92, true));
refused("frame-column", "a block of unknown kind", (view) => view.setUint16(64, 4, true));
refused("frame-column", "an unknown encoding", (view) => view.setUint8(A, 9));
refused("frame-column", "an unknown flag", (view) => view.setUint32(76, 2, true));
refused("frame-column", "a series twice in a table", (view) => view.setUint32(B + 4, 64, true));
refused("frame-column", "a series without a name", (view) => view.setUint16(A + 2, 0, true));
refused("frame-column", "a named x", (view) => view.setUint16(X + 2, 1, true));
refused("frame-column", "a name with a control character", (view) => view.setUint8(128, 0x07));
refused("frame-column", "a name that is not UTF-8", (view) => view.setUint8(128, 0xff));
refused("frame-column", "an x that is NaN", (view) => view.setFloat64(136, Number.NaN, true));
refused("frame-column", "a y that is infinite", (view) => view.setFloat64(160, Number.NEGATIVE_INFINITY, true));

/** A table of one series whose columns are `regular`: 16 bytes each, however many rows they stand for. */
function regularFrame(rows: number): Uint8Array {
  const bytes = frameOfRows(
    "00000000000000aa",
    1,
    Array.from({ length: 8000 }, (_, i) => rowOf(i, { y: i })),
  );
  const view = new DataView(bytes.buffer);
  view.setUint32(72, rows, true);
  view.setUint32(40, rows, true);
  view.setFloat64(56, rows - 1, true);
  return bytes;
}

test("[FR1d] a frame may have 16,384 values, those of x counted too", () => {
  assert.equal(decodeFrame(regularFrame(8192)).header.points, 8192);
});

for (const rows of [8193, 2 ** 31, 2 ** 32 - 1]) {
  test(`[FR1d] a small frame that stands for ${rows} rows is refused before they are made`, () => {
    const refusal = { name: "FrameError", code: "frame-count" };
    assert.ok(cpuMsOf(() => assert.throws(() => decodeFrame(regularFrame(rows)), refusal)) < 1000);
  });
}

test("[FR1d] many small tables in a frame stand for no more than one", () => {
  const table = regularFrame(8000).subarray(64);
  const bytes = Buffer.concat([regularFrame(16_000).subarray(0, 64), table, table]);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(44, 2 * table.length, true);
  view.setFloat64(56, 7999, true);
  assert.throws(() => decodeFrame(bytes), { name: "FrameError", code: "frame-count" });
});

test("[FR4b] a column of 2^31 bytes is refused as any other that does not fit", () => {
  const bytes = frame.slice();
  const view = new DataView(bytes.buffer);
  view.setUint32(72, 2 ** 31, true);
  view.setUint8(X, 2);
  view.setUint32(X + 12, 2 ** 31, true);
  assert.throws(() => decodeFrame(bytes), FrameError);
});

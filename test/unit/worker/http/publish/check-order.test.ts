/** The order in which a body of frames is checked: SPEC.md, “How a frame is checked”, row by row. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Encoding } from "../../../../../protocol/frame/columns.ts";
import { decodeFrame, pointsOf } from "../../../../../protocol/frame/frame.ts";
import { FrameBuilder } from "../../../../../protocol/frame/frame-builder.ts";
import { FrameError, viewOf } from "../../../../../protocol/frame/header.ts";
import { Problem } from "../../../../../protocol/problem.ts";
import { readFrames } from "../../../../../worker/http/publish/published-frames.ts";
import { frameOfRows, rowOf } from "../../../../support/publish.ts";

const PUBLISHER = "00000000000000aa";

function built(): Uint8Array {
  const builder = new FrameBuilder();
  builder.addGap({ kind: "gap", reason: "bridge-full", points: 5, fromX: 1, toX: 2, series: "ab" });
  // Every third value is missing, so no column is regular.
  for (let i = 0; i < 6; i++) {
    builder.add({
      ...rowOf(i * i + 0.1, { ab: i / 7, s: i % 2 }),
      marks: [{ series: "s", style: "step", value: i % 2, text: i % 2 ? "run" : "off" }],
    });
  }
  return builder.encode(PUBLISHER, 7);
}

const FRAME = built();
/* Labels, gap and table stand one after the other. */
const LABELS = 64;
const GAP = LABELS + viewOf(FRAME).getUint32(LABELS + 4, true);
const TABLE = GAP + viewOf(FRAME).getUint32(GAP + 4, true);
const [X, AB, S] = [TABLE + 16, TABLE + 32, TABLE + 48];
const NAMES = TABLE + 64;
const DATA_OF_X = TABLE + viewOf(FRAME).getUint32(X + 8, true);
const DATA_OF_AB = TABLE + viewOf(FRAME).getUint32(AB + 8, true);
const PADDING_OF_S = FRAME.length - 1;

type Fault = [what: string, code: string, make: (view: DataView) => void];

/** In the order of the table in SPEC.md. Each is one fault; two that can stand in one frame are tried together. */
const FAULTS: readonly Fault[] = [
  ["1.2 magic", "frame-magic", (view) => view.setUint8(0, 0x51)],
  ["1.3 version", "frame-version", (view) => view.setUint8(4, 2)],
  ["1.4 header's length", "frame-length", (view) => view.setUint16(6, 72, true)],
  ["1.5 body's length", "frame-length", (view) => view.setUint32(44, FRAME.length - 60, true)],
  ["1.7 a number above 2^53 - 1", "frame-count", (view) => view.setUint32(20, 0x200000, true)],
  ["2.2 numbered already", "frame-sequence", (view) => view.setUint8(24, 1)],
  ["2.3 number 0", "frame-sequence", (view) => view.setUint8(16, 0)],
  ["2.4 points of a body", "body-too-large", (view) => view.setUint32(40, 131_073, true)],
  ["3.5 too many labels", "frame-count", (view) => view.setUint16(LABELS + 10, 257, true)],
  ["3.5 a label's text past the end", "frame-length", (view) => view.setUint16(LABELS + 34, 1000, true)],
  ["3.5 style", "frame-column", (view) => view.setUint16(LABELS + 8, 3, true)],
  ["3.1 kind", "frame-column", (view) => view.setUint16(GAP, 9, true)],
  ["3.4 points of a gap", "frame-count", (view) => view.setFloat64(GAP + 24, 0.5, true)],
  ["3.4 reason past the end", "frame-length", (view) => view.setUint16(GAP + 2, 1000, true)],
  ["3.2 more than 16,384 values", "frame-count", (view) => view.setUint32(TABLE + 8, 20_000, true)],
  ["3.2 flag", "frame-column", (view) => view.setUint8(TABLE + 12, 2)],
  ["3.3 encoding of x", "frame-column", (view) => view.setUint8(X, 9)],
  ["3.3 data's length of x", "frame-count", (view) => view.setUint32(X + 12, 40, true)],
  ["3.3 data of ab past the end", "frame-length", (view) => view.setUint32(AB + 8, 10_000, true)],
  ["3.3 name of ab past the end", "frame-length", (view) => view.setUint32(AB + 4, 10_000, true)],
  ["3.3 name of ab with a control character", "frame-column", (view) => view.setUint8(NAMES, 7)],
  [
    "3.3 offset of the data of s",
    "frame-column",
    (view) => view.setUint32(S + 8, view.getUint32(S + 8, true) - 1, true),
  ],
  ["3.6 x is infinite", "frame-column", (view) => view.setFloat64(DATA_OF_X, Number.POSITIVE_INFINITY, true)],
  ["3.6 y is infinite", "frame-column", (view) => view.setFloat64(DATA_OF_AB, Number.NEGATIVE_INFINITY, true)],
  ["3.6 points", "frame-count", (view) => view.setUint32(40, 11, true)],
  ["3.6 smallest x", "frame-count", (view) => view.setFloat64(48, 0, true)],
  ["3.7 reason of a gap", "frame-column", (view) => view.setUint8(GAP + 40, 0x41)],
  ["3.7 x of a gap", "frame-column", (view) => view.setFloat64(GAP + 8, Number.POSITIVE_INFINITY, true)],
  ["3.8 padding of labels", "frame-layout", (view) => view.setUint8(GAP - 1, 1)],
  ["3.8 reserved bytes of a gap", "frame-layout", (view) => view.setUint8(GAP + 34, 1)],
  ["3.8 names of a table", "frame-layout", (view) => view.setUint32(X + 4, 0, true)],
  ["3.8 padding of a column", "frame-layout", (view) => view.setUint8(PADDING_OF_S, 1)],
];

function codeOf(body: Uint8Array): string {
  try {
    readFrames(body);
    return "taken";
  } catch (error) {
    assert.ok(error instanceof FrameError || error instanceof Problem, String(error));
    return error.code;
  }
}

function faulty(...faults: readonly Fault[]): Uint8Array {
  const bytes = FRAME.slice();
  for (const [, , make] of faults) make(viewOf(bytes));
  return bytes;
}

/** Whether two faults change other bytes, so that both are there. */
function areApart(first: Fault, second: Fault): boolean {
  const [a, b, both] = [faulty(first), faulty(second), faulty(first, second)];
  return FRAME.every((_, i) => (a[i] === FRAME[i] || both[i] === a[i]) && (b[i] === FRAME[i] || both[i] === b[i]));
}

test("[FR4b] [FR1e] [FR1f] [FR1i] [FR1j] [FR1k] each row of the table gives its code", () => {
  assert.equal(codeOf(FRAME), "taken");
  for (const fault of FAULTS) assert.equal(codeOf(faulty(fault)), fault[1], fault[0]);
  assert.equal(codeOf(FRAME.subarray(0, 63)), "frame-truncated", "1.1");
  assert.equal(codeOf(FRAME.subarray(0, FRAME.length - 8)), "frame-truncated", "1.6");
});

test("[FR1c] a body without a point is refused, with gaps and labels or without anything", () => {
  for (const end of [LABELS, TABLE]) {
    const bytes = FRAME.slice(0, end);
    viewOf(bytes).setUint32(44, end - 64, true);
    assert.equal(codeOf(bytes), "frame-count");
  }
});

test("[FR7c] labels may stand behind what they are of", () => {
  const bytes = Buffer.concat([FRAME.subarray(0, LABELS), FRAME.subarray(GAP), FRAME.subarray(LABELS, GAP)]);
  assert.equal(codeOf(bytes), "taken");
  assert.deepEqual([...pointsOf(decodeFrame(bytes))], [...pointsOf(decodeFrame(FRAME))]);
});

test("[FR7h] [FR1l] one label is of 0 and of -0, and two are a value that stands there twice", () => {
  const bytes = FRAME.slice();
  viewOf(bytes).setFloat64(LABELS + 16, -0, true);
  assert.equal(codeOf(bytes), "taken");
  assert.equal([...pointsOf(decodeFrame(bytes))].find(({ series, y }) => series === "s" && y === 0)?.text, "off");
  viewOf(bytes).setFloat64(LABELS + 24, 0, true);
  assert.equal(codeOf(bytes), "frame-column");
  const control = FRAME.slice();
  control[LABELS + 37] = 7;
  assert.equal(codeOf(control), "frame-column");
});

test("[FR10a] of two faults in a frame the one that the table has first gives the code", () => {
  let tried = 0;
  for (const [i, first] of FAULTS.entries()) {
    for (const second of FAULTS.slice(i + 1)) {
      if (!areApart(first, second)) continue;
      assert.equal(codeOf(faulty(first, second)), first[1], `${first[0]}, then ${second[0]}`);
      tried++;
    }
  }
  assert.ok(tried > 400, `${tried}`);
});

test("[FR10a] all headers of a body are checked before any block, and the frames then one after the other", () => {
  const next = FRAME.slice();
  viewOf(next).setUint8(16, 8);
  const body = (first: Fault | undefined, second: Fault | undefined): Uint8Array => {
    const bytes = Buffer.concat([FRAME, next]);
    first?.[2](viewOf(bytes.subarray(0, FRAME.length)));
    second?.[2](viewOf(bytes.subarray(FRAME.length)));
    return bytes;
  };
  const of = (what: string): Fault => {
    const fault = FAULTS.find(([name]) => name === what);
    assert.ok(fault, what);
    return fault;
  };
  assert.equal(codeOf(body(undefined, undefined)), "taken");
  assert.equal(codeOf(body(of("3.1 kind"), of("1.3 version"))), "frame-version");
  assert.equal(codeOf(body(of("3.1 kind"), of("2.2 numbered already"))), "frame-sequence");
  assert.equal(codeOf(body(of("3.8 reserved bytes of a gap"), of("3.1 kind"))), "frame-layout");
});

test("[FR10b] what stands after the last frame of a body is one more frame", () => {
  assert.equal(codeOf(Buffer.concat([FRAME, new Uint8Array(63)])), "frame-truncated");
  assert.equal(codeOf(Buffer.concat([FRAME, new Uint8Array(64)])), "frame-magic");
});

test("[FR9a] [FR9b] points are in order of tables, then rows, then series; a missing one is skipped", () => {
  const rows = [
    rowOf(1, { b: 1, a: 2 }),
    { ...rowOf(2, { b: 3 }) },
    rowOf(3, { b: 4, a: 5 }),
    { ...rowOf(0, { a: 6 }), arrival: true },
  ];
  const points = [...pointsOf(decodeFrame(frameOfRows(PUBLISHER, 1, rows)))];
  assert.deepEqual(
    points.map(({ series, x, y }) => [series, x, y]),
    [
      ["b", 1, 1],
      ["a", 1, 2],
      ["b", 2, 3],
      ["b", 3, 4],
      ["a", 3, 5],
      ["a", 0, 6],
    ],
  );
});

test("[FR8c] a y column of encoding 8 that starts at NaN is refused for its points, unless the header counts none of them", () => {
  const frame = frameOfRows(
    PUBLISHER,
    1,
    Array.from({ length: 24 }, (_, i) => rowOf(i, { y: i, z: i % 2 })),
  );
  const view = viewOf(frame);
  assert.equal(view.getUint8(96), Encoding.regular);
  view.setFloat64(64 + view.getUint32(96 + 8, true), Number.NaN, true);
  assert.equal(codeOf(frame), "frame-count");
  view.setUint32(40, 24, true);
  assert.equal(codeOf(frame), "frame-column");
});

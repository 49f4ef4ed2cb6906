import assert from "node:assert/strict";
import { test } from "node:test";
import { OpenFrame } from "../../../../client/publish/collect/open-frame.ts";
import { decodeFrame, gapsOf, pointsOf, type Style } from "../../../../protocol/frame/frame.ts";
import { FrameBuilder, framesOf, type Row, type RowMark } from "../../../../protocol/frame/frame-builder.ts";
import { FrameError, type FrameFault, readHeader, splitFrames } from "../../../../protocol/frame/header.ts";
import { MAX_FRAME_BYTES } from "../../../../protocol/limits.ts";

const PUBLISHER = "0123456789abcdef";

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text.replaceAll(/\|.*$|\s/gm, ""), "hex"));
}

const LABELLED = bytesOf(`
  50 4C 43 54  01 00 40 00    | magic, version, 0, length of the header
  01 23 45 67 89 AB CD EF     | publisher
  07 00 00 00 00 00 00 00     | publisher's sequence number
  00 00 00 00 00 00 00 00     | seq
  00 00 00 00 00 00 00 00     | epoch
  02 00 00 00  78 00 00 00    | points, length of the body
  00 00 00 00 00 00 F8 3F     | smallest x: 1.5
  00 00 00 00 00 00 00 40     | largest x: 2
  03 00 02 00  30 00 00 00    | labels, length of the series' name, length of the block
  01 00 02 00  00 00 00 00    | step, 2 labels, 0
  00 00 00 00 00 00 F0 3F     | 1
  00 00 00 00 00 00 00 00     | 0
  04 00 06 00                 | lengths of the texts
  6F 6E                       | "on"
  74 72 75 65                 | "true"
  66 C3 A4 6C 73 65           | "fälse"
  01 00 01 00  48 00 00 00    | table of 1 series, length of the block
  02 00 00 00  00 00 00 00    | rows, flags
  01 00 00 00  30 00 00 00    | x: float32, no name
  38 00 00 00  08 00 00 00    | offset and length of its data
  03 00 02 00  30 00 00 00    | y: uint8, a name of 2 bytes and its offset
  40 00 00 00  02 00 00 00    | offset and length of its data
  6F 6E 00 00  00 00 00 00    | "on"
  00 00 C0 3F  00 00 00 40    | 1.5, 2
  01 00 00 00  00 00 00 00    | 1, 0
  `);

const stepRow = (x: number, value: number, text?: string, style: Style = "step"): Row => ({
  x,
  arrival: false,
  names: ["on"],
  values: [value],
  marks: [{ series: "on", style, value, ...(text === undefined ? {} : { text }) }],
});

/** All points of the frames, with their texts. */
const pointsIn = (frames: readonly Uint8Array[]) => frames.flatMap((frame) => [...pointsOf(decodeFrame(frame))]);

test("[FR7] a frame of a step series whose values have names is these bytes", () => {
  const [frame] = framesOf([stepRow(1.5, 1, "true"), stepRow(2, 0, "fälse")], PUBLISHER, 7);
  assert.deepEqual(frame, LABELLED);
});

test("[FR7] these bytes are a frame of a step series whose values have names", () => {
  const frame = decodeFrame(LABELLED);
  const texts = new Map([
    [1, "true"],
    [0, "fälse"],
  ]);
  assert.deepEqual(frame.labels, new Map([["on", { style: "step", texts }]]));
  assert.deepEqual(frame.blocks.length, 1);
  assert.deepEqual(
    [...pointsOf(frame)],
    [
      { series: "on", x: 1.5, y: 1, text: "true" },
      { series: "on", x: 2, y: 0, text: "fälse" },
    ],
  );
  assert.deepEqual(gapsOf(LABELLED), []);
});

function refused(code: FrameFault["code"], what: string, change: (view: DataView) => unknown) {
  test(`[FR4] labels with ${what} are refused with ${code}`, () => {
    const bytes = LABELLED.slice();
    change(new DataView(bytes.buffer));
    assert.throws(
      () => splitFrames(bytes).map(decodeFrame),
      (error) => error instanceof FrameError && error.code === code && error.message !== "",
    );
  });
}

refused("frame-column", "no style", (view) => view.setUint16(72, 0, true));
refused("frame-column", "an unknown style", (view) => view.setUint16(72, 3, true));
refused("frame-column", "something where 0 must be", (view) => view.setUint8(78, 1));
refused("frame-column", "a value that is NaN", (view) => view.setFloat64(80, Number.NaN, true));
refused("frame-column", "a value that is infinite", (view) => view.setFloat64(80, Number.POSITIVE_INFINITY, true));
refused("frame-column", "a value twice", (view) => view.setFloat64(88, 1, true));
refused("frame-column", "a value twice but for its sign", (view) => {
  view.setFloat64(80, 0, true);
  view.setFloat64(88, -0, true);
});
refused("frame-column", "a control character in a text", (view) => view.setUint8(102, 0x0a));
refused("frame-column", "a control character in the name", (view) => view.setUint8(100, 0x0a));
refused("frame-column", "a text that is not UTF-8", (view) => view.setUint8(102, 0xff));
refused("frame-column", "no name", (view) => {
  view.setUint16(66, 0, true);
  view.setUint16(96, 6, true);
});
refused("frame-count", "257 of them", (view) => view.setUint16(74, 257, true));
refused("frame-length", "more than the block has room for", (view) => view.setUint16(74, 200, true));
refused("frame-length", "a text that reaches past the block", (view) => view.setUint16(98, 0xffff, true));
refused("frame-length", "a name that reaches past the block", (view) => view.setUint16(66, 0xffff, true));
refused("frame-length", "8 bytes more than they need", (view) => {
  view.setUint16(74, 1, true);
  view.setUint16(88, 0, true);
});

test("[FR4b] labels of one series twice are refused with frame-column", () => {
  const block = LABELLED.subarray(64, 112);
  const twice = Buffer.concat([LABELLED.subarray(0, 64), block, block, LABELLED.subarray(112)]);
  twice.writeUInt32LE(readHeader(twice).bodyBytes + block.length, 44);
  assert.throws(() => decodeFrame(twice), { name: "FrameError", code: "frame-column" });
});

test("[FR4b] a label block that is shorter than its beginning is refused", () => {
  const bytes = LABELLED.slice();
  new DataView(bytes.buffer).setUint32(68, 8, true);
  assert.throws(() => decodeFrame(bytes), { name: "FrameError", code: "frame-length" });
});

test("[FR7d] [FR7e] a text is cut to 256 bytes between two characters, and has no control characters", () => {
  const texts = [
    "a\nb\tc\u007f\u0000",
    "x".repeat(256),
    "x".repeat(257),
    "€".repeat(100),
    `a${"😀".repeat(5000)}`,
    "",
    "\ud83d",
  ];
  const rows = texts.map((text, i) => stepRow(i, i, text, "event"));
  assert.deepEqual(
    pointsIn(framesOf(rows, PUBLISHER, 1)).map(({ text }) => text),
    ["a b c  ", "x".repeat(256), `${"x".repeat(253)}…`, `${"€".repeat(84)}…`, `a${"😀".repeat(63)}…`, "", " "],
  );
});

test("[FR7a] [FR7f] where a value has another name, or the series another style, another frame begins: all of the row or nothing", () => {
  for (const other of [stepRow(2, 1, "yes"), stepRow(2, 1, "true", "event")]) {
    const builder = new FrameBuilder();
    assert.ok(builder.add(stepRow(1, 1, "true")));
    const { bytes } = builder;
    assert.equal(builder.add(other), false);
    assert.deepEqual([builder.points, builder.bytes], [1, bytes]);
    assert.ok(builder.add(stepRow(3, 1, "true")), "what is there may come again");
    assert.equal(decodeFrame(builder.encode(PUBLISHER, 1)).header.points, 2);
  }
  const frames = framesOf([stepRow(1, 1, "true"), stepRow(2, 1, "yes"), stepRow(3, 1, "yes")], PUBLISHER, 1);
  assert.deepEqual(
    frames.map((frame) => pointsIn([frame]).map(({ text }) => text)),
    [["true"], ["yes", "yes"]],
  );
});

test("[FR7f] a frame has 256 names of a series at most; what has none takes no room there", () => {
  const rows = Array.from({ length: 600 }, (_, i) => stepRow(i, i, i % 2 === 0 ? `text ${i}` : undefined));
  const frames = framesOf(rows, PUBLISHER, 1);
  assert.deepEqual(
    frames.map((frame) => decodeFrame(frame).labels.get("on")?.texts.size),
    [256, 44],
  );
  assert.deepEqual(
    pointsIn(frames).map(({ text }) => text),
    rows.map((_, i) => (i % 2 === 0 ? `text ${i}` : undefined)),
  );
});

const widest = (): Row => {
  const names = Array.from({ length: 256 }, (_, i) => String(i).padEnd(256, "n"));
  const marks = names.map(
    (series, i): RowMark => ({ series, style: "event", value: i, text: String(i).padEnd(256, "t") }),
  );
  return { x: 1, arrival: false, names, values: names.map((_, i) => i), marks };
};

test("[FR7g] the widest row fits a frame with as many labels as there is room for; the other values have no name", () => {
  const [frame, ...others] = framesOf([widest()], PUBLISHER, 1);
  assert.ok(frame && frame.length <= MAX_FRAME_BYTES && others.length === 0);
  const named = pointsIn([frame]).map(({ text }) => text !== undefined);
  assert.equal(named.length, 256);
  const many = named.filter(Boolean).length;
  assert.ok(many >= 60, `${many} have a name`);
  assert.ok(named.slice(0, many).every(Boolean), "the first of them");
});

test("[FR7] in the bridge, a row whose labels do not fit takes the gap before it along into the next frame", () => {
  const gap = { kind: "gap", reason: "publisher-dropped", points: 3, fromX: null, toX: null, series: "" } as const;
  const open = new OpenFrame(MAX_FRAME_BYTES);
  assert.equal(open.add(stepRow(1, 1, "true"), 0), 1);
  open.addGap(gap);
  assert.equal(open.add(stepRow(2, 1, "yes"), 0), undefined);
  assert.deepEqual(gapsOf(open.encode(PUBLISHER, 1)), []);
  open.next();
  assert.equal(open.add(stepRow(2, 1, "yes"), 0), 1);
  const frame = open.encode(PUBLISHER, 2);
  assert.deepEqual(gapsOf(frame), [gap]);
  assert.equal(decodeFrame(frame).labels.get("on")?.texts.get(1), "yes");
});

test("[FR7] in the bridge, the widest row with labels fits a frame behind gaps", () => {
  const open = new OpenFrame(MAX_FRAME_BYTES);
  for (let i = 0; i < 8; i++) {
    const series = String(i).padEnd(256, "s");
    open.addGap({ kind: "gap", reason: "publisher-dropped", points: 3, fromX: 1, toX: 2, series });
  }
  assert.equal(open.add(widest(), 0), 256);
  assert.ok(open.encode(PUBLISHER, 1).length <= MAX_FRAME_BYTES);
});

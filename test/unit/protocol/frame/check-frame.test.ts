/** What a publisher may not send although a reader could make sense of it: SPEC.md's tables, field by field. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkFrame } from "../../../../protocol/frame/check-frame.ts";
import { chooseEncoding, columnBytes, Encoding, padTo8 } from "../../../../protocol/frame/columns.ts";
import { type Frame, pointsOf, valuesIn } from "../../../../protocol/frame/frame.ts";
import { FrameBuilder, framesOf, type Row } from "../../../../protocol/frame/frame-builder.ts";
import { FrameError, type FrameFault, readHeader, viewOf } from "../../../../protocol/frame/header.ts";
import { frameOfRows, rowOf } from "../../../support/publish.ts";
import { laidOut } from "../../../support/reference-frame.ts";

const PUBLISHER = "00000000000000aa";

/*
 * Where things stand in this frame: header 0, table 64, descriptors of x 80, of "abc" 96, of "de" 112, names 128 to 132
 * and their padding to 136, data of x (float32) 136 to 148 and its padding to 152, of "abc" (uint8) 152 to 155 and its
 * padding to 160, of "de" (uint16) 160 to 166 and its padding to 168.
 */
const TABLE = frameOfRows(PUBLISHER, 1, [
  rowOf(0.5, { abc: 1, de: 1000 }),
  rowOf(1.5, { abc: 2, de: 1001 }),
  rowOf(3.5, { abc: 4, de: 1003 }),
]);
const [X, ABC, DE] = [80, 96, 112];

/* A gap at 64: reason at 104 to 115, series 115 to 117, padding to 120. Then a table. */
const GAP = builtOf((builder) => {
  builder.addGap({ kind: "gap", reason: "bridge-full", points: 5, fromX: 1, toX: 2, series: "ab" });
  builder.add(rowOf(3, { y: 1 }));
});

/* Labels at 64: values 80 to 96, lengths 96 to 100, name 100 to 101, texts to 107, padding to 112. Then a table. */
const LABELS = builtOf((builder) => {
  builder.add({ ...rowOf(1, { s: 0 }), marks: [{ series: "s", style: "step", value: 0, text: "off" }] });
  builder.add({ ...rowOf(2, { s: 1 }), marks: [{ series: "s", style: "step", value: 1, text: "run" }] });
});

function builtOf(build: (builder: FrameBuilder) => void): Uint8Array {
  const builder = new FrameBuilder();
  build(builder);
  return builder.encode(PUBLISHER, 1);
}

function isAccepted(bytes: Uint8Array): boolean {
  try {
    checkFrame(bytes);
    return true;
  } catch (error) {
    assert.ok(error instanceof FrameError, String(error));
    return false;
  }
}

test("[FR4] the frames that the others are made of are accepted", () => {
  for (const frame of [TABLE, GAP, LABELS]) assert.ok(isAccepted(frame));
});

function refused(
  code: FrameFault["code"],
  what: string,
  frame: Uint8Array,
  change: (view: DataView, bytes: Uint8Array) => unknown,
): void {
  test(`[FR4] ${what} is refused with ${code}`, () => {
    const bytes = frame.slice();
    const made = change(viewOf(bytes), bytes);
    assert.throws(
      () => checkFrame(made instanceof Uint8Array ? made : bytes),
      (error) => error instanceof FrameError && error.code === code && error.message !== "",
    );
  });
}

/** Eight zero bytes more at `at`, the block at `block` and the body longer by these. */
function widened(bytes: Uint8Array, block: number, at: number): Uint8Array {
  const wide = new Uint8Array(bytes.length + 8);
  wide.set(bytes.subarray(0, at));
  wide.set(bytes.subarray(at), at + 8);
  const view = viewOf(wide);
  view.setUint32(44, view.getUint32(44, true) + 8, true);
  view.setUint32(block + 4, view.getUint32(block + 4, true) + 8, true);
  return wide;
}

for (const [what, offset] of [
  ["block's header", 0],
  ["descriptors", 32],
  ["names", 64],
] as const) {
  refused("frame-layout", `a y column whose data is the ${what}`, TABLE, (view) =>
    view.setUint32(ABC + 8, offset, true),
  );
}
refused("frame-layout", "an x column whose data is that of a y", TABLE, (view) => {
  view.setUint8(X, view.getUint8(ABC));
  view.setUint32(X + 8, view.getUint32(ABC + 8, true), true);
  view.setUint32(X + 12, view.getUint32(ABC + 12, true), true);
  view.setFloat64(48, 1, true);
  view.setFloat64(56, 4, true);
});
refused("frame-layout", "two columns with the same data", TABLE, (view) => {
  view.setUint8(DE, view.getUint8(ABC));
  view.setUint32(DE + 8, view.getUint32(ABC + 8, true), true);
  view.setUint32(DE + 12, view.getUint32(ABC + 12, true), true);
});
refused("frame-layout", "columns whose data stands in another order", TABLE, (view) => {
  // uint8 and uint16 of three rows are both padded to 8.
  view.setUint32(ABC + 8, 160 - 64, true);
  view.setUint32(DE + 8, 152 - 64, true);
});
refused("frame-layout", "a name that is part of another", TABLE, (view) => view.setUint32(DE + 4, 65, true));
refused("frame-layout", "a name in the data", TABLE, (view, bytes) => {
  bytes.set([0x61, 0x62, 0x63], 152);
  view.setUint32(ABC + 4, 152 - 64, true);
});
refused("frame-layout", "a place for the name of x, which has none", TABLE, (view) => view.setUint32(X + 4, 0, true));
refused("frame-layout", "bytes between names and data", TABLE, (view, bytes) => {
  const wide = widened(bytes, 64, 136);
  for (const entry of [X, ABC, DE]) viewOf(wide).setUint32(entry + 8, view.getUint32(entry + 8, true) + 8, true);
  return wide;
});
refused("frame-layout", "bytes behind the last column", TABLE, (_, bytes) => widened(bytes, 64, bytes.length));
for (let at = 133; at < 136; at++) {
  refused("frame-layout", `byte ${at}, which pads the names, not 0`, TABLE, (view) => view.setUint8(at, 1));
}
for (const at of [148, 151, 155, 159, 166, 167]) {
  refused("frame-layout", `byte ${at}, which pads a column, not 0`, TABLE, (view) => view.setUint8(at, 0x80));
}
refused("frame-column", "a reserved byte of a descriptor, not 0", TABLE, (view) => view.setUint8(ABC + 1, 1));
for (const at of [76, 77, 78, 79]) {
  refused("frame-column", `a flag in byte ${at} of no known meaning`, TABLE, (view) => view.setUint8(at, 0x80));
}

/* Of 24 rows: start and step of x stand at 136 and 144, those of "y" at 152 and 160; "z" is uint8. */
const REGULAR = frameOfRows(
  PUBLISHER,
  1,
  Array.from({ length: 24 }, (_, i) => rowOf(i, { y: i, z: i % 2 })),
);
for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
  for (const [what, at] of [
    ["an x that starts at", 136],
    ["an x with a step of", 144],
    ["a y that starts at", 152],
    ["a y with a step of", 160],
  ] as const) {
    refused("frame-column", `[FR8] ${what} ${value}`, REGULAR, (view) => {
      view.setFloat64(at, value, true);
      if (at >= 152) view.setUint32(40, 24, true);
    });
  }
}
const MOST = Number.MAX_VALUE;

test("[FR8c] start and step may be any that are finite and whose values are", () => {
  const made = (start: number, step: number): boolean => {
    const bytes = REGULAR.slice();
    viewOf(bytes).setFloat64(152, start, true);
    viewOf(bytes).setFloat64(160, step, true);
    return isAccepted(bytes);
  };
  assert.deepEqual(
    [made(-0, 0), made(MOST, 0), made(-MOST, MOST / 24), made(5, -Number.MIN_VALUE)],
    Array(4).fill(true),
  );
  assert.deepEqual([made(MOST, MOST), made(-MOST, -MOST / 12), made(0, MOST / 22)], Array(3).fill(false));
});

/** A table of 8,191 rows whose y column is of an encoding and all ones in its bits, behind a table of one point. */
function onesFrame(encoding: Encoding): Uint8Array {
  const [rows, isPoint] = [8191, encoding >= Encoding.int8 && encoding !== Encoding.regular];
  const dataBytes = columnBytes(encoding, rows);
  const table = new Uint8Array(72 + padTo8(dataBytes));
  const view = viewOf(table);
  const fields = [1 | (1 << 16), table.length, rows, 0, 8, 48, 56, 16, encoding | (1 << 16), 48, 72, dataBytes, 0x79];
  fields.forEach((field, i) => void view.setUint32(4 * i, field, true));
  table.fill(0xff, 72, 72 + dataBytes);
  const one = frameOfRows(PUBLISHER, 1, [rowOf(0, { y: 1 })]);
  const bytes = new Uint8Array(Buffer.concat([one, table]));
  viewOf(bytes).setUint32(40, isPoint ? 1 + rows : 1, true);
  viewOf(bytes).setUint32(44, bytes.length - 64, true);
  return bytes;
}

for (const [name, encoding] of Object.entries(Encoding)) {
  test(`[FR8a] [FR8b] 8,191 rows of ${name} are paid for by bytes or points`, () => {
    const bytes = onesFrame(encoding);
    assert.equal(valuesIn(bytes), 16_384);
    assert.equal(isAccepted(bytes), encoding !== Encoding.regular);
    const { points } = readHeader(bytes);
    assert.equal(valuesIn(bytes) <= 2 * points + bytes.length / 2, encoding !== Encoding.regular);
  });
}

test("[FR8c] the writer makes no start and step of values that are missing, infinite or overflow", () => {
  const of = (values: readonly number[]) => chooseEncoding(Float64Array.from(values));
  for (const values of [
    [Number.NaN, Number.NaN, Number.NaN, Number.NaN],
    [Number.NaN, 1, 2, 3],
    [1, 2, 3, Number.NaN],
    [1, Number.NaN, 3, 4],
    [1 / 0, 1 / 0, 1 / 0],
    [-1 / 0, -1 / 0, -1 / 0],
    [1 / 0, -1 / 0, 1 / 0],
    [0, 1 / 0, 1 / 0],
    [0, MOST / 2, MOST, 1 / 0],
    [0, -MOST, -1 / 0, -1 / 0],
    [-MOST, MOST, MOST],
    [MOST, -MOST, -1 / 0],
  ]) {
    assert.notEqual(of(values), Encoding.regular, values.join());
  }
  assert.equal(of([0, MOST / 2, MOST]), Encoding.regular);
  assert.equal(of([MOST, MOST, MOST]), Encoding.regular);
});

test("[FR8b] [FR1a] whatever values and missing ones are written: the frame is accepted", () => {
  const value = fc.oneof(
    fc.constantFrom(0, Number.NaN, MOST, -MOST, MOST / 2, 1),
    fc.double({ noDefaultInfinity: true }),
  );
  const row = fc.tuple(fc.constantFrom("y", "z"), fc.oneof({ weight: 3, arbitrary: fc.constant(Number.NaN) }, value));
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 30, size: "max" }), (rows) => {
      const all = rows.map(([name, y], i) => rowOf(i, { [name]: y }));
      for (const frame of framesOf(all, PUBLISHER, 1)) assert.ok(isWhatItSays(frame, "a frame that was written"));
    }),
    { numRuns: 1000 },
  );
});

for (let at = 98; at < 104; at++) {
  refused("frame-layout", `byte ${at}, which is reserved in a gap, not 0`, GAP, (view) => view.setUint8(at, 1));
}
for (let at = 117; at < 120; at++) {
  refused("frame-layout", `byte ${at}, which pads a gap, not 0`, GAP, (view) => view.setUint8(at, 1));
}
refused("frame-layout", "a gap that is too long", GAP, (_, bytes) => widened(bytes, 64, 120));
for (const [what, value] of [
  ["negative", -1],
  ["a fraction", 0.5],
  ["infinite", Number.POSITIVE_INFINITY],
  ["2^53", 2 ** 53],
] as const) {
  refused("frame-count", `a gap whose points are ${what}`, GAP, (view) => view.setFloat64(88, value, true));
}
for (const at of [72, 80]) {
  for (const value of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    refused("frame-column", `a gap with an x of ${value}`, GAP, (view) => view.setFloat64(at, value, true));
  }
}
for (const [what, byte] of [
  ["a control character", 0x07],
  ["a byte that is not UTF-8", 0xff],
] as const) {
  refused("frame-column", `a gap's reason with ${what}`, GAP, (view) => view.setUint8(104, byte));
  refused("frame-column", `a gap's series with ${what}`, GAP, (view) => view.setUint8(115, byte));
}
refused("frame-column", "a gap's reason with a blank", GAP, (view) => view.setUint8(104, 0x20));
refused("frame-column", "a gap without a reason", GAP, (view, bytes) => {
  view.setUint16(66, 0, true);
  view.setUint32(68, 48, true);
  view.setUint32(44, view.getUint32(44, true) - 8, true);
  return Buffer.concat([bytes.subarray(0, 104), bytes.subarray(115, 117), Buffer.alloc(6), bytes.subarray(120)]);
});

test("[FR1a] a gap's reason has 1 to 64 characters, its series 256 bytes at most", () => {
  const gapped = (reason: string, series: string): boolean =>
    isAccepted(
      builtOf((builder) => {
        builder.addGap({ kind: "gap", reason, points: null, fromX: null, toX: null, series });
        builder.add(rowOf(3, { y: 1 }));
      }),
    );
  assert.deepEqual(
    [1, 64, 65, 60_000].map((length) => gapped("r".repeat(length), "")),
    [true, true, false, false],
  );
  assert.deepEqual(
    [1, 256, 257].map((length) => gapped("r", "s".repeat(length))),
    [true, true, false],
  );
});

test("[FR4] a gap may be of no point and run back, as where a publisher's clock was set back", () => {
  assert.ok(
    isAccepted(
      builtOf((builder) => {
        builder.addGap({ kind: "gap", reason: "publisher-restarted", points: 0, fromX: 249, toX: -1, series: "" });
        builder.add(rowOf(0, { y: 1 }));
      }),
    ),
  );
});

for (let at = 107; at < 112; at++) {
  refused("frame-layout", `byte ${at}, which pads labels, not 0`, LABELS, (view) => view.setUint8(at, 1));
}
for (let at = 76; at < 80; at++) {
  refused("frame-column", `byte ${at}, which is reserved in labels, not 0`, LABELS, (view) => view.setUint8(at, 1));
}
refused("frame-length", "labels that are too long", LABELS, (_, bytes) => widened(bytes, 64, 112));
refused("frame-column", "labels of no known style", LABELS, (view) => view.setUint16(72, 3, true));
refused("frame-column", "a label of an infinite value", LABELS, (view) => view.setFloat64(80, 1 / 0, true));
refused("frame-column", "two labels of a value", LABELS, (view) => view.setFloat64(88, -0, true));
refused("frame-column", "a label with a control character", LABELS, (view) => view.setUint8(101, 0x0a));
refused("frame-column", "a label that is not UTF-8", LABELS, (view) => view.setUint8(101, 0xc0));
refused("frame-column", "labels of a series whose name is not UTF-8", LABELS, (view) => view.setUint8(100, 0xc0));

const ROWS: Row[] = [
  { ...rowOf(1, { s: 0, y: 0.1, é: 7 }), marks: [{ series: "s", style: "event", value: 0, text: "ü" }] },
  { ...rowOf(2, { s: 1, y: 0.2, é: 300 }), marks: [{ series: "s", style: "event", value: 1, text: "b" }] },
  { ...rowOf(3, { s: 1, y: -0, é: 70_000 }), arrival: true },
  rowOf(4, { y: Number.NaN, é: 1 }),
  ...[5, 6, 7, 8].map((x) => rowOf(x, { regular: x })),
];

/** @returns whether it is accepted; if it is, it must be what SPEC.md makes of what it says */
function isWhatItSays(bytes: Uint8Array, what: string): boolean {
  let frame: Frame;
  try {
    frame = checkFrame(bytes);
  } catch (error) {
    assert.ok(error instanceof FrameError, String(error));
    return false;
  }
  if (Buffer.compare(laidOut(frame, bytes), bytes) !== 0) {
    assert.deepEqual(Buffer.from(laidOut(frame, bytes)), Buffer.from(bytes), what);
  }
  for (const gap of frame.blocks.filter(({ kind }) => kind === "gap")) {
    assert.ok(gap.kind === "gap" && /^[a-z0-9-]{1,64}$/.test(gap.reason), what);
  }
  assert.equal([...pointsOf(frame)].length, frame.header.points, what);
  assert.ok(valuesIn(bytes) <= 2 * frame.header.points + bytes.length / 2, what);
  return true;
}

const WHOLE = builtOf((builder) => {
  builder.addGap({ kind: "gap", reason: "bridge-full", points: 5, fromX: 1, toX: null, series: "y" });
  for (const row of ROWS) builder.add(row);
});

/** What is changed of a byte: each bit, and several at once. */
const CHANGES = [1, 2, 4, 8, 16, 32, 64, 128, 3, 6, 0x7f, 0xf0, 0xff];

test("[FR1a] [FR4d] whatever byte of a frame is changed: what is accepted is what SPEC.md makes of what it says", () => {
  for (const frame of [...framesOf(ROWS, PUBLISHER, 1), WHOLE, TABLE, GAP, LABELS]) {
    assert.ok(isWhatItSays(frame, "the frame itself"));
    let accepted = 0;
    for (let at = 0; at < frame.length; at++) {
      for (const by of CHANGES) {
        const bytes = frame.slice();
        bytes[at] = (bytes[at] ?? 0) ^ by;
        if (isWhatItSays(bytes, `byte ${at} changed by ${by}`)) accepted++;
      }
    }
    const tried = CHANGES.length * frame.length;
    // Ids, numbers, names, labels and most values may be any.
    assert.ok(accepted > 0.1 * tried && accepted < 0.9 * tried, `${accepted} of ${tried}`);
  }
});

test("[FR1a] [FR4d] whatever several fields of a frame are changed to: the same", () => {
  const field = fc.record({
    at: fc.nat({ max: WHOLE.length / 2 - 1 }),
    is32: fc.boolean(),
    to: fc.oneof(fc.nat({ max: 300 }), fc.constantFrom(0x7ff0, 0xfff0, 0xffff_ffff, 0x8000_0000, 0x7ff8_0000)),
  });
  const changes = fc.array(field, { minLength: 2, maxLength: 6, size: "max" });
  fc.assert(
    fc.property(fc.constantFrom(WHOLE, TABLE, GAP, LABELS), changes, (frame, all) => {
      const bytes = frame.slice();
      const view = viewOf(bytes);
      for (const { at, is32, to } of all) {
        if (is32) view.setUint32((4 * at) % bytes.length, to, true);
        else view.setUint16((2 * at) % bytes.length, to & 0xffff, true);
      }
      isWhatItSays(bytes, "several fields changed");
    }),
    { numRuns: 20_000 },
  );
});

test("[FR1a] whatever rows are written: the frames are accepted, and what SPEC.md makes of them", () => {
  const value = fc.oneof(fc.integer({ min: -3, max: 70_000 }), fc.double({ noDefaultInfinity: true }), fc.constant(-0));
  const names = fc.uniqueArray(fc.constantFrom("y", "a", "ü€😀", "temp.motor", "__proto__"), { minLength: 1 });
  const row = fc
    .tuple(fc.integer({ min: -5, max: 5000 }), fc.boolean(), names, fc.array(value, { minLength: 5, maxLength: 5 }))
    .map(([x, arrival, series, values]) => ({ x, arrival, names: series, values: values.slice(0, series.length) }));
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 40, size: "max" }), (rows) => {
      for (const frame of framesOf(rows, PUBLISHER, 1)) assert.ok(isWhatItSays(frame, "a frame that was written"));
    }),
    { numRuns: 1000 },
  );
});

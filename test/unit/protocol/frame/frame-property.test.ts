import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeFrame } from "../../../../protocol/frame/frame.ts";
import { FrameBuilder, framesOf, type Row } from "../../../../protocol/frame/frame-builder.ts";
import { FrameError, splitFrames } from "../../../../protocol/frame/header.ts";
import { MAX_FRAME_BYTES } from "../../../../protocol/limits.ts";
import { isSeriesName } from "../../../../protocol/names.ts";
import { type Point, pointsIn } from "../../../support/publish.ts";

const PUBLISHER = "00000000000000aa";

/** Values of every encoding: of few bits, of any, of a walk, and those that are easily lost. */
const value = fc.oneof(
  fc.integer({ min: -3, max: 300 }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(
    0,
    -0,
    5e-324,
    Number.MIN_VALUE,
    -Number.MAX_VALUE,
    Number.MAX_VALUE,
    Number.EPSILON,
    2 ** 53,
    -(2 ** 31),
  ),
);
const name = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("y", "a", "b", "temp.motor", "ü€😀", "__proto__", "constructor") },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 80 }).filter(isSeriesName) },
);
const row: fc.Arbitrary<Row> = fc
  .record({
    x: value,
    arrival: fc.boolean(),
    points: fc.uniqueArray(fc.tuple(name, value), { minLength: 1, maxLength: 6, selector: ([series]) => series }),
  })
  .map(({ x, arrival, points }) => ({ x, arrival, names: points.map(([n]) => n), values: points.map(([, y]) => y) }));
/** Rows at even times with even values, of which regular columns are made. */
const regularRows = fc
  .tuple(value, value, value, value, fc.integer({ min: 1, max: 40 }))
  .map(([x, dx, y, dy, length]) =>
    Array.from({ length }, (_, i) => ({ x: x + i * dx, arrival: false, names: ["y"], values: [y + i * dy] })),
  )
  .filter((rows) => rows.every(({ x, values }) => Number.isFinite(x) && values.every(Number.isFinite)));
const rows = fc.oneof(fc.array(row, { minLength: 1, maxLength: 60 }), regularRows);

/** Every point of every series, in order. Equal is what has the same bits: `deepEqual` tells −0 from 0. */
function bySeries(points: Iterable<Point>): Map<string, [x: number, y: number][]> {
  const series = new Map<string, [number, number][]>();
  for (const point of points) series.set(point.series, [...(series.get(point.series) ?? []), [point.x, point.y]]);
  return series;
}

function pointsOfRows(all: readonly Row[]): Point[] {
  return all.flatMap(({ x, names, values }) => names.map((series, i) => ({ series, x, y: values[i] ?? Number.NaN })));
}

test("[FR2a] [FR6] any rows come back bit for bit, in order within each series", () => {
  fc.assert(
    fc.property(rows, (all) => {
      const body = Buffer.concat(framesOf(all, PUBLISHER, 1));
      assert.deepEqual(bySeries(pointsIn(body)), bySeries(pointsOfRows(all)));
    }),
    { numRuns: 1500 },
  );
});

test("[FR1b] any rows make frames of 131,072 bytes at most, no more than the builder announced", () => {
  const many = fc.tuple(fc.array(row, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 300 }));
  fc.assert(
    fc.property(many, ([some, times]) => {
      const builder = new FrameBuilder(16_384);
      for (const each of Array.from({ length: times }, () => some).flat()) if (!builder.add(each)) break;
      const frame = builder.encode(PUBLISHER, 1);
      assert.ok(frame.length <= builder.bytes && builder.bytes <= 16_384);
      assert.equal(decodeFrame(frame).header.points, builder.points);
    }),
    { numRuns: 150 },
  );
});

test("[FR2a] rows of several frames come back whole, each frame within its bound", () => {
  const wide = fc.tuple(row, row, fc.integer({ min: 2000, max: 12_000 }));
  fc.assert(
    fc.property(wide, ([a, b, times]) => {
      const all = Array.from({ length: times }, (_, i) => ({ ...(i % 5 === 0 ? b : a), x: i }));
      const frames = framesOf(all, PUBLISHER, 1);
      assert.ok(frames.every(({ length }) => length <= MAX_FRAME_BYTES));
      const body = Buffer.concat(frames);
      assert.equal(splitFrames(body).length, frames.length);
      assert.equal(pointsIn(body).length, pointsOfRows(all).length);
    }),
    { numRuns: 10 },
  );
});

/** Decodes what may be no frame. The only error there may be is a FrameError; what decodes is small enough to hold. */
function decodes(bytes: Uint8Array): boolean {
  try {
    splitFrames(bytes).map(decodeFrame);
    return true;
  } catch (error) {
    assert.ok(error instanceof FrameError, String(error));
    return false;
  }
}

/** Some bytes of a frame replaced: single ones, and u32 by numbers that like to break things. */
const edits = fc.array(
  fc.record({
    at: fc.nat(4096),
    with: fc.oneof(fc.nat(255), fc.constantFrom(0xffff_ffff, 0x8000_0000, 0x7fff_ffff, 0xffff_fff8, 0x10000, 8, 0)),
  }),
  { minLength: 1, maxLength: 6 },
);

test("[FR4c] a frame with any bytes changed decodes or is refused, and nothing else", () => {
  fc.assert(
    fc.property(rows, edits, (all, changes) => {
      const bytes = Buffer.concat(framesOf(all, PUBLISHER, 1).slice(0, 1));
      for (const { at, with: by } of changes) {
        if (by < 256) bytes[at % bytes.length] = by;
        else bytes.writeUInt32LE(by, (at % (bytes.length / 4)) * 4);
      }
      decodes(bytes);
    }),
    { numRuns: 5000 },
  );
});

test("[FR4c] a frame with any descriptor changed decodes or is refused, and nothing else", () => {
  const field = fc.tuple(fc.nat(16), fc.constantFrom(0, 1, 2, 4, 8, 12), fc.oneof(fc.nat(400), fc.nat(0xffff_ffff)));
  fc.assert(
    fc.property(rows, fc.array(field, { minLength: 1, maxLength: 4 }), (all, fields) => {
      const bytes = Buffer.concat(framesOf(all, PUBLISHER, 1).slice(0, 1));
      for (const [entry, at, by] of fields) bytes.writeUInt32LE(by, Math.min(64 + 16 * entry + at, bytes.length - 4));
      decodes(bytes);
    }),
    { numRuns: 5000 },
  );
});

test("[FR4b] [FR4c] every frame cut short anywhere is refused", () => {
  fc.assert(
    fc.property(rows, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (all, share) => {
      const [frame] = framesOf(all, PUBLISHER, 1);
      assert.ok(frame);
      // Nothing at all is a body without frames, which the Worker refuses as `body-empty`.
      const length = Math.max(1, Math.floor(share * frame.length));
      assert.equal(decodes(frame.slice(0, length)), false);
    }),
  );
});

test("[FR4c] random bytes, with and without the beginning of a frame, are refused or decode", () => {
  const [beginning = new Uint8Array()] = framesOf([{ x: 1, arrival: false, names: ["y"], values: [1] }], PUBLISHER, 1);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 512 }), fc.nat(136), (bytes, kept) => {
      assert.equal(decodes(bytes), false);
      decodes(Buffer.concat([beginning.subarray(0, kept), bytes]));
    }),
    { numRuns: 5000 },
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { gapOf, withGaps } from "../../../../client/publish/collect/gaps.ts";
import { FrameBuilder, type Row } from "../../../../protocol/frame/frame-builder.ts";
import { numberFrame } from "../../../../protocol/frame/header.ts";
import { hasGrownFrom, isSameFrame } from "../../../../protocol/frame/same-frame.ts";

const A = "00000000000000aa";

const row: fc.Arbitrary<Row> = fc.record({
  x: fc.oneof(fc.integer({ min: -9, max: 99 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
  arrival: fc.boolean(),
  names: fc.shuffledSubarray(["a", "b", "c", "d"], { minLength: 1 }),
  values: fc.array(fc.constantFrom(0, -0, 1, 250, 0.1, 1e300, Number.NaN), { minLength: 4, maxLength: 4 }),
});
const line = (x: number, y: number): Row => ({ x, arrival: false, names: ["y"], values: [y] });
const named = (x: number, text: string): Row => ({
  ...line(x, 1),
  marks: [{ series: "y", style: "event", value: 1, text }],
});

/** A frame of these rows, with a gap before each that stands in `gapsBefore`. */
function frameOf(rows: readonly Row[], gapsBefore: readonly number[] = [], publisher = A, seq = 7) {
  const builder = new FrameBuilder();
  rows.forEach((each, i) => {
    if (gapsBefore.includes(i)) assert.ok(builder.addGap(gapOf("publisher-dropped", i)));
    assert.ok(builder.add(each));
  });
  return builder.points === 0 ? undefined : builder.encode(publisher, seq);
}

const lines = (...ys: number[]): Uint8Array => frameOf(ys.map((y, i) => line(i, y))) ?? assert.fail();
const frame = (...rows: Row[]): Uint8Array => frameOf(rows) ?? assert.fail();

test("[RT4g] a stored frame is the same as the one that was sent, whatever numbers the Channel wrote into it", () => {
  const [sent, stored] = [lines(1, 2, 3), lines(1, 2, 3)];
  numberFrame(stored, 2 ** 52, 2 ** 53 - 1);
  assert.ok(isSameFrame(stored, sent));
});

test("[RT4g] no other byte of a frame may differ", () => {
  const sent = lines(1, 2, 300);
  for (let i = 0; i < sent.length; i++) {
    const stored = new Uint8Array(sent);
    stored[i] = (stored[i] ?? 0) ^ 1;
    assert.equal(isSameFrame(stored, sent), i >= 24 && i < 40, `byte ${i}`);
  }
  assert.ok(!isSameFrame(lines(1, 2), lines(1, 2, 3)));
});

test("[RT4h] a frame to which rows, series and gaps were added is a later state of what it was", () => {
  const cases = fc.tuple(fc.array(row, { minLength: 1, maxLength: 40 }), fc.nat(40), fc.uniqueArray(fc.nat(40)));
  fc.assert(
    fc.property(cases, ([rows, count, gapsBefore]) => {
      const [earlier, later] = [frameOf(rows.slice(0, count), gapsBefore), frameOf(rows, gapsBefore)];
      fc.pre(earlier !== undefined && later !== undefined);
      assert.ok(hasGrownFrom(later, earlier));
      if (later.length !== earlier.length) assert.ok(!isSameFrame(later, earlier));
    }),
    { numRuns: 500 },
  );
});

test("[RT4h] a frame with another value, x, row or series is no later state, however many points it has", () => {
  const sent = frame(line(1, 10), line(2, 20), line(3, 30));
  const more = [line(4, 40), line(5, 50)];
  assert.ok(hasGrownFrom(frame(line(1, 10), line(2, 20), line(3, 30), ...more), sent));
  const forged = {
    "a value": [line(1, 10), line(2, 20.5), line(3, 30)],
    "a missing value": [line(1, 10), line(2, Number.NaN), line(3, 30)],
    "an x": [line(1, 10), line(2.5, 20), line(3, 30)],
    "a row too many": [line(1, 10), line(2, 20), line(2, 20), line(3, 30)],
    "a row too few": [line(1, 10), line(3, 30)],
    "a series": [line(1, 10), line(2, 20), line(3, 30)].map((each) => ({ ...each, names: ["z"] })),
    "the kind of time": [line(1, 10), line(2, 20), line(3, 30)].map((each) => ({ ...each, arrival: true })),
  };
  for (const [what, rows] of Object.entries(forged)) assert.ok(!hasGrownFrom(frame(...rows, ...more), sent), what);
  assert.ok(!hasGrownFrom(frame(line(0, -0), ...more), frame(line(0, 0))), "the sign of zero");
  assert.ok(!hasGrownFrom(sent, frame(line(1, 10), line(2, 20), line(3, 30), ...more)), "fewer points");
  assert.ok(!hasGrownFrom(frameOf([line(1, 1)], [], A, 8) ?? sent, frame(line(1, 1))), "another number");
});

test("[RT4h] a later state tells of no fewer lost points, and calls values the same", () => {
  const [sent, stored] = [lines(1), lines(1, 2)];
  const lost = (frame: Uint8Array, points: number | null) => withGaps(frame, [gapOf("bridge-full", points)]);
  assert.ok(hasGrownFrom(lost(stored, 9), lost(sent, 9)));
  assert.ok(hasGrownFrom(lost(stored, 10), lost(sent, 9)), "more was lost before it was sent");
  assert.ok(!hasGrownFrom(lost(stored, 8), lost(sent, 9)));
  assert.ok(!hasGrownFrom(stored, lost(sent, 9)));
  assert.ok(!hasGrownFrom(lost(stored, 9), lost(sent, null)), "how many, nobody knows");
  assert.ok(hasGrownFrom(frame(named(1, "on"), named(2, "on")), frame(named(1, "on"))));
  assert.ok(!hasGrownFrom(frame(named(1, "off"), named(2, "off")), frame(named(1, "on"))));
});

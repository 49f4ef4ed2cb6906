import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { statsOf } from "../../../../page/lazy/stats.ts";

/** One part for each array, x counting on from 0. */
function segmentsIn(...ys: number[][]): { x: Float64Array; y: Float64Array }[] {
  let x = 0;
  return ys.map((y) => ({ x: Float64Array.from(y, () => x++), y: Float64Array.from(y) }));
}

const isNear = (actual: number, expected: number, relative = 1e-15): void =>
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual} is not ${expected}`);

test("[PG16] the figures are of all points in the window, edges included, and of nothing else", () => {
  const stats = statsOf(segmentsIn([100, 1, 2], [Number.NaN, 3], [-4, 900]), 1, 5);
  assert.deepEqual(stats, {
    points: 4,
    lastX: 5,
    lastY: -4,
    min: -4,
    max: 3,
    mean: 0.5,
    rms: Math.sqrt(30 / 4),
    rate: 1,
    integers: true,
  });
});

test("[PG16] a window without points has no figures", () => {
  for (const segments of [[], segmentsIn([]), segmentsIn([Number.NaN, Number.NaN]), segmentsIn([1, 2, 3])]) {
    const { points, rate, ...rest } = statsOf(segments, 10, 20);
    assert.deepEqual([points, rate], [0, 0]);
    for (const [name, value] of Object.entries(rest)) if (name !== "integers") assert.equal(value, Number.NaN, name);
  }
  assert.equal(statsOf(segmentsIn([7]), 0, 0).rate, Number.NaN);
  assert.equal(statsOf(segmentsIn([7]), 0, 0).mean, 7);
});

test("[PG16] a large offset takes nothing from the mean: a million points around 1e9", () => {
  const y = Array.from({ length: 1_000_000 }, (_, i) => 1e9 + (i % 2 === 0 ? 0.25 : 0.75) + (i % 4) / 1024);
  const { mean, rms } = statsOf(segmentsIn(y), 0, 1e6);
  assert.equal(mean, 1e9 + 0.5 + 1.5 / 1024);
  isNear(rms, mean);
});

test("[PG16] numbers that cancel, and those whose squares no float64 holds", () => {
  assert.equal(statsOf(segmentsIn([1e16, 1, -1e16]), 0, 9).mean, 1 / 3);
  const largest = Number.MAX_VALUE;
  const both = statsOf(segmentsIn([largest, -largest]), 0, 9);
  assert.deepEqual([both.mean, both.rms], [0, largest]);
  isNear(statsOf(segmentsIn([largest, largest]), 0, 9).mean, largest);
  const tiny = statsOf(segmentsIn([3e-200, 4e-200]), 0, 9);
  isNear(tiny.rms, Math.sqrt(12.5) * 1e-200);
  assert.equal(statsOf(segmentsIn([5e-324, 5e-324]), 0, 9).rms, 5e-324);
  assert.deepEqual([statsOf(segmentsIn([0, 0]), 0, 9).mean, statsOf(segmentsIn([0, 0]), 0, 9).rms], [0, 0]);
});

/** A sum of dyadic fractions is exact in whole numbers. */
const UNIT = 2 ** -20;
test("[PG16] mean and RMS are those of exact arithmetic, nearly to the last bit", () => {
  const values = fc.array(fc.integer({ min: -(2 ** 50), max: 2 ** 50 }), { minLength: 1, maxLength: 200, size: "max" });
  fc.assert(
    fc.property(values, (whole) => {
      const { mean, rms, min, max } = statsOf(segmentsIn(whole.map((value) => value * UNIT)), 0, 1000);
      const sum = whole.reduce((total, value) => total + BigInt(value), 0n);
      const squares = whole.reduce((total, value) => total + BigInt(value) ** 2n, 0n);
      isNear(mean, (Number(sum) / whole.length) * UNIT, 1e-14);
      isNear(rms, Math.sqrt(Number(squares) / whole.length) * UNIT, 1e-14);
      assert.ok(min <= mean && mean <= max && rms >= Math.abs(mean));
    }),
    { numRuns: 1000 },
  );
});

test("[PG16] a value that stays the same is its own mean and RMS", () => {
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer({ min: 1, max: 99 }),
      (value, count) => {
        const { mean, rms } = statsOf(segmentsIn(Array.from({ length: count }, () => value)), 0, 100);
        // `deepEqual` would tell the zeros apart.
        assert.ok(mean === value && rms === Math.abs(value), `${value}: ${mean}, ${rms}`);
      },
    ),
  );
});

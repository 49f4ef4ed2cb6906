import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fromAxis, nextRange, onAxis, thresholdsOn, yTicks } from "../../../../page/render/y-axis.ts";

const LOG = { log: true };
const labels = (min: number, max: number, height = 300): string[] =>
  yTicks({ range: { min, max }, log: true }, height).map(({ label }) => label);

test("[PG12] a linear axis has round ticks, as many as the height has room for", () => {
  const low = yTicks({ range: { min: 0, max: 10 }, log: false }, 120);
  const high = yTicks({ range: { min: 0, max: 10 }, log: false }, 600);
  assert.deepEqual(
    low.map(({ label }) => label),
    ["0", "5", "10"],
  );
  assert.ok(high.length > low.length);
});

test("[PG12] ticks lie in the range, ascend, say different things, and are not crowded, on either kind of axis", () => {
  const ranges = fc.tuple(
    fc.double({ min: -12, max: 12, noNaN: true }),
    fc.double({ min: -1, max: 1.2, noNaN: true }).map((power) => 10 ** power),
    fc.integer({ min: 100, max: 1200 }),
    fc.boolean(),
  );
  fc.assert(
    fc.property(ranges, ([min, span, height, log]) => {
      const range = { min, max: min + span };
      const ticks = yTicks({ range, log }, height);
      assert.ok(ticks.length >= 1 && ticks.length <= height / 20 + 2, `${ticks.length} ticks on ${height} px`);
      for (const [i, { at }] of ticks.entries()) {
        assert.ok(at >= range.min - span * 1e-6 && at <= range.max + span * 1e-6, `${at}`);
        assert.ok(i === 0 || at > (ticks[i - 1]?.at ?? at));
      }
      assert.equal(new Set(ticks.map(({ label }) => label)).size, ticks.length, ticks.map(({ label }) => label).join());
    }),
  );
});

test("[PG25d] an axis of the largest numbers has round ticks, and its range comes back to smaller ones", () => {
  const range = nextRange(undefined, -1e308, 1e308);
  const ticks = yTicks({ range, log: false }, 300);
  assert.ok(ticks.length >= 5, JSON.stringify(ticks));
  assert.ok(ticks.some(({ label }) => label === "1e308") && ticks.some(({ label }) => label === "-1e308"));
  assert.deepEqual(nextRange(range, 0, 1e300), nextRange(undefined, 0, 1e300));
});

test("[PG25b] where labels would be long, they are counted from a base, which is written once", () => {
  const axis = (min: number, max: number): string[] => {
    const ticks = yTicks({ range: { min, max }, log: false }, 250);
    return [ticks[0]?.base ?? "", ...ticks.map(({ label }) => label)];
  };
  assert.deepEqual(axis(12345678901, 12345678917), ["+12345678900", "2", "4", "6", "8", "10", "12", "14", "16"]);
  assert.deepEqual(axis(1e9, 1e9 + 5000), ["+1e9", "0", "1000", "2000", "3000", "4000", "5000"]);
  assert.deepEqual(axis(-5e15, -5e15 + 10), ["-5e15", "0", "2", "4", "6", "8", "10"]);
  assert.equal(axis(0.1000001, 0.1000009)[2], "0.1000002");
  assert.deepEqual(axis(0, 5e15), ["", "0", "1e15", "2e15", "3e15", "4e15", "5e15"]);
});

test("[PG25b] no two labels of an axis are the same, and none is long, whatever its range", () => {
  const any = fc.tuple(
    fc.double({ min: -18, max: 18, noNaN: true }).map((power) => 10 ** power),
    fc.double({ min: -14, max: 0, noNaN: true }).map((power) => 10 ** power),
    fc.boolean(),
  );
  fc.assert(
    fc.property(any, ([size, part, isNegative]) => {
      const low = isNegative ? -size : size;
      const ticks = yTicks({ range: nextRange(undefined, low, low + size * part), log: false }, 250);
      const said = ticks.map(({ label }) => label);
      assert.ok(said.length >= 2, `${low} + ${size * part}: ${said}`);
      assert.equal(new Set(said).size, said.length, `${low} + ${size * part}: ${said}`);
      assert.ok(
        said.every(({ length }) => length <= 13),
        `${low} + ${size * part}: ${said}`,
      );
    }),
  );
});

test("[PG12] what a logarithmic tick says is the value that stands there", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -8, max: 10, noNaN: true }),
      fc.double({ min: 0.05, max: 9, noNaN: true }),
      (min, span) => {
        for (const { at, label } of yTicks({ range: { min, max: min + span }, log: true }, 400)) {
          const value = fromAxis(LOG, at);
          assert.ok(Math.abs(Number(label) - value) <= value * 1e-6, `${label} at ${value}`);
        }
      },
    ),
  );
});

test("[PG12] a logarithmic axis has powers of ten, with 2 and 5 or 3 between where there is room", () => {
  assert.deepEqual(labels(0, 8), ["1", "10", "100", "1000", "10000", "100000", "1e6", "1e7", "1e8"]);
  assert.deepEqual(labels(-2, 0, 400), ["0.01", "0.03", "0.1", "0.3", "1"]);
  assert.deepEqual(labels(-6, -5), ["1e-6", "2e-6", "5e-6", "1e-5"]);
});

test("[PG12] places on a logarithmic axis are powers of ten; what is not above 0 has none", () => {
  assert.equal(onAxis(LOG, 1000), 3);
  assert.ok(Number.isNaN(onAxis(LOG, 0)) && Number.isNaN(onAxis(LOG, -1)));
  assert.equal(onAxis({ log: false }, -1), -1);
  fc.assert(
    fc.property(fc.double({ min: -300, max: 300, noNaN: true }), fc.boolean(), (place, log) => {
      assert.ok(Math.abs(onAxis({ log }, fromAxis({ log }, place)) - place) < 1e-9);
    }),
  );
});

test("[PG12] the range stays while it fits, and when there is nothing to be seen", () => {
  const first = nextRange(undefined, 0, 10);
  assert.ok(first.min <= 0 && first.max >= 10);
  assert.equal(nextRange(first, 1, 9.5), first);
  assert.equal(nextRange(first, Infinity, -Infinity), first);
  assert.deepEqual(nextRange(undefined, Infinity, -Infinity), { min: 0, max: 1 });
  const wider = nextRange(first, 0, 30);
  assert.ok(wider.max >= 30);
});

test("[PG21b] lines are drawn where their values are in the range of the axis, and nowhere else", () => {
  const linear = { range: { min: -10, max: 100 }, log: false };
  assert.deepEqual(thresholdsOn(linear, [80, -10, 100.1, -1e308, 1e-7]), [
    { at: 80, label: "80", onRight: false },
    { at: -10, label: "-10", onRight: false },
    { at: 1e-7, label: "1e-7", onRight: false },
  ]);
  const log = { range: { min: 0, max: 2 }, log: true };
  assert.deepEqual(thresholdsOn(log, [-5, 0, 0.5, 10, 1000], true), [{ at: 1, label: "10", onRight: true }]);
  assert.deepEqual(thresholdsOn(linear), []);
});

test("[PG25b] where the range begins just below a round number, that is the base", () => {
  const axis = { range: { min: 5e12 - 0.002, max: 5e12 + 0.008 }, log: false };
  assert.deepEqual([...new Set(yTicks(axis, 300).map(({ base }) => base))], ["+5e12"]);
});

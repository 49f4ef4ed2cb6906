import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RingBuffer } from "../../../../page/data/store/ring-buffer.ts";
import { newSeries } from "../../../../page/data/store/series.ts";
import { logTicks } from "../../../../page/lazy/log-ticks.ts";
import { setPrefixes } from "../../../../page/lazy/quantity.ts";
import {
  fromAxis,
  nextRange,
  onAxis,
  type Tick,
  thresholdsOn,
  type YAxis,
  yTicks,
} from "../../../../page/render/y-axis.ts";

const LOG = { log: true };
const labels = (min: number, max: number, height = 300): string[] =>
  ticksOf({ range: { min, max }, log: true }, height).map(({ label }) => label);

/** With what is loaded for logarithmic axes. */
function ticksOf({ range, log }: YAxis, heightPx: number): Tick[] {
  return yTicks({ range, log, ...(log ? { ticks: (px: number) => logTicks(range, px) } : {}) }, heightPx);
}

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
      const ticks = ticksOf({ range, log }, height);
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
        for (const { at, label } of ticksOf({ range: { min, max: min + span }, log: true }, 400)) {
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

test("[PG80a] on any axis as high as two labels there are two at least, and none lies over another", () => {
  const any = fc.tuple(
    fc.double({ min: -1e4, max: 1e4, noNaN: true }),
    fc.double({ min: -3, max: 4, noNaN: true }).map((power) => 10 ** power),
    fc.integer({ min: 30, max: 400 }),
  );
  const check = (range: { min: number; max: number }, log: boolean, height: number): void => {
    const ticks = ticksOf({ range, log }, height);
    const said = `${JSON.stringify(range)} on ${height} px: ${ticks.map(({ label }) => label)}`;
    assert.ok(ticks.length >= 2, said);
    const places = ticks.map(({ at }) => ((at - range.min) / (range.max - range.min)) * height);
    for (const [i, place] of places.entries()) assert.ok(i === 0 || place - (places[i - 1] ?? 0) >= 12.9, said);
    assert.equal(new Set(ticks.map(({ label }) => label)).size, ticks.length, said);
  };
  fc.assert(fc.property(any, ([min, span, height]) => check({ min, max: min + span }, false, height)));
  const decades = fc.tuple(fc.double({ min: -6, max: 6, noNaN: true }), fc.double({ min: 0.1, max: 8, noNaN: true }));
  fc.assert(
    fc.property(decades, fc.integer({ min: 60, max: 400 }), ([min, span], height) =>
      check({ min, max: min + span }, true, height),
    ),
  );
  check({ min: 1.1, max: 1.9 }, false, 96);
  check({ min: 0.3, max: 1.3 }, true, 96);
});

/** A linear axis with one series of a unit. */
function axisOf(min: number, max: number, unit: string, integers = false): YAxis {
  const left: YAxis = { range: { min, max }, log: false };
  const series = { ...newSeries(`a [${unit}]`, new RingBuffer(1)), integers };
  const place = { slot: 0, onRight: false, isHidden: false, minY: min, maxY: max, renderer: {} };
  setPrefixes({ series: [{ ...place, series }], axes: { left, right: undefined } });
  return left;
}

test("[PG81a] an axis of one unit has its prefix, once, and labels and lines without powers of ten", () => {
  const amps = axisOf(-2e-10, 2e-10, "A");
  assert.deepEqual(
    yTicks(amps, 200).map(({ label, base }) => [label, base]),
    ["-200", "-100", "0", "100", "200"].map((label) => [label, "pA"]),
  );
  assert.deepEqual(
    thresholdsOn(amps, [1.2e-10]).map(({ label }) => label),
    ["120"],
  );
  const percent = yTicks(axisOf(0, 2e-10, "%"), 200);
  assert.deepEqual([percent.at(-1)?.label, percent[0]?.base], ["2e-10", undefined]);
  const volts = yTicks(axisOf(0, 5, "V"), 200);
  assert.deepEqual([volts.at(-1)?.label, volts[0]?.base], ["5", undefined]);
  const close = axisOf(2.5e6, 2.5e6 + 10, "Hz");
  assert.equal(yTicks(close, 200)[0]?.label, "2500000", "where they lie close together they are written out");
  const whole = yTicks(axisOf(2e6, 3e6, "Hz", true), 200);
  assert.deepEqual([whole[0]?.label, whole[0]?.base], ["2000000", undefined], "and so are whole numbers");
});

test("[PG81c] whatever the axis, a label with its prefix is the value that stands there", () => {
  const range = fc.tuple(
    fc.double({ min: -18, max: 18, noNaN: true }).map((power) => 10 ** power),
    fc.double({ min: -1.5, max: 1, noNaN: true }),
  );
  const factors: Record<string, number> = {
    p: -12,
    n: -9,
    µ: -6,
    m: -3,
    k: 3,
    M: 6,
    G: 9,
    T: 12,
    P: 15,
    E: 18,
    f: -15,
    a: -18,
  };
  fc.assert(
    fc.property(range, ([size, part]) => {
      const axis = axisOf(size * part, size * (part + 1), "A");
      for (const { at, label, base = "" } of yTicks(axis, 200)) {
        if (!base.endsWith("A")) continue;
        const value = Number(label) * 10 ** (factors[base.slice(0, -1)] ?? 0);
        assert.ok(Math.abs(value - at) <= 1e-9 * size, `${label} ${base} at ${at}`);
      }
    }),
  );
});

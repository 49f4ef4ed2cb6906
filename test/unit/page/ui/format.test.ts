import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { niceStep, numberLabels, ticks, timeLabels, timeStep, timeTicks } from "../../../../page/render/ticks.ts";
import { paddedRange, stableRange } from "../../../../page/render/y-range.ts";
import {
  counted,
  formatCount,
  formatDuration,
  formatRate,
  formatValue,
  type NumberStyle,
  numberStyle,
} from "../../../../page/ui/format.ts";

const written = (value: number, low: number, high: number, integers = false): string =>
  formatValue(value, numberStyle(low, high, integers));

test("[PG1] a value has the digits that its range gives a meaning to", () => {
  assert.equal(written(-0.70654321, -1, 1), "-0.707");
  assert.equal(written(62.4712, 58, 66), "62.47");
  assert.equal(written(241.8312, 210, 250), "241.83");
  assert.equal(written(24.4, 24.4, 24.4), "24.40");
  assert.equal(written(1234567, 1234000, 1234567, true), "1234567");
  assert.equal(written(0, 0, 0), "0");
  assert.equal(written(-0.0001, -1, 1), "0.000");
  assert.equal(written(1.5e300, -1.5e300, 1.5e300), "1.500e300");
  assert.equal(written(-2e-9, -2e-9, 2e-9), "-2.000e-9");
  assert.equal(written(Number.NaN, Number.NaN, Number.NaN), "–");
});

test("[PG25a] large values that differ little are written with all digits that tell them apart", () => {
  assert.equal(written(12345678901, 12345678901, 12345678917, true), "12345678901");
  assert.equal(written(1539328145836, 1539328145836, 1539328145836, true), "1539328145836");
  assert.equal(written(1539328145836.5, 1539328145836.5, 1539328145836.5), "1539328145837");
  assert.equal(written(1000000007, 1e9, 1e9 + 5000, true), "1000000007");
  assert.equal(written(1795874917350, 1795874917350, 1795874927350, true), "1795874917350");
  assert.equal(written(0.1000002, 0.1000001, 0.1000009), "0.100000200");
  assert.equal(written(-5e15 + 3, -5e15, -5e15 + 10, true), "-4999999999999997");
  assert.equal(written(2.5e9, 1e9, 5e9, true), "2.500e9");
  assert.equal(written(6.02214076e23, 6.02214076e23, 6.02214077e23), "6.02214076000e23");
  assert.equal(written(-123456789.5, -123456789.5, -123456788.5), "-123456789.500");
});

test("[PG25a] every float64 is written in at most 23 characters, and is read back nearly the same", () => {
  // Rounded to a few digits, the very largest would be read back as infinite.
  const any = fc.double({ min: -1.7e308, max: 1.7e308, noNaN: true });
  fc.assert(
    fc.property(any, any, any, fc.boolean(), (a, b, value, integers) => {
      const style = numberStyle(Math.min(a, b), Math.max(a, b), integers);
      const text = formatValue(value, style);
      assert.ok(text.length <= 23, text);
      assert.ok(!text.startsWith("-0") || Number(text) !== 0, text);
      if (style.kind === "power" && value !== 0)
        assert.ok(Math.abs(Number(text) / value - 1) < 0.01, `${value} as ${text}`);
    }),
  );
});

test("[PG1] a range that breathes does not change the number of places", () => {
  let style: NumberStyle | undefined;
  const places = new Set<string>();
  for (let i = 0; i < 200; i++) {
    const wobble = 1 + 0.2 * Math.sin(i);
    style = numberStyle(-wobble, wobble, false, style);
    places.add(JSON.stringify(style));
  }
  assert.equal(places.size, 1);
});

test("counts, rates and durations are short", () => {
  assert.equal(formatCount(1234567), "1\u202f234\u202f567");
  assert.deepEqual([0, 0.24, 1.04, 2.51, 9.9, 12.34, 9987].map(formatRate), [
    "0",
    "0.2",
    "1",
    "2.5",
    "10",
    "12",
    "9\u202f990",
  ]);
  assert.deepEqual([0.4, 42, 999.7, 1234, 9960, 61_000].map(formatDuration), [
    "0 ms",
    "42 ms",
    "1.0 s",
    "1.2 s",
    "10 s",
    "61 s",
  ]);
  assert.deepEqual(
    [counted(1, "viewer"), counted(2, "viewer"), counted(3, "series")],
    ["1 viewer", "2 viewers", "3 series"],
  );
});

test("[PG2] [PG25d] a y range holds its values, up to the largest float64, and is never empty", () => {
  const any = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(any, any, (a, b) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const { min, max } = paddedRange(low, high);
      assert.ok(Number.isFinite(min) && Number.isFinite(max) && max > min, `${low}…${high} → ${min}…${max}`);
      assert.ok(min <= low && max >= high, `${low}…${high} → ${min}…${max}`);
    }),
  );
});

test("[PG2] flat lines have room, and noise of float32 is flat", () => {
  assert.deepEqual(paddedRange(0, 0), { min: -1, max: 1 });
  const { min, max } = paddedRange(24.4, 24.4);
  assert.ok(min < 23 && max > 25.5);
  const noise = paddedRange(1000, Math.fround(1000.0001));
  assert.ok(noise.max - noise.min > 0.0009);
});

test("[PG25c] values that differ by what a float64 holds have a range of their own, however large they are", () => {
  for (const [low, high] of [
    [12345678901, 12345678917],
    [16_000_000, 16_000_005],
    [-5e15, -5e15 + 40],
    [1000, 1000.0001],
    [0.1000001, 0.1000009],
  ] as const) {
    const { min, max } = paddedRange(low, high);
    assert.ok(max - min < 2 * (high - low), `${low}…${high} → ${min}…${max}`);
  }
});

test("[PG2] a range stays while it fits, grows at once, and shrinks when it is much too large", () => {
  const first = paddedRange(-1, 1);
  assert.equal(stableRange(first, -0.95, 0.97), first);
  assert.ok(stableRange(first, -1, 3).max >= 3);
  assert.ok(stableRange(first, -0.1, 0.1).max < 0.5);
});

test("[PG2] ticks are round numbers with as many places as they need", () => {
  assert.deepEqual([0.7, 1, 1.1, 3, 6, 0.03].map(niceStep), [1, 1, 2, 5, 10, 0.05]);
  assert.deepEqual(ticks(-0.25, 0.31, 0.1), [-0.2, -0.1, 0, 0.1, 0.2, 0.3]);
  assert.deepEqual(numberLabels([-0.2, 0, 0.2], 0.2), ["-0.2", "0.0", "0.2"]);
  assert.deepEqual(numberLabels([0, 2.5e9, 5e9], 5e8), ["0", "2.5e9", "5e9"]);
  assert.deepEqual(numberLabels([0, 1.5e300], 5e299), ["0", "1.5e300"]);
});

test("[PG2c] a time axis has the steps of a clock, local time, and fractions only where they differ", () => {
  assert.deepEqual([0.04, 0.7, 4, 11, 40, 70, 5000].map(timeStep), [0.05, 1, 5, 15, 60, 120, 7200]);
  const noon = new Date(2026, 10, 20, 12, 0, 0).getTime() / 1000;
  assert.deepEqual(timeLabels(timeTicks(noon + 1, noon + 16, 5), 5), ["12:00:05", "12:00:10", "12:00:15"]);
  assert.deepEqual(timeLabels([noon + 0.5, noon + 1], 0.5), ["12:00:00.5", "12:00:01.0"]);
  assert.deepEqual(timeLabels(timeTicks(noon, noon + 7200, 3600), 3600), ["12:00", "13:00", "14:00"]);
});

test("[PG28a] [PG28b] ticks of days, months and years are those of the local calendar, and say the year", () => {
  const at = (year: number, month: number, day = 1): number => new Date(year, month, day).getTime() / 1000;
  const year = new Date().getFullYear();
  const said = (from: number, to: number, roughS: number): string[] => {
    const step = timeStep(roughS);
    const found = timeTicks(from, to, step);
    for (const each of found) {
      const date = new Date(each * 1000);
      assert.deepEqual([date.getHours(), date.getMinutes()], [0, 0], "at midnight, whatever the season");
    }
    return timeLabels(found, step);
  };
  assert.deepEqual(said(at(2019, 5), at(2026, 5), 300 * 86_400), [
    "2020",
    "2021",
    "2022",
    "2023",
    "2024",
    "2025",
    "2026",
  ]);
  assert.deepEqual(said(at(1604, 0), at(2026, 0), 40 * 365 * 86_400).slice(-2), ["1970", "2020"]);
  const months = said(at(2024, 10, 5), at(2025, 4, 1), 50 * 86_400);
  assert.ok(months.length === 3 && months[0]?.includes("2025"), months.join());
  const days = said(at(2023, 2, 20), at(2023, 3, 3), 80_000);
  assert.ok(days.length === 15 && days.every((day) => day.includes("2023")) && new Set(days).size === 15, days.join());
  const thisYear = said(at(year, 2, 20), at(year, 2, 23), 80_000);
  assert.ok(
    thisYear.every((day) => !day.includes(String(year))),
    thisYear.join(),
  );
});

test("an axis never has more than 60 ticks, whatever its range", () => {
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: 1e-300, max: 1e300, noNaN: true }),
      (min, step) => {
        assert.ok(ticks(min, min + 1e6 * step, step).length <= 60);
      },
    ),
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { secondsOfText } from "../../../../protocol/json/date-text.ts";

const AT = 1_795_873_059; // 2026-11-28T13:37:39Z

for (const [text, seconds] of [
  ["2026-11-28T13:37:39Z", AT],
  ["2026-11-28T13:37:39", AT],
  ["2026-11-28 13:37:39", AT],
  ["2026-11-28t13:37:39z", AT],
  ["2026/11/28 13:37:39", AT],
  [" 2026-11-28T13:37:39Z\n", AT],
  ["2026-11-28T13:37Z", AT - 39],
  ["2026-11-28T13:37", AT - 39],
  ["2026-11-28 13:37:39 UTC", AT],
  ["2026-11-28T13:37:39,25Z", AT + 0.25],
  ["2026-11-28T13:37:39.25", AT + 0.25],
  ["2026-11-28T13:37:39.123456Z", 1_795_873_059.123_456],
  ["2026-11-28T13:37:39.123456789Z", 1_795_873_059.123_456_7],
  ["2026-11-28 13:37:39+01", AT - 3600],
  ["2026-11-28T14:37:39+0100", AT],
  ["2026-11-28T14:37:39+01:00", AT],
  ["2026-11-28 14:37:39 +0100", AT],
  ["2026-11-28T08:07:39-05:30", AT],
  ["2026-11-28T14:37:39+01:00[Europe/Berlin]", AT],
  ["20261128T133739Z", AT],
  ["20261128T133739,5+01", AT - 3599.5],
  ["20261128T1337", AT - 39],
  ["2026-11-28", 1_795_824_000],
  ["2026-11-27T24:00:00Z", 1_795_824_000],
  ["2024-02-29T00:00:00Z", 1_709_164_800],
  ["1969-12-31T23:59:59.5Z", -0.5],
  ["0001-01-01T00:00:00Z", -62_135_596_800],
] as const) {
  test(`[PT6f] ${JSON.stringify(text)} is read`, () => assert.equal(secondsOfText(text), seconds));
}

for (const [text, seconds] of [
  ["Sat, 28 Nov 2026 13:37:39 GMT", AT],
  ["Sat, 28 Nov 2026 14:37:39 +0100", AT],
  ["28 Nov 2026 13:37 +0000", AT - 39],
  ["Sat Nov 28 13:37:39 2026", AT],
  ["Tue Dec  1 00:00:00 2026", 1_796_083_200],
] as const) {
  test(`[PT6g] ${JSON.stringify(text)} is read`, () => assert.equal(secondsOfText(text), seconds));
}

for (const text of [
  "",
  "noon",
  "17",
  "1795873059",
  "20261128",
  "20261128133739",
  "2026-02-30",
  "2026-02-29T00:00:00Z",
  "2100-02-29",
  "2026-13-01",
  "2026-00-10",
  "2026-11-31T00:00:00Z",
  "2026-11-28T25:61:00Z",
  "2026-11-28T24:00:01Z",
  "2016-12-31T23:59:60Z",
  "2026-11-28T13:60Z",
  "2026-11-28T13",
  "2026-11-28T13:37:39.Z",
  "2026-11-28T13:37:39.5.5Z",
  "2026-11-28T13:37.5Z",
  "2026-11-28 01:37:39 PM",
  "2026-11-28T13:37:39 CET",
  "2026-11-28T13:37:39+1",
  "2026-11-28T13:37:39+01:",
  "2026-11-28T13:37:39+0100x",
  "2026-11-28T13:37:39+24:00",
  "2026-11-28T13:37:39ZZ",
  "2026-11/28",
  "2026-W48-6",
  "2026-332",
  "2026-11",
  "28.11.2026 13:37:39",
  "11/28/2026 13:37:39",
  "28/11/2026",
  "13:37:39",
  "39,25",
  "+002026-11-28T13:37:39Z",
  "Fri, 28 Nov 2026 13:37:39 GMT",
  "Sat, 28 Nov 2026 13:37:39 EST",
  "Sat Nov 31 13:37:39 2026",
  `2026-11-28T13:37:39.${"1".repeat(100)}Z`,
]) {
  test(`[PT6h] ${JSON.stringify(text)} is no time`, () => assert.equal(secondsOfText(text), undefined));
}

test("[PT6f] 5,000 times of a second, in microseconds, are as many x", () => {
  const times = new Set<number>();
  for (let i = 0; i < 5000; i++) {
    const seconds = secondsOfText(`2026-11-28T13:37:39.${String(i * 200).padStart(6, "0")}Z`) ?? Number.NaN;
    assert.ok(Math.abs(seconds - (AT + i * 0.0002)) < 2.4e-7);
    times.add(seconds);
  }
  assert.equal(times.size, 5000);
});

const anyDate = fc.date({
  min: new Date("0000-01-01T00:00:00Z"),
  max: new Date("9999-12-31T23:59:59.999Z"),
  noInvalidDate: true,
});
const anyOffset = fc.integer({ min: -1439, max: 1439 });

test("[PT6f] whatever Date writes is read as Date reads it, in any form", () => {
  fc.assert(
    fc.property(anyDate, fc.constantFrom("T", "t", " "), fc.boolean(), (date, between, isBasic) => {
      const iso = date.toISOString();
      const text = isBasic ? iso.replace(/[-:]/g, "") : iso.replace("T", between);
      const seconds = secondsOfText(text) ?? Number.NaN;
      if (date.getTime() >= 0) assert.equal(seconds, Date.parse(iso) / 1000);
      else assert.ok(Math.abs(seconds - Date.parse(iso) / 1000) < 1e-9);
    }),
  );
});

test("[PT6f] any offset is subtracted", () => {
  fc.assert(
    fc.property(anyDate, anyOffset, fc.constantFrom(":", ""), (date, minutes, colon) => {
      const two = (number: number): string => String(Math.floor(number)).padStart(2, "0");
      const offset = `${minutes < 0 ? "-" : "+"}${two(Math.abs(minutes) / 60)}${colon}${two(Math.abs(minutes) % 60)}`;
      const text = date.toISOString().replace("Z", offset);
      const expected = (date.getTime() - minutes * 60_000) / 1000;
      assert.ok(Math.abs((secondsOfText(text) ?? Number.NaN) - expected) < 1e-4, text);
    }),
  );
});

test("[PT6h] text of digits and signs is read as Date reads it, or not at all", () => {
  const part = fc.constantFrom("20", "26", "02", "30", "11", "28", "-", ":", "T", "Z", "+", "13", "61", ".", "5", " ");
  fc.assert(
    fc.property(fc.array(part, { maxLength: 16 }), (parts) => {
      const text = parts.join("");
      const seconds = secondsOfText(text);
      if (seconds === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text))
        return;
      assert.equal(seconds, Date.parse(text) / 1000);
    }),
    { numRuns: 20_000 },
  );
});

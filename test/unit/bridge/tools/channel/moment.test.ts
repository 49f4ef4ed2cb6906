import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAgo, parseMoment } from "../../../../../bridge/tools/channel/moment.ts";

const NOW_MS = Date.UTC(2026, 10, 30, 12);
const NOW = NOW_MS / 1000;

test("[GE2] a time is so long before now, a date, or x as a number", () => {
  const cases: [string, number][] = [
    ["now", NOW],
    ["-30s", NOW - 30],
    ["-1.5m", NOW - 90],
    ["-1h", NOW - 3600],
    ["-2d", NOW - 172_800],
    ["2026-11-30", NOW - 43_200],
    ["2026-11-30 11:59", NOW - 60],
    ["2026-11-30T11:59:30.5", NOW - 29.5],
    ["2026-11-30T12:00:00Z", NOW],
    ["2026-11-30T13:00:00+01:00", NOW],
    ["-5", -5],
    ["0", 0],
    ["1796040000.25", 1_796_040_000.25],
  ];
  for (const [text, x] of cases) assert.equal(parseMoment(text, NOW_MS), x, text);
  for (const text of ["", " ", "1h", "-1w", "-h", "yesterday", "2026-13-01", "2026-11-30 25:00", "Infinity", "NaN"])
    assert.throws(() => parseMoment(text, NOW_MS), /Give a time before now/, text);
});

test("[WA3] a beginning is so long before now", () => {
  assert.deepEqual(["-30s", "-15m", "-1h", "-0.001s"].map(parseAgo), [30, 900, 3600, 1]);
  for (const text of ["5", "-5", "now", "2026-11-30"])
    assert.throws(() => parseAgo(text), /Give a time before now/, text);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../../../../../protocol/problem.ts";
import { xIn } from "../../../../../worker/http/read/query-time.ts";

/** 2026-11-30T19:37:49Z. */
const NOW = 1_796_067_469;

function fromOf(query: string, numbersAs: "times" | "x" = "times"): number | undefined {
  return xIn(new URLSearchParams(query), "from", numbersAs, NOW * 1000);
}

for (const [query, x] of [
  ["from=1796067469", NOW],
  ["from=1796067469.25", NOW + 0.25],
  ["from=1796067469250", NOW + 0.25],
  ["from=1796067469250000", NOW + 0.25],
  ["from=1796067469000000000", NOW],
  ["from=1.79606746925e12", NOW + 0.25],
  // A date in no unit: x as it is.
  ["from=99999999999", 99_999_999_999],
  ["from=500000000000", 500_000_000_000],
  ["from=1e300", 1e300],
  ["from=-1e300", -1e300],
  ["from=-30", -30],
  ["from=0", 0],
] as const) {
  test(`[RT5n] ${query} is x ${x}`, () => assert.equal(fromOf(query), x));
}

for (const [query, x] of [
  ["from=2026-11-30T19:37:49Z", NOW],
  ["from=2026-11-30T19:37:49", NOW],
  ["from=2026-11-30T19:37:49.25Z", NOW + 0.25],
  ["from=2026-11-30T20:37:49%2B01:00", NOW],
  ["from=2026-11-30T20:37:49+01:00", NOW],
  ["from=2026-11-30T20:37:49.25+0100", NOW + 0.25],
  ["from=20261130T203749+01", NOW],
  ["from=2026-11-30T14:37:49-05:00", NOW],
  ["from=2026-11-30+19:37:49", NOW],
  ["from=2026-11-30+19:37", NOW - 49],
  ["from=2026-11-30+20:37+01:00", NOW - 49],
  ["from=2026-11-30", 1_795_996_800],
] as const) {
  test(`[RT5o] ${query} is ${x}, in UTC unless it says otherwise`, () => assert.equal(fromOf(query), x));
}

for (const [query, x] of [
  ["from=now", NOW],
  ["from=-1h", NOW - 3600],
  ["from=-30s", NOW - 30],
  ["from=-15m", NOW - 900],
  ["from=-2d", NOW - 172_800],
  ["from=-500ms", NOW - 0.5],
  ["from=-1.5h", NOW - 5400],
] as const) {
  test(`[RT5p] ${query} is counted from now`, () => assert.equal(fromOf(query), x));
}

for (const query of [
  "from=",
  "from=+1h",
  "from=1h",
  "from=-1w",
  "from=-1H",
  "from=-h",
  "from=-1e3s",
  "from=yesterday",
]) {
  for (const numbersAs of ["times", "x"] as const) {
    test(`[RT5q] ${query} is refused with what is possible, where numbers are ${numbersAs}`, () => {
      assert.throws(() => fromOf(query, numbersAs), {
        code: "query-invalid",
        message:
          "In the query, from must be a time: unix seconds (or milliseconds, microseconds, nanoseconds), ISO 8601 such as " +
          "2026-11-28T13:37:39Z, now, or a time before now such as -1h (ms, s, m, h, d).",
      } satisfies Partial<Problem>);
    });
  }
}

for (const query of ["from=2026-02-30T00:00:00Z", "from=2026-11-30T25:00:00Z", `from=-${"9".repeat(400)}s`]) {
  test(`[RT5q] ${query.slice(0, 40)} is refused`, () => assert.throws(() => fromOf(query), Problem));
}

test("[RT5n] numbers for frames are x as it stands in them", () => {
  assert.equal(fromOf("from=1796067469250", "x"), 1_796_067_469_250);
  assert.equal(fromOf("from=-1h", "x"), NOW - 3600);
});

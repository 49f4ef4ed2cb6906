import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cursorText } from "../../../../../page/lazy/pointing/cursor-text.ts";

const NOON = new Date(2026, 5, 15, 12, 0, 0).getTime() / 1000;
const seen = (span: number, min = NOON) => ({ min, max: min + span });

test("[PG18] a time is said as finely as it is seen, and to the second at least", () => {
  assert.equal(cursorText(NOON + 1.25, undefined, seen(10), true, NOON * 1000), "12:00:01.250");
  assert.equal(cursorText(NOON + 1, undefined, seen(30), true, NOON * 1000), "12:00:01.00");
  assert.equal(cursorText(NOON + 61, undefined, seen(300), true, NOON * 1000), "12:01:01.0");
  assert.equal(cursorText(NOON + 61, undefined, seen(86_400), true, NOON * 1000), "12:01:01");
});

test("[PG18] a number is said with the places that what is seen asks for", () => {
  assert.equal(cursorText(1234, undefined, { min: 0, max: 10_000 }, false), "1234");
  assert.equal(cursorText(0.5, undefined, { min: 0, max: 1 }, false), "0.5000");
});

test("[PG18] from the mark it is so far, and how often that fits into a second", () => {
  assert.equal(cursorText(NOON + 5, NOON + 3, seen(10), true, NOON * 1000), "12:00:05.000 · Δ 2.000 s · 0.5 Hz");
  assert.equal(cursorText(NOON + 3, NOON + 3.02, seen(10), true, NOON * 1000), "12:00:03.000 · Δ -0.020 s · 50 Hz");
  assert.equal(cursorText(NOON + 5.97, NOON + 3, seen(10), true, NOON * 1000), "12:00:05.970 · Δ 2.970 s · 0.337 Hz");
  assert.equal(
    cursorText(NOON + 3, NOON + 3.0001, seen(10), true, NOON * 1000),
    "12:00:03.000 · Δ -1e-4 s · 10\u202f000 Hz",
  );
  assert.equal(cursorText(7, 3, { min: 0, max: 2000 }, false), "7 · Δ 4", "numbers have no frequency");
});

test("[PG18] at the mark itself there is no frequency", () => {
  assert.equal(cursorText(NOON, NOON, seen(10), true, NOON * 1000), "12:00:00.000 · Δ 0 s");
});

test("[PG18] whatever is seen, what is said is no further from it than two pixels of a wide screen", () => {
  const spans = fc.double({ min: -3, max: 7, noNaN: true }).map((power) => 10 ** power);
  fc.assert(
    fc.property(spans, fc.double({ min: 0, max: 1, noNaN: true }), (span, part) => {
      const x = part * span;
      const said = Number(cursorText(x, undefined, { min: 0, max: span }, false));
      assert.ok(Math.abs(said - x) <= (2 * span) / 2000 + 1e-12, `${said} for ${x} of ${span}`);
    }),
  );
});

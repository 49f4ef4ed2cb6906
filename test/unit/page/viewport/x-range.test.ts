import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Range } from "../../../../page/data/segment.ts";
import { inSteps, panned, within, zoomed } from "../../../../page/viewport/x-range.ts";

const T = 1.7e9;
/** Ranges as a page may look at: around a time or around 0, from a tenth of a second to weeks wide. */
const ranges: fc.Arbitrary<Range> = fc
  .tuple(
    fc.constantFrom(0, T),
    fc.double({ min: -1000, max: 1000, noNaN: true }),
    fc.double({ min: -1, max: 6, noNaN: true }),
  )
  .map(([origin, aside, power]) => ({ min: origin + aside, max: origin + aside + 10 ** power }));
const segments = fc.double({ min: 0, max: 1, noNaN: true });

const spanOf = ({ min, max }: Range): number => max - min;
/** How far off a result may be: a part of what is seen, and what a float64 has left of a time. */
const near = (a: number, b: number, span: number): boolean => Math.abs(a - b) <= span * 1e-9 + T * 2 ** -50;

test("[PG14] zooming leaves what is under the pointer where it is, and makes the range so much wider", () => {
  fc.assert(
    fc.property(ranges, segments, fc.double({ min: 0.25, max: 4, noNaN: true }), (range, segment, factor) => {
      const at = range.min + segment * spanOf(range);
      const now = zoomed(range, factor, at);
      assert.ok(near(spanOf(now), spanOf(range) * factor, spanOf(range)));
      assert.ok(
        near(now.min + segment * spanOf(now), at, spanOf(range)),
        `${now.min + segment * spanOf(now)}, not ${at}`,
      );
    }),
  );
});

test("[PG14] however far one zooms in, there are different numbers left between the edges", () => {
  for (const range of [
    { min: T, max: T + 10 },
    { min: -5, max: 5 },
    { min: 0, max: 1e-9 },
    { min: 1e15, max: 1e15 + 100 },
  ]) {
    let now = range;
    for (let i = 0; i < 500; i++) now = zoomed(now, 0.5, now.min + spanOf(now) / 3);
    const middle = (now.min + now.max) / 2;
    assert.ok(now.min < middle && middle < now.max, `${now.min} to ${now.max}`);
  }
});

test("[PG14] panning keeps the width, and there and back again is where one was", () => {
  fc.assert(
    fc.property(ranges, fc.double({ min: -3, max: 3, noNaN: true }), (range, by) => {
      const there = panned(range, by);
      assert.ok(near(spanOf(there), spanOf(range), spanOf(range)));
      assert.ok(near(there.min, range.min + by * spanOf(range), spanOf(range)));
      const back = panned(there, -by);
      assert.ok(near(back.min, range.min, spanOf(range)) && near(back.max, range.max, spanOf(range)));
    }),
  );
});

test("[PG14] what there is is left by half of the range at most; a range inside is left alone", () => {
  assert.deepEqual(within({ min: 20, max: 40 }, 0, 100), { min: 20, max: 40 });
  assert.deepEqual(within({ min: 95, max: 105 }, 0, 100), { min: 95, max: 105 });
  assert.deepEqual(within({ min: 200, max: 220 }, 0, 100), { min: 90, max: 110 });
  assert.deepEqual(within({ min: -90, max: -70 }, 0, 100), { min: -10, max: 10 });
  // Wider than all there is: all of it is seen.
  assert.deepEqual(within({ min: -900, max: 300 }, 0, 100), { min: -600, max: 600 });
  // Before the first point nothing is known.
  assert.deepEqual(within({ min: 5, max: 6 }, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY), { min: 5, max: 6 });
  fc.assert(
    fc.property(ranges, ranges, (range, there) => {
      const now = within(range, there.min, there.max);
      const half = spanOf(range) / 2;
      assert.ok(now.max <= there.max + half && now.max >= there.min - 1e-6 - half * 1e-6);
      assert.ok(spanOf(now) <= spanOf(range) * (1 + 1e-6) + 1e-6, "never wider than it was");
    }),
  );
});

test("[PG14] where one is already further away, one may stay, come nearer, and go no further", () => {
  const from = { min: -290, max: 10 };
  assert.deepEqual(within({ min: -260, max: -20 }, 0, 10, from), { min: -260, max: -20 });
  assert.deepEqual(within({ min: -320, max: -20 }, 0, 10, from), { min: -290, max: 10 });
  assert.deepEqual(within({ min: -200, max: 100 }, 0, 10, from), { min: -200, max: 100 });
  fc.assert(
    fc.property(ranges, segments, segments, ranges, (from, left, width, there) => {
      const span = spanOf(from) * Math.max(width, 0.01);
      const min = from.min + left * (spanOf(from) - span);
      const inside = { min, max: Math.min(min + span, from.max) };
      assert.deepEqual(within(inside, there.min, there.max, from), inside, "zooming in is never held up");
    }),
  );
});

test("[PG9] a picture that grows changes its width now and then, and is never too narrow, nor much too wide", () => {
  const widths = new Set<number>();
  for (let max = T + 1; max <= T + 1000; max++) {
    const now = inSteps({ min: T, max });
    assert.ok(now.min === T && now.max >= max && spanOf(now) <= (max - T) * 1.04 + 1e-6, `${spanOf(now)}`);
    widths.add(spanOf(now));
  }
  assert.ok(widths.size < 250, `${widths.size} widths`);
});

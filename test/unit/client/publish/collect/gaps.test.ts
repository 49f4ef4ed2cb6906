/** Gaps that are merged, and what a frame can say of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gapOf, gapsIn, mergeLosses, withGaps } from "../../../../../client/publish/collect/gaps.ts";
import { frameOfRows, rowOf } from "../../../../support/publish.ts";

test("[BR16] losses of more points than a number can count exactly are one of which nobody knows how many", () => {
  const half = (Number.MAX_SAFE_INTEGER - 1) / 2;
  for (const [added, points] of [
    [half + 1, Number.MAX_SAFE_INTEGER],
    [half + 2, null],
  ] as const) {
    const merged = mergeLosses([gapOf("publisher-dropped", half), gapOf("publisher-dropped", added)]);
    assert.deepEqual(merged, [gapOf("publisher-dropped", points)]);
    const frame = withGaps(frameOfRows("00000000000000aa", 1, [rowOf(1, { y: 1 })]), merged);
    assert.deepEqual(gapsIn(frame), merged);
  }
});

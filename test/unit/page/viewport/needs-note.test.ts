import assert from "node:assert/strict";
import { test } from "node:test";
import type { Series } from "../../../../page/data/store/series.ts";
import { needsNote } from "../../../../page/viewport/needs-note.ts";
import { channelData, receive, rowOf } from "../../../support/channel-data.ts";

const NOW = 1_700_000_000;
const VIEW = { min: NOW - 30, max: NOW };

/** A series whose points came in this order, a frame each. */
function seriesOf(...xs: number[]): Series {
  const source = channelData();
  for (const x of xs) receive(source, [rowOf(x, { y: 1 })]);
  const [series] = source.series;
  assert.ok(series !== undefined);
  return series;
}

for (const [what, series, isNoted] of [
  ["is in view", seriesOf(NOW - 20, NOW - 10), false],
  ["ends before the view", seriesOf(NOW - 40, NOW - 31), true],
  ["is ahead of the view", seriesOf(NOW - 10, NOW + 1), true],
  ["is in view by a clock that is days off", { ...seriesOf(NOW - 10), lateX: -172_801 }, true],
  ["has later points than where it goes on", seriesOf(NOW + 3600, ...[16, 15, 14, 13].map((s) => NOW - s)), true],
] as const)
  test(`[PG27c] a live series that ${what} ${isNoted ? "may have" : "has"} ${isNoted ? "something" : "nothing"} said of it`, () => {
    assert.equal(needsNote(series, VIEW, true), isNoted);
    assert.equal(needsNote(series, VIEW, false), false, "nothing is said while the picture is paused");
  });

test("[PG26] a path is drawn by what is loaded for it, paused or not", () => {
  const path = seriesOf(1, 2, 1.5, 2.5, 1, 2, 3, 1, 2);
  for (const isLive of [true, false]) assert.ok(needsNote(path, { min: 0, max: 4 }, isLive));
});

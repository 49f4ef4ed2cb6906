import assert from "node:assert/strict";
import { test } from "node:test";
import { usualPauseMs } from "../../../protocol/pause.ts";

/** Times with these pauses between them. */
function timesOf(...pauses: number[]): number[] {
  const times = [1_000_000];
  for (const pauseMs of pauses) times.push((times.at(-1) ?? 0) + pauseMs);
  return times;
}

const repeated = (count: number, pauseMs: number): number[] => Array.from({ length: count }, () => pauseMs);

test("[VW12c] the usual pause is the median: neither the shortest, the longest nor the mean", () => {
  assert.equal(usualPauseMs(timesOf(100, 9_000, 300)), 300);
  assert.equal(usualPauseMs(timesOf(9_000, 100, 300, 200, 250)), 250);
});

test("[VW12c] it is that of the last 16 pauses, no more and no fewer", () => {
  // Of sixteen, half are of either kind. One before would make the short ones more, and without the oldest they are more.
  const last = [...repeated(8, 300), ...repeated(8, 100)];
  assert.equal(usualPauseMs(timesOf(...last)), 300);
  assert.equal(usualPauseMs(timesOf(...repeated(40, 100), ...last)), 300);
  assert.equal(usualPauseMs(timesOf(...last.slice(1))), 100);
});

test("[VW12d] times less than 50 ms apart are one, and fewer than three show no pause", () => {
  assert.equal(usualPauseMs(timesOf(50, 50)), 50);
  assert.equal(usualPauseMs(timesOf(49, 49)), undefined);
  assert.equal(usualPauseMs(timesOf(50)), undefined);
  assert.equal(usualPauseMs(timesOf(49, 1)), undefined);
});

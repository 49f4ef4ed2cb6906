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

test("[VW12c] [VW12d] the usual pause is the median of the last few; what comes together is one beat; two show no pace", () => {
  assert.equal(usualPauseMs([]), undefined);
  assert.equal(usualPauseMs([0, 60_000]), undefined);
  assert.equal(usualPauseMs([0, 60_000, 120_000]), 60_000);
  assert.equal(usualPauseMs([0, 1, 49, 60_000, 60_020, 120_000, 120_001]), 60_000);
  assert.equal(usualPauseMs([0, 10, 20, 30]), undefined);
  const paused = [...Array.from({ length: 10 }, (_, i) => 100 * i), 900_000];
  assert.equal(usualPauseMs(paused), 100);
  const faster = [
    ...Array.from({ length: 50 }, (_, i) => 1000 * i),
    ...Array.from({ length: 17 }, (_, i) => 50_000 + 100 * i),
  ];
  assert.equal(usualPauseMs(faster), 100);
});

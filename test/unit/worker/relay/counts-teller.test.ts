/** What a relay tells of its viewers, and when. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ViewerCounts } from "../../../../worker/hub/viewer-counts.ts";
import { CountsTeller, MAX_SHARES, relayCounts } from "../../../../worker/relay/counts-teller.ts";

const counts = (viewers: number): ReturnType<typeof relayCounts> => ({ viewers, behind: 0, shares: [] });

test("[RL4c] of tokens and addresses those are told that are nearest to their bound", () => {
  const viewers = new ViewerCounts();
  for (let i = 0; i < 200; i++) for (let n = 0; n < 5; n++) viewers.add(`crowd-${i}`, 2000);
  viewers.add("full", 1);
  viewers.add("unbounded");
  const told = relayCounts({ count: 1002, behindCount: 4, viewers });
  assert.deepEqual([told.viewers, told.behind, told.shares.length], [1002, 4, MAX_SHARES]);
  assert.deepEqual(told.shares[0], ["full", 1, 1]);
  viewers.remove("full");
  assert.notEqual(relayCounts({ count: 1001, behindCount: 4, viewers }).shares[0]?.[0], "full");
});

test("[RL4b] what changed is told once a second at most, and what is known not at all", () => {
  const teller = new CountsTeller();
  assert.equal(teller.dueInMs(counts(0), 0), 0);
  teller.told(counts(1), 5000);
  assert.equal(teller.dueInMs(counts(1), 5000), undefined);
  assert.equal(teller.dueInMs(counts(2), 5400), 600);
  assert.equal(teller.dueInMs(counts(2), 6000), 0);
  assert.equal(teller.dueInMs(counts(2), 0), 1000, "a clock that was set back");
});

test("[RL4b] what did not arrive is told in a second; another feed is told at once", () => {
  const teller = new CountsTeller();
  teller.told(counts(1), 5000);
  teller.failed();
  assert.equal(teller.dueInMs(counts(1), 5000), 1000);
  teller.restart();
  assert.equal(teller.dueInMs(counts(1), 5000), 0);
});

/** Viewers wait until their relay has what they need. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FeedWait } from "../../../../worker/relay/feed-wait.ts";

const at = (seq: number, epoch = 1): { epoch: number; seq: number } => ({ epoch, seq });

test("[RL1b] who joins waits until everything is there that the feed began with", async () => {
  const wait = new FeedWait();
  assert.equal(wait.isWhole, false);
  let isOver = false;
  const waiting = wait.untilWhole(60_000).then(() => {
    isOver = true;
  });
  wait.reached(at(9));
  wait.opened(at(20));
  wait.reached(at(19));
  await Promise.resolve();
  assert.deepEqual([isOver, wait.isWhole, wait.isWaitedFor], [false, false, true]);
  wait.reached(at(20));
  await waiting;
  assert.deepEqual([wait.isWhole, wait.isWaitedFor], [true, false]);
});

test("[RL1b] what the feed before brought says nothing of the next: that may have frames that were rewritten", () => {
  const wait = new FeedWait();
  wait.opened(at(2));
  wait.reached(at(2));
  wait.restarts();
  wait.reached(at(3));
  assert.equal(wait.isWhole, false);
});

test("[RL1b] another numbering is whatever it began with", () => {
  const wait = new FeedWait();
  wait.opened(at(20));
  wait.reached(at(0, 2));
  assert.ok(wait.isWhole);
});

test("[RL3c] who has more than its relay waits for that, and not if it is there", async () => {
  const wait = new FeedWait();
  await wait.untilReached(at(5), at(5), 60_000);
  await wait.untilReached(at(5), at(0, 2), 60_000);
  const waiting = wait.untilReached(at(5), at(4), 60_000);
  assert.ok(wait.isWaitedFor);
  wait.reached(at(5));
  await waiting;
});

test("[RL3c] nobody waits longer than it may", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const wait = new FeedWait();
  const [whole, reached] = [wait.untilWhole(10), wait.untilReached(at(1), at(0), 10)];
  t.mock.timers.tick(10);
  await assert.rejects(whole, /did not come within 10 ms/);
  await assert.rejects(reached, /what the viewer has already did not come/);
  assert.equal(wait.isWaitedFor, false);
});

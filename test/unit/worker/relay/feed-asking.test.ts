/** When a relay asks for a feed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FeedAsking, MAX_ASK_MS } from "../../../../worker/relay/feed-asking.ts";

test("[RL3b] a relay without a feed asks once, at a random time within a second: others lost theirs, too", () => {
  const asking = new FeedAsking(() => 0.25);
  assert.equal(asking.dueInMs(0), undefined);
  asking.needed(1000);
  asking.needed(1100);
  assert.deepEqual([asking.dueInMs(1100), asking.dueInMs(1300)], [150, 0]);
  asking.notNeeded();
  assert.equal(asking.dueInMs(2000), undefined);
});

test("[RL3b] while there is none to be had it asks ever later, with a bound; and soon again once there was one", () => {
  const asking = new FeedAsking(() => 1);
  asking.needed(0);
  const pauses: (number | undefined)[] = [];
  for (let i = 0; i < 7; i++) {
    asking.failed(0);
    pauses.push(asking.dueInMs(0));
  }
  assert.deepEqual(pauses, [2000, 4000, 8000, 16_000, MAX_ASK_MS, MAX_ASK_MS, MAX_ASK_MS]);
  asking.notNeeded();
  asking.needed(0);
  assert.equal(asking.dueInMs(0), MAX_ASK_MS, "an accepted feed alone may end at once");
  asking.opened();
  asking.needed(0);
  assert.equal(asking.dueInMs(0), 1000);
});

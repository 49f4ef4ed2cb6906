/** Of which publishers the last frame is known: 1,000 of them, in the order of use. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Publishers } from "../../../../../worker/channel/log/publishers.ts";

const idOf = (n: number) => n.toString(16).padStart(16, "0");
const frameOf = (n: number) => ({ publisherSeq: n, seq: 10 * n, takenAtMs: 100 * n });

/** Publishers 1 to `count`, each heard of once, in this order. */
function publishers(count: number): Publishers {
  const known = new Publishers();
  for (let n = 1; n <= count; n++) known.remember(idOf(n), frameOf(n));
  return known;
}

/** Those that are known, the one to forget first. */
function known(all: Publishers): number[] {
  return all.stored().map(([id]) => Number.parseInt(id, 16));
}

test("[CH3e] 1,000 publishers are known; the next one makes the oldest be forgotten", () => {
  const all = publishers(1000);
  assert.deepEqual(all.lastOf(idOf(1)), frameOf(1));
  all.remember(idOf(1001), frameOf(1001));
  assert.equal(all.lastOf(idOf(1)), undefined);
  assert.deepEqual(all.lastOf(idOf(2)), frameOf(2));
  assert.equal(known(all).length, 1000);
});

test("[CH3e] whoever sends again is the last to be forgotten, and takes no second place", () => {
  const all = publishers(1000);
  all.remember(idOf(1), frameOf(1));
  assert.equal(known(all).length, 1000);
  all.remember(idOf(1001), frameOf(1001));
  assert.deepEqual(known(all).slice(-2), [1, 1001]);
  assert.equal(all.lastOf(idOf(2)), undefined);
});

test("[CH3d] [CH3e] nobody remembers whoever has no id", () => {
  const all = publishers(1000);
  all.remember(idOf(0), frameOf(1));
  assert.equal(all.lastOf(idOf(0)), undefined);
  assert.deepEqual(all.lastOf(idOf(1)), frameOf(1));
});

test("[CH3e] [CH6] what is stored with a frame is what is known once it is taken, in the same order", () => {
  for (const publisher of [1, 500, 1000, 1001]) {
    const all = publishers(1000);
    const stored = all.stored(idOf(publisher), frameOf(5000));
    all.remember(idOf(publisher), frameOf(5000));
    assert.deepEqual(stored, all.stored());
    const again = new Publishers();
    for (const [id, publisherSeq, seq, takenAtMs] of stored) again.remember(id, { publisherSeq, seq, takenAtMs });
    assert.deepEqual(again.stored(), stored);
  }
});

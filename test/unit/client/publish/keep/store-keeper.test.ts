import assert from "node:assert/strict";
import { test } from "node:test";
import type { FrameChanges } from "../../../../../client/publish/collect/keeper.ts";
import type { FrameStore } from "../../../../../client/publish/keep/frame-store.ts";
import { MemoryStore } from "../../../../../client/publish/keep/memory-store.ts";
import { StoreKeeper } from "../../../../../client/publish/keep/store-keeper.ts";

const NAME = { id: "00000000000000aa", channel: "https://board.example/c/lab" };
const NOTHING: FrameChanges = {
  identity: { publisher: "00000000000000aa", base: 0 },
  frames: [],
  losses: [],
  gone: [],
  goneUpTo: 0,
  sentSeq: 0,
  nextSeq: 1,
  unreported: undefined,
};

/** A store whose writes end as the test says. */
function startKeeper() {
  const store = new MemoryStore();
  const writes: { settle: (isWritten: boolean) => void }[] = [];
  let failures = 0;
  const slow: FrameStore = {
    isLasting: true,
    list: (channel) => store.list(channel),
    read: (id) => store.read(id),
    remove: (id) => store.remove(id),
    close: () => undefined,
    write: (name, changes) =>
      new Promise((resolve, reject) => {
        const settle = (isWritten: boolean): void => {
          if (isWritten) void store.write(name, changes).then(resolve);
          else reject(new Error("The disk is full."));
        };
        writes.push({ settle });
      }),
  };
  const keeper = new StoreKeeper(slow, NAME, () => failures++);
  return { keeper, store, writes, failures: () => failures };
}

test("[CL8a] what was saved is settled once all of it is written", async () => {
  const { keeper, writes, store } = startKeeper();
  assert.equal(keeper.save({ ...NOTHING, nextSeq: 2 }), "written");
  assert.equal(keeper.save({ ...NOTHING, nextSeq: 3 }), "written");
  let isSettled = false;
  const settled = keeper.settled().then(() => {
    isSettled = true;
  });
  writes[0]?.settle(true);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isSettled, false);
  writes[1]?.settle(true);
  await settled;
  assert.equal((await store.read(NAME.id))?.nextSeq, 3);
});

test("[CL8a] progress that is written already is not written again", () => {
  const { keeper, writes } = startKeeper();
  keeper.save({ ...NOTHING, sentSeq: 1 });
  assert.equal(keeper.saveProgress({ ...NOTHING, sentSeq: 1 }), "written");
  assert.equal(writes.length, 1);
  keeper.saveProgress({ ...NOTHING, sentSeq: 2 });
  assert.equal(writes.length, 2);
});

test("[CL8e] after a write that fails it goes on in memory, says so once, and leaves nothing stale behind", async () => {
  const { keeper, writes, store, failures } = startKeeper();
  keeper.save({ ...NOTHING, nextSeq: 2 });
  writes[0]?.settle(true);
  await keeper.settled();
  keeper.save({ ...NOTHING, nextSeq: 3 });
  keeper.save({ ...NOTHING, nextSeq: 4 });
  writes[1]?.settle(false);
  writes[2]?.settle(false);
  await keeper.settled();
  assert.deepEqual([keeper.isFailing, keeper.isReady, failures()], [true, false, 1]);
  assert.equal(keeper.save(NOTHING), "failed");
  assert.deepEqual(await store.list(NAME.channel), []);
});

test("[CL8e] a store that does not answer within 10 s has failed", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { keeper } = startKeeper();
  keeper.save(NOTHING);
  t.mock.timers.tick(9_999);
  assert.equal(keeper.isFailing, false);
  t.mock.timers.tick(1);
  await keeper.settled();
  assert.equal(keeper.isFailing, true);
});

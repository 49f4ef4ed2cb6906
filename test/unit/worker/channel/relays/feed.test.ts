/** What a relay is sent by its feed, and when a feed ends. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FEED_BUFFER_BYTES, Feed, feedStart } from "../../../../../worker/channel/relays/feed.ts";
import { MemoryLog } from "../../../../../worker/hub/log/memory-log.ts";
import { encodeFeedFrames, FeedEnd, type FeedStatus } from "../../../../../worker/relay/feed-message.ts";
import { FakeFeedSocket, FakeRelays, NEW } from "../../../../support/fake-relays.ts";

const STATUS: FeedStatus = { elsewhere: { viewers: 0, behind: 0 }, goneAtMs: null, aheadMs: 0, fullShares: [] };
const AT = { epoch: 1, seq: 0 };

/** A log with so many frames of so many points, ten minutes between. */
function stored(frames: number, points = 1): FakeRelays {
  const fake = new FakeRelays();
  for (let i = 0; i < frames; i++) {
    fake.store(points);
    fake.nowMs += 600_000;
  }
  return fake;
}

function feedOf(fake: FakeRelays, pause: () => void = () => undefined): { feed: Feed; socket: FakeFeedSocket } {
  const socket = new FakeFeedSocket();
  const parts = { log: () => fake.log, pause: async () => pause(), nowMs: () => fake.nowMs };
  return { feed: new Feed(socket, parts), socket };
}

test("[RL1d] a feed begins where the relay is, if it is whole, knows what was rewritten, and what follows is kept", async () => {
  const { log } = stored(3);
  const at = { epoch: 1, seq: 2, isWhole: true, rewrites: 4 };
  assert.deepEqual(await feedStart(log, at, 4), { epoch: 1, seq: 2 });
  // Else with a tail.
  assert.deepEqual(await feedStart(log, at, 5), AT);
  assert.deepEqual(await feedStart(log, { ...at, isWhole: false }, 4), AT);
  assert.deepEqual(await feedStart(log, { ...at, epoch: 2 }, 4), AT);
  assert.deepEqual(await feedStart(log, { ...at, seq: 4 }, 4), AT, "it is ahead of what is stored");
  assert.deepEqual(await feedStart(log, NEW, 0), AT);
});

test("[RL1d] a feed begins where a frame begins, though the tail begins inside of one", async () => {
  const fake = stored(6, 300);
  assert.deepEqual(await fake.log.tailStart(1000, 300), { epoch: 1, seq: 800 });
  const start = await feedStart(fake.log, NEW, 0);
  assert.deepEqual(start, { epoch: 1, seq: 600 });
  const { feed, socket } = feedOf(fake);
  await feed.open(start, 0, STATUS);
  assert.deepEqual(socket.taken, [900, 1200, 1500, 1800]);
});

test("[RL1d] the first message says what there is; then come the frames, as they were taken together", async () => {
  const fake = stored(2);
  const { feed, socket } = feedOf(fake);
  await feed.open(AT, 7, STATUS);
  const open = {
    type: "open",
    ...AT,
    throughSeq: 2,
    rewrites: 7,
    series: ["y"],
    scales: [],
    arrangement: "",
    ...STATUS,
  };
  assert.deepEqual(socket.came, [open, ["taken", 1], ["taken", 2]]);
  assert.ok(feed.isLive);
});

test("[RL1d] what is taken while a feed is filled comes once, and in order", async () => {
  const fake = stored(2);
  const { feed, socket } = feedOf(fake);
  const filling = feed.open(AT, 0, STATUS);
  feed.taken(encodeFeedFrames({ kind: "taken", atMs: fake.nowMs, frames: fake.store() }), ["y"]);
  await filling;
  feed.taken(encodeFeedFrames({ kind: "taken", atMs: fake.nowMs, frames: fake.store() }), ["y"]);
  assert.deepEqual(socket.taken, [1, 2, 3, 4]);
});

test("[RL1d] a frame that is rewritten while it is read for a feed is not sent in its old form after the new one", async () => {
  const fake = stored(1);
  const { feed, socket } = feedOf(fake);
  const { log } = fake;
  const takings = log.takings.bind(log);
  log.takings = async (after, through) => {
    log.takings = takings;
    feed.rewritten(encodeFeedFrames({ kind: "rewritten", rewrites: 1, frames: fake.store() }));
    return await takings(after, through);
  };
  await feed.open(AT, 0, STATUS);
  assert.deepEqual(socket.came.slice(1), [
    ["rewritten", 2],
    ["taken", 1],
    ["taken", 2],
  ]);
});

test("[RL1d] a numbering that ends while a feed is filled: nothing of the old one comes after that", async () => {
  const fake = stored(2);
  const { feed, socket } = feedOf(fake);
  const filling = feed.open(AT, 0, STATUS);
  feed.resetEpoch({ epoch: 2, seq: 0 }, false);
  await filling;
  assert.deepEqual(socket.came.slice(1), [{ type: "epoch", isFirst: false, epoch: 2, seq: 0 }]);
  assert.ok(feed.isLive);
});

test("[RL1e] series are told in the order in which they came, though one's scale is decided first", async () => {
  const fake = stored(1);
  const { feed, socket } = feedOf(fake);
  await feed.open(AT, 0, STATUS);
  feed.tellLayout({ type: "layout", series: ["b"], scales: [3], arrangement: "" }, ["y", "a", "b"]);
  assert.deepEqual(socket.came.slice(-2), [
    { type: "series", series: ["a", "b"] },
    { type: "layout", series: ["b"], scales: [3], arrangement: "" },
  ]);
});

test("[RL5c] a relay that reads too slowly is fed anew: what waits for it has a bound", async () => {
  const fake = stored(1);
  const { feed, socket } = feedOf(fake);
  await feed.open(AT, 0, STATUS);
  socket.bufferedAmount = FEED_BUFFER_BYTES;
  feed.taken(encodeFeedFrames({ kind: "taken", atMs: fake.nowMs, frames: fake.store() }), ["y"]);
  assert.equal(socket.closed?.code, FeedEnd.restart);
  assert.ok(feed.isEnded);
});

test("[RL5c] a feed that is filled waits for its relay, and not for ever", async () => {
  const fake = stored(1);
  let pauses = 0;
  const { feed, socket } = feedOf(fake, () => {
    if (++pauses === 2) socket.bufferedAmount = 0;
  });
  socket.bufferedAmount = 300_000;
  await feed.open(AT, 0, STATUS);
  assert.deepEqual([pauses, socket.taken], [2, [1]]);
  const slow = feedOf(fake, () => {
    fake.nowMs += 1000;
  });
  slow.socket.bufferedAmount = 300_000;
  await slow.feed.open(AT, 0, STATUS);
  assert.equal(slow.socket.closed?.code, FeedEnd.restart);
});

test("[RL1d] what was trimmed before it could be sent ends the feed: a hole would be silent", async () => {
  const log = new MemoryLog(AT, { bytes: 400, seconds: 1e9 });
  const fake = new FakeRelays([], log);
  for (let i = 0; i < 10; i++) fake.store();
  const { feed, socket } = feedOf(fake);
  await feed.open(AT, 0, STATUS);
  assert.deepEqual([socket.closed?.code, socket.taken], [FeedEnd.restart, []]);
});

test("[RL1d] a line that is gone ends the feed, and nothing more is tried", async () => {
  const fake = stored(1);
  const { feed, socket } = feedOf(fake);
  await feed.open(AT, 0, STATUS);
  socket.isBroken = true;
  feed.send({ type: "status", ...STATUS });
  assert.deepEqual([feed.isEnded, feed.isLive], [true, false]);
});

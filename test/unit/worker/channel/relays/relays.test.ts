/** Which relays a channel has, and what it says to them when. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { numberFrame } from "../../../../../protocol/frame/header.ts";
import { NOTHING_STORED } from "../../../../../worker/channel/log/nothing-stored.ts";
import { ASSIGNED_MS, MAX_FAILING_MS } from "../../../../../worker/channel/relays/known-relay.ts";
import { FEED_IDLE_MS } from "../../../../../worker/channel/relays/relays.ts";
import { MemoryLog } from "../../../../../worker/hub/log/memory-log.ts";
import { FeedEnd } from "../../../../../worker/relay/feed-message.ts";
import { FakeRelays, NEW, turnsPass } from "../../../../support/fake-relays.ts";
import { frameOf } from "../../../../support/publish.ts";

const ONE = "lab#weur-1";
const TWO = "lab#weur-2";
const NONE = { viewers: 0, behind: 0, shares: [] };

/** A channel with relays that have a feed, and two points. */
async function fed(...names: string[]): Promise<FakeRelays> {
  const fake = new FakeRelays();
  fake.store();
  fake.store();
  for (const name of names) await fake.relays.feed(name);
  return fake;
}

/** Nothing is published for a minute. */
function idle(fake: FakeRelays): void {
  fake.nowMs += FEED_IDLE_MS;
  fake.relays.alarm(fake.nowMs);
}

test("[RL3a] a relay that asks is fed what it lacks, then each frame as it is taken", async () => {
  const fake = await fed(ONE);
  fake.take();
  assert.deepEqual(fake.socket(ONE).taken, [1, 2, 3]);
  assert.deepEqual(fake.kept.names, [ONE]);
});

test("[RL2b] viewers are sent to one relay until it is full, then to another; those on their way count", () => {
  const fake = new FakeRelays();
  const routes = Array.from({ length: 4 }, () => fake.relays.routeFor("weur"));
  assert.deepEqual(routes, [ONE, ONE, ONE, TWO]);
  assert.equal(fake.relays.routeFor("sam"), "lab#sam-1");
  assert.deepEqual(fake.kept.names, [ONE, TWO, "lab#sam-1"]);
});

test("[RL2b] who was sent to a relay and did not come is not counted for ever", () => {
  const fake = new FakeRelays();
  for (let i = 0; i < 3; i++) fake.relays.routeFor("weur");
  fake.nowMs += ASSIGNED_MS;
  assert.equal(fake.relays.routeFor("weur"), ONE);
});

test("[RL2c] a relay that refused somebody is full until it tells its counts", () => {
  const fake = new FakeRelays();
  fake.relays.routeFor("weur");
  assert.equal(fake.relays.routeFor("weur", ONE), TWO);
  fake.relays.counted(TWO, { ...NONE, viewers: 3 });
  fake.relays.counted(ONE, { ...NONE, viewers: 2 });
  assert.equal(fake.relays.routeFor("weur"), ONE);
});

test("[RL3b] two that ask at once are one dial; the feed of a relay that asks again is another", async () => {
  const fake = new FakeRelays();
  await Promise.all([fake.relays.feed(ONE), fake.relays.feed(ONE)]);
  assert.equal(fake.dialled.length, 1);
  const before = fake.socket(ONE);
  await fake.relays.feed(ONE);
  assert.equal(before.closed?.code, FeedEnd.over);
  assert.equal(fake.sockets.get(ONE)?.length, 2);
});

test("[RL3b] a relay that asks while it is dialled in vain is dialled again: it had no viewers then", async () => {
  const fake = new FakeRelays([ONE]);
  let answer = (): void => undefined;
  fake.onDial = () =>
    new Promise((resolve) => {
      answer = () => resolve("not-needed");
    });
  fake.take();
  await turnsPass();
  const asking = fake.relays.feed(ONE);
  fake.onDial = () => "connected";
  answer();
  await asking;
  assert.deepEqual(fake.dialled, [ONE, ONE]);
  assert.deepEqual(fake.socket(ONE).taken, [1]);
  assert.deepEqual(fake.kept.names, [ONE]);
});

test("[RL3b] a relay that leaves while it is dialled gets no feed: it would bring nothing", async () => {
  const fake = new FakeRelays([ONE]);
  let answer = (): void => undefined;
  fake.onDial = () =>
    new Promise((resolve) => {
      answer = () => resolve("connected");
    });
  fake.take();
  await turnsPass();
  fake.relays.left(ONE);
  answer();
  await turnsPass();
  assert.equal(fake.socket(ONE).closed?.code, FeedEnd.restart);
  assert.deepEqual(fake.kept.names, []);
});

test("[RL3b] what was dialled before a relay left does not forget the one that has its name now", async () => {
  const fake = new FakeRelays([ONE]);
  let answer = (): void => undefined;
  fake.onDial = () =>
    new Promise((resolve) => {
      answer = () => resolve("not-needed");
    });
  fake.take();
  await turnsPass();
  fake.relays.left(ONE);
  fake.relays.routeFor("weur");
  answer();
  await turnsPass();
  assert.deepEqual(fake.kept.names, [ONE]);
});

test("[RL3d] feeds end when nothing was taken for a minute, and relays are dialled with the next frame", async () => {
  const fake = await fed(ONE);
  assert.equal(fake.relays.dueInMs(fake.nowMs), 1000);
  fake.relays.tellStatus(fake.nowMs);
  assert.equal(fake.relays.dueInMs(fake.nowMs), FEED_IDLE_MS);
  idle(fake);
  assert.equal(fake.socket(ONE).closed?.code, FeedEnd.idle);
  assert.equal(fake.relays.dueInMs(fake.nowMs), undefined, "it can sleep");
  fake.position = { epoch: 1, seq: 2, isWhole: true, rewrites: 0 };
  fake.take();
  await turnsPass();
  assert.deepEqual(fake.socket(ONE).taken, [3]);
});

test("[RL3d] an alarm is due for a feed that is being opened: the one frame was its last", async () => {
  const fake = new FakeRelays([ONE]);
  fake.take();
  assert.notEqual(fake.relays.dueInMs(fake.nowMs), undefined);
  await turnsPass();
});

for (const [what, say] of [
  ["another numbering", (fake: FakeRelays) => fake.relays.resetEpoch({ epoch: 2, seq: 0 }, false)],
  [
    "the arrangement",
    (fake: FakeRelays) => fake.relays.tellLayout({ type: "layout", series: [], scales: [], arrangement: "a" }),
  ],
  ["a note that was edited", (fake: FakeRelays) => fake.relays.rewritten(fake.store())],
  [
    "publishers that are gone",
    (fake: FakeRelays) => {
      fake.goneAtMs = fake.nowMs;
      fake.relays.tellStatus(fake.nowMs);
    },
  ],
] as const) {
  test(`[RL4a] ${what}: relays whose feeds ended idle are told, too`, async () => {
    const fake = await fed(ONE);
    fake.relays.tellStatus(fake.nowMs);
    idle(fake);
    say(fake);
    await turnsPass();
    assert.equal(fake.sockets.get(ONE)?.length, 2);
    assert.equal(fake.socket(ONE).told("open").length, 1);
  });
}

test("[RL4a] how many watch is no reason to wake relays of a channel to which nothing is published", async () => {
  const fake = await fed(ONE);
  fake.relays.tellStatus(fake.nowMs);
  idle(fake);
  fake.viewersHere = 5;
  fake.relays.tellStatus(fake.nowMs);
  await turnsPass();
  assert.equal(fake.sockets.get(ONE)?.length, 1);
});

test("[RL1c] a relay that missed a rewritten frame gets its tail anew, also from a channel that was evicted meanwhile", async () => {
  const fake = await fed(ONE);
  fake.position = { epoch: 1, seq: 2, isWhole: true, rewrites: 0 };
  await fake.relays.feed(ONE);
  assert.deepEqual(fake.socket(ONE).taken, []);
  idle(fake);
  const frame = frameOf("00000000000000aa", 1, [9]);
  numberFrame(frame, 1, 1);
  fake.onDial = () => "failed";
  fake.relays.rewritten(frame);
  await turnsPass();
  fake.onDial = () => "connected";
  await fake.anew().feed(ONE);
  assert.deepEqual(fake.socket(ONE).taken, [1, 2]);
  fake.position = { ...fake.position, rewrites: 1 };
  await fake.relays.feed(ONE);
  assert.deepEqual(fake.socket(ONE).taken, []);
});

test("[RL4a] relays of a channel that is deleted are told, and begin with what is published next", async () => {
  const fake = await fed(ONE);
  const { log } = fake;
  fake.log = Object.assign(new MemoryLog(NOTHING_STORED.position, { bytes: 1, seconds: 1 }));
  fake.relays.resetEpoch(fake.log.position, false);
  fake.log = log;
  fake.relays.resetEpoch({ epoch: 5, seq: 0 }, true);
  assert.deepEqual(fake.socket(ONE).told("epoch"), [
    { type: "epoch", isFirst: false, epoch: 0, seq: 0 },
    { type: "epoch", isFirst: true, epoch: 5, seq: 0 },
  ]);
});

test("[RL3a] a relay that cannot be dialled is dialled ever later, and is not forgotten: it may have viewers", async () => {
  const fake = new FakeRelays([ONE]);
  fake.relays.counted(ONE, { ...NONE, viewers: 3 });
  fake.onDial = () => "failed";
  const endMs = fake.nowMs + 2 * MAX_FAILING_MS;
  for (; fake.nowMs < endMs; fake.nowMs += 100) {
    fake.take();
    await turnsPass();
    if (fake.dialled.length > 60) break;
  }
  assert.ok(fake.dialled.length < 60, String(fake.dialled.length));
  assert.deepEqual(fake.kept.names, [ONE]);
  assert.equal(fake.relays.viewers, 0, "after ten minutes it counts as without any");
  fake.onDial = () => "connected";
  fake.nowMs += 60_000;
  fake.take();
  await turnsPass();
  assert.equal(fake.socket(ONE).told("open").length, 1);
});

test("[RL3a] a relay that could not be dialled is tried again without a frame, by an alarm", async () => {
  const fake = new FakeRelays([ONE]);
  fake.onDial = () => "failed";
  fake.relays.resetEpoch({ epoch: 2, seq: 0 }, false);
  await turnsPass();
  fake.relays.tellStatus(fake.nowMs);
  assert.equal(fake.relays.dueInMs(fake.nowMs), 500);
  fake.onDial = () => "connected";
  fake.nowMs += 500;
  fake.relays.alarm(fake.nowMs);
  await turnsPass();
  assert.equal(fake.socket(ONE).told("open").length, 1);
});

test("[RL3b] of a relay whose line was cut, and that says nothing for a minute, it is found out whether it is needed", async () => {
  const fake = await fed(ONE);
  fake.socket(ONE).tells({ ...NONE, viewers: 2 });
  fake.socket(ONE).events?.closed();
  assert.equal(fake.relays.brokenFeeds, 1);
  assert.equal(fake.relays.viewers, 2);
  fake.onDial = () => "not-needed";
  idle(fake);
  await turnsPass();
  assert.deepEqual([fake.relays.viewers, fake.relays.count, fake.kept.names], [0, 0, []]);
});

test("[RL3b] what an old feed says or does changes nothing", async () => {
  const fake = await fed(ONE);
  const old = fake.socket(ONE);
  await fake.relays.feed(ONE);
  old.tells({ ...NONE, viewers: 2 });
  old.events?.closed();
  assert.deepEqual([fake.relays.viewers, fake.relays.brokenFeeds], [0, 0]);
  fake.take();
  assert.equal(fake.socket(ONE).taken.at(-1), 3);
});

test("[RL3b] a log that cannot be read ends the feed, and the relay asks again", async (t) => {
  t.mock.method(console, "error", () => undefined);
  const fake = new FakeRelays();
  fake.store();
  const { framesAfter } = fake.log;
  fake.log.framesAfter = async () => await Promise.reject(new Error("no disk"));
  await fake.relays.feed(ONE);
  assert.equal(fake.socket(ONE).closed?.code, FeedEnd.restart);
  fake.log.framesAfter = framesAfter;
  await fake.relays.feed(ONE);
  assert.deepEqual(fake.socket(ONE).taken, [1]);
});

test("[RL3a] no more than four relays are dialled at once", async () => {
  const names = Array.from({ length: 20 }, (_, i) => `lab#weur-${i + 1}`);
  const fake = new FakeRelays(names);
  let [now, most] = [0, 0];
  fake.onDial = async () => {
    most = Math.max(most, ++now);
    await turnsPass();
    now--;
    return "connected" as const;
  };
  fake.take();
  for (let i = 0; i < 20; i++) await turnsPass();
  assert.deepEqual([most, fake.dialled.length], [4, 20]);
});

test("[RL4b] each relay is told how many watch elsewhere, once a second at most, and only what changed", async () => {
  const fake = await fed(ONE, TWO);
  fake.viewersHere = 2;
  fake.socket(ONE).tells({ ...NONE, viewers: 3 });
  fake.socket(TWO).tells({ ...NONE, viewers: 4 });
  fake.relays.tellStatus(fake.nowMs);
  fake.relays.tellStatus(fake.nowMs);
  const elsewhere = (name: string): unknown[] =>
    fake
      .socket(name)
      .told("status")
      .map((each) => typeof each === "object" && each !== null && "elsewhere" in each && each.elsewhere);
  assert.deepEqual(elsewhere(ONE), [{ viewers: 6, behind: 0 }]);
  assert.deepEqual(elsewhere(TWO), [{ viewers: 5, behind: 0 }]);
  fake.viewersHere = 3;
  fake.relays.tellStatus(fake.nowMs + 999);
  assert.equal(elsewhere(ONE).length, 1);
  assert.equal(fake.relays.dueInMs(fake.nowMs), 1000);
  fake.relays.tellStatus(fake.nowMs + 1000);
  assert.deepEqual(elsewhere(ONE).at(-1), { viewers: 7, behind: 0 });
  assert.equal(fake.relays.viewers, 7);
});

test("[RL4c] as many of a token watch as may, of all hubs together; relays are told of whom there are enough", async () => {
  const fake = await fed(ONE);
  fake.sharesHere = [
    ["a", 2, 3],
    ["b", 1, 1],
  ];
  fake.socket(ONE).tells({ viewers: 1, behind: 0, shares: [["a", 1, 3]] });
  assert.equal(fake.relays.hasRoom({ who: "a", most: 3 }), false);
  assert.equal(fake.relays.hasRoom({ who: "a", most: 4 }), true);
  assert.equal(fake.relays.hasRoom({ who: "a", most: null }), true);
  fake.relays.tellStatus(fake.nowMs);
  const [status] = fake.socket(ONE).told("status");
  assert.deepEqual(status, {
    type: "status",
    goneAtMs: null,
    aheadMs: 0,
    fullShares: ["a", "b"],
    elsewhere: { viewers: 0, behind: 0 },
  });
});

test("[RL4a] a new relay's feed begins where one with a log of nothing begins", async () => {
  const fake = new FakeRelays([], new MemoryLog({ epoch: 0, seq: 0 }, { bytes: 1, seconds: 1 }));
  fake.position = NEW;
  await fake.relays.feed(ONE);
  assert.deepEqual(fake.socket(ONE).taken, []);
  assert.equal(fake.socket(ONE).told("open").length, 1);
});

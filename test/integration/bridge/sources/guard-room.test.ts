/** Strangers who hold every connection that a bridge takes: a publisher finds room all the same. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { connectPublisher } from "../../../support/publisher.ts";
import { type Receiving, receiving } from "../../../support/receiving.ts";
import { waitFor } from "../../../support/wait.ts";
import { frame, type RawPeer, rawPublisher } from "../../../support/zmtp.ts";

//     2,048 strangers and a publisher ─tcp→ guard → libzmq

/** All of 127/8 is this machine's, on Linux. */
const onLinux = { timeout: 120_000, skip: process.platform !== "linux" };
const AT_ONCE = 32;

/** Connects that many, each greeted and ready, from the address that `from` says. */
async function strangers(
  t: TestContext,
  to: Receiving,
  count: number,
  from: (i: number) => string,
): Promise<RawPeer[]> {
  const peers: RawPeer[] = [];
  t.after(() => {
    for (const { socket } of peers) socket.destroy();
  });
  for (let i = 0; i < count; i += AT_ONCE) {
    const more = Array.from({ length: Math.min(AT_ONCE, count - i) }, (_, k) => rawPublisher(to.address, from(i + k)));
    peers.push(...(await Promise.all(more)));
  }
  return peers;
}

/** Each sends one message. */
async function sendOne(to: Receiving, peers: readonly RawPeer[]): Promise<void> {
  const before = to.messages.length;
  for (const peer of peers) await peer.send(frame("1"));
  await waitFor("a message of each", () => to.messages.length === before + peers.length);
}

/** @param from where it connects from; libzmq takes `tcp://source:port;destination` */
async function publishes(t: TestContext, to: Receiving, from = "127.0.0.1"): Promise<void> {
  const publisher = await connectPublisher(to.address.replace("tcp://", `tcp://${from}:0;`));
  t.after(() => publisher.close());
  await publisher.send("a point");
  await waitFor("its message", () => to.messages.includes("a point"));
}

const spread = (i: number): string => `127.1.${i >> 8}.${i & 255}`;
const ofTwo = (i: number): string => `127.2.0.${1 + (i & 1)}`;

test("[BR33c] a publisher finds room beside 1,024 idle connections of its own address", onLinux, async (t) => {
  const to = await receiving(t, { bind: ["tcp://127.0.0.1:*"] });
  const all = await strangers(t, to, 1024, () => "127.0.0.1");
  assert.deepEqual([to.receiver.counters.madeRoom, to.receiver.counters.turnedAway], [0, 0]);
  await publishes(t, to);
  await all[0]?.closed();
  assert.equal(to.receiver.counters.turnedAway, 0);
  assert.ok(to.receiver.counters.madeRoom >= 1);
  await to.says(/from 127\.0\.0\.1 was ended, because another needed room: there are 1024 at once, the most that are/);
});

for (const [what, from] of [
  ["2,048 addresses", spread],
  ["two addresses", ofTwo],
] as const) {
  test(`[BR33c] a publisher finds room beside 2,048 idle connections of ${what}`, onLinux, async (t) => {
    const to = await receiving(t, { bind: ["tcp://127.0.0.1:*"] });
    await strangers(t, to, 2048, from);
    assert.equal(to.receiver.counters.madeRoom, 0);
    await publishes(t, to);
    assert.equal(to.receiver.counters.turnedAway, 0);
    await to.says(/was ended, because another needed room: there are 2048 at once/);
  });

  test(`[BR33] the same of ${what}, where each has sent a message`, onLinux, async (t) => {
    const to = await receiving(t, { bind: ["tcp://127.0.0.1:*"] });
    await sendOne(to, await strangers(t, to, 2048, from));
    await publishes(t, to);
    assert.ok(to.receiver.counters.madeRoom >= 1);
  });
}

test("[BR33g] two addresses that send all the time do not keep a third one out", onLinux, async (t) => {
  const to = await receiving(t, { bind: ["tcp://127.0.0.1:*"] });
  const all = await strangers(t, to, 2048, ofTwo);
  await sendOne(to, all);
  let i = 0;
  const sending = setInterval(() => {
    for (let k = 0; k < 64; k++) all[i++ % all.length]?.socket.write(frame("1"));
  }, 50);
  t.after(() => clearInterval(sending));
  await publishes(t, to);
});

test("[BR33] a publisher that has sent but one message stays beside strangers of two addresses", onLinux, async (t) => {
  const to = await receiving(t, { bind: ["tcp://127.0.0.1:*"] });
  const seldom = await rawPublisher(to.address);
  t.after(() => seldom.socket.destroy());
  await sendOne(to, [seldom]);
  await strangers(t, to, 2047, ofTwo);
  assert.equal(to.receiver.counters.madeRoom, 0, "nobody went while there was room");
  await strangers(t, to, 100, ofTwo);
  assert.equal(to.receiver.counters.madeRoom, 100);
  await sendOne(to, [seldom]);
});

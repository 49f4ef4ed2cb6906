/** Viewers beyond those that a channel serves itself: to them a relay is the channel. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startEdge } from "../../../support/edge.ts";
import { frameOf, newChannel, publishFrames } from "../../../support/publish.ts";
import { Watcher } from "../../../support/watcher.ts";

const A = "00000000000000aa";
const main = fileURLToPath(new URL("../../../support/reset-worker.js", import.meta.url));
const edge = await startEdge({ main, vars: { RELAY_AFTER: "2", RELAY_VIEWERS: "3" } });
after(() => edge.close());

async function clear(channel: string): Promise<void> {
  const headers = { Authorization: `Bearer ${edge.token}` };
  assert.equal((await fetch(edge.channelUrl(channel), { method: "DELETE", headers })).status, 204);
}

/** Takes memory and sockets from an object. */
async function reset(binding: "CHANNEL" | "RELAY", name: string): Promise<void> {
  const { status } = await fetch(new URL(`/reset?${new URLSearchParams({ binding, name })}`, edge.url));
  assert.equal(status, 204);
}

const relayOf = (channel: string, number = 1): string => `${channel}#enam-${number}`;

/** A channel with one point, and so many viewers that are live. */
async function crowd(count: number): Promise<{ channel: string; watchers: Watcher[] }> {
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  const watchers: Watcher[] = [];
  for (let i = 0; i < count; i++) watchers.push(await (await Watcher.open(edge, channel)).live());
  return { channel, watchers };
}

const closeAll = (watchers: Watcher[]): Promise<unknown> => Promise.all(watchers.map((each) => each.close()));

test("[RL1a] [RL2a] viewers of relays get the same bytes with the same numbers, and count", async () => {
  const { channel, watchers } = await crowd(9);
  for (let n = 2; n <= 20; n++) await publishFrames(edge, channel, frameOf(A, n, [n, n + 0.5]));
  for (const watcher of watchers) await watcher.reaches(39);
  const [first, ...others] = watchers;
  for (const other of others) assert.deepEqual(other.frames, first?.frames);
  for (const watcher of watchers) {
    await watcher.sees("nine viewers", () => watcher.told.findLast((each) => each.type === "status")?.viewers === 9);
  }
  assert.equal((await publishFrames(edge, channel, frameOf(A, 21, [21]))).viewers, 9);
  await closeAll(watchers);
});

test("[RL1b] a relay that is evicted goes on where its viewers are; who joins then gets the tail", async () => {
  const { channel, watchers } = await crowd(4);
  for (let n = 2; n <= 6; n++) {
    await edge.evictObject("RELAY", relayOf(channel));
    await publishFrames(edge, channel, frameOf(A, n, [n]));
    for (const watcher of watchers) await watcher.reaches(n);
  }
  await edge.evictObject("RELAY", relayOf(channel));
  const late = await (await Watcher.open(edge, channel)).live();
  assert.deepEqual(late.ys, [1, 2, 3, 4, 5, 6]);
  await publishFrames(edge, channel, frameOf(A, 7, [7]));
  for (const watcher of [...watchers, late]) {
    await watcher.reaches(7);
    assert.deepEqual(watcher.ys, [1, 2, 3, 4, 5, 6, 7]);
  }
  await closeAll([...watchers, late]);
});

test("[RL3a] a channel that is reset dials its relays with the next frame, and nothing is lost or repeated", async () => {
  const { channel, watchers } = await crowd(5);
  const ofRelay = watchers.slice(2);
  for (let n = 2; n <= 6; n++) {
    await reset("CHANNEL", channel);
    await publishFrames(edge, channel, frameOf(A, n, [n]));
    for (const watcher of ofRelay) await watcher.reaches(n);
  }
  for (const watcher of ofRelay) assert.deepEqual(watcher.ys, [1, 2, 3, 4, 5, 6]);
  await closeAll(watchers);
});

test("[RL3b] a feed that is cut is asked for by a relay with viewers, though nothing is published", async () => {
  const { channel, watchers } = await crowd(3);
  await reset("CHANNEL", channel);
  // Nobody else tells the relay's viewer that those of the channel are gone.
  const [, , watcher] = watchers;
  await watcher?.sees("being alone", () => watcher.told.findLast((each) => each.type === "status")?.viewers === 1);
  await closeAll(watchers);
});

test("[RL3c] viewers of a relay that is reset come back at their cursors, and miss nothing", async () => {
  const { channel, watchers } = await crowd(4);
  const [, , third] = watchers;
  await publishFrames(edge, channel, frameOf(A, 2, [2]));
  const { epoch, seq } = (await third?.reaches(2))?.position ?? assert.fail();
  await reset("RELAY", relayOf(channel));
  await publishFrames(edge, channel, frameOf(A, 3, [3]));
  const back = await (await Watcher.open(edge, channel, { query: `?epoch=${epoch}&seq=${seq}` })).live();
  await publishFrames(edge, channel, frameOf(A, 4, [4]));
  await back.reaches(4);
  assert.deepEqual(back.ys, [3, 4]);
  await closeAll([...watchers, back]);
});

test("[RL2d] who is connected stays where it is, though the channel has room again", async () => {
  const { channel, watchers } = await crowd(3);
  const [first, second, third] = watchers;
  await closeAll([first, second].filter((each) => each !== undefined));
  await third?.sees("being alone", () => third.told.findLast((each) => each.type === "status")?.viewers === 1);
  // It would be cut off, were it one of the channel's.
  await reset("CHANNEL", channel);
  await publishFrames(edge, channel, frameOf(A, 2, [2]));
  await third?.reaches(2);
  await closeAll(watchers.slice(2));
});

test("[RL4a] DELETE begins a new numbering for viewers of relays, too", async () => {
  const { channel, watchers } = await crowd(4);
  await clear(channel);
  await publishFrames(edge, channel, frameOf(A, 2, [2]));
  for (const watcher of watchers) {
    await watcher.sees("the new numbering", () => watcher.ys.at(-1) === 2);
    assert.ok(watcher.told.some((each) => each.type === "gap" && each.reason === "epoch"));
  }
  await closeAll(watchers);
});

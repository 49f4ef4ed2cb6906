/** What outlives the Channel's eviction from memory: its viewers, and where each of them is. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startEdge } from "../../../support/edge.ts";
import { bulkyFrame, frameOf, newChannel, publishFrames, publishJson } from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";
import { withDeadline } from "../../../support/wait.ts";
import { until, Watcher } from "../../../support/watcher.ts";

const A = "00000000000000aa";
const edge = await startEdge();
after(() => edge.close());

test("[CH6] viewers of either kind get what is published after an eviction, and nothing twice", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  const watcher = await (await Watcher.open(edge, channel)).live();
  const viewer = await openViewer(edge.channelUrl(channel));
  for (let n = 2; n <= 5; n++) {
    await edge.evict(channel);
    assert.equal((await publishFrames(edge, channel, frameOf(A, n, [n]))).viewers, 2);
  }
  await watcher.reaches(5);
  await until(viewer, "five points", () => viewer.messages.length >= 5 || undefined);
  assert.deepEqual(watcher.ys, [1, 2, 3, 4, 5]);
  assert.deepEqual(
    viewer.messages,
    [1, 2, 3, 4, 5].map((y) => `{"x":0,"y":${y}}`),
  );
  await Promise.all([watcher.close(), viewer.close()]);
});

test("[CH6] [VW3c] a viewer that is behind asks on after an eviction", async () => {
  const channel = newChannel();
  for (let n = 1; n <= 3; n++) await publishFrames(edge, channel, bulkyFrame(A, n, 8000));
  const watcher = await Watcher.open(edge, channel, { asks: false });
  const behind = await watcher.tells("behind");
  await edge.evict(channel);
  await publishFrames(edge, channel, bulkyFrame(A, 4, 8000));
  await edge.evict(channel);
  watcher.ask(behind);
  await watcher.reaches(16_000);
  await edge.evict(channel);
  watcher.ask({ ...behind, seq: 16_000 });
  await watcher.reaches(24_000);
  watcher.ask({ ...behind, seq: 24_000 });
  await watcher.live();
  assert.equal(watcher.position?.seq, 32_000);
  await watcher.close();
});

test("[CH6] [VW5b] a viewer of text that is behind is caught up after an eviction, from where it was", async () => {
  const channel = newChannel();
  for (let n = 1; n <= 2; n++) await publishFrames(edge, channel, bulkyFrame(A, n, 8000));
  const viewer = await openViewer(new URL("?points=9999", edge.channelUrl(channel)));
  await until(viewer, "its first points", () => viewer.messages.length > 0 || undefined);
  await edge.evict(channel);
  await until(viewer, "9,999 points", () => viewer.messages.length >= 9_999 || undefined, 30_000);
  assert.equal(new Set(viewer.messages).size, 9_999);
  await viewer.close();
});

test("[CH6] a viewer that goes while the Channel sleeps is not counted any more", async () => {
  const channel = newChannel();
  const [gone, stays] = [await Watcher.open(edge, channel), await (await Watcher.open(edge, channel)).live()];
  await edge.evict(channel);
  await gone.close();
  await until(
    stays.viewer,
    "one watches",
    () =>
      stays.viewer.messages.some((message) => String(message).startsWith('{"type":"status","viewers":1,')) || undefined,
  );
  assert.equal((await publishJson(edge, channel, 1)).viewers, 1);
  await stays.close();
});

test("[CH6] a viewer that is cut off while the Channel sleeps is not counted any more", async () => {
  const channel = newChannel();
  const [gone, stays] = [await Watcher.open(edge, channel), await (await Watcher.open(edge, channel)).live()];
  await edge.evict(channel);
  gone.viewer.cut();
  await until(
    stays.viewer,
    "one watches",
    () =>
      stays.viewer.messages.some((message) => String(message).startsWith('{"type":"status","viewers":1,')) || undefined,
  );
  await stays.close();
});

test("[VW11e] [CH6] viewers are not told again after an eviction what they know", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  const [watcher, text] = [
    await (await Watcher.open(edge, channel)).live(),
    await openViewer(edge.channelUrl(channel)),
  ];
  const statuses = () =>
    watcher.viewer.messages.map(String).filter((message) => message.startsWith('{"type":"status"'));
  await until(watcher.viewer, "two watch", () => statuses().at(-1)?.includes('"viewers":2,') || undefined);
  const before = statuses().length;
  for (let n = 2; n <= 4; n++) {
    await edge.evict(channel);
    await publishFrames(edge, channel, frameOf(A, n, [n]));
    // What was sent before it comes before it.
    watcher.viewer.send("ping");
    await watcher.viewer.nextMessage("pong", (message) => message === "pong");
    assert.equal(statuses().length, before);
  }
  await edge.evict(channel);
  await text.close();
  await until(watcher.viewer, "one watches", () => statuses().at(-1)?.includes('"viewers":1,') || undefined);
  assert.equal(statuses().length, before + 1);
  await watcher.viewer.close();
});

test("[VW6a] ping is answered with pong and does not wake the Channel", async () => {
  const channel = newChannel();
  const watcher = await (await Watcher.open(edge, channel)).live();
  const viewer = await openViewer(edge.channelUrl(channel));
  // Until nothing is left to do: two watch, and both kinds know.
  await until(
    watcher.viewer,
    "two watch",
    () =>
      watcher.viewer.messages.some((message) => String(message).startsWith('{"type":"status","viewers":2,')) ||
      undefined,
  );
  await edge.evict(channel);
  for (const { send, messages, pongs } of [watcher.viewer, viewer].map((to) => ({
    messages: to.messages,
    send: () => to.send("ping"),
    pongs: () =>
      until(to, "fifty pongs", () => to.messages.filter((message) => message === "pong").length === 50 || undefined),
  }))) {
    const before = messages.length;
    for (let i = 0; i < 50; i++) send();
    await pongs();
    assert.deepEqual(messages.slice(before), Array(50).fill("pong"));
  }
  // An object that is not in memory cannot be evicted: none of the hundred has woken it.
  await assert.rejects(() => withDeadline("an eviction", edge.evict(channel)), /not|evict/i);
  await viewer.close();
  await watcher.viewer.close();
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual(edge.logs, []));

test("[CH6] [VW12a] [VW12c] how long ago the newest frame was taken, and how often, are told the same after an eviction", async () => {
  const channel = newChannel();
  const greeting = async () => {
    const watcher = await Watcher.open(edge, channel);
    const hello = await watcher.tells("hello");
    await watcher.close();
    return hello;
  };
  const taken = async () => {
    const { nowMs, takenForMs } = await greeting();
    assert.ok(takenForMs !== null);
    return nowMs - takenForMs;
  };
  assert.deepEqual([(await greeting()).takenForMs, (await greeting()).takenEveryMs], [null, null]);
  const beforeMs = Date.now();
  await publishFrames(edge, channel, frameOf(A, 1, [1]), frameOf(A, 2, [2]), frameOf(A, 3, [3]));
  const afterMs = Date.now();
  const atMs = await taken();
  assert.ok(atMs >= beforeMs - 1 && atMs <= afterMs + 1, `taken at ${atMs}, published from ${beforeMs} to ${afterMs}`);
  assert.equal((await greeting()).takenEveryMs, null, "they were taken at once");
  await publishFrames(edge, channel, frameOf(A, 3, [3]));
  assert.equal(await taken(), atMs, "a repeat is not taken");
  await edge.evict(channel);
  assert.equal(await taken(), atMs);
  for (let n = 4; n <= 5; n++) {
    await sleep(200);
    await publishFrames(edge, channel, frameOf(A, n, [n]));
  }
  const { takenEveryMs } = await greeting();
  assert.ok(takenEveryMs !== null && takenEveryMs >= 190, `every ${takenEveryMs} ms`);
  assert.ok((await taken()) >= atMs + 390);
  await edge.evict(channel);
  assert.equal((await greeting()).takenEveryMs, takenEveryMs);
  await fetch(edge.channelUrl(channel), { method: "DELETE", headers: { Authorization: `Bearer ${edge.token}` } });
  assert.deepEqual([(await greeting()).takenForMs, (await greeting()).takenEveryMs], [null, null]);
  await edge.evict(channel);
  assert.deepEqual([(await greeting()).takenForMs, (await greeting()).takenEveryMs], [null, null]);
});

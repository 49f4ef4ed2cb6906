/** Much of everything: series, points a second, and what is stored when a page joins. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setInterval as ticks } from "node:timers/promises";
import type { Row } from "../../protocol/frame/frame-builder.ts";
import { MAX_TAIL_BYTES } from "../../protocol/limits.ts";
import { frameOfRows, newChannel, publishFrames, rowOf } from "../support/publish.ts";
import { waitFor } from "../support/wait.ts";
import type { ChannelTab } from "./channel-tab.ts";
import { counting, Stage } from "./stage.ts";

/** 64 MiB, as PG9b has it. */
const BUDGET_BYTES = 67_108_864;

const stage = await Stage.open();
after(() => stage.close());

const PUBLISHER = "00000000000000aa";
/** Far less than a screen shows, since the test machine may be busy; far more than a page that stands still. */
const LEAST_FRAMES_PER_SECOND = 5;

/** Calls `send` so often a second, for so many seconds, and says how smoothly the page went on meanwhile. */
async function during(tab: ChannelTab, hz: number, seconds: number, send: (i: number) => Promise<void>): Promise<void> {
  const [frames, { draws }] = [await tab.frames(), await tab.counters()];
  const startMs = performance.now();
  let i = 0;
  for await (const _ of ticks(1000 / hz)) {
    // A timer that comes late is made up for.
    while (i < hz * seconds && performance.now() - startMs >= (1000 * i) / hz) await send(i++);
    if (i >= hz * seconds) break;
  }
  const tookS = (performance.now() - startMs) / 1000;
  const drawn = (await tab.counters()).draws - draws;
  const passed = (await tab.frames()) - frames;
  const rates = `${passed} frames and ${drawn} drawings in ${tookS.toFixed(1)} s`;
  assert.ok(passed >= LEAST_FRAMES_PER_SECOND * tookS && drawn >= LEAST_FRAMES_PER_SECOND * tookS, rates);
  assert.ok(drawn <= passed + 2, `${rates}: more than one drawing a frame`);
}

test("[PG1] [PG9a] fifty series at 10 Hz: all are found and held, one drawing a frame", async (t) => {
  const channel = newChannel();
  const { send } = await stage.feed(t, channel);
  const tab = await stage.openTab(t, channel);
  await tab.joined();
  const names = counting(50).map((n) => `s${n}`);
  const start = Date.now() / 1000;
  await during(tab, 10, 3, (i) =>
    send({ t: start + i / 10, ...Object.fromEntries(names.map((name, n) => [name, n + Math.sin(i / 5)])) }),
  );
  await tab.holds(30, "s49");
  const held = await tab.held();
  assert.deepEqual(
    held.map(({ name }) => name),
    names,
  );
  for (const [n, { y }] of held.entries())
    assert.deepEqual(
      y,
      counting(30).map((i) => n + Math.sin(i / 5)),
    );
  assert.equal(Object.keys(await tab.legend()).length, 50);
  assert.deepEqual(await tab.gaps(), []);
  assert.ok((await tab.counters()).ringBytes <= 50 * 1024 * 32, "no ring is larger than it need be");
});

test("[PG9] ten thousand points a second, a message each: every point is there, in order, and frames still come", async (t) => {
  const channel = newChannel();
  const { send, bridge } = await stage.feed(t, channel);
  const tab = await stage.openTab(t, channel);
  await tab.joined();
  const start = Math.floor(Date.now() / 1000);
  const seconds = 3;
  await during(tab, 100, seconds, async (i) => {
    for (const y of counting(100, 100 * i)) await send({ x: start + y / 10_000, y });
  });
  const count = 10_000 * seconds;
  await tab.holds(count);
  assert.deepEqual((await tab.series()).y, counting(count));
  assert.deepEqual(await tab.gaps(), []);
  assert.ok((await tab.counters()).ringBytes <= 64 * count, "a ring is at most twice as large as what it holds");
  assert.ok(bridge.ledger.posts < count / 20, `${bridge.ledger.posts} posts`);
});

/** Resolves once nothing older is being read. */
async function settles(tab: ChannelTab): Promise<void> {
  await waitFor("the history being loaded", async () => (await tab.counters()).past === "idle", { deadlineMs: 30_000 });
}

const POINTS = 8000;

const FRAMES_A_BODY = 7;

/** Publishes frames of {@link POINTS} points whose x go on from one to the next. @returns how many bytes each has */
async function publishMuch(channel: string, frames: number, rowAt: (i: number) => Row): Promise<number> {
  let bytes = 0;
  for (let n = 0; n < frames; n += FRAMES_A_BODY) {
    const body = counting(Math.min(FRAMES_A_BODY, frames - n), n).map((f) =>
      frameOfRows(PUBLISHER, f + 1, counting(POINTS, f * POINTS).map(rowAt)),
    );
    bytes = body[0]?.length ?? 0;
    await publishFrames(stage.edge, channel, ...body);
  }
  return bytes;
}

test("[VW1d] [PG70a] a page that joins 8 MiB of stored frames is sent the newest frame, and reads the rest of its tail behind it", async (t) => {
  const channel = newChannel();
  const frames = 70;
  const bytes = await publishMuch(channel, frames, (i) => rowOf(i + Math.random(), { y: Math.random() }));
  // What was published with one body is stored as one, and is in the tail or not.
  const tail = POINTS * FRAMES_A_BODY * Math.floor(MAX_TAIL_BYTES / (FRAMES_A_BODY * bytes));
  assert.ok(tail < POINTS * frames, "there is more than a tail");
  const tab = await stage.openTab(t, channel);
  // Of its first connection nothing is to be counted.
  await tab.holds(tail);
  let sentBytes = 0;
  tab.page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => {
      if (typeof payload !== "string") sentBytes += payload.length;
    }),
  );
  await tab.page.reload();
  await tab.holds(tail);
  await settles(tab);
  const [length, first] = await tab.page.evaluate(() => {
    const x = plotcast.series()[0]?.x ?? [];
    return [x.length, Math.floor(x[0] ?? -1)];
  });
  assert.deepEqual({ length, first }, { length: tail, first: POINTS * frames - tail });
  assert.deepEqual(await tab.gaps(), []);
  assert.equal(sentBytes, bytes, "one frame came by itself");
  assert.ok((await tab.counters()).ringBytes <= BUDGET_BYTES);
});

test("[PG9] more stored points than 64 MiB can hold: the page keeps the newest, and no more", async (t) => {
  const channel = newChannel();
  const frames = Math.ceil(BUDGET_BYTES / 32 / POINTS) + 7;
  await publishMuch(channel, frames, (i) => rowOf(i, { y: i % 100 }));
  const tab = await stage.openTab(t, channel);
  await tab.says(/^(Live|Stale since .*)$/, 30_000);
  await settles(tab);
  const { ringBytes } = await tab.counters();
  assert.ok(ringBytes <= BUDGET_BYTES && ringBytes >= BUDGET_BYTES / 2, `${ringBytes} bytes`);
  const [length, first] = await tab.page.evaluate(() => {
    const x = plotcast.series()[0]?.x ?? [];
    return [x.length, x[0]];
  });
  assert.equal(length, ringBytes / 32);
  assert.equal(first, POINTS * frames - length);
  await tab.drawn();
  assert.equal((await tab.window()).maxX, POINTS * frames - 1);
});

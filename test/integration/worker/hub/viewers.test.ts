import assert from "node:assert/strict";
import { after, test } from "node:test";
import { CATCH_UP_BYTES, VIEWER_BUFFER_BYTES } from "../../../../protocol/limits.ts";

import { startEdge } from "../../../support/edge.ts";
import {
  bulkyFrame,
  frameOf,
  frameOfRows,
  newChannel,
  publishFrames,
  publishJson,
  rowOf,
} from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";
import { until, Watcher } from "../../../support/watcher.ts";

const A = "00000000000000aa";
const edge = await startEdge();
after(() => edge.close());

/** Publishes frames of some points, one after the other, until told to stop; the values count from 0. */
function publishFlatOut(channel: string, publisher = A): { stop: () => Promise<number> } {
  let going = true;
  let count = 0;
  const publishing = (async () => {
    for (let n = 1; going; n++) {
      const ys = Array.from({ length: 1 + (n % 7) }, (_, i) => count + i);
      count = (await publishFrames(edge, channel, frameOf(publisher, n, ys))).seq;
    }
  })();
  const stop = async (): Promise<number> => {
    going = false;
    await publishing;
    return count;
  };
  return { stop };
}

test("[VW1a] fifty viewers that join while points come flat out have no hole and no repeat", async () => {
  const channel = newChannel();
  const publishing = publishFlatOut(channel);
  const watchers: Watcher[] = [];
  for (let i = 0; i < 50; i++) {
    const query = ["", "?points=0", "?points=7", "?seconds=1", "?points=100000"][i % 5] ?? "";
    watchers.push(await (await Watcher.open(edge, channel, { query })).live());
  }
  const total = await publishing.stop();
  for (const watcher of watchers) {
    const { start = total } = await watcher.reaches(total);
    assert.deepEqual(
      watcher.ys,
      Array.from({ length: total - start }, (_, i) => start + i),
    );
    // Who joined before the first publish is live twice: before it, and in the numbering that began with it.
    assert.ok(watcher.course.length <= 2 && watcher.course.every((type) => type === "live"), `${watcher.course}`);
    await watcher.close();
  }
});

test("[VW1a] [VW5] twenty viewers of text that join while points come flat out have no hole and no repeat", async () => {
  const channel = newChannel();
  const publishing = publishFlatOut(channel);
  const viewers = [];
  for (let i = 0; i < 20; i++) {
    const viewer = await openViewer(new URL(i % 2 === 0 ? "" : "?points=0", edge.channelUrl(channel)));
    viewers.push(viewer);
    await until(viewer, "a point", () => viewer.messages.length > 1 || undefined);
  }
  const total = await publishing.stop();
  for (const viewer of viewers) {
    const yOf = (message: unknown): number => Number(/"y":([^}]+)}/.exec(String(message))?.[1]);
    await until(viewer, "the last point", () => yOf(viewer.messages.at(-1)) === total - 1 || undefined);
    const [, ...points] = viewer.messages;
    const first = yOf(points[0]);
    assert.deepEqual(
      points.map(yOf),
      Array.from({ length: total - first }, (_, i) => first + i),
    );
    await viewer.close();
  }
});

async function startOf(channel: string, query: string): Promise<number | undefined> {
  const watcher = await (await Watcher.open(edge, channel, { query })).live();
  await watcher.close();
  return watcher.start;
}

test("[VW1e] the tail is as many points or seconds as asked for, whichever reaches further, in whole frames", async () => {
  const channel = newChannel();
  for (let n = 0; n < 30; n++)
    await publishFrames(
      edge,
      channel,
      frameOf(
        A,
        n + 1,
        Array.from({ length: 100 }, (_, i) => i),
      ),
    );
  const starts = await Promise.all(
    [
      "?points=0",
      "?points=1",
      "?points=100",
      "?points=101",
      "?points=9999",
      "?seconds=300",
      "?points=5&seconds=300",
    ].map((query) => startOf(channel, query)),
  );
  assert.deepEqual(starts, [undefined, 2900, 2900, 2800, 0, 0, 0]);
});

test("[VW1b] by default the tail is 300 seconds, which here is all, over several steps", async () => {
  const channel = newChannel();
  for (let n = 1; n <= 8; n++) await publishFrames(edge, channel, bulkyFrame(A, n, 8000));
  const watcher = await (await Watcher.open(edge, channel)).live();
  assert.equal(watcher.start, 0);
  assert.deepEqual(watcher.course, [...Array(7).fill("behind"), "live"]);
  assert.ok(watcher.frames.every(({ length }) => length <= CATCH_UP_BYTES));
  await watcher.close();
});

test("[VW1d] the tail is 8 MiB at most", async () => {
  const channel = newChannel();
  // A tail begins where a body begins.
  for (let n = 1; n <= 80; n++) await publishFrames(edge, channel, bulkyFrame(A, n, 8000));
  const watcher = await (await Watcher.open(edge, channel, { query: "?points=100000000" })).live();
  assert.equal(watcher.start, 8000 * (80 - Math.floor((8 * 1024 * 1024) / (120 + 16 * 8000))));
  await watcher.close();
});

test("[VW1a] a channel without points is live at once", async () => {
  const watcher = await (await Watcher.open(edge, newChannel())).live();
  assert.deepEqual([watcher.course, watcher.frames, watcher.position?.seq], [["live"], [], 0]);
  await watcher.close();
});

test("[VW1] a hello names the channel, its series and how many watch", async () => {
  const channel = newChannel();
  const { seq } = await publishJson(edge, channel, { "temp.motor": 1, ü: 2 });
  const [first, second] = [await Watcher.open(edge, channel), await Watcher.open(edge, channel)];
  const hello = await second.tells("hello");
  const { viewer, build, epoch, nowMs, takenForMs } = hello;
  assert.ok(takenForMs !== null && takenForMs < 10_000);
  assert.deepEqual(hello, {
    type: "hello",
    version: 1,
    viewer,
    channel,
    build,
    epoch,
    seq,
    series: ["temp.motor", "ü"],
    scales: [null, null],
    arrangement: "",
    viewers: 2,
    retryWithinMs: 500,
    nowMs,
    goneForMs: null,
    takenForMs,
    takenEveryMs: null,
  });
  assert.notEqual(viewer, (await first.tells("hello")).viewer);
  await Promise.all([first.close(), second.close()]);
});

test("a viewer is told how many watch when that changes", async () => {
  const channel = newChannel();
  const first = await Watcher.open(edge, channel);
  const second = await Watcher.open(edge, channel);
  const count = (viewers: number) =>
    until(
      first.viewer,
      `${viewers} watch`,
      () =>
        first.viewer.messages.some((message) => String(message).startsWith(`{"type":"status","viewers":${viewers},`)) ||
        undefined,
    );
  await count(2);
  await second.close();
  await count(1);
  await first.close();
});

test("[VW5a] a viewer of text gets exactly the last hundred points, from the middle of a frame on", async () => {
  const channel = newChannel();
  await publishFrames(
    edge,
    channel,
    frameOf(
      A,
      1,
      Array.from({ length: 130 }, (_, i) => i),
      1000,
    ),
  );
  await publishFrames(edge, channel, frameOfRows(A, 2, [rowOf(0.1, { y: -0, 'temp "m"': 5e-324 })]));
  const viewer = await openViewer(edge.channelUrl(channel));
  await until(viewer, "a hundred points", () => viewer.messages.length >= 100 || undefined);
  await publishJson(edge, channel, { x: 7, y: 8 });
  await until(viewer, "the live point", () => viewer.messages.length >= 101 || undefined);
  assert.deepEqual(viewer.messages, [
    ...Array.from({ length: 98 }, (_, i) => `{"x":${1032 + i},"y":${32 + i}}`),
    '{"x":0.1,"y":-0}',
    '{"series":"temp \\"m\\"","x":0.1,"y":5e-324}',
    '{"x":7,"y":8}',
  ]);
  assert.equal(viewer.subprotocol, "");
  await viewer.close();
});

test("[VW5] a viewer of text may ask for another tail", async () => {
  const channel = newChannel();
  await publishFrames(
    edge,
    channel,
    frameOf(
      A,
      1,
      Array.from({ length: 500 }, (_, i) => i),
    ),
  );
  for (const [query, first] of [
    ["?points=3", 497],
    ["?points=499", 1],
    ["?seconds=60", 0],
  ] as const) {
    const viewer = await openViewer(new URL(query, edge.channelUrl(channel)));
    await until(viewer, query, () => viewer.messages.length >= 500 - first || undefined);
    assert.equal(viewer.messages[0], `{"x":${first},"y":${first}}`);
    assert.equal(viewer.messages.length, 500 - first);
    await viewer.close();
  }
});

test("[VW5] a tail of text that is more than may wait comes whole nevertheless", async () => {
  const channel = newChannel();
  await publishFrames(edge, channel, ...[1, 2].map((n) => bulkyFrame(A, n, 8000)));
  const viewer = await openViewer(new URL("?points=9999", edge.channelUrl(channel)));
  await until(viewer, "9,999 points", () => viewer.messages.length >= 9_999 || undefined, 30_000);
  assert.ok(viewer.messages.reduce((sum, { length }) => sum + length, 0) > VIEWER_BUFFER_BYTES);
  assert.equal(new Set(viewer.messages).size, 9_999);
  await viewer.close();
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual(edge.logs, []));

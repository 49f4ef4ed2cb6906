/** Anybody can be a viewer of text: many who take all that is stored must not keep a publisher waiting. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startEdge } from "../../../support/edge.ts";
import { bulkyFrame, frameOf, newChannel, publishFrames, publishJson } from "../../../support/publish.ts";
import { openViewer, type Viewer } from "../../../support/sockets.ts";
import { until } from "../../../support/watcher.ts";

const A = "00000000000000aa";
const edge = await startEdge();
after(() => edge.close());

/** Publishes one point after the other until `isOver`, 20 at least. @returns how long one took, in the middle */
async function medianPostMs(channel: string, isOver = (): boolean => true): Promise<number> {
  const tookMs: number[] = [];
  while (tookMs.length < 20 || !isOver()) {
    const beganAt = performance.now();
    await publishJson(edge, channel, tookMs.length);
    tookMs.push(performance.now() - beganAt);
  }
  return tookMs.toSorted((a, b) => a - b)[Math.floor(tookMs.length / 2)] ?? 0;
}

async function fullChannel(): Promise<string> {
  const channel = newChannel();
  for (let n = 1; n <= 20; n++) await publishFrames(edge, channel, bulkyFrame(A, n, 8000));
  return channel;
}

test("[VW4a] [VW5] publishes wait little while 400 viewers of text join that take all they can, half of which do not read", async (t) => {
  const channel = await fullChannel();
  const beforeMs = await medianPostMs(channel);
  const url = new URL("?points=9007199254740991", edge.channelUrl(channel));
  const viewers: Viewer[] = [];
  const join = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) {
      const viewer = await openViewer(url);
      if (i % 2 === 1) viewer.pause();
      viewers.push(viewer);
    }
  };
  const joining = Promise.all(Array.from({ length: 40 }, join));
  const besideMs = await medianPostMs(channel, () => viewers.length === 400);
  await joining;
  for (const viewer of viewers) viewer.cut();
  // Once more: what else the machine does may have begun meanwhile.
  const aloneMs = Math.max(beforeMs, await medianPostMs(channel));
  t.diagnostic(`the middle POST: ${aloneMs.toFixed(1)} ms, ${besideMs.toFixed(1)} ms`);
  // When each join and each publish sent some 1,000 messages it was more than a hundred times as long.
  assert.ok(besideMs < 50 * aloneMs, `${besideMs} ms, and ${aloneMs} ms alone`);
});

test("[VW4a] [VW5d] a publish of 8,000 points to 200 viewers of text takes a few times as long as to two", async (t) => {
  /** The least of some: what the machine does beside makes others slower. */
  const postMs = async (channel: string): Promise<number> => {
    let leastMs = Number.POSITIVE_INFINITY;
    for (let n = 1; n <= 8; n++) {
      const beganAt = performance.now();
      await publishFrames(edge, channel, bulkyFrame(A, n, 8000));
      leastMs = Math.min(leastMs, performance.now() - beganAt);
    }
    return leastMs;
  };
  const watched = async (count: number): Promise<number> => {
    const channel = newChannel();
    const viewers = await Promise.all(Array.from({ length: count }, () => openViewer(edge.channelUrl(channel))));
    const ms = await postMs(channel);
    for (const viewer of viewers) viewer.cut();
    return ms;
  };
  const [fewMs, manyMs] = [await watched(2), await watched(200)];
  t.diagnostic(`${fewMs.toFixed(1)} ms, ${manyMs.toFixed(1)} ms`);
  assert.ok(manyMs < 10 * fewMs, `${manyMs} ms, and ${fewMs} ms`);
});

for (const [points, expected] of [
  [9_999, 9_999],
  [10_000, 10_000],
  [10_001, 10_000],
] as const) {
  test(`[VW5c] of what is stored a viewer of text gets 10,000 points at most: ${points} asked for`, async () => {
    const channel = newChannel();
    await publishFrames(
      edge,
      channel,
      frameOf(
        A,
        1,
        Array.from({ length: 6000 }, (_, i) => i),
      ),
    );
    await publishFrames(
      edge,
      channel,
      frameOf(
        A,
        2,
        Array.from({ length: 6000 }, (_, i) => 6000 + i),
      ),
    );
    const viewer = await openViewer(new URL(`?points=${points}`, edge.channelUrl(channel)));
    await until(viewer, "the last point", () => /"y":11999}/.test(String(viewer.messages.at(-1))) || undefined, 60_000);
    assert.equal(viewer.messages.length, expected);
    assert.match(String(viewer.messages[0]), new RegExp(`"y":${12_000 - expected}}`));
    await viewer.close();
  });
}

test("[VW5] sixty viewers of text that join at once each get their hundred points, and what is published then", async () => {
  const channel = newChannel();
  await publishFrames(
    edge,
    channel,
    frameOf(
      A,
      1,
      Array.from({ length: 200 }, (_, i) => i),
    ),
  );
  const viewers = await Promise.all(Array.from({ length: 60 }, () => openViewer(edge.channelUrl(channel))));
  await publishJson(edge, channel, [200, 201, 202]);
  for (const viewer of viewers) {
    await until(viewer, "the last point", () => /"y":202}/.test(String(viewer.messages.at(-1))) || undefined, 30_000);
    assert.equal(viewer.messages.length, 103);
  }
  for (const viewer of viewers) viewer.cut();
});

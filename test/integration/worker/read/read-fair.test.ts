/** Reads give way: to publishers, and to each other. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
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
import { withDeadline } from "../../../support/wait.ts";

const A = "00000000000000aa";
const edge = await startEdge();
after(() => edge.close());
/** 240,000 points whose x is regular: 2 MB of frames, 10 MB as text. */
const full = newChannel();
/** 32 MB of frames that nothing narrows, after one point of a series that has no other. */
const searched = newChannel();
/** 4,096 frames of 152 bytes that say 8,000 points each. */
const dense = newChannel();

before(async () => {
  for (let n = 1; n <= 30; n++) {
    const rows = Array.from({ length: 8000 }, (_, i) => rowOf(8000 * n + i, { y: Math.random() }));
    await publishFrames(edge, full, frameOfRows(A, n, rows));
  }
  await publishFrames(edge, searched, frameOf(A, 1, [1], 0, "rare"));
  for (let n = 2; n <= 250; n++) await publishFrames(edge, searched, bulkyFrame(A, n, 8000));
  await publishFrames(edge, dense, frameOf(A, 1, [1], 0, "rare"));
  for (let n = 2; n <= 513; n += 16) {
    const frames = Array.from({ length: 16 }, (_, i) => frameOf(A, n + i, Array<number>(8000).fill(1)));
    await publishFrames(edge, dense, ...frames);
  }
});

/**
 * Publishes one point after the other until `other` is over. @returns its longest POST and how long all took, in ms; the two
 * longest do not count, for which the machine may have stood still
 */
async function publishDuring(other: Promise<unknown>): Promise<{ longest: number; total: number; count: number }> {
  const channel = newChannel();
  let isOver = false;
  const over = other.finally(() => {
    isOver = true;
  });
  const beganAt = performance.now();
  const tookMs: number[] = [];
  while (!isOver) {
    const sentAt = performance.now();
    await publishFrames(edge, channel, frameOf(A, tookMs.length + 1, [1]));
    tookMs.push(performance.now() - sentAt);
  }
  await over;
  const total = performance.now() - beganAt;
  assert.ok(tookMs.length >= 30, `${tookMs.length} POSTs in ${total} ms`);
  return { longest: tookMs.toSorted((a, b) => b - a)[2] ?? total, total, count: tookMs.length };
}

async function readAll(channel: string, address: string, query = ""): Promise<number> {
  const response = await fetch(new URL(query, edge.channelUrl(channel)), { headers: { "X-Forwarded-For": address } });
  assert.equal(response.status, 200);
  let bytes = 0;
  for await (const part of response.body ?? []) bytes += part.length;
  return bytes;
}

test("[RD3d] beside 20 readers of a full store the longest pause of a publisher is a fraction of their time", async (t) => {
  const readers = Array.from({ length: 20 }, (_, i) => readAll(full, `192.0.2.${i % 4}`));
  const { longest, total, count } = await publishDuring(withDeadline("20 reads", Promise.all(readers), 90_000));
  t.diagnostic(`longest of ${count} POSTs: ${longest.toFixed(0)} ms of ${total.toFixed(0)}`);
  // Read 1 MiB at a time it was a third.
  assert.ok(longest < total / 10, `${longest} ms of ${total}`);
});

test("[RD3b] frames of few bytes and many points are read as gently", async (t) => {
  const { longest, total, count } = await publishDuring(readAll(dense, "192.0.2.1", "?points=9&series=rare"));
  t.diagnostic(`longest of ${count} POSTs: ${longest.toFixed(0)} ms of ${total.toFixed(0)}`);
  assert.ok(longest < total / 3, `${longest} ms of ${total}`);
});

/** How long one of 60 POSTs took, in the middle. */
async function medianPostMs(channel: string): Promise<number> {
  const tookMs: number[] = [];
  for (let n = 1; n <= 60; n++) {
    const beganAt = performance.now();
    await publishJson(edge, channel, n);
    tookMs.push(performance.now() - beganAt);
  }
  return tookMs.toSorted((a, b) => a - b)[30] ?? 0;
}

test("[RD3d] a publisher beside 32 searches of a full store from 8 addresses takes a few times as long as alone", async (t) => {
  const beforeMs = await medianPostMs(searched);
  const abort = new AbortController();
  const searches = Array.from({ length: 32 }, async (_, i) => {
    const url = new URL("?points=10&series=rare", edge.channelUrl(searched));
    const headers = { "X-Forwarded-For": `192.0.2.${i % 8}` };
    while (!abort.signal.aborted) await (await fetch(url, { headers, signal: abort.signal })).text();
  });
  const over = Promise.allSettled(searches);
  const besideMs = await medianPostMs(searched);
  const otherMs = await medianPostMs(newChannel());
  abort.abort();
  await withDeadline("the end of 32 searches", over);
  // Once more: what else the machine does may have begun meanwhile.
  const aloneMs = Math.max(beforeMs, await medianPostMs(searched));
  t.diagnostic(`the middle POST: ${[aloneMs, besideMs, otherMs].map((ms) => ms.toFixed(1)).join(", ")} ms`);
  // It was some thirty times as long.
  assert.ok(besideMs < 12 * aloneMs, `${besideMs} ms, and ${aloneMs} ms alone`);
  assert.ok(otherMs < 12 * aloneMs, `${otherMs} ms in another channel, and ${aloneMs} ms alone`);
});

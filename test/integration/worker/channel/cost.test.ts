/** What anonymous requests make cost is bounded: rows, alarms, requests to objects. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  MAX_READ_MS,
  MAX_READ_PAUSE_MS,
  MAX_READS,
  MAX_READS_IN_WORKER,
  MAX_READS_PER_ADDRESS,
} from "../../../../worker/channel/log/read-limits.ts";
import { channelOfRows, costOf, get, joinAndLeave, startCounting } from "../../../cost/measure.ts";
import { bulkyFrame, frameOf, frameOfRows, newChannel, publishFrames, rowOf } from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";
import { until } from "../../../support/watcher.ts";

const A = "00000000000000aa";
const FRAMES = 2000;
const edge = await startCounting();
after(() => edge.close());

test("[CH10b] [RD5] whoever asks for an unknown channel makes nothing be written, and no alarm", async () => {
  const channel = newChannel();
  const cost = await costOf(edge, async () => {
    await get(edge, channel);
    await joinAndLeave(edge, channel);
  });
  assert.deepEqual([cost.rowsWritten, cost.alarmsSet, cost.alarms], [0, 0, 0]);
  assert.ok(cost.rowsRead <= 2, `${cost.rowsRead} rows`);
  assert.equal((await costOf(edge, () => get(edge, channel, "", "HEAD"))).requests, 0);
});

test("[RD6a] [RD6b] reads write nothing, and look at each frame about twice, or only at what they ask for", async () => {
  const channel = await channelOfRows(edge, FRAMES);
  const rowsReadOf = async (query: string): Promise<number> => {
    const { rowsRead, rowsWritten, alarmsSet, alarms } = await costOf(edge, () => get(edge, channel, query));
    assert.deepEqual([rowsWritten, alarmsSet, alarms], [0, 0, 0], query);
    return rowsRead;
  };
  for (const [query, most] of [
    ["", 2.5 * FRAMES],
    ["?from=1e9", 1.5 * FRAMES],
    ["?points=100&series=none", 5],
    ["?series=none", 5],
    ["?series=n*e", 5],
    ["?points=100", 300],
  ] as const) {
    const rows = await rowsReadOf(query);
    assert.ok(rows <= most, `${rows} rows for ${query}`);
  }
});

for (const [what, frames, query, requests] of [
  ["131,056 bytes are one slice", [1, 2].map((n) => bulkyFrame(A, n, 4088)), "", 1],
  ["131,088 bytes are two", [1, 2].map((n) => bulkyFrame(A, n, 4089)), "", 2],
  ["16,384 points are one slice", [8000, 8000, 384].map((points, i) => constantFrame(i + 1, points)), "", 1],
  ["16,385 points are two", [8000, 8000, 385].map((points, i) => constantFrame(i + 1, points)), "", 2],
  ["32,768 values are one slice", missing(1, 8000, 8000, 384), "", 1],
  ["32,769 values are two", [...missing(1, 8000, 8000, 383), frameOfRows(A, 4, [rowOf(0, { a: 1, b: 2 })])], "", 2],
  [
    "32,768 values from the newest back are one slice, and one forward",
    missing(1, 8000, 8000, 384),
    "?points=9&from=0",
    2,
  ],
  [
    "32,769 values from the newest back are two, and two forward",
    [frameOfRows(A, 1, [rowOf(0, { a: 1, b: 2 })]), ...missing(2, 8000, 8000, 383)],
    "?points=9&from=0",
    4,
  ],
  ["1,024 frames are looked at in one slice", rowsOf(1024), "?from=1e9", 1],
  ["1,025 frames in two", rowsOf(1025), "?from=1e9", 2],
] as const) {
  test(`[RD3] ${what}`, async () => {
    const channel = newChannel();
    await publishFrames(edge, channel, ...frames);
    const cost = await costOf(edge, () => get(edge, channel, query));
    assert.equal(cost.requests, requests);
  });
}

/** A frame of few bytes and many points. */
function constantFrame(n: number, points: number): Uint8Array {
  return frameOf(A, n, Array<number>(points).fill(1));
}

/** Frames of so many rows each, of which one is a point. */
function missing(first: number, ...rows: number[]): Uint8Array[] {
  return rows.map((count, i) => frameOf(A, first + i, [1, ...Array<number>(count - 1).fill(Number.NaN)]));
}

function rowsOf(frames: number): Uint8Array[] {
  return Array.from({ length: frames }, (_, i) => frameOf(A, i + 1, [i], i));
}

test("[RD2f] [RD4a] [RD4b] the limits of reads are those of SPEC", () => {
  const limits = { MAX_READS, MAX_READS_PER_ADDRESS, MAX_READS_IN_WORKER, MAX_READ_PAUSE_MS, MAX_READ_MS };
  assert.deepEqual(limits, {
    MAX_READS: 32,
    MAX_READS_PER_ADDRESS: 16,
    MAX_READS_IN_WORKER: 256,
    MAX_READ_PAUSE_MS: 60_000,
    MAX_READ_MS: 900_000,
  });
});

test("[RD6c] viewers that join and leave look at no more rows than they get frames, whatever they ask for", async () => {
  const channel = await channelOfRows(edge, FRAMES);
  await joinAndLeave(edge, channel);
  for (const [query, most] of [
    ["?points=0", 200],
    ["?seconds=86400", 2 * 1024 + 200],
  ] as const) {
    const { rowsRead, rowsWritten, alarms } = await costOf(edge, () => joinAndLeave(edge, channel, query));
    assert.ok(rowsRead <= most, `${rowsRead} rows for ${query}`);
    assert.equal(rowsWritten, 0);
    assert.ok(alarms <= 2, `${alarms} alarms`);
  }
});

test("[RD6e] a viewer of text that catches up sets an alarm a second", async () => {
  const channel = newChannel();
  const viewer = await openViewer(edge.channelUrl(channel));
  const beganAt = performance.now();
  const { alarms, alarmsSet } = await costOf(edge, async () => {
    for (let n = 1; n <= 4; n++) await publishFrames(edge, channel, bulkyFrame(A, n, 8000));
    await until(viewer, "32,000 points", () => viewer.messages.length >= 32_000 || undefined, 60_000);
    viewer.cut();
  });
  const seconds = (performance.now() - beganAt) / 1000;
  assert.ok(alarms <= 2 + seconds && alarmsSet <= 4 + seconds, `${alarms} of ${alarmsSet} in ${seconds.toFixed(1)} s`);
});

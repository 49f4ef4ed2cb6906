/** What anonymous requests make cost is bounded: rows, alarms, requests to objects. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { channelOfBytes, channelOfRows, costOf, get, joinAndLeave, startCounting } from "../cost/measure.ts";
import { newChannel } from "../support/publish.ts";
import { openViewer } from "../support/sockets.ts";
import { until } from "../support/watcher.ts";

const FRAMES = 2000;
const edge = await startCounting();
after(() => edge.close());

test("[CH10] whoever asks for an unknown channel makes nothing be written, and no alarm", async () => {
  const channel = newChannel();
  const cost = await costOf(edge, async () => {
    await get(edge, channel);
    await joinAndLeave(edge, channel);
  });
  assert.deepEqual([cost.rowsWritten, cost.alarmsSet, cost.alarms], [0, 0, 0]);
  assert.ok(cost.rowsRead <= 2, `${cost.rowsRead} rows`);
  assert.equal((await costOf(edge, () => get(edge, channel, "", "HEAD"))).requests, 0);
});

test("[RD6] reads write nothing, and look at each frame about twice, or only at what they ask for", async () => {
  const channel = await channelOfRows(edge, FRAMES);
  const rowsOf = async (query: string): Promise<number> => {
    const { rowsRead, rowsWritten, alarmsSet, alarms } = await costOf(edge, () => get(edge, channel, query));
    assert.deepEqual([rowsWritten, alarmsSet, alarms], [0, 0, 0], query);
    return rowsRead;
  };
  for (const [query, most] of [
    ["", 2.5 * FRAMES],
    ["?from=1e9", 1.5 * FRAMES],
    ["?points=100&series=none", 5 * FRAMES],
    ["?points=100", 300],
  ] as const) {
    const rows = await rowsOf(query);
    assert.ok(rows <= most, `${rows} rows for ${query}`);
  }
});

test("[RD6] viewers that join and leave look at no more rows than they get frames, whatever they ask for", async () => {
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

test("[RD6] a viewer of text that catches up sets 256 alarms, and then 16 a second", async () => {
  const channel = await channelOfBytes(edge, 20);
  const beganAt = performance.now();
  const { alarms } = await costOf(edge, async () => {
    const viewer = await openViewer(new URL("?points=1000000", edge.channelUrl(channel)));
    await until(viewer, "140,000 points", () => viewer.messages.length >= 140_000 || undefined, 60_000);
    viewer.cut();
  });
  const seconds = (performance.now() - beganAt) / 1000;
  assert.ok(alarms <= 260 + 17 * seconds, `${alarms} alarms in ${seconds.toFixed(1)} s`);
});

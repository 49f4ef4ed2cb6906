/** Where viewers begin, by the times at which frames were taken. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startEdge } from "../../../support/edge.ts";
import { frameOf, newChannel, publishFrames } from "../../../support/publish.ts";
import { Watcher } from "../../../support/watcher.ts";

const A = "00000000000000aa";

test("[VW1b] [VW2d] a tail of S seconds has what was taken in the last S seconds; without a number 300", async (t) => {
  const main = fileURLToPath(new URL("../../../support/late-worker.js", import.meta.url));
  const edge = await startEdge({ main, vars: { STORE_SECONDS: "86400" } });
  t.after(() => edge.close());
  const later = (ms: number) => fetch(new URL(`/later?ms=${ms}`, edge.url));
  const channel = newChannel();
  // Taken 360, 240, 60 and 0 seconds before the newest, each a few ms later than that; each of 400 points, so that 1,000 are
  // three frames, and a tail of more was chosen by its seconds.
  for (const [n, waitMs] of [120_000, 180_000, 60_000, 0].entries()) {
    await publishFrames(edge, channel, frameOf(A, n + 1, Array<number>(400).fill(n)));
    await later(waitMs);
  }
  const startOf = async (query: string): Promise<number | undefined> => {
    const watcher = await (await Watcher.open(edge, channel, { query })).live();
    await watcher.close();
    return watcher.start;
  };
  for (const [query, start] of [
    ["?seconds=50", 1200],
    ["?seconds=70", 800],
    ["?seconds=230", 800],
    ["?seconds=250", 400],
    ["?seconds=350", 400],
    ["?seconds=370", 0],
    ["?seconds=50&points=900", 400],
    // 1,000 points or 300 seconds.
    ["", 400],
    // Of another epoch: the same.
    ["?epoch=1&seq=5", 400],
  ] as const) {
    assert.equal(await startOf(query), start, query);
  }
  // 300 seconds reach further than 1,000 points, and not to what is 301 seconds old.
  const few = newChannel();
  await publishFrames(edge, few, frameOf(A, 1, [1]));
  for (let n = 2; n <= 3; n++) await publishFrames(edge, few, frameOf(A, n, Array<number>(1100).fill(n)));
  const fewStart = async (query: string): Promise<number | undefined> => {
    const watcher = await (await Watcher.open(edge, few, { query })).live();
    await watcher.close();
    return watcher.start;
  };
  for (const query of ["", "?epoch=1&seq=5"]) assert.equal(await fewStart(query), 0, query);
  await later(290_000);
  await publishFrames(edge, few, frameOf(A, 4, Array<number>(1100).fill(4)));
  for (const query of ["", "?epoch=1&seq=5"]) assert.equal(await fewStart(query), 0, query);
  await later(11_000);
  await publishFrames(edge, few, frameOf(A, 5, [5]));
  for (const query of ["", "?epoch=1&seq=5"]) assert.equal(await fewStart(query), 2201, query);
});

/** A channel that was not used for long leaves nothing behind. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Edge, startEdge } from "../../../support/edge.ts";
import { toOlderStore } from "../../../support/older-store.ts";
import { frameOf, newChannel, publishFrames, read, storedPoints } from "../../../support/publish.ts";
import { storedOnDisk } from "../../../support/stored.ts";
import { waitFor } from "../../../support/wait.ts";
import { Watcher } from "../../../support/watcher.ts";

const A = "00000000000000aa";
const DAY_MS = 24 * 60 * 60 * 1000;
/** Longer than a loaded machine takes from one request to the next. */
const FORGET_AFTER_MS = 6000;
const QUICK = { STORE_SECONDS: "1", FORGET_AFTER_DAYS: String(FORGET_AFTER_MS / DAY_MS) };

/** An edge whose storage can be looked at. */
async function edgeOnDisk(vars: Record<string, string> = {}): Promise<{ edge: Edge; persistDir: string }> {
  const persistDir = await mkdtemp(join(tmpdir(), "plotcast-forget-"));
  const edge = await startEdge({ persistDir, vars });
  after(() => edge.close().then(() => rm(persistDir, { recursive: true, force: true })));
  return { edge, persistDir };
}

async function epochOf(edge: Edge, channel: string): Promise<number> {
  const response = await read(edge, channel, "text/csv");
  await response.text();
  return Number(response.headers.get("Plotcast-Epoch"));
}

for (const evicted of [false, true]) {
  test(`[CH11a] [CH11b] [CH11c] a channel that was not used for long is deleted, ${evicted ? "though evicted" : "while in memory"}`, async () => {
    const { edge, persistDir } = await edgeOnDisk(QUICK);
    const channel = newChannel();
    await publishFrames(edge, channel, frameOf(A, 1, [1, 2]));
    const watcher = await (await Watcher.open(edge, channel)).live();
    const { epoch = 0 } = watcher.position ?? {};
    if (evicted) await edge.evict(channel);
    const gap = await watcher.tells("gap");
    assert.deepEqual(gap, { type: "gap", reason: "epoch", points: null, epoch: 0, seq: 0 });
    assert.equal(await epochOf(edge, channel), 0);
    await edge.kill();
    const { databases, alarmsMs } = await storedOnDisk(persistDir);
    assert.deepEqual([databases.map(({ tables }) => tables), alarmsMs], [[[]], []]);
    await edge.restart();
    // Where publishers stood is forgotten, too.
    assert.deepEqual(await publishFrames(edge, channel, frameOf(A, 1, [3])), {
      seq: 1,
      points: 1,
      viewers: 0,
      duplicates: 0,
    });
    assert.ok((await epochOf(edge, channel)) > epoch);
    assert.equal((await storedPoints(edge, channel)).length, 1);
  });
}

test("[CH11a] a channel that is used, or that keeps points for longer, is not deleted", async () => {
  const { edge } = await edgeOnDisk(QUICK);
  const { edge: keeper } = await edgeOnDisk({ ...QUICK, STORE_SECONDS: "900" });
  const [channel, kept] = [newChannel(), newChannel()];
  await publishFrames(keeper, kept, frameOf(A, 1, [1]));
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  const [before, keptBefore] = [await epochOf(edge, channel), await epochOf(keeper, kept)];
  const untilMs = performance.now() + 2 * FORGET_AFTER_MS;
  for (let n = 2; performance.now() < untilMs; n++) {
    await sleep(500);
    await publishFrames(edge, channel, frameOf(A, n, [n]));
  }
  assert.equal(await epochOf(edge, channel), before);
  assert.equal(await epochOf(keeper, kept), keptBefore);
  await waitFor("the end of a channel that is not used any more", async () => (await epochOf(edge, channel)) === 0);
});

test("[CH11a] a channel that was emptied is deleted, too", async () => {
  const { edge } = await edgeOnDisk(QUICK);
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  await fetch(edge.channelUrl(channel), { method: "DELETE", headers: { Authorization: `Bearer ${edge.token}` } });
  assert.ok((await epochOf(edge, channel)) > 0);
  await waitFor("the end of a channel", async () => (await epochOf(edge, channel)) === 0);
});

test("[CH11d] the alarm is set by the first publish, 30 days ahead, and moved by none after it", async () => {
  const { edge, persistDir } = await edgeOnDisk();
  const channel = newChannel();
  const beforeMs = Date.now();
  await publishFrames(edge, channel, frameOf(A, 1, [1]));
  const afterMs = Date.now();
  for (let n = 2; n <= 20; n++) await publishFrames(edge, channel, frameOf(A, n, [n]));
  await edge.evict(channel);
  await publishFrames(edge, channel, frameOf(A, 21, [21]));
  await epochOf(edge, channel);
  await edge.kill();
  const { alarmsMs } = await storedOnDisk(persistDir);
  assert.equal(alarmsMs.length, 1);
  const [atMs = 0] = alarmsMs;
  assert.ok(atMs >= beforeMs + 30 * DAY_MS && atMs <= afterMs + 30 * DAY_MS, `${atMs - beforeMs} ms ahead`);
});

test("[CH16f] [CH11] [CH6] a database of the version before goes on, and gets its alarm when it is next used", async () => {
  const { edge, persistDir } = await edgeOnDisk();
  const channel = newChannel();
  await publishFrames(edge, channel, frameOf(A, 1, [1, 2]), frameOf(A, 2, [3]));
  const epoch = await epochOf(edge, channel);
  await edge.kill();
  const file = (await storedOnDisk(persistDir)).databases[0]?.file ?? "";
  const database = new DatabaseSync(file);
  toOlderStore(database, true);
  database.exec("INSERT INTO publishers VALUES ('00000000000000bb', 7, 0)");
  database.close();
  await edge.restart();
  assert.deepEqual(
    (await storedPoints(edge, channel)).map(({ y }) => y),
    [1, 2, 3],
  );
  assert.equal((await publishFrames(edge, channel, frameOf("00000000000000bb", 7, [4]))).duplicates, 1);
  assert.equal((await publishFrames(edge, channel, frameOf(A, 3, [5]))).seq, 4);
  assert.equal(await epochOf(edge, channel), epoch);
  await edge.kill();
  assert.equal((await storedOnDisk(persistDir)).alarmsMs.length, 1);
});

/** Publishers of which nothing is heard any more, though they never said that they go. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { PRESENCE_TYPE } from "../../../../protocol/limits.ts";
import type { Edge, EdgeOptions } from "../../../support/edge.ts";
import { toOlderStore } from "../../../support/older-store.ts";
import { frameOf, post, publishFrames } from "../../../support/publish.ts";
import { alarmAtMs, changeCheckpoints, type StoredEdge, startStoredEdge } from "../../../support/stored-edge.ts";
import { Watcher } from "../../../support/watcher.ts";

const [A, B, C] = ["00000000000000aa", "00000000000000bb", "00000000000000cc"];
const CHANNEL = "ghosts";

/** A channel of its own to which something was published. */
async function startChannel(options: EdgeOptions = {}): Promise<StoredEdge> {
  const stored = await startStoredEdge(options);
  await post(stored.edge, CHANNEL, "1");
  return stored;
}

async function announce(edge: Edge, publisher: string, here = true): Promise<void> {
  const response = await post(edge, CHANNEL, JSON.stringify({ publisher, here }), { "Content-Type": PRESENCE_TYPE });
  assert.equal(response.status, 204, await response.text());
}

async function hello(edge: Edge) {
  const watcher = await Watcher.open(edge, CHANNEL);
  const message = await watcher.tells("hello");
  await watcher.close();
  return message;
}

/** Everything that was ever heard of a publisher was so long ago. @returns when */
function heardAgo({ whileStopped }: StoredEdge, publisher: string, agoMs: number): Promise<number> {
  return whileStopped((database) => {
    const atMs = Date.now() - agoMs;
    database.prepare("UPDATE presence SET heard_at_ms = ? WHERE publisher = ?").run(atMs, publisher);
    database.prepare("UPDATE segments SET taken_at_ms = min(taken_at_ms, ?) WHERE publisher = ?").run(atMs, publisher);
    changeCheckpoints(database, ({ publishers, takings }) => ({
      publishers: publishers.map(([id, publisherSeq, seq, takenAtMs]) => {
        return [id, publisherSeq, seq, id === publisher ? Math.min(takenAtMs, atMs) : takenAtMs];
      }),
      takings,
    }));
    return atMs;
  });
}

test("[CH9e] a publisher is gone since it was last heard of when that is 150 seconds ago, and not before", async () => {
  await using stored = await startChannel();
  const { edge } = stored;
  await announce(edge, A);
  for (const agoMs of [0, 100_000, 140_000, 149_000, 150_000, 151_000, 86_400_000]) {
    const heardAtMs = await heardAgo(stored, A, agoMs);
    const { nowMs, goneForMs } = await hello(edge);
    const forMs = nowMs - heardAtMs;
    assert.equal(goneForMs, forMs >= 150_000 ? forMs : null, `after ${forMs} ms`);
  }
  await announce(edge, A);
  assert.equal((await hello(edge)).goneForMs, null, "it says that it is here after all");
  await heardAgo(stored, A, 200_000);
  assert.ok((await hello(edge)).goneForMs);
  await publishFrames(edge, CHANNEL, frameOf(A, 1, [1]));
  assert.equal((await hello(edge)).goneForMs, null, "a frame says that, too");
});

test("[CH9d] [CH9e] a frame is something that is heard of a publisher, in the store, trimmed or deleted", async () => {
  await using stored = await startChannel({ vars: { STORE_BYTES: "2000" } });
  const { edge, whileStopped } = stored;
  await announce(edge, A);
  await publishFrames(edge, CHANNEL, frameOf(A, 1, [1]));
  /** What it said is long ago; its frame is not. */
  const saidLongAgo = () => whileStopped((database) => database.exec("UPDATE presence SET heard_at_ms = 1"));
  await saidLongAgo();
  assert.equal((await hello(edge)).goneForMs, null);
  for (let n = 1; n <= 50; n++) await publishFrames(edge, CHANNEL, frameOf(B, n, [0.1, 0.2]));
  await whileStopped((database) => {
    const query =
      "SELECT count(*) AS n FROM segments WHERE publisher = ? AND seq > (SELECT max(kept_after) FROM segments)";
    assert.equal(database.prepare(query).get(A)?.n, 0);
  });
  assert.equal((await hello(edge)).goneForMs, null);
  const headers = { Authorization: `Bearer ${edge.token}` };
  assert.equal((await fetch(edge.channelUrl(CHANNEL), { method: "DELETE", headers })).status, 204);
  await edge.evict(CHANNEL);
  assert.equal((await hello(edge)).goneForMs, null);
});

test("[CH9h] a publisher that never announced itself expires no more than it was here", async () => {
  await using stored = await startChannel();
  const { edge } = stored;
  await publishFrames(edge, CHANNEL, frameOf(B, 1, [1]));
  assert.equal((await hello(edge)).goneForMs, null);
  await announce(edge, A);
  const heardAtMs = await heardAgo(stored, A, 200_000);
  await publishFrames(edge, CHANNEL, frameOf(B, 2, [2]));
  const { nowMs, goneForMs } = await hello(edge);
  assert.equal(goneForMs, nowMs - heardAtMs, "a frame of another does not keep it here");
});

test("[CH9f] [VW11c] viewers are told when the last publisher expires, by an alarm, and when it is back", async () => {
  await using stored = await startChannel();
  const { edge } = stored;
  for (const publisher of [A, B]) await announce(edge, publisher);
  await heardAgo(stored, A, 500_000);
  const heardAtMs = await heardAgo(stored, B, 135_000);
  const watcher = await Watcher.open(edge, CHANNEL);
  assert.equal((await watcher.tells("hello")).goneForMs, null);
  // Nothing but the alarm wakes it.
  await watcher.sees("that all are gone", () => moments(watcher).at(-1)?.goneForMs !== null, 60_000);
  const { nowMs, goneForMs } = moments(watcher).at(-1) ?? assert.fail();
  assert.ok(goneForMs !== null && goneForMs >= 150_000);
  assert.equal(nowMs - goneForMs, heardAtMs);
  await announce(edge, A);
  await watcher.sees("that one is back", () => moments(watcher).at(-1)?.goneForMs === null);
  await watcher.close();
});

function moments(watcher: Watcher) {
  return watcher.told.filter((message) => message.type === "hello" || message.type === "status");
}

test("[CH9f] [CH6] an alarm waits for a publisher to expire only while somebody watches", async () => {
  await using stored = await startChannel();
  const { edge, whileStopped } = stored;
  const dueInMs = () => whileStopped((database) => (alarmAtMs(database) ?? Number.NaN) - Date.now());
  await announce(edge, A);
  for (let n = 1; n <= 5; n++) await publishFrames(edge, CHANNEL, frameOf(A, n, [n]));
  assert.ok((await dueInMs()) > 29 * 86_400_000, "nobody watches: the one there is forgets the channel");
  const watcher = await Watcher.open(edge, CHANNEL);
  // The status of its joining was told by an alarm; the next is the one that waits.
  await watcher.tells("status");
  for (let n = 6; n <= 20; n++) await publishFrames(edge, CHANNEL, frameOf(A, n, [n]));
  await edge.evict(CHANNEL);
  await announce(edge, A);
  const inMs = await dueInMs();
  assert.ok(inMs > 100_000 && inMs <= 150_000, `${inMs}`);
  await watcher.close();
});

test("[CH9c] a publisher that says again that it is here costs a row in 55 seconds at most", async () => {
  await using stored = await startChannel();
  const { edge, whileStopped } = stored;
  const heardAtMs = () =>
    whileStopped((database) => Number(database.prepare("SELECT heard_at_ms FROM presence").get()?.heard_at_ms));
  const beganAtMs = Date.now();
  for (let i = 0; i < 20; i++) await announce(edge, A);
  const first = await heardAtMs();
  const again = await heardAtMs();
  assert.ok(first >= beganAtMs && first === again);
  const before = await heardAgo(stored, A, 35_000);
  for (let i = 0; i < 20; i++) await announce(edge, A);
  assert.equal(await heardAtMs(), before, "35 s after the last row");
  await heardAgo(stored, A, 56_000);
  const atMs = Date.now();
  for (let i = 0; i < 20; i++) await announce(edge, A);
  const written = await heardAtMs();
  assert.ok(written >= atMs, "56 s after the last row");
  // Nothing else than the time has changed.
  await whileStopped((database) => assert.equal(database.prepare("SELECT change FROM presence").get()?.change, 1));
});

test("[CH9] what was stored before publishers could expire goes on: who is here is heard of now", async () => {
  await using stored = await startChannel();
  const { edge, whileStopped } = stored;
  await announce(edge, A);
  await announce(edge, B, false);
  await publishFrames(edge, CHANNEL, frameOf(C, 7, [1]));
  await whileStopped((database) => {
    const rows = database.prepare("SELECT publisher, gone_at_ms FROM presence ORDER BY change").all();
    toOlderStore(database, true);
    const insert = database.prepare("INSERT INTO presence (publisher, gone_at_ms) VALUES (?, ?)");
    for (const { publisher, gone_at_ms } of rows) insert.run(String(publisher), gone_at_ms ?? null);
    // The clock was ahead when B went.
    database.exec("UPDATE presence SET gone_at_ms = gone_at_ms + 86400000 WHERE gone_at_ms IS NOT NULL");
  });
  assert.equal((await hello(edge)).goneForMs, null);
  assert.equal((await publishFrames(edge, CHANNEL, frameOf(C, 7, [1]))).duplicates, 1);
  await whileStopped((database) => {
    const rows = database
      .prepare("SELECT publisher, heard_at_ms BETWEEN 1.7e12 AND ? AS known FROM presence ORDER BY change")
      .all(Date.now());
    assert.deepEqual(
      rows.map(({ publisher, known }) => [publisher, known]),
      [
        [A, 1],
        [B, 1],
      ],
    );
  });
  const heardAtMs = await heardAgo(stored, A, 160_000);
  const { nowMs, goneForMs } = await hello(edge);
  assert.ok(goneForMs !== null && goneForMs <= nowMs - heardAtMs);
});

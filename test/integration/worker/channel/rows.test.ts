/** What publishing costs in rows, by SQLite's own counters: rows written are what Cloudflare bills. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { FRAME_TYPE } from "../../../../protocol/limits.ts";
import { costOf, joinAndLeave, startCounting } from "../../../cost/measure.ts";
import type { Edge } from "../../../support/edge.ts";
import {
  bulkyFrame,
  frameOf,
  frameOfRows,
  newChannel,
  numbersIn,
  publishFrames,
  read,
  rowOf,
} from "../../../support/publish.ts";
import { startStoredEdge } from "../../../support/stored-edge.ts";
import { Watcher } from "../../../support/watcher.ts";

const A = "00000000000000aa";
const LOG_WORKER = fileURLToPath(new URL("../../../support/log-worker.js", import.meta.url));
const small = await startCounting({ STORE_BYTES: String(64 * 1024) });
const brief = await startCounting({ STORE_SECONDS: "0.2" });
const large = await startCounting();
after(() => Promise.all([small, brief, large].map((edge) => edge.close())));

function publisher(n: number): string {
  return n.toString(16).padStart(16, "0");
}

/** A number that looks random, and is the same in each run. */
function noise(n: number): number {
  return ((n * 2_654_435_761) % 2 ** 32) / 2 ** 32;
}

for (const [what, edge, posts, publish] of [
  // 38 frames of these are in the store.
  ["one publisher", small, 200, (n) => [bulkyFrame(A, n, 100)]],
  ["sizes that vary", small, 300, (n) => [bulkyFrame(A, n, 20 + Math.floor(noise(n) * 200))]],
  ["40 publishers in turn", small, 200, (n) => [bulkyFrame(publisher(1 + (n % 40)), n, 100)]],
  ["more publishers than are known, each once", small, 1100, (n) => [bulkyFrame(publisher(n), 1, 100)]],
  ["several frames in a body", small, 100, (n) => [1, 2, 3, 4].map((i) => bulkyFrame(A, 4 * n + i, 50))],
  ["bodies larger than the store", small, 60, (n) => [bulkyFrame(A, 2 * n, 4000), bulkyFrame(A, 2 * n + 1, 3000)]],
  ["a store that is short of time", brief, 300, (n) => [frameOf(A, n, [n])]],
] as const satisfies [string, Edge, number, (n: number) => Uint8Array[]][]) {
  test(`[CH16a] [CH16b] a publish writes 1.1 rows at most, what goes included: ${what}`, async (t) => {
    const channel = newChannel();
    const publishAll = async (first: number, last: number): Promise<void> => {
      for (let n = first; n <= last; n++) await publishFrames(edge, channel, ...publish(n));
    };
    await publishAll(1, posts);
    const { rowsWritten, rowsRead, alarmsSet } = await costOf(edge, () => publishAll(posts + 1, posts + 200), 0);
    t.diagnostic(`${rowsWritten / 200} rows written, ${rowsRead / 200} read`);
    assert.ok(rowsWritten >= 200, "each is stored");
    assert.ok(rowsWritten <= 220, `${rowsWritten} rows written for 200 publishes`);
    assert.ok(rowsRead <= 16 * 200, `${rowsRead} rows read for 200 publishes`);
    assert.equal(alarmsSet, 0);
  });
}

test("[CH16c] where publishes grow larger, what is trimmed takes no more room than an eighth of the store", async () => {
  await using stored = await startStoredEdge({ vars: { STORE_BYTES: String(64 * 1024) } });
  const channel = newChannel();
  for (let n = 1; n <= 200; n++) await publishFrames(stored.edge, channel, frameOf(A, n, [n]));
  for (let n = 201; n <= 220; n++) await publishFrames(stored.edge, channel, bulkyFrame(A, n, 1000));
  const bytes = await stored.whileStopped(
    (database) => database.prepare("SELECT sum(bytes) AS n FROM segments").get()?.n,
  );
  assert.ok(Number(bytes) <= 1.125 * 64 * 1024 + 16_200, `${bytes} bytes`);
  assert.equal((await publishFrames(stored.edge, channel, frameOf(A, 221, [1]))).seq, 20_201);
});

test("[CH16c] what grew too old waits in no more room than that, either, however much larger what comes is", async () => {
  const storeBytes = 64 * 1024;
  await using stored = await startStoredEdge({ main: LOG_WORKER });
  const append = async (frame: Uint8Array, atMs: number): Promise<void> => {
    const url = new URL(`/grown/append?storeBytes=${storeBytes}&atMs=${atMs}`, stored.edge.url);
    const answer = await fetch(url, { method: "POST", body: new Uint8Array(frame) });
    assert.equal(answer.status, 200);
    await answer.arrayBuffer();
  };
  const sizes: number[] = [];
  for (let n = 1; n <= 300; n++) await append(frameOf(A, n, [n]), 1000);
  // All of it is too old now.
  for (let n = 301; n <= 312; n++) {
    const frame = bulkyFrame(A, n, 300);
    await append(frame, 2e12);
    sizes.push(frame.byteLength);
  }
  assert.ok(sizes.reduce((sum, size) => sum + size) < storeBytes, "all that came since is kept");
  const bytes = await stored.whileStopped(
    (database) => database.prepare("SELECT sum(bytes) AS n FROM segments").get()?.n,
  );
  assert.ok(Number(bytes) <= 1.125 * storeBytes, `${bytes} bytes`);
});

test("[CH16d] [CH16e] an object that wakes reads 20 rows at most, and a repeat 50, however much is stored", async (t) => {
  const channel = newChannel();
  const wake = async () => {
    await large.evict(channel);
    return await costOf(
      large,
      async () => {
        const headers = { Accept: "application/problem+json" };
        assert.equal((await fetch(large.channelUrl(channel), { headers })).status, 204);
      },
      0,
    );
  };
  for (let n = 1; n <= 1000; n++) {
    await publishFrames(large, channel, frameOf(publisher(1 + (n % 7)), n, [n], n, `series ${n % 50}`));
    if (n !== 1 && n !== 100 && n < 993) continue;
    const { rowsRead, rowsWritten } = await wake();
    t.diagnostic(`${rowsRead} rows read at a wake after ${n} publishes`);
    assert.ok(rowsRead <= 20, `${rowsRead} rows read at a wake after ${n} publishes`);
    assert.equal(rowsWritten, 0);
  }
  const { rowsRead } = await costOf(
    large,
    () => publishFrames(large, channel, frameOf(publisher(1), 994, [994], 994, "series 44")),
    0,
  );
  t.diagnostic(`${rowsRead} rows read for a repeat of a publisher's last frame`);
  assert.ok(rowsRead <= 10, `${rowsRead} rows read for a repeat of a publisher's last frame`);
  for (const n of [1, 2, 300, 600, 900]) {
    const { rowsRead, rowsWritten } = await costOf(large, async () => {
      const { duplicates, seq, repeats } = await publishFrames(
        large,
        channel,
        frameOf(publisher(1 + (n % 7)), n, [n], n, `series ${n % 50}`),
      );
      assert.deepEqual({ duplicates, seq, frames: repeats?.frames }, { duplicates: 1, seq: n, frames: "s" });
    });
    t.diagnostic(`${rowsRead} rows read for a repeat of frame ${n}`);
    assert.ok(rowsRead <= 50, `${rowsRead} rows read for a repeat of frame ${n}`);
    assert.equal(rowsWritten, 0);
  }
});

for (const [full, edge] of [
  ["bytes", small],
  ["time", brief],
] as const) {
  test(`[CH16d] an object whose store is full by ${full} reads 20 rows at most when it wakes`, async (t) => {
    const channel = newChannel();
    for (let n = 1; n <= 1000; n++) {
      await publishFrames(edge, channel, frameOf(publisher(1 + (n % 7)), n, [n], n, `series ${n % 50}`));
    }
    const stored = numbersIn(new Uint8Array(await (await read(edge, channel, FRAME_TYPE)).arrayBuffer()));
    assert.ok(stored.from > 100 && stored.to === 1000, `${stored.from} points are trimmed, of ${stored.to}`);
    for (let times = 1; times <= 3; times++) {
      await edge.evict(channel);
      const ask = () => read(edge, channel, "application/problem+json");
      const { rowsRead, rowsWritten, alarmsSet } = await costOf(edge, ask, 0);
      t.diagnostic(`${rowsRead} rows read at a wake`);
      assert.ok(rowsRead >= 1 && rowsRead <= 20, `${rowsRead} rows read at a wake`);
      assert.deepEqual([rowsWritten, alarmsSet], [0, 0]);
    }
  });
}

test("[VW1] [RD6c] where the last 8 MiB begin is found in rows few enough for anybody to ask", async (t) => {
  const channel = newChannel();
  for (let n = 1; n <= 200; n++) await publishFrames(large, channel, bulkyFrame(A, n, 8000));
  for (let times = 1; times <= 2; times++) {
    const { rowsRead } = await costOf(large, () => joinAndLeave(large, channel, "?points=1000000"));
    t.diagnostic(`${rowsRead} rows read by a viewer`);
    assert.ok(rowsRead <= 50, `${rowsRead} rows read by a viewer`);
  }
});

test("[CH16d] names of series are stored together, 64 KiB in a row, and are known after an eviction", async () => {
  await using stored = await startStoredEdge();
  const { edge, whileStopped } = stored;
  const channel = newChannel();
  const name = (n: number) => `${n}`.padStart(250, "x");
  for (let n = 1; n <= 600; n += 100) {
    await publishFrames(
      edge,
      channel,
      frameOfRows(A, n, [rowOf(n, Object.fromEntries(Array.from({ length: 100 }, (_, i) => [name(n + i), i])))]),
    );
    if (n === 301) await edge.evict(channel);
  }
  const rows = await whileStopped((database) =>
    database.prepare("SELECT length(names) AS length FROM series_names").all(),
  );
  assert.equal(rows.length, 3);
  for (const { length } of rows) assert.ok(Number(length) <= 64 * 1024, `${length}`);
  const watcher = await (await Watcher.open(edge, channel)).live();
  const { series } = await watcher.tells("hello");
  await watcher.close();
  // `hello` lists 64 KiB of names at most.
  assert.deepEqual(
    series,
    Array.from({ length: series.length }, (_, i) => name(i + 1)),
  );
  for (const [n, lines] of [
    [1, 1],
    [600, 1],
    [601, 0],
  ] as const) {
    const text = await (await read(edge, channel, "application/x-ndjson", `?series=${name(n)}`)).text();
    assert.equal(text.split("\n").length - 1, lines, `${n}`);
  }
});

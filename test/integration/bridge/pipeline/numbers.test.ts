import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { MapConfig } from "../../../../bridge/config/config.ts";
import { sourceOf } from "../../../../bridge/config/defaults.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { type Bridge, startBridge } from "../../../../bridge/pipeline/bridge.ts";
import { decodeFrame } from "../../../../protocol/frame/frame.ts";
import { type FakeWorker, startFakeWorker } from "../../../support/fake-worker.ts";
import { connectPublisher } from "../../../support/publisher.ts";
import { waitFor } from "../../../support/wait.ts";

//     publishers that number their messages ─ZeroMQ→ a bridge with a mapping ─HTTP→ a fake Worker

interface Stage {
  worker: FakeWorker;
  spool: { maxBytes: number };
  start(map: MapConfig): Promise<Bridge>;
  /** The channels of which anything is on disk. */
  spools(): Promise<number>;
}

async function stage(t: TestContext): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), "plotcast-numbers-"));
  const before = process.cwd();
  process.chdir(directory);
  const worker = await startFakeWorker();
  t.after(async () => {
    await worker.close();
    process.chdir(before);
    await rm(directory, { recursive: true, force: true });
  });
  const spool = { maxBytes: 2 ** 24 };
  return {
    worker,
    spool,
    start: async (map) => {
      const source = sourceOf({ bind: ["tcp://127.0.0.1:*"], map, sequenceField: "seq" });
      const log = createLog("text", "silent");
      const bridge = await startBridge({ to: worker.url, token: "t", log, sources: [source], spool });
      t.after(() => bridge.close({ drainMs: 0 }));
      return bridge;
    },
    spools: async () => (await readdir(join(directory, ".plotcast"))).filter((name) => name.endsWith(".db")).length,
  };
}

/** Sends these numbers under a topic, `content` with each, and waits until the bridge has read them. */
async function send(bridge: Bridge, topic: string, numbers: readonly number[], content: object): Promise<void> {
  const publisher = await connectPublisher(bridge.addresses[0] ?? "");
  const before = bridge.ledger.received;
  for (const seq of numbers) await publisher.send(topic, JSON.stringify({ seq, ...content }));
  await waitFor("every message read", () => bridge.ledger.received === before + numbers.length);
  publisher.close();
}

const upTo = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** What each channel was told as lost: `reason points`. */
function gapsOf({ posts }: FakeWorker): Record<string, string[]> {
  const gaps: Record<string, string[]> = {};
  for (const { path, frames } of posts) {
    for (const { blocks } of frames.map(decodeFrame)) {
      const told = blocks.flatMap((block) => (block.kind === "gap" ? [`${block.reason} ${block.points}`] : []));
      if (told.length > 0) gaps[path] = [...(gaps[path] ?? []), ...told];
    }
  }
  return gaps;
}

const channelsOf = ({ posts, announced }: FakeWorker): string[] =>
  [...new Set([...posts.map(({ path }) => path), ...(announced.length > 0 ? ["announced"] : [])])].sort();

for (const maxRate of [undefined, 10, 0.5]) {
  test(`[BR34a] of 400 messages of which none is lost none is told as lost: max_rate ${maxRate}`, async (t) => {
    const { worker, start, spools } = await stage(t);
    const bridge = await start({ channel: "lab/oven", maxRate });
    await send(bridge, "a", upTo(1, 400), { y: 1 });
    await bridge.close({ drainMs: 5000 });
    assert.deepEqual(gapsOf(worker), {});
    assert.deepEqual([...new Set(worker.posts.map(({ path }) => path))], ["/c/lab/oven"]);
    assert.equal(await spools(), 1, "of the channel, and no other");
  });

  test(`[BR34b] of lost messages exactly those are told, in their channel: max_rate ${maxRate}`, async (t) => {
    const { worker, start } = await stage(t);
    const bridge = await start({ channel: "lab/{1}", maxRate });
    await send(bridge, "a", [...upTo(1, 100), ...upTo(108, 200)], { y: 1, z: 2 });
    await send(bridge, "b", [...upTo(1, 50), ...upTo(52, 60)], { y: 1 });
    await bridge.close({ drainMs: 5000 });
    assert.deepEqual(gapsOf(worker), { "/c/lab/a": ["publisher-dropped 14"], "/c/lab/b": ["publisher-dropped 1"] });
  });

  test(`[BR34] what is lost while no bridge is there is told with its size: max_rate ${maxRate}`, async (t) => {
    const { worker, start } = await stage(t);
    const map = { channel: "lab/{1}", maxRate };
    const first = await start(map);
    await send(first, "a", upTo(1, 100), { y: 1 });
    await first.close({ drainMs: 5000 });
    const second = await start(map);
    await send(second, "a", upTo(131, 200), { y: 1 });
    await second.close({ drainMs: 5000 });
    assert.deepEqual(gapsOf(worker), { "/c/lab/a": ["publisher-dropped 30"] });
  });
}

test("[BR34c] no channel is begun for messages that make no point, whatever is lost of them", async (t) => {
  const { worker, start, spools } = await stage(t);
  const bridge = await start({ channel: "lab/{1}", fields: [{ field: "temp" }] });
  await send(bridge, "hum", [...upTo(1, 50), ...upTo(60, 100)], { hum: 1 });
  await send(bridge, "oven", upTo(1, 10), { temp: 1 });
  await waitFor("the points", () => bridge.ledger.delivered === 10);
  await bridge.close({ drainMs: 5000 });
  assert.deepEqual(
    channelsOf(worker).filter((channel) => channel !== "announced"),
    ["/c/lab/oven"],
  );
  assert.deepEqual(gapsOf(worker), {});
  assert.equal(await spools(), 2, "that of the channel, and the bridge's own, which is its lock");
});

test("[BR34c] what was lost before a channel's first point is told with that", async (t) => {
  const { worker, start } = await stage(t);
  const bridge = await start({ channel: "lab/{1}", fields: [{ field: "temp" }] });
  await send(bridge, "a", upTo(1, 50), { hum: 1 });
  await send(bridge, "a", upTo(54, 60), { temp: 1 });
  await send(bridge, "a", upTo(63, 70), { temp: 1 });
  await bridge.close({ drainMs: 5000 });
  assert.deepEqual(gapsOf(worker), { "/c/lab/a": ["publisher-dropped 3", "publisher-dropped 2"] });
});

test("[BR34a] a refused message's number counts for its own topic, also where topics name channels", async (t) => {
  const { worker, start } = await stage(t);
  const bridge = await start({ channel: "lab/{1}" });
  const publisher = await connectPublisher(bridge.addresses[0] ?? "");
  t.after(() => publisher.close());
  for (let seq = 1; seq <= 40; seq++) {
    for (const topic of ["a", "b"]) {
      const isWrong = seq % 5 === 0;
      await publisher.send(topic, JSON.stringify(isWrong ? { seq, y: "no number" } : { seq, y: 1 }));
    }
  }
  await waitFor("every message", () => bridge.ledger.received === 80);
  await bridge.close({ drainMs: 5000 });
  assert.equal(bridge.ledger.refused.get("no-number"), 16);
  assert.deepEqual(gapsOf(worker), {});
  assert.deepEqual(
    channelsOf(worker).filter((channel) => channel !== "announced"),
    ["/c/lab/a", "/c/lab/b"],
  );
});

test("[BR34] a repeat that makes no point yet is one all the same", async (t) => {
  const { worker, start } = await stage(t);
  const bridge = await start({ channel: "lab/oven", maxRate: 0.5 });
  const other = await connectPublisher(bridge.addresses[0] ?? "");
  t.after(() => other.close());
  const content = { t: 1_763_648_912, y: 1 };
  await send(bridge, "a", [1, 2], content);
  await other.send("a", JSON.stringify({ seq: 2, ...content }));
  await waitFor("the repeat read", () => bridge.ledger.received === 3);
  await send(bridge, "a", [3], content);
  await bridge.close({ drainMs: 5000 });
  assert.equal(bridge.ledger.repeats, 1);
  assert.deepEqual(gapsOf(worker), {});
});

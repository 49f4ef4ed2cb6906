import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { SourceConfig } from "../../../../bridge/config/config.ts";
import { sourceOf } from "../../../../bridge/config/defaults.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { type Bridge, startBridge } from "../../../../bridge/pipeline/bridge.ts";
import { decodeFrame, pointsOf } from "../../../../protocol/frame/frame.ts";
import { type FakeWorker, startFakeWorker } from "../../../support/fake-worker.ts";
import { connectPublisher, type TestPublisher } from "../../../support/publisher.ts";
import { waitFor } from "../../../support/wait.ts";

//     publishers ─ZeroMQ→ sources of one bridge ─HTTP→ channels of one fake Worker

const BIND = ["tcp://127.0.0.1:*"];

interface Stage {
  bridge: Bridge;
  worker: FakeWorker;
  lines: string[];
  publisher(at?: number): Promise<TestPublisher>;
}

async function stage(
  t: TestContext,
  sources: SourceConfig[],
  options: Partial<Parameters<typeof startBridge>[0]> = {},
): Promise<Stage> {
  const worker = await startFakeWorker();
  t.after(() => worker.close());
  const lines: string[] = [];
  const log = createLog("text", "info", (line) => lines.push(line));
  const bridge = await startBridge({ to: worker.url, token: "t", log, sources, ...options });
  t.after(() => bridge.close({ drainMs: 0 }));
  const publisher = async (at = 0) => {
    const made = await connectPublisher(bridge.addresses[at] ?? "");
    t.after(() => made.close());
    return made;
  };
  return { bridge, worker, lines, publisher };
}

/** What each channel got: `series x y`, in order. */
function channelsOf({ posts }: FakeWorker): Record<string, string[]> {
  const channels: Record<string, string[]> = {};
  for (const { path, frames } of posts) {
    channels[path] ??= [];
    for (const frame of frames) {
      for (const { series, x, y } of pointsOf(decodeFrame(frame))) channels[path].push(`${series} ${x} ${y}`);
    }
  }
  return channels;
}

test("[BR23a] [BR23c] sources have formats, mappings and channels of their own, and share what they do not have", async (t) => {
  const { bridge, worker, publisher } = await stage(t, [
    sourceOf({ name: "json", bind: BIND }),
    sourceOf({ name: "csv", bind: BIND, decode: { format: "csv", skipBytes: 0, inflate: "auto" } }),
    sourceOf({ name: "lab", bind: BIND, map: { channel: "lab/{1}", series: "{field}" } }),
  ]);
  const [json, csv, lab] = [await publisher(0), await publisher(1), await publisher(2)];
  await json.send('{"x": 1, "y": 1}');
  await csv.send("t,temp\n2,20");
  await lab.send("bench/a", '{"x": 3, "v": 5}');
  await lab.send("oven/b", '{"x": 4, "v": 6}');
  await waitFor("four points", () => bridge.ledger.delivered === 4);
  const { pathname } = worker.url;
  assert.deepEqual(channelsOf(worker), {
    [pathname]: ["y 1 1", "temp 2 20"],
    "/c/lab/bench": ["v 3 5"],
    "/c/lab/oven": ["v 4 6"],
  });
});

test("[BR23b] one source that gets nonsense disturbs no other", async (t) => {
  const { bridge, worker, publisher } = await stage(t, [
    sourceOf({ name: "good", bind: BIND }),
    sourceOf({ name: "bad", bind: BIND, decode: { format: "msgpack", skipBytes: 0, inflate: "auto" } }),
  ]);
  const [good, bad] = [await publisher(0), await publisher(1)];
  for (let i = 0; i < 200; i++) {
    await bad.send(Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff, i]));
    await good.send(`[${i}, ${i}]`);
  }
  await waitFor("every point", () => bridge.ledger.delivered === 200);
  await waitFor("every refusal", () => bridge.ledger.refused.get("not-msgpack") === 200);
  assert.equal(worker.points().length, 200);
});

test("[BR23d] a channel of which only a topic tells is begun when it comes, and its spool is delivered by the next start", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "plotcast-sources-"));
  const before = process.cwd();
  process.chdir(directory);
  t.after(async () => {
    process.chdir(before);
    await rm(directory, { recursive: true, force: true });
  });
  const source = sourceOf({ name: "lab", bind: BIND, map: { channel: "lab/{1}" } });
  const spool = { maxBytes: 2 ** 24 };
  const first = await stage(t, [source], { spool });
  first.worker.script = () => ({ take: false, status: 503 });
  const publisher = await first.publisher();
  await publisher.send("oven", '{"x": 1, "y": 7}');
  await waitFor("the point", () => first.bridge.held().points === 1);
  await first.bridge.close({ drainMs: 0 });
  const spools = (await readdir(join(directory, ".plotcast"))).filter((name) => name.endsWith(".db"));
  assert.equal(spools.length, 2, "the bridge's own, and that of the channel");

  first.worker.script = () => undefined;
  const log = createLog("text", "silent");
  const second = await startBridge({ to: first.worker.url, token: "t", log, sources: [source], spool });
  t.after(() => second.close({ drainMs: 0 }));
  await first.worker.waitForPoints(1);
  assert.deepEqual(first.worker.points(), [{ series: "oven", x: 1, y: 7 }]);
  await assert.rejects(
    startBridge({ to: first.worker.url, token: "t", log, sources: [source], spool }),
    /in use by another bridge/,
    "two would deliver every point twice",
  );
});

test("[BR22b] [MP7b] [MP7c] too many channels and too many series are refused and told; what is known goes on", async (t) => {
  const { bridge, worker, lines, publisher } = await stage(t, [
    sourceOf({ name: "many", bind: BIND }),
    sourceOf({ name: "channels", bind: BIND, map: { channel: "{1}" } }),
  ]);
  const [many, channels] = [await publisher(0), await publisher(1)];
  await many.send('{"x": 0, "known": 0}');
  for (let i = 0; i < 5000; i++) await many.send(`{"x": 1, "s${i}": 1}`);
  await waitFor("all of them", () => bridge.ledger.received === 5001);
  await waitFor("the gap", () => bridge.ledger.gaps.get("too-many-series")?.points === 5001 - 4096);
  await many.send('{"x": 2, "known": 2}');
  for (let i = 0; i < 100; i++) await channels.send(`c${i}`, '{"x": 1, "y": 1}');
  await waitFor("what is too many", () => (bridge.ledger.refused.get("too-many-channels") ?? 0) > 0);
  await waitFor("the last of the known", () => worker.points().some(({ x, series }) => series === "known" && x === 2));
  const told = worker.gaps().filter(({ reason }) => reason === "too-many-series");
  assert.equal(
    told.reduce((sum, { points }) => sum + (points ?? 0), 0),
    5001 - 4096,
  );
  assert.equal(lines.filter((line) => line.includes("more than 4096 series")).length, 1);
});

test("[BR24c] what messages are taken for is said once for each topic", async (t) => {
  const { bridge, lines, publisher } = await stage(t, [sourceOf({ bind: BIND })]);
  const one = await publisher();
  for (let i = 0; i < 5; i++) await one.send("lab", Buffer.from([0x82, 0xa1, 0x74, i, 0xa1, 0x79, 2]));
  await waitFor("five points", () => bridge.ledger.decoded === 5);
  const said = lines.filter((line) => line.includes("taken for"));
  assert.equal(said.length, 1);
  assert.match(
    said[0] ?? "",
    /Source main: messages of the topic "lab" are taken for msgpack \(msgpack, to the last byte\)/,
  );
});

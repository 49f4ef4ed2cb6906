import assert from "node:assert/strict";
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { decodeFrame } from "../../../../protocol/frame/frame.ts";
import { readHeader, splitFrames } from "../../../../protocol/frame/header.ts";
import { FRAME_TYPE } from "../../../../protocol/limits.ts";
import { type BridgeProcess, directoryOf, startBridgeProcess } from "../../../support/bridge-process.ts";
import { type Edge, startEdge } from "../../../support/edge.ts";
import { PostProxy } from "../../../support/proxy.ts";
import { frameOf, frameOfRows, newChannel, publishFrames, rowOf, storedPoints } from "../../../support/publish.ts";
import { connectPublisher, type TestPublisher } from "../../../support/publisher.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

//     publishers ─ZeroMQ→ bridges on copies of one spool ─HTTP→ the real Worker

interface Started extends BridgeProcess {
  publisher: TestPublisher;
  /** Publishes the values from one number to before another. */
  send: (from: number, to: number) => Promise<void>;
}

async function edgeOf(t: TestContext): Promise<Edge> {
  const edge = await startEdge();
  t.after(() => edge.close());
  return edge;
}

/** @param to where it delivers, and the x of each value */
async function start(
  t: TestContext,
  edge: Edge,
  channel: string,
  spool: string,
  more: string[] = [],
  { to = edge.channelUrl(channel).href, xOf = (y: number): number => 1000.25 + y } = {},
): Promise<Started> {
  const args = ["--to", to, "--bind", "tcp://127.0.0.1:*", "--spool", spool, ...more];
  const bridge = startBridgeProcess(t, await directoryOf(t), args, edge.token ?? "");
  const publisher = await connectPublisher(await bridge.address());
  t.after(() => publisher.close());
  const send = async (from: number, to: number): Promise<void> => {
    for (let y = from; y < to; y++) await publisher.send(`[${xOf(y)},${y}]`);
  };
  return { ...bridge, publisher, send };
}

async function end({ child, exit, publisher }: Started, signal: NodeJS.Signals): Promise<void> {
  publisher.close();
  child.kill(signal);
  await withDeadline("the exit", exit);
}

function copySpool(from: string, to: string): void {
  for (const suffix of ["", "-wal", ".whole"]) if (existsSync(from + suffix)) copyFileSync(from + suffix, to + suffix);
}

/** What bridges sent: forged values are negative. */
async function storedYs(edge: Edge, channel: string): Promise<number[]> {
  const ys = (await storedPoints(edge, channel)).map(({ y }) => y);
  return ys.filter((y) => y >= 0).sort((a, b) => a - b);
}

async function holds(edge: Edge, channel: string, count: number): Promise<void> {
  await waitFor(
    `the channel holding every number below ${count}`,
    async () => new Set(await storedYs(edge, channel)).size === count,
    { deadlineMs: 30_000, everyMs: 100 },
  );
  assert.deepEqual(await storedYs(edge, channel), upTo(count), "each once");
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, y) => y);

async function frames(edge: Edge, channel: string): Promise<Uint8Array[]> {
  const answer = await fetch(edge.channelUrl(channel), { headers: { Accept: FRAME_TYPE } });
  return splitFrames(new Uint8Array(await answer.arrayBuffer()));
}

async function exactLosses(edge: Edge, channel: string): Promise<string[]> {
  const blocks = (await frames(edge, channel)).flatMap((frame) => decodeFrame(frame).blocks);
  return blocks.flatMap((block) => (block.kind === "gap" && block.points !== null ? [block.reason] : []));
}

test("[BR26g] a bridge and a copy of its spool both publish: every point of both arrives exactly once, and no loss is told", async (t) => {
  const [edge, cwd, channel] = [await edgeOf(t), await directoryOf(t), newChannel()];
  const image = join(cwd, "image.db");
  const first = await start(t, edge, channel, image);
  await first.send(0, 5);
  await holds(edge, channel, 5);
  await end(first, "SIGTERM");
  const files = ["a.db", "b.db", "c.db"].map((name) => join(cwd, name));
  for (const file of files) copySpool(image, file);
  const bridges: Started[] = [];
  for (const file of files) bridges.push(await start(t, edge, channel, file));
  for (let round = 0; round < 5; round++) {
    for (const [i, bridge] of bridges.entries()) {
      const from = 5 + 30 * round + 10 * i;
      await bridge.send(from, from + 10);
      await holds(edge, channel, from + 10);
    }
  }
  assert.deepEqual(await exactLosses(edge, channel), []);
  const ids = new Set((await frames(edge, channel)).map((frame) => readHeader(frame).publisher));
  assert.equal(ids.size, 3, "each has its own id");
  const warned = bridges.filter(({ stderr }) => /Others publish under this bridge's id/.test(stderr()));
  assert.equal(warned.length, 2);
  assert.match(
    warned[0]?.stderr() ?? "",
    /\d+ points? could not be stored .* new id [0-9a-f]{16}, so nothing is lost\. A copy/,
  );
});

test("[BR26g] a copy of a spool that points wait in: both deliver them, and they arrive once", async (t) => {
  const [edge, cwd, channel] = [await edgeOf(t), await directoryOf(t), newChannel()];
  const [a, b] = [join(cwd, "a.db"), join(cwd, "b.db")];
  const first = await start(t, edge, channel, a);
  await first.send(0, 5);
  await holds(edge, channel, 5);
  await edge.kill();
  await first.send(5, 50);
  await waitFor("a try that fails", () => first.stderr().includes("Not delivered"));
  await end(first, "SIGKILL");
  copySpool(a, b);
  const bridges = [await start(t, edge, channel, a), await start(t, edge, channel, b)];
  await edge.restart();
  await holds(edge, channel, 50);
  let next = 50;
  for (let round = 0; round < 3; round++) {
    for (const bridge of bridges) {
      await bridge.send(next, next + 10);
      next += 10;
      await holds(edge, channel, next);
    }
  }
  assert.deepEqual(await exactLosses(edge, channel), []);
});

test("[BR26a] [BR26b] [BR26c] a frame with a bridge's id and a huge number silences nothing: all later points arrive, and it is counted", async (t) => {
  const [edge, cwd, channel] = [await edgeOf(t), await directoryOf(t), newChannel()];
  const bridge = await start(t, edge, channel, join(cwd, "a.db"), ["--metrics", "0"]);
  let next = 0;
  for (let round = 0; round < 3; round++) {
    await bridge.send(next, next + 10);
    next += 10;
    await holds(edge, channel, next);
    const newest = (await frames(edge, channel)).at(-1) ?? assert.fail("no frame");
    const { publisher, publisherSeq } = readHeader(newest);
    await publishFrames(edge, channel, frameOf(publisher, publisherSeq + 2 ** 49, [next]));
    next++;
  }
  await bridge.send(next, next + 10);
  await holds(edge, channel, next + 10);
  const url = /Metrics at ([^\s"]+)/.exec(bridge.stderr())?.[1] ?? assert.fail("no metrics");
  // The channel has points before the bridge knows of it.
  const metrics = await waitFor("every confirmation", async () => {
    const text = await (await fetch(url)).text();
    return /plotcast_bridge_delivered_points_total\{[^}]*\} 40\n/.test(text) && text;
  });
  assert.match(metrics, /plotcast_bridge_new_publisher_ids_total\{[^}]*\} 3\n/);
  assert.match(metrics, /plotcast_bridge_foreign_repeat_points_total\{[^}]*\} \d+\n/);
});

for (const [kind, xOf] of [
  ["counters", (y: number) => y],
  ["times of a clock", (y: number) => 1_790_000_000 + y / 4],
] as const) {
  test(`[BR26] [RT4f] forged frames with a bridge's next numbers, ${kind} and more points hide none of its points`, async (t) => {
    const [edge, cwd, channel] = [await edgeOf(t), await directoryOf(t), newChannel()];
    const bridge = await start(t, edge, channel, join(cwd, "a.db"), [], { xOf });
    let next = 0;
    for (let round = 0; round < 3; round++) {
      await bridge.send(next, next + 10);
      next += 10;
      await holds(edge, channel, next);
      const { publisher, publisherSeq } = readHeader((await frames(edge, channel)).at(-1) ?? assert.fail("no frame"));
      const forged = Array.from({ length: 60 }, (_, i) => {
        const rows = Array.from({ length: 100 }, (_, row) => rowOf(xOf(next + i + row), { y: -1 }));
        return frameOfRows(publisher, publisherSeq + 1 + i, rows);
      });
      await publishFrames(edge, channel, ...forged);
    }
    await bridge.send(next, next + 10);
    await holds(edge, channel, next + 10);
    assert.deepEqual(await exactLosses(edge, channel), []);
    const warnings = (): number => bridge.stderr().match(/Others publish under this bridge's id/g)?.length ?? 0;
    await waitFor("three warnings", () => warnings() >= 3);
    assert.equal(warnings(), 3);
  });
}

test("[BR26] [CH3] a POST whose answer is lost, or that arrives twice, is a repeat of the bridge's own: nothing comes twice, and the id stays", async (t) => {
  const [edge, cwd, channel] = [await edgeOf(t), await directoryOf(t), newChannel()];
  const proxy = await PostProxy.to(edge.url);
  t.after(() => proxy.close());
  const to = new URL(`/c/${channel}`, proxy.url).href;
  const bridge = await start(t, edge, channel, join(cwd, "a.db"), [], { to });
  await bridge.send(0, 5);
  await holds(edge, channel, 5);
  let next = 5;
  for (const kind of ["answer lost", "sent twice", "answer lost", "sent twice"] as const) {
    proxy.tricks.push({ kind });
    await bridge.send(next, next + 10);
    next += 10;
    await holds(edge, channel, next);
    await waitFor(`"${kind}" played`, () => proxy.tricks.length === 0);
  }
  await bridge.send(next, next + 10);
  await holds(edge, channel, next + 10);
  assert.deepEqual(Object.fromEntries(proxy.played), { "answer lost": 2, "sent twice": 2 });
  assert.equal(new Set((await frames(edge, channel)).map((frame) => readHeader(frame).publisher)).size, 1);
  assert.doesNotMatch(bridge.stderr(), /Others publish/);
});

test("[BR26] [RT4h] a copy of a spool with the draft of a frame that its bridge sent with more points: nothing comes twice", async (t) => {
  const [edge, cwd, channel] = [await edgeOf(t), await directoryOf(t), newChannel()];
  const [a, b] = [join(cwd, "a.db"), join(cwd, "b.db")];
  const first = await start(t, edge, channel, a);
  await first.send(0, 5);
  await holds(edge, channel, 5);
  await edge.kill();
  await first.send(5, 10);
  await waitFor("a try that fails", () => first.stderr().includes("Not delivered"));
  await first.send(10, 20);
  await waitFor("a copy with the draft", () => {
    first.child.kill("SIGSTOP");
    copySpool(a, b);
    first.child.kill("SIGCONT");
    const copy = new DatabaseSync(b);
    const { points } = copy.prepare("SELECT sum(points) AS points FROM frames").get() ?? {};
    copy.close();
    return points === 15;
  });
  await first.send(20, 30);
  await edge.restart();
  await holds(edge, channel, 30);
  await end(first, "SIGTERM");
  const copy = await start(t, edge, channel, b);
  await copy.send(30, 31);
  await holds(edge, channel, 31);
  assert.doesNotMatch(copy.stderr(), /Others publish/);
  assert.deepEqual(await exactLosses(edge, channel), []);
});

test("[BR26f] [BR26g] [BR12] an id that is used up while its bridge is killed with points waiting: all arrive after the next start", async (t) => {
  const [edge, cwd, channel] = [await edgeOf(t), await directoryOf(t), newChannel()];
  const spool = join(cwd, "a.db");
  const bridge = await start(t, edge, channel, spool);
  await bridge.send(0, 10);
  await holds(edge, channel, 10);
  const { publisher, publisherSeq } = readHeader((await frames(edge, channel)).at(-1) ?? assert.fail("no frame"));
  await edge.kill();
  await bridge.send(10, 60);
  await waitFor("a try that fails", () => bridge.stderr().includes("Not delivered"));
  await end(bridge, "SIGKILL");
  await edge.restart();
  await publishFrames(edge, channel, frameOf(publisher, publisherSeq + 2 ** 49, [60]));
  const second = await start(t, edge, channel, spool);
  await holds(edge, channel, 61);
  await second.send(61, 70);
  await holds(edge, channel, 70);
});

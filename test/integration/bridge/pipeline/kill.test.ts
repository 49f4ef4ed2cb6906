import assert from "node:assert/strict";
import { existsSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeFrame } from "../../../../protocol/frame/frame.ts";
import { readHeader } from "../../../../protocol/frame/header.ts";
import { directoryOf, startBridgeProcess } from "../../../support/bridge-process.ts";
import { type FakeWorker, startFakeWorker } from "../../../support/fake-worker.ts";
import { connectPublisher, type TestPublisher } from "../../../support/publisher.ts";
import { waitForSpooled } from "../../../support/spooled.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

//     publisher with numbers ─ZeroMQ→ `node bridge/cli/main.ts`, killed ─HTTP→ fake Worker

async function workerOf(t: TestContext): Promise<FakeWorker> {
  const worker = await startFakeWorker();
  t.after(() => worker.close());
  return worker;
}

async function publisherTo(t: TestContext, address: string): Promise<TestPublisher> {
  const publisher = await connectPublisher(address);
  t.after(() => publisher.close());
  return publisher;
}

/** Points and gaps in the order the Worker took them. */
function events(worker: FakeWorker): { gap?: number | null; reason?: string; y?: number }[] {
  const blocks = worker.frames.flatMap((frame) => decodeFrame(frame).blocks);
  return blocks.flatMap(
    (block): ReturnType<typeof events> =>
      block.kind === "gap"
        ? [{ gap: block.points, reason: block.reason }]
        : [...(block.columns[0]?.y ?? [])].map((y) => ({ y })),
  );
}

/** Every number once and in order, or in a gap of exactly its size right before the next. @returns how many are in gaps */
function checkNumbers(worker: FakeWorker, count: number): number {
  let expected = 0;
  let missing = 0;
  let all = 0;
  for (const { gap, y } of events(worker)) {
    if (y === undefined) {
      assert.ok(typeof gap === "number", "the size of the gap is known");
      missing += gap;
      all += gap;
      continue;
    }
    assert.equal(y, expected + missing, `after ${expected - 1} and a gap of ${missing}`);
    expected = y + 1;
    missing = 0;
  }
  assert.deepEqual([expected, missing], [count, 0]);
  return all;
}

test("[BR12] [BR16] killed again and again in mid-stream: every number arrives once, or is in a gap of its size", async (t) => {
  const [worker, cwd] = [await workerOf(t), await directoryOf(t)];
  const spool = join(cwd, "here", "spool.db");
  const args = ["--to", worker.url.href, "--sequence-field", "seq", "--spool", spool];
  let bridge = startBridgeProcess(t, cwd, [...args, "--bind", "tcp://127.0.0.1:*"]);
  const address = await bridge.address();
  const publisher = await publisherTo(t, address);
  let next = 0;
  const send = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      await publisher.send(JSON.stringify({ seq: next, x: 1.7e9 + next / 1000, y: next }));
      next++;
      if (i % 5 === 0) await sleep(1);
    }
  };
  // Answers that come late, or never, though the frames were taken.
  worker.script = (_, number) =>
    number % 7 === 0 ? { take: true, cut: true } : number % 5 === 0 ? { take: true, until: sleep(60) } : undefined;
  for (let round = 0; round < 4; round++) {
    const first = next;
    const sending = send(700);
    await waitFor("some of them sent", () => next > first + 150 * (round + 1), { everyMs: 1 });
    bridge.child.kill("SIGKILL");
    await bridge.exit;
    bridge = startBridgeProcess(t, cwd, [...args, "--bind", address]);
    await bridge.address();
    await sending;
    const before = worker.points().length;
    await waitFor("points by the new process", async () => {
      await send(1);
      return worker.points().length > before + 20;
    });
  }
  await send(1);
  await waitFor("the last number", () => worker.points().at(-1)?.y === next - 1);
  const missing = checkNumbers(worker, next);
  assert.ok(missing > 0, "something was sent while no bridge was there");
  assert.deepEqual(new Set(worker.gaps().map(({ reason }) => reason)), new Set(["publisher-dropped"]));
  const publishers = new Set(worker.posts.flatMap(({ frames }) => frames.map((frame) => readHeader(frame).publisher)));
  assert.equal(publishers.size, 1, "the publisher's id is kept");
});

test("[BR12b] [BR12c] [BR13] killed while the Worker is away: what waited 100 ms is delivered by the next start, in order", async (t) => {
  const [worker, cwd] = [await workerOf(t), await directoryOf(t)];
  worker.script = () => ({ take: false, status: 503 });
  const args = ["--to", worker.url.href, "--bind", "tcp://127.0.0.1:*", "--buffer", "1MiB"];
  const first = startBridgeProcess(t, cwd, args);
  const publisher = await publisherTo(t, await first.address());
  const count = 150_000;
  for (let i = 0; i < count; i++) await publisher.send(`[${i + 0.3 * Math.random()},${i}.5]`);
  const [file = ""] = readdirSync(join(cwd, ".plotcast")).filter((name) => name.endsWith(".db"));
  await waitForSpooled(join(cwd, ".plotcast", file), count);
  await worker.waitForPosts(1);
  first.child.kill("SIGKILL");
  await first.exit;
  worker.script = () => undefined;
  const second = startBridgeProcess(t, cwd, args);
  await worker.waitForPoints(count, 60_000);
  await waitFor("what it found", () => /150,000 points of before in the spool/.test(second.stderr()));
  assert.deepEqual(
    worker.points().map(({ y }) => y),
    Array.from({ length: count }, (_, i) => i + 0.5),
  );
  const again = await publisherTo(t, await second.address());
  await again.send("[1,1]");
  await worker.waitForPoints(count + 1);
  assert.deepEqual(
    worker.gaps().map(({ reason, points }) => [reason, points]),
    [["bridge-restarted", null]],
  );
});

test("[BR12f] [BR10b] two bridges on one spool: the second refuses to start, and a killed one leaves no lock", async (t) => {
  const [worker, cwd] = [await workerOf(t), await directoryOf(t)];
  const args = ["--to", worker.url.href, "--bind", "tcp://127.0.0.1:*", "--spool", "s.db"];
  const first = startBridgeProcess(t, cwd, args);
  await first.address();
  const second = startBridgeProcess(t, cwd, args);
  assert.equal(await withDeadline("the exit", second.exit), 1);
  assert.equal(second.stderr().trim().split("\n").length, 1);
  assert.match(second.stderr(), /The spool s\.db is in use by another bridge\. .*--spool/);
  first.child.kill("SIGKILL");
  await first.exit;
  await startBridgeProcess(t, cwd, args).address();
});

test("[BR12g] a spool with points for another channel is not mixed up: the bridge says what to do, and ends with 1", async (t) => {
  const [worker, cwd] = [await workerOf(t), await directoryOf(t)];
  worker.script = () => ({ take: false, status: 503 });
  const args = ["--bind", "tcp://127.0.0.1:*", "--spool", "s.db"];
  const first = startBridgeProcess(t, cwd, [...args, "--to", worker.url.href]);
  const publisher = await publisherTo(t, await first.address());
  for (let i = 0; i < 3; i++) await publisher.send(`[${i},1]`);
  await waitForSpooled(join(cwd, "s.db"), 3);
  first.child.kill("SIGKILL");
  await first.exit;
  const other = new URL("/c/other", worker.url).href;
  const second = startBridgeProcess(t, cwd, [...args, "--to", other]);
  assert.equal(await withDeadline("the exit", second.exit), 1);
  assert.match(second.stderr(), /holds 3 points for \S+\/c\/main, not for \S+\/c\/other\. Start once with --to/);
  worker.script = () => undefined;
  const third = startBridgeProcess(t, cwd, [...args, "--to", worker.url.href]);
  await worker.waitForPoints(3);
  third.child.kill("SIGTERM");
  assert.equal(await withDeadline("the exit", third.exit), 0);
  await startBridgeProcess(t, cwd, [...args, "--to", other]).address();
});

for (const [how, harm] of [
  ["garbage", (file: string) => writeFileSync(file, "not a database ".repeat(1000))],
  ["truncated", (file: string) => truncateSync(file, 5000)],
] as const) {
  test(`[BR14a] a spool that is ${how} is set aside with a message, and told as a gap`, async (t) => {
    const [worker, cwd] = [await workerOf(t), await directoryOf(t)];
    const args = ["--to", worker.url.href, "--bind", "tcp://127.0.0.1:*", "--spool", "s.db"];
    const first = startBridgeProcess(t, cwd, args);
    await first.address();
    first.child.kill("SIGTERM");
    await first.exit;
    harm(join(cwd, "s.db"));
    const second = startBridgeProcess(t, cwd, args);
    const publisher = await publisherTo(t, await second.address());
    await publisher.send("[1,1]");
    await worker.waitForPoints(1);
    assert.match(
      second.stderr(),
      /The spool s\.db is damaged \(.+\)\. It is now s\.db\.damaged-\S+; going on with a new one/,
    );
    assert.ok(readdirSync(cwd).some((name) => name.startsWith("s.db.damaged-")));
    assert.deepEqual(
      worker.gaps().map(({ reason, points }) => [reason, points]),
      [["spool-damaged", null]],
    );
    assert.ok(existsSync(join(cwd, "s.db")));
  });
}

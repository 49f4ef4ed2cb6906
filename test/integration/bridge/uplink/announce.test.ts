import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { sourceOf } from "../../../../bridge/config/defaults.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { type Bridge, startBridge } from "../../../../bridge/pipeline/bridge.ts";
import { startDemo } from "../../../../bridge/tools/demo.ts";
import { Announcer } from "../../../../bridge/uplink/announcer.ts";
import type { Outcome } from "../../../../client/publish/deliver/answer.ts";
import { readHeader } from "../../../../protocol/frame/header.ts";
import { messageIn } from "../../../../protocol/messages/parsed.ts";
import { parseServerMessage } from "../../../../protocol/messages/server-message.ts";
import { directoryOf, startBridgeProcess } from "../../../support/bridge-process.ts";
import { startEdge } from "../../../support/edge.ts";
import { type FakeWorker, problem, startFakeWorker } from "../../../support/fake-worker.ts";
import { connectPublisher, type TestPublisher } from "../../../support/publisher.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";
import { Watcher } from "../../../support/watcher.ts";

//     publisher ─ZeroMQ→ bridge ─HTTP→ fake Worker, or the real one

const NEVER = new Promise<never>(() => {});
const GONE_AFTER_MS = 2000;

let worker: FakeWorker;
let closers: (() => unknown)[];
let lines: string[];
/** The bridges' clock of who is away, and how far it is ahead. */
let clock: () => number;
let aheadMs: number;

beforeEach(async () => {
  worker = await startFakeWorker();
  closers = [];
  lines = [];
  clock = () => performance.now();
  aheadMs = 0;
});

afterEach(async () => {
  for (const close of closers.reverse()) await close();
  await worker.close();
});

async function bridgeTo(to: URL, token = "t"): Promise<Bridge> {
  const log = createLog("text", "info", (line) => lines.push(line));
  const presenceNowMs = (): number => clock() + aheadMs;
  const sources = [sourceOf({ bind: ["tcp://127.0.0.1:*"] })];
  const bridge = await startBridge({ to, token, log, sources, presenceNowMs });
  closers.push(() => bridge.close({ drainMs: 0 }));
  return bridge;
}

async function connected(bridge: Bridge): Promise<TestPublisher> {
  const publisher = await connectPublisher(bridge.addresses[0] ?? "");
  closers.push(() => publisher.close());
  return publisher;
}

function said(): boolean[] {
  return worker.announced.map(({ here }) => here);
}

function saying(...here: boolean[]): Promise<unknown> {
  return waitFor(`the announcements ${here}`, () => JSON.stringify(said()) === JSON.stringify(here));
}

describe("a bridge announces", () => {
  it("[BR18a] [BR18b] the first publisher at once, the last one's going after 2 s, and the next one that comes", async () => {
    const bridge = await bridgeTo(worker.url);
    const [first, second] = [await connected(bridge), await connected(bridge)];
    await saying(true);
    first.close();
    await waitFor("the first one's end", () => bridge.ledger.publishers === 1);
    aheadMs += GONE_AFTER_MS + 500;
    // With the answer to a POST it is looked whether anything is to be said.
    await second.send("[0, 1]");
    await worker.waitForPoints(1);
    await waitFor("the answer", () => bridge.held().points === 0);
    assert.deepEqual(said(), [true], "one is left");
    const closedAtMs = performance.now();
    second.close();
    await saying(true, false);
    const tookMs = (worker.announced[1]?.atMs ?? 0) - closedAtMs;
    assert.ok(tookMs >= GONE_AFTER_MS - 50, `${tookMs} ms`);
    const third = await connected(bridge);
    await saying(true, false, true);
    await third.send("[1, 1]");
    await worker.waitForPoints(2);
    const [frame] = worker.frames;
    assert.ok(frame);
    const ids = new Set(worker.announced.map(({ publisher }) => publisher));
    assert.deepEqual([...ids], [readHeader(frame).publisher]);
  });

  it("[BR18b] nothing of publishers that come and go within 2 s", async () => {
    const beganAtMs = performance.now();
    clock = () => beganAtMs;
    const bridge = await bridgeTo(worker.url);
    for (let i = 0; i < 8; i++) {
      const publisher = await connected(bridge);
      await publisher.send(`[${i}, 1]`);
      await worker.waitForPoints(i + 1);
      await waitFor("the answer", () => bridge.held().points === 0);
      publisher.close();
      await waitFor("its end", () => bridge.ledger.publishers === 0);
      aheadMs += GONE_AFTER_MS - 500;
    }
    assert.deepEqual(said(), [true]);
  });

  it("[BR18d] that all are gone only after what they sent, one request at a time", async () => {
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    worker.script = (_, number) => (number === 2 ? { take: true, until: opened } : undefined);
    const bridge = await bridgeTo(worker.url);
    const publisher = await connected(bridge);
    await publisher.send("[0, 1]");
    await worker.waitForPoints(1);
    for (let i = 1; i < 5000; i++) await publisher.send(`[${i}, 1]`);
    await waitFor("every message", () => bridge.ledger.received === 5000);
    publisher.close();
    await waitFor("its end", () => bridge.ledger.publishers === 0);
    aheadMs += GONE_AFTER_MS + 1000;
    assert.deepEqual(said(), [true]);
    open();
    await saying(true, false);
    assert.equal(worker.announced[1]?.afterPoints, 5000);
    assert.equal(worker.mostAtOnce, 1);
  });

  it("[BR18b] [BR18d] its end after the last points, and nothing if some stay undelivered", async () => {
    const bridge = await bridgeTo(worker.url);
    const publisher = await connected(bridge);
    for (let i = 0; i < 3000; i++) await publisher.send(`[${i}, 1]`);
    await waitFor("every message", () => bridge.ledger.received === 3000);
    assert.deepEqual(await bridge.close({ drainMs: 5000 }), { undelivered: 0 });
    assert.deepEqual(said().at(-1), false);
    assert.equal(worker.announced.at(-1)?.afterPoints, 3000);
    const announced = said().length;
    worker.script = () => ({ take: false, status: 503 });
    const failing = await bridgeTo(worker.url);
    const other = await connected(failing);
    await waitFor("here", () => said().length > announced);
    await other.send("[1, 1]");
    await waitFor("the message", () => failing.ledger.received === 1);
    assert.deepEqual(await failing.close({ drainMs: 500 }), { undelivered: 1 });
    assert.equal(said().at(-1), true);
  });

  for (const [status, code] of [
    [400, "no-number"],
    [415, "content-type-unsupported"],
  ] as const) {
    it(`[BR18i] nothing more to a Worker that answers ${status} ${code}, and says nothing of it`, async () => {
      worker.onAnnounced = () => ({ status, body: problem(code) });
      const bridge = await bridgeTo(worker.url);
      const publisher = await connected(bridge);
      await saying(true);
      await publisher.send("[1, 1]");
      await worker.waitForPoints(1);
      publisher.close();
      await waitFor("its end", () => bridge.ledger.publishers === 0);
      aheadMs += GONE_AFTER_MS + 500;
      await bridge.close({ drainMs: 1000 });
      assert.deepEqual(said(), [true]);
      assert.ok(!lines.some((line) => /announce|warn|error/i.test(line)), lines.join(""));
    });
  }

  it("[BR18e] [BR4] though nobody answers that, and points wait no longer than a second for it", async () => {
    worker.onAnnounced = () => ({ until: NEVER });
    const bridge = await bridgeTo(worker.url);
    const publisher = await connected(bridge);
    await saying(true);
    const sentAtMs = performance.now();
    for (let i = 0; i < 10; i++) await publisher.send(`[${i}, 1]`);
    await worker.waitForPoints(10);
    // Were there no bound, it would be the deadline of an announcement, of ten seconds.
    assert.ok(performance.now() - sentAtMs < 6000);
    assert.deepEqual(said(), [true], "it is not tried again at once");
    const endedAtMs = performance.now();
    assert.deepEqual(await bridge.close({ drainMs: 10_000 }), { undelivered: 0 });
    // Else it would take the ten seconds.
    assert.ok(performance.now() - endedAtMs < 8000);
    assert.deepEqual(said(), [true, false]);
  });
});

it("[BR18e] [BR10] a bridge ends with 0 and within a second though nobody answers its goodbye", async (t) => {
  const args = ["--to", worker.url.href, "--bind", "tcp://127.0.0.1:*"];
  const bridge = startBridgeProcess(t, await directoryOf(t), args);
  const publisher = await connectPublisher(await bridge.address());
  await publisher.send("[1, 1]");
  await worker.waitForPoints(1);
  await saying(true);
  worker.onAnnounced = () => ({ until: NEVER });
  const endedAtMs = performance.now();
  bridge.child.kill("SIGTERM");
  assert.equal(await withDeadline("the exit", bridge.exit), 0);
  // Else it would be the ten seconds that a bridge may take for what is left.
  assert.ok(performance.now() - endedAtMs < 8000);
  assert.deepEqual(said(), [true, false]);
  publisher.close();
});

it("[BR18h] a bridge that goes on after one that was killed says that no publisher is there", async (t) => {
  const directory = await directoryOf(t);
  const args = ["--to", worker.url.href, "--bind", "tcp://127.0.0.1:*"];
  const killed = startBridgeProcess(t, directory, args);
  const publisher = await connectPublisher(await killed.address());
  await publisher.send("[1, 1]");
  await worker.waitForPoints(1);
  await saying(true);
  killed.child.kill("SIGKILL");
  await killed.exit;
  publisher.close();
  startBridgeProcess(t, directory, args);
  await saying(true, false);
  assert.equal(new Set(worker.announced.map(({ publisher: id }) => id)).size, 1);
});

describe("an announcer", () => {
  const TAKEN: Outcome = { kind: "taken", answer: undefined };
  const LOST: Outcome = { kind: "failed", reason: "cut", code: "ECONNRESET", isUnderWay: true };
  const frames = { body: new Uint8Array(8), points: 1 };
  const signal = new AbortController().signal;

  function announcer() {
    const sent: string[] = [];
    const world = { nowMs: 0, isIdle: true, outcome: TAKEN, until: Promise.resolve(), sent };
    const made = new Announcer({
      publisher: () => "00000000000000aa",
      log: createLog("text", "silent"),
      isKnown: false,
      isIdle: () => world.isIdle,
      nowMs: () => world.nowMs,
      post: async (body, _signal, { kind }) => {
        world.sent.push(kind === "announcement" ? Buffer.from(body).toString() : "frames");
        await world.until;
        return world.outcome;
      },
    });
    const check = async (atMs: number): Promise<string[]> => {
      world.nowMs = atMs;
      made.check();
      await sleep(0);
      return world.sent.splice(0).map((text) => text.replace(/.*"here":|}/g, ""));
    };
    return { made, world, check };
  }

  it("[BR18c] says nothing that a frame has said: one that comes after `gone` is `here`", async () => {
    const { made, check } = announcer();
    made.count(1);
    assert.deepEqual(await check(0), ["true"]);
    made.count(0);
    assert.deepEqual(await check(1900), []);
    assert.deepEqual(await check(2000), ["false"]);
    made.count(1);
    await made.post(frames, signal);
    assert.deepEqual(await check(2100), ["frames"]);
    made.count(0);
    assert.deepEqual(await check(5000), ["false"]);
    await made.post(frames, signal);
    assert.deepEqual(await check(5100), ["frames", "false"], "of one that was read late");
  });

  it("[BR18f] tries what failed again at the next change, or after 10 s", async () => {
    const { made, world, check } = announcer();
    world.outcome = LOST;
    made.count(1);
    assert.deepEqual(await check(0), ["true"]);
    assert.deepEqual(await check(9900), []);
    assert.deepEqual(await check(10_000), ["true"]);
    made.count(0);
    assert.deepEqual(await check(12_000), ["false"]);
    world.outcome = TAKEN;
    assert.deepEqual(await check(22_000), ["false"]);
    assert.deepEqual(await check(40_000), []);
  });

  it("[BR18g] repeats `here` 60 s after the last frame or announcement, and `gone` never", async () => {
    const { made, check } = announcer();
    made.count(1);
    assert.deepEqual(await check(0), ["true"]);
    assert.deepEqual(await check(59_999), []);
    assert.deepEqual(await check(60_000), ["true"]);
    await check(100_000);
    await made.post(frames, signal);
    assert.deepEqual(await check(119_999), ["frames"]);
    assert.deepEqual(await check(159_999), []);
    assert.deepEqual(await check(160_000), ["true"]);
    made.count(0);
    assert.deepEqual(await check(162_000), ["false"]);
    assert.deepEqual(await check(1_000_000), []);
  });

  it("[BR18h] where nobody was ever connected, it stays silent", async () => {
    const { check } = announcer();
    assert.deepEqual([await check(0), await check(100_000), await check(1_000_000)], [[], [], []]);
  });

  it("[BR18j] an answer that may be anybody's confirms nothing, and is asked for again once a minute", async () => {
    const { made, world, check } = announcer();
    world.outcome = { kind: "foreign", status: 204, what: "204", retryAfterMs: undefined };
    made.count(1);
    assert.deepEqual(await check(0), ["true"]);
    assert.deepEqual(await check(59_999), []);
    world.outcome = TAKEN;
    assert.deepEqual(await check(60_000), ["true"]);
    assert.deepEqual(await check(119_999), []);
  });

  it("[BR18] says one thing at a time", async () => {
    const { made, world, check } = announcer();
    const { promise, resolve } = Promise.withResolvers<void>();
    world.until = promise;
    made.count(1);
    assert.deepEqual(await check(0), ["true"]);
    assert.deepEqual(await check(100), []);
    made.count(0);
    assert.deepEqual(await check(3000), []);
    resolve();
    await sleep(0);
    assert.deepEqual(await check(3100), ["false"]);
  });

  it("[BR18d] waits with `gone` for what is undelivered, with `here` for nothing but the POST in flight", async () => {
    const { made, world, check } = announcer();
    world.isIdle = false;
    const { promise, resolve } = Promise.withResolvers<void>();
    world.until = promise;
    const posting = made.post(frames, signal);
    made.count(1);
    assert.deepEqual(await check(0), ["frames"]);
    resolve();
    await posting;
    assert.deepEqual(await check(0), ["true"]);
    made.count(0);
    assert.deepEqual(await check(3000), []);
    world.isIdle = true;
    assert.deepEqual(await check(3100), ["false"]);
  });
});

it("[BR18] [CH9] [VW11] viewers learn that the demo came, went, and that the bridge has ended", async () => {
  const edge = await startEdge();
  closers.push(() => edge.close());
  const to = edge.channelUrl("presence");
  const watcher = await Watcher.open(edge, "presence");
  closers.push(() => watcher.viewer.cut());
  const last = (): number | null | undefined => {
    const texts = watcher.viewer.messages.filter((message) => typeof message === "string");
    const told = texts
      .map((text) => messageIn(parseServerMessage(text)))
      .filter((message) => message?.type === "hello" || message?.type === "status");
    return told.at(-1)?.goneForMs;
  };
  const isGone = (): boolean => typeof last() === "number";
  const bridge = await bridgeTo(to, edge.token ?? "");
  const demo = startDemo({ connect: bridge.addresses[0] ?? "", hz: 20 });
  await watcher.reaches(5);
  assert.equal(last(), null);
  demo.close();
  await waitFor("gone", isGone);
  const again = startDemo({ connect: bridge.addresses[0] ?? "", hz: 20 });
  closers.push(() => again.close());
  await waitFor("here", () => !isGone());
  await bridge.close({ drainMs: 5000 });
  await waitFor("gone for good", isGone);
  assert.equal(bridge.held().points, 0);
});

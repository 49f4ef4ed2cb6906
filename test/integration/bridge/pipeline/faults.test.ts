import assert from "node:assert/strict";
import { connect, createServer as createTcpServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { sourceOf } from "../../../../bridge/config/defaults.ts";
import { UplinkLedger } from "../../../../bridge/observability/ledger.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { type Bridge, type BridgeOptions, startBridge } from "../../../../bridge/pipeline/bridge.ts";
import { Silence } from "../../../../bridge/sources/silence.ts";
import { createDeliverer } from "../../../../bridge/uplink/deliverer.ts";
import { Poster } from "../../../../bridge/uplink/post.ts";
import { Collector } from "../../../../client/publish/collect/collector.ts";
import type { DelivererOptions } from "../../../../client/publish/deliver/deliverer.ts";
import { decodeFrame } from "../../../../protocol/frame/frame.ts";
import { readHeader } from "../../../../protocol/frame/header.ts";
import { type FakeWorker, problem, startFakeWorker } from "../../../support/fake-worker.ts";
import { bindPublisher, connectPublisher } from "../../../support/publisher.ts";
import { waitFor } from "../../../support/wait.ts";

async function workerOf(t: TestContext): Promise<FakeWorker> {
  const worker = await startFakeWorker();
  t.after(() => worker.close());
  return worker;
}

/** What delivers, without ZeroMQ. */
function delivering(t: TestContext, to: URL, timeoutMs = 5000) {
  const ledger = new UplinkLedger();
  const lines: string[] = [];
  const log = createLog("text", "info", (line) => lines.push(line));
  const lost = ledger.countDropped.bind(ledger);
  const collector = new Collector({ publisher: "00000000000000aa", maxBytes: 64 * 2 ** 20, lost });
  const poster = new Poster({ to, token: "t", timeoutMs, totalTimeoutMs: timeoutMs });
  const policy = { baseDelayMs: 5, maxDelayMs: 50, holdMs: 30 };
  const post: DelivererOptions["post"] = ({ body, points }, signal) =>
    poster.send(body, signal, { kind: "frames", points });
  const deliverer = createDeliverer({ collector, ledger, log, post, policy, random: () => 0.5 });
  void deliverer.run();
  t.after(async () => {
    await deliverer.drain(0);
    await poster.close();
  });
  let added = 0;
  const add = (count: number): void => {
    const next = () => ({ x: added + 0.3 * Math.random(), arrival: false, names: ["y"], values: [Math.sin(added++)] });
    collector.add(Array.from({ length: count }, next));
  };
  return { ledger, lines, collector, add };
}

for (const [status, code, advice] of [
  [401, "token-wrong", "give the bridge a token that this Worker takes"],
  [403, "host-not-allowed", "check the URL given with --to"],
  [404, "not-found", "check the URL given with --to"],
  [405, "method-not-allowed", "check the URL given with --to"],
] as const) {
  test(`[BR8c] ${status} holds the feed, says what to do, and loses nothing`, async (t) => {
    const worker = await workerOf(t);
    worker.script = (_, number) => (number < 4 ? { take: false, status, body: problem(code) } : undefined);
    const { add, lines, ledger } = delivering(t, worker.url);
    add(3);
    await worker.waitForPoints(3);
    await waitFor("the line that it is over", () => lines.length === 2);
    assert.ok(lines[0]?.includes(`${status} ${code}`) && lines[0].includes(advice), lines[0]);
    assert.equal(ledger.droppedPoints, 0);
  });
}

test("[BR8d] 413 splits the body, and the limit is remembered: later bodies are not refused first", async (t) => {
  const worker = await workerOf(t);
  const limit = 300_000;
  worker.script = ({ headers }) =>
    Number(headers["content-length"]) > limit
      ? { take: false, status: 413, body: problem("body-too-large") }
      : undefined;
  const { add, collector, ledger, lines } = delivering(t, worker.url);
  add(200_000);
  await waitFor("the backlog delivered", () => collector.held.points === 0);
  const refused = worker.posts.filter(({ answered }) => answered === 413).length;
  assert.ok(refused >= 1 && refused <= 3, `${refused} refused`);
  add(200_000);
  await waitFor("the second backlog delivered", () => collector.held.points === 0);
  assert.equal(worker.posts.filter(({ answered }) => answered === 413).length, refused);
  assert.equal(lines.filter((line) => line.includes("Sending half as much")).length, refused);
  assert.deepEqual([ledger.droppedPoints, worker.points().length], [0, 400_000]);
});

test("[BR6c] 429 is waited out as long as Retry-After says, and nothing is sent meanwhile", async (t) => {
  const worker = await workerOf(t);
  worker.script = (_, number) =>
    number === 1 ? { take: false, status: 429, headers: { "retry-after": "1" } } : undefined;
  const { add } = delivering(t, worker.url);
  add(1);
  await worker.waitForPosts(1);
  add(1);
  await worker.waitForPoints(2);
  assert.ok((worker.posts[1]?.atMs ?? 0) - (worker.posts[0]?.atMs ?? 0) >= 990);
});

test("[BR6d] a keep-alive connection that the other side has dropped costs one resend and no line", async (t) => {
  const worker = await workerOf(t);
  // Between bridge and Worker stands what forgets idle connections and resets them when they are used again.
  let forgotten: ReadonlySet<Socket> = new Set();
  const sockets = new Set<Socket>();
  const proxy = createTcpServer((client) => {
    const server = connect(Number(worker.url.port), "127.0.0.1");
    sockets.add(client).add(server);
    client.on("data", (data) => (forgotten.has(client) ? client.resetAndDestroy() : server.write(data)));
    server.on("data", (data) => client.write(data));
    for (const socket of [client, server]) socket.on("error", () => undefined).on("close", () => server.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  const address = proxy.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const { add, ledger, lines } = delivering(t, new URL(`http://127.0.0.1:${port}/c/main`));
  add(1);
  await waitFor("the first confirmation", () => ledger.delivered === 1);
  forgotten = new Set(sockets);
  add(1);
  await waitFor("the second confirmation", () => ledger.delivered === 2);
  assert.deepEqual([ledger.retries, lines], [1, []]);
  assert.equal(worker.frames.length, 2);
});

test("[BR6d] a 2xx lost on the way back, twice: the same bytes again, stored once", async (t) => {
  const worker = await workerOf(t);
  worker.script = (_, number) => (number < 3 ? { take: true, cut: true } : undefined);
  const { add, ledger } = delivering(t, worker.url);
  add(5);
  await waitFor("the confirmation", () => ledger.delivered === 5);
  assert.deepEqual(
    worker.posts.map(({ frames }) => readHeader(frames[0] ?? new Uint8Array()).publisherSeq),
    [1, 1, 1],
  );
  assert.deepEqual(worker.posts[2]?.frames, worker.posts[0]?.frames);
  assert.equal(worker.frames.length, 1);
});

//     publisher ─ZeroMQ→ bridge ─HTTP→ fake Worker

async function bridgeOf(
  t: TestContext,
  to: URL,
  options: Partial<BridgeOptions> & Pick<BridgeOptions, "sources">,
): Promise<{ bridge: Bridge; lines: string[] }> {
  const lines: string[] = [];
  const log = createLog("text", "info", (line) => lines.push(line));
  const bridge = await startBridge({ to, token: "t", log, ...options });
  t.after(() => bridge.close({ drainMs: 0 }));
  return { bridge, lines };
}

/** Who sends for longer than this is no process that just sends what it has. */
const STREAM_MS = 1100;

test("[BR15b] a publisher that goes and comes back marks a possible gap, before what it then sends", async (t) => {
  const worker = await workerOf(t);
  const { bridge, lines } = await bridgeOf(t, worker.url, { sources: [sourceOf({ bind: ["tcp://127.0.0.1:*"] })] });
  for (let i = 1; i <= 2; i++) {
    const publisher = await connectPublisher(bridge.addresses[0] ?? "");
    await waitFor("the publisher", () => bridge.ledger.publishers === 1);
    await publisher.send(`[${i},${i}]`);
    await sleep(STREAM_MS);
    await publisher.send(`[${i + 0.5},${i}]`);
    await worker.waitForPoints(2 * i);
    publisher.close();
    await waitFor("the publisher being gone", () => bridge.ledger.publishers === 0);
  }
  assert.deepEqual(
    worker.gaps().map(({ reason, points }) => [reason, points]),
    [["publisher-reconnected", null]],
  );
  const [gap, point] = decodeFrame(worker.frames[2] ?? new Uint8Array()).blocks;
  assert.deepEqual([gap?.kind, point?.kind], ["gap", "table"], "right before what it then sends");
  assert.match(
    lines.join(""),
    /A publisher is connected at tcp\S+; 1 publisher now[\s\S]*gone from[\s\S]*connected again at \S+ \(what was sent before that may be missing; viewers see a mark there\); 1 publisher/,
  );
  assert.match(bridge.status(), /1 possible gap \(publisher-reconnected\)/);
});

test("[BR15] [BR16] publishers that number their messages tell exactly instead", async (t) => {
  const worker = await workerOf(t);
  const { bridge, lines } = await bridgeOf(t, worker.url, {
    sources: [sourceOf({ bind: ["tcp://127.0.0.1:*"], sequenceField: "n" })],
  });
  for (const numbers of [
    [1, 2, 4],
    [5, 9],
  ]) {
    const publisher = await connectPublisher(bridge.addresses[0] ?? "");
    for (const n of numbers) {
      if (n === numbers.at(-1)) await sleep(STREAM_MS);
      await publisher.send("lab", JSON.stringify({ n, x: n, y: n, z: n }));
    }
    await waitFor("them", () => bridge.ledger.received >= (numbers[0] === 1 ? 3 : 5));
    publisher.close();
    await waitFor("the publisher being gone", () => bridge.ledger.publishers === 0);
  }
  await worker.waitForPoints(10);
  assert.deepEqual(
    worker.gaps().map(({ reason, points, fromX, toX, series }) => ({ reason, points, fromX, toX, series })),
    [
      { reason: "publisher-dropped", points: 2, fromX: 2, toX: 4, series: "" },
      { reason: "publisher-dropped", points: 6, fromX: 5, toX: 9, series: "" },
    ],
  );
  assert.ok(!worker.points().some(({ series }) => series === "lab.n"), "the number is not plotted");
  assert.match(
    lines.join(""),
    /connected again at \S+; 1 publisher now/,
    "nothing is said that the numbers know better",
  );
});

test("[BR16j] [BR16k] [BR16l] two publishers that number one topic, each by itself: said once with what to do, and no number told that is false", async (t) => {
  const worker = await workerOf(t);
  const { bridge, lines } = await bridgeOf(t, worker.url, {
    sources: [sourceOf({ bind: ["tcp://127.0.0.1:*"], sequenceField: "n" })],
  });
  const publishers = [
    await connectPublisher(bridge.addresses[0] ?? ""),
    await connectPublisher(bridge.addresses[0] ?? ""),
  ];
  t.after(() => {
    for (const publisher of publishers) publisher.close();
  });
  for (let i = 0; i < 200; i++) {
    for (const [which, publisher] of publishers.entries())
      await publisher.send("lab", JSON.stringify({ n: i + (which === 0 ? 90_000 : 1), x: 1e9 + i, y: i }));
    // One after the other, or else they take turns only now and then.
    await waitFor("both messages", () => bridge.ledger.received >= 2 * i + 2, { everyMs: 1 });
  }
  await worker.waitForPoints(400);
  assert.equal(worker.points().length, 400, "no point is left out");
  const exact = worker.gaps().filter(({ points }) => points !== null);
  assert.ok(exact.length <= 1 && worker.gaps().length <= 4, JSON.stringify(worker.gaps()));
  const said = lines.filter((line) => line.includes("Several publishers number"));
  assert.equal(said.length, 1);
  assert.match(said[0] ?? "", /of the topic "lab".*Give each publisher a topic of its own\./);
  assert.equal(bridge.ledger.sharedTopics, 1);
  assert.match(bridge.status(), /1 topic of several publishers/);
});

test("[BR15c] [BR15e] a silence is reported once, connections are opened anew, and its end is reported", async (t) => {
  const worker = await workerOf(t);
  const publisher = await bindPublisher();
  t.after(() => publisher.close());
  const { bridge, lines } = await bridgeOf(t, worker.url, {
    sources: [sourceOf({ connect: [publisher.address], expectEveryMs: 200 })],
  });
  await publisher.subscribed();
  await publisher.send("[1,1]");
  await waitFor("the silence", () => bridge.ledger.silences === 1);
  await waitFor("the publisher connected again", () => lines.some((line) => line.includes("connected again")));
  await waitFor("a message after it", async () => {
    await publisher.send("[2,2]");
    return lines.some((line) => line.includes("Messages again, after"));
  });
  assert.equal(lines.filter((line) => line.includes("Stale: no message for")).length, 1);
});

test("[BR15d] a cadence is learnt: what pauses now and then is not reported, what stops is", () => {
  let nowMs = 0;
  let stale = 0;
  let reopened = 0;
  const onStale = () => stale++;
  const log = createLog("text", "silent");
  let connected = true;
  const isConnected = () => connected;
  const silence = new Silence({ log, isConnected, reopen: () => reopened++, onStale, nowMs: () => nowMs });
  const pass = (ms: number): void => {
    for (let i = 0; i < ms; i += 1000) {
      nowMs += 1000;
      silence.check();
    }
  };
  pass(100_000);
  assert.equal(stale, 0, "nothing has come yet: nobody knows what to expect");
  for (let i = 0; i < 20; i++) {
    silence.heard();
    pass(4000);
  }
  pass(4000);
  assert.deepEqual([stale, silence.isStale], [0, false]);
  pass(100_000);
  assert.deepEqual([stale, silence.isStale], [1, true]);
  assert.ok(reopened >= 3 && reopened <= 5, `${reopened}`);
  silence.heard();
  assert.equal(silence.isStale, false);
  connected = false;
  pass(1_000_000);
  assert.equal(stale, 1, "that it has gone was told");
});

test("[BR15] where it is said how often messages come, connections are opened anew though nobody is connected", () => {
  let [nowMs, reopened, stale] = [0, 0, 0];
  const silence = new Silence({
    log: createLog("text", "silent"),
    expectEveryMs: 1000,
    isConnected: () => false,
    reopen: () => reopened++,
    onStale: () => stale++,
    nowMs: () => nowMs,
  });
  nowMs = 2999;
  silence.check();
  assert.deepEqual([stale, reopened], [0, 0], "three times a second is not over");
  nowMs = 3000;
  silence.check();
  assert.deepEqual([stale, reopened], [1, 1]);
});

test("[BR15e] a silence that has begun goes on though the publisher is gone: connections are opened anew, ever more seldom", () => {
  let [nowMs, reopened] = [0, 0];
  let connected = true;
  const silence = new Silence({
    log: createLog("text", "silent"),
    isConnected: () => connected,
    reopen: () => reopened++,
    onStale: () => undefined,
    nowMs: () => nowMs,
  });
  const check = (atMs: number): void => {
    nowMs = atMs;
    silence.check(0);
  };
  for (let i = 0; i < 10; i++) {
    nowMs = 1000 * i;
    silence.heard();
  }
  check(9000 + 4999);
  assert.equal(reopened, 0, "5 s at least");
  check(9000 + 5000);
  assert.equal(reopened, 1);
  connected = false;
  check(9000 + 34_999);
  assert.equal(reopened, 1);
  check(9000 + 35_000);
  assert.equal(reopened, 2);
  check(9000 + 94_999);
  assert.equal(reopened, 2, "it may be well: each time costs what it sends meanwhile");
  check(9000 + 95_000);
  assert.equal(reopened, 3);
  for (let i = 0; i < 3600; i++) check(105_000 + 1000 * i);
  assert.equal(reopened, 10, "ten minutes apart in the end");
});

test("[BR15d] a pause that was taken for silence teaches patience, not all at once, and half of it is forgotten in 10 minutes", () => {
  let [nowMs, stale] = [0, 0];
  const silence = new Silence({
    log: createLog("text", "silent"),
    isConnected: () => true,
    reopen: () => undefined,
    onStale: () => stale++,
    nowMs: () => nowMs,
  });
  const hearEvery = (ms: number, count: number): void => {
    for (let i = 0; i < count; i++) {
      nowMs += ms;
      silence.heard();
    }
  };
  /** How long nothing may come before it is a silence: found out from both sides. */
  const isSilenceAfter = (ms: number): boolean => {
    const before = stale;
    nowMs += ms;
    silence.check(0);
    nowMs -= ms;
    return stale > before;
  };
  hearEvery(4000, 12);
  assert.equal(isSilenceAfter(11_999), false);
  // An hour of silence: it counts as the 12 s after which it was one.
  nowMs += 3_600_000;
  silence.heard();
  assert.equal(isSilenceAfter(35_999), false);
  silence.check(600_000);
  assert.equal(isSilenceAfter(17_999), false);
  assert.equal(isSilenceAfter(18_001), true);
});

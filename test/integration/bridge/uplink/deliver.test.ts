import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { UplinkLedger } from "../../../../bridge/observability/ledger.ts";
import { createLog } from "../../../../bridge/observability/log.ts";
import { createDeliverer } from "../../../../bridge/uplink/deliverer.ts";
import { Poster } from "../../../../bridge/uplink/post.ts";
import { Collector } from "../../../../client/publish/collect/collector.ts";
import type { Deliverer } from "../../../../client/publish/deliver/deliverer.ts";
import { decodeFrame } from "../../../../protocol/frame/frame.ts";
import { readHeader } from "../../../../protocol/frame/header.ts";
import { MAX_BODY_BYTES } from "../../../../protocol/limits.ts";
import { type FakeWorker, problem, startFakeWorker } from "../../../support/fake-worker.ts";
import { waitFor, withDeadline } from "../../../support/wait.ts";

//     collector → deliverer ─HTTP→ fake Worker

let worker: FakeWorker;
let collector: Collector;
let ledger: UplinkLedger;
let deliverer: Deliverer;
let poster: Poster;
let lines: string[];
let added: number;

beforeEach(async () => {
  worker = await startFakeWorker();
  ledger = new UplinkLedger();
  lines = [];
  added = 0;
  collector = new Collector({
    publisher: "00000000000000aa",
    maxBytes: 64 * 1024 * 1024,
    lost: (reason, points) => ledger.countDropped(reason, points),
  });
  start();
});

afterEach(async () => {
  await withDeadline("the end of delivering", deliverer.drain(0));
  await poster.close();
  await worker.close();
});

function start({ idlePaceMs = 1000, holdMs = 30, timeoutMs = 5000 } = {}): void {
  poster = new Poster({ to: worker.url, token: "secret-token", timeoutMs, totalTimeoutMs: timeoutMs });
  deliverer = createDeliverer({
    collector,
    ledger,
    log: createLog("text", "info", (line) => lines.push(line)),
    post: ({ body, points }, signal) => poster.send(body, signal, { kind: "frames", points }),
    policy: { baseDelayMs: 5, maxDelayMs: 50, holdMs },
    idlePaceMs,
    random: () => 0.99,
  });
  void deliverer.run();
}

async function restart(options: Parameters<typeof start>[0]): Promise<void> {
  await deliverer.drain(0);
  await poster.close();
  start(options);
}

function add(count = 1): void {
  const rows = Array.from({ length: count }, () => {
    const i = added++;
    return { x: i + 0.1 * Math.random(), arrival: false, names: ["y"], values: [Math.sin(i)] };
  });
  collector.add(rows);
}

/** The numbers of the points that arrived. */
function arrived(): number[] {
  return worker.points().map(({ x }) => Math.floor(x));
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** A promise and what fulfils it. */
function gate(): { opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

describe("delivering", () => {
  it("[BR4a] sends at once when idle", async () => {
    add();
    await worker.waitForPoints(1);
    const [post] = worker.posts;
    assert.equal(post?.path, "/c/main");
    assert.equal(post?.headers.authorization, "Bearer secret-token");
    assert.equal(post?.headers["content-type"], "application/vnd.plotcast.frame");
  });

  it("[BR4a] [BR4b] collects while a POST is in flight, and has only one in flight", async () => {
    const { opened, open } = gate();
    worker.script = (_, number) => (number === 1 ? { take: true, until: opened } : undefined);
    add();
    await worker.waitForPosts(1);
    for (let i = 0; i < 50; i++) add();
    open();
    await worker.waitForPoints(51);
    assert.deepEqual(
      worker.posts.map(({ frames }) => frames.length),
      [1, 1],
    );
    assert.deepEqual(arrived(), upTo(51));
    assert.equal(worker.mostAtOnce, 1);
  });

  it("[BR4] sends a backlog as several frames in a body, in order", async () => {
    const { opened, open } = gate();
    worker.script = (_, number) => (number === 1 ? { take: true, until: opened } : undefined);
    add();
    await worker.waitForPosts(1);
    add(150_000);
    open();
    await worker.waitForPoints(150_001);
    assert.deepEqual(arrived(), upTo(150_001));
    assert.ok(worker.posts.some(({ frames }) => frames.length > 1));
    for (const { headers } of worker.posts) assert.ok(Number(headers["content-length"]) <= MAX_BODY_BYTES);
  });

  it("[BR5a] [BR5b] while nobody watches, waits between POSTs, unless much is waiting", async () => {
    await restart({ idlePaceMs: 400 });
    worker.viewers = 0;
    add();
    await worker.waitForPosts(1);
    add();
    await worker.waitForPosts(2);
    const [first, second] = worker.posts;
    assert.ok((second?.atMs ?? 0) - (first?.atMs ?? 0) >= 200);
    await restart({ idlePaceMs: 600_000 });
    add();
    await worker.waitForPosts(3);
    // Ten minutes later, if it were not so much.
    add(60_000);
    await worker.waitForPoints(60_003);
  });
});

describe("when a POST fails", () => {
  it("[BR6a] sends the same frames again until a 2xx, and nothing else in between", async () => {
    worker.script = (_, number) =>
      number <= 4 ? { take: false, status: [500, 502, 429, 408][number - 1] ?? 500 } : undefined;
    add();
    await worker.waitForPosts(2);
    add();
    await worker.waitForPoints(2);
    const seqs = worker.posts.map(({ frames }) => readHeader(frames[0] ?? new Uint8Array()).publisherSeq);
    assert.deepEqual(seqs, [1, 1, 1, 1, 1, 2]);
    assert.deepEqual(worker.posts[4]?.frames, worker.posts[0]?.frames);
    assert.equal(ledger.retries, 4);
    await waitFor("the last confirmation", () => ledger.delivered === 2);
  });

  it("[BR6d] sends again with the same number when the answer was lost, so that it is stored once", async () => {
    worker.script = (_, number) => (number === 1 ? { take: true, cut: true } : undefined);
    add();
    await waitFor("the confirmation", () => ledger.delivered === 1);
    assert.equal(worker.posts.length, 2);
    assert.deepEqual(arrived(), [0]);
  });

  it("[BR6c] waits as long as Retry-After says", async () => {
    worker.script = (_, number) =>
      number === 1 ? { take: false, status: 503, headers: { "retry-after": "1" } } : undefined;
    add();
    await worker.waitForPoints(1);
    assert.ok((worker.posts[1]?.atMs ?? 0) - (worker.posts[0]?.atMs ?? 0) >= 990);
  });

  it("[BR6b] goes on when nobody listened at first", async () => {
    const port = Number(worker.url.port);
    await worker.close();
    add(3);
    await waitFor("three tries", () => ledger.posts >= 3);
    worker = await startFakeWorker({ port });
    await worker.waitForPoints(3);
    await waitFor("the line that says so", () => lines.some((line) => line.includes("Delivering again")));
    assert.match(lines[0] ?? "", /Not delivered: no answer: nothing listens there\. .*\(ECONN.*3 points kept/);
  });

  it("[BR6b] gives up waiting for an answer that never comes, and tries again", async () => {
    await restart({ timeoutMs: 300 });
    const { opened, open } = gate();
    worker.script = (_, number) => (number === 1 ? { take: true, until: opened } : undefined);
    add();
    await waitFor("the confirmation", () => ledger.delivered === 1);
    assert.deepEqual(arrived(), [0]);
    open();
  });

  it("[BR8c] 401 holds the feed, says once what to do, and goes on when it is mended", async () => {
    worker.script = (_, number) => {
      if (number > 5) return undefined;
      return { take: false, status: 401, body: problem("token-wrong", "Set PUBLISH_TOKEN.") };
    };
    add();
    await worker.waitForPosts(2);
    add(2);
    await worker.waitForPoints(3);
    assert.deepEqual(arrived(), [0, 1, 2]);
    const warnings = lines.filter((line) => line.includes("Not delivered"));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /401 token-wrong - Set PUBLISH_TOKEN \(give the bridge a token/);
    assert.equal(ledger.droppedPoints, 0);
  });

  it("[BR8] the token is in no line of the log", async () => {
    worker.script = (_, number) =>
      number < 5 ? { take: false, status: 401, body: problem("token-wrong") } : undefined;
    add();
    await worker.waitForPoints(1);
    assert.ok(lines.every((line) => !line.includes("secret-token")));
  });
});

describe("when a frame is refused for good", () => {
  it("[BR8a] sets it aside, goes on, and tells it as a gap", async () => {
    worker.script = (_, number) =>
      number === 1 ? { take: false, status: 400, body: problem("frame-count") } : undefined;
    add(3);
    await waitFor("the frame set aside", () => ledger.droppedPoints === 3);
    add(2);
    await worker.waitForPoints(2);
    assert.deepEqual(arrived(), [3, 4]);
    const [gap, ...others] = worker.gaps();
    assert.deepEqual([gap?.reason, gap?.points, others.length], ["frame-refused", 3, 0]);
    assert.deepEqual(ledger.dropped.get("frame-refused"), { frames: 1, points: 3 });
    assert.match(lines.join(""), /A frame of 3 points was refused for good: 400 frame-count/);
  });

  it("[BR8a] of several in a body, sets aside just that one", async () => {
    const { opened, open } = gate();
    // The frame with number 4 is bad, whatever it travels with.
    worker.script = ({ frames }, number) => {
      if (number === 1) return { take: true, until: opened };
      const bad = frames.some((frame) => readHeader(frame).publisherSeq === 4);
      return bad ? { take: false, status: 400, body: problem("frame-column") } : undefined;
    };
    add();
    await worker.waitForPosts(1);
    add(50_000);
    open();
    await waitFor("everything delivered or set aside", () => collector.held.points === 0);
    const { points: refused } = ledger.dropped.get("frame-refused") ?? { points: 0 };
    assert.ok(refused > 0 && ledger.dropped.get("frame-refused")?.frames === 1);
    assert.equal(worker.points().length + refused, 50_001);
    assert.deepEqual(
      worker.gaps().map(({ reason, points }) => [reason, points]),
      [["frame-refused", refused]],
    );
    const numbers = arrived();
    assert.ok(numbers.every((number, i) => i === 0 || number > (numbers[i - 1] ?? 0)));
  });

  it("[BR6d] [BR6e] after a POST without an answer, no byte of its frames changes: what is lost is told by a later one", async () => {
    const { opened, open } = gate();
    // Answered: the first; not at all; refused as a whole; the bad frame refused by itself.
    worker.script = (_, number) => {
      if (number === 1) return { take: true, until: opened };
      if (number === 2) return { take: false, cut: true };
      return number <= 4 ? { take: false, status: 400, body: problem("frame-column") } : undefined;
    };
    add();
    await worker.waitForPosts(1);
    add(50_000);
    open();
    await waitFor("the rest delivered", () => collector.held.points === 0);
    add();
    await waitFor("the gap told", () => worker.gaps().length > 0);
    const sent = worker.posts[1]?.frames ?? [];
    assert.ok(sent.length > 2);
    assert.deepEqual(
      worker.posts
        .slice(4)
        .flatMap(({ frames }) => frames)
        .slice(0, sent.length - 1),
      sent.slice(1),
    );
    const last = worker.frames.at(-1) ?? new Uint8Array();
    assert.deepEqual(
      decodeFrame(last).blocks.map((block) => block.kind),
      ["gap", "table"],
    );
  });
});

describe("ending", () => {
  it("[BR9] delivers what is left, without the pace of an empty room", async () => {
    await restart({ idlePaceMs: 60_000 });
    worker.viewers = 0;
    add();
    await waitFor("the first confirmation", () => ledger.delivered === 1);
    add(5);
    await withDeadline("the drain", deliverer.drain(5000));
    assert.deepEqual(arrived(), upTo(6));
    assert.equal(collector.held.points, 0);
  });

  it("[BR9] gives up at the end of its time, and knows what is left", async () => {
    worker.script = () => ({ take: false, status: 500 });
    add(5);
    await worker.waitForPosts(2);
    await withDeadline("the drain", deliverer.drain(100));
    assert.equal(collector.held.points, 5);
  });

  it("[BR9] gives up a POST in flight at the end of its time", async () => {
    const { opened, open } = gate();
    worker.script = () => ({ take: false, until: opened });
    add(5);
    await worker.waitForPosts(1);
    await withDeadline("the drain", deliverer.drain(100));
    assert.equal(collector.held.points, 5);
    open();
  });
});

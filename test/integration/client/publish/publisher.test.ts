/** A publisher of the client library in Node, against what answers as the Worker does; and against the Worker. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import type { OutboxLocks } from "../../../../client/publish/keep/frame-store.ts";
import { MemoryLocks, MemoryStore } from "../../../../client/publish/keep/memory-store.ts";
import { openPublisher, openPublisherIn, type PublisherOptions } from "../../../../client/publish/open-publisher.ts";
import type { PlaceEvent, PublishPlace } from "../../../../client/publish/place.ts";
import type { PublisherState } from "../../../../client/publish/publisher.ts";
import { readHeader } from "../../../../protocol/frame/header.ts";
import { bundleWorker, readWorkerConfig } from "../../../../scripts/local/worker-bundle.ts";
import { startEdge } from "../../../support/edge.ts";
import { type FakeWorker, problem, startFakeWorker } from "../../../support/fake-worker.ts";
import { newChannel, storedPoints } from "../../../support/publish.ts";
import { waitFor } from "../../../support/wait.ts";

class LastingStore extends MemoryStore {
  override readonly isLasting = true;
}

/** A place whose store outlives publishers, as a browser's does. */
class Place implements PublishPlace {
  readonly store = new LastingStore();
  readonly locks: OutboxLocks = new MemoryLocks();
  readonly mayOutlive = false;
  readonly #notify = new Set<(event: PlaceEvent) => void>();

  open = async () => ({ store: this.store, locks: this.locks });

  watch = (notify: (event: PlaceEvent) => void): (() => void) => {
    this.#notify.add(notify);
    return () => this.#notify.delete(notify);
  };

  happens(event: PlaceEvent): void {
    for (const notify of this.#notify) notify(event);
  }
}

async function fakeWorker(t: TestContext): Promise<FakeWorker> {
  const worker = await startFakeWorker();
  t.after(() => worker.close());
  return worker;
}

/** Opens a publisher that the test's end closes; `states` are what it has said. */
async function open(t: TestContext, url: URL, options: PublisherOptions = {}, place: PublishPlace = new Place()) {
  const states: PublisherState[] = [];
  const publisher = await openPublisherIn(place, url, {
    token: "test-token",
    ...options,
    onState: (state) => states.push(state),
  });
  t.after(() => publisher.close({ withinMs: 0 }));
  return { publisher, states, named: () => states.map(({ state }) => state) };
}

const TAKEN_LATER = {
  take: false,
  status: 503,
  headers: { "retry-after": "60" },
  body: problem("channel-unavailable"),
};

test("[CL7a] [CL7c] it sends at once, collects while a POST is in flight, and numbers its frames under one id", async (t) => {
  const worker = await fakeWorker(t);
  const { publisher, named } = await open(t, worker.url);
  const { promise: until, resolve: answer } = Promise.withResolvers<void>();
  worker.script = (_, number) => (number === 1 ? { take: true, until } : undefined);
  publisher.publish({ temp: 21.5, hum: 40 }, 100);
  await worker.waitForPosts(1);
  publisher.publish({ temp: 22 }, new Date(101_500));
  publisher.publish({ temp: 23 }, 102);
  assert.equal(publisher.held.points, 4);
  answer();
  await publisher.flush();
  assert.equal(worker.posts.length, 2);
  assert.equal(worker.mostAtOnce, 1);
  assert.deepEqual(worker.points(), [
    { series: "temp", x: 100, y: 21.5 },
    { series: "hum", x: 100, y: 40 },
    { series: "temp", x: 101.5, y: 22 },
    { series: "temp", x: 102, y: 23 },
  ]);
  const headers = worker.frames.map((frame) => readHeader(frame));
  assert.deepEqual(
    headers.map(({ publisherSeq }) => publisherSeq),
    [1, 2],
  );
  assert.equal(new Set(headers.map(({ publisher: id }) => id)).size, 1);
  assert.deepEqual(named(), ["sending", "idle"]);
  assert.equal(worker.posts[0]?.headers.authorization, "Bearer test-token");
});

test("[CL7c] [CL9b] a lost answer is a repeat that is stored once; a Retry-After is waited for, and why is said", async (t) => {
  const worker = await fakeWorker(t);
  worker.script = (_, number) => {
    if (number === 1) return { take: true, cut: true };
    if (number === 2) return { ...TAKEN_LATER, headers: { "retry-after": "1" } };
    return undefined;
  };
  const { publisher, states } = await open(t, worker.url);
  publisher.publish({ y: 1 });
  await publisher.flush();
  assert.deepEqual(
    worker.points().map(({ y }) => y),
    [1],
  );
  const [second, third] = worker.posts.slice(1);
  assert.ok((third?.atMs ?? 0) - (second?.atMs ?? 0) >= 990);
  const reasons = states.flatMap((state) => (state.state === "waiting" ? [state.reason] : []));
  assert.match(reasons[0] ?? "", /^no answer: there is no network/);
  assert.match(reasons[1] ?? "", /503 channel-unavailable - Says the test/);
});

test("[CL7d] [CL9b] a refusal is said in the Worker's words, and what waits goes out once there is another token", async (t) => {
  const worker = await fakeWorker(t);
  worker.script = ({ headers }) =>
    headers.authorization === "Bearer good"
      ? undefined
      : { take: false, status: 401, body: problem("token-wrong", "This token is not known here.") };
  const tokens = ["bad", "good"];
  const place = new Place();
  const { publisher, states } = await open(t, worker.url, { token: () => tokens.shift() ?? "good" }, place);
  publisher.publish({ y: 1 });
  await waitFor("it is refused", () => publisher.state.state === "refused");
  assert.deepEqual(states.at(-1), {
    state: "refused",
    problem: { code: "token-wrong", detail: "This token is not known here." },
  });
  place.happens("visible");
  await publisher.flush();
  assert.equal(publisher.state.state, "idle");
  assert.equal(worker.points().length, 1);
});

test("[CL7e] flush ends with its signal, and close says what is left", async (t) => {
  const worker = await fakeWorker(t);
  worker.script = () => TAKEN_LATER;
  const { publisher, named } = await open(t, worker.url);
  publisher.publish({ y: 1 });
  const leaving = new AbortController();
  const flushed = publisher.flush({ signal: leaving.signal });
  leaving.abort(new Error("enough"));
  await assert.rejects(flushed, /enough/);
  const pending = assert.rejects(publisher.flush(), /closed before everything/);
  assert.equal((await publisher.close({ withinMs: 0 })).points, 1);
  await pending;
  assert.equal(named().at(-1), "closed");
  assert.throws(() => publisher.publish({ y: 2 }), /closed/);
});

test("[CL8b] what a publisher left is delivered by the next, under the same id and numbers, before its own points", async (t) => {
  const worker = await fakeWorker(t);
  const place = new Place();
  worker.script = () => TAKEN_LATER;
  const first = await open(t, worker.url, {}, place);
  first.publisher.publish({ y: 1 });
  await worker.waitForPosts(1);
  first.publisher.publish({ y: 2 });
  await first.publisher.close({ withinMs: 0 });
  worker.script = () => undefined;
  const second = await open(t, worker.url, {}, place);
  assert.deepEqual([second.publisher.held.points, second.publisher.isLasting], [2, true]);
  second.publisher.publish({ y: 3 });
  await second.publisher.flush();
  assert.deepEqual(
    worker.points().map(({ y }) => y),
    [1, 2, 3],
  );
  assert.equal(new Set(worker.frames.map((frame) => readHeader(frame).publisher)).size, 1);
  assert.equal((await second.publisher.close()).points, 0);
  assert.deepEqual(await place.store.list(worker.url.href), [], "an empty outbox is removed");
});

test("[CL8c] two at once have two ids, and the one that stays delivers what the other leaves", async (t) => {
  const worker = await fakeWorker(t);
  const place = new Place();
  const first = await open(t, worker.url, {}, place);
  first.publisher.publish({ a: 1 });
  await first.publisher.flush();
  await waitFor("the first has an outbox", async () => (await place.store.list(worker.url.href)).length === 1);
  const second = await open(t, worker.url, {}, place);
  second.publisher.publish({ b: 1 });
  await second.publisher.flush();
  assert.equal(new Set(worker.frames.map((frame) => readHeader(frame).publisher)).size, 2);
  worker.script = () => TAKEN_LATER;
  first.publisher.publish({ a: 2 });
  await waitFor("it waits", () => first.publisher.state.state === "waiting");
  await first.publisher.close({ withinMs: 0 });
  worker.script = () => undefined;
  await worker.waitForPoints(3);
  await second.publisher.flush();
  assert.deepEqual(
    worker.points().map(({ series, y }) => `${series}${y}`),
    ["a1", "b1", "a2"],
  );
});

test("[CL8b] [CL8c] what several have left is delivered by the next, each under its own id, before what is new", async (t) => {
  const worker = await fakeWorker(t);
  const place = new Place();
  worker.script = () => TAKEN_LATER;
  const tabs = [await open(t, worker.url, {}, place), await open(t, worker.url, {}, place)];
  for (const [i, { publisher }] of tabs.entries()) publisher.publish({ [`s${i}`]: i });
  await worker.waitForPosts(2);
  for (const { publisher } of tabs) await publisher.close({ withinMs: 0 });
  worker.script = () => undefined;
  const { publisher } = await open(t, worker.url, {}, place);
  publisher.publish({ s1: 2 });
  await publisher.flush();
  assert.deepEqual(
    worker.points().map(({ series, y }) => `${series} ${y}`),
    ["s1 1", "s0 0", "s1 2"],
  );
  const ids = worker.frames.map((frame) => readHeader(frame).publisher);
  assert.deepEqual([new Set(ids).size, ids[1]], [2, ids[2]]);
  await waitFor("the other outbox is removed", async () => (await place.store.list(worker.url.href)).length === 1);
});

test("[CL8d] when it is hidden, what was never sent goes out with what is in flight before it, and is stored once", async (t) => {
  const worker = await fakeWorker(t);
  const place = new Place();
  const { publisher } = await open(t, worker.url, {}, place);
  const { promise: until, resolve: answer } = Promise.withResolvers<void>();
  worker.script = (_, number) => (number === 1 ? { take: true, until } : undefined);
  publisher.publish({ y: 1 });
  await worker.waitForPosts(1);
  publisher.publish({ y: 2 });
  place.happens("hidden");
  place.happens("hidden");
  await worker.waitForPosts(2);
  assert.deepEqual(
    worker.points().map(({ y }) => y),
    [1, 2],
    "before the first was answered",
  );
  publisher.publish({ y: 3 });
  answer();
  await publisher.flush();
  assert.deepEqual(
    worker.points().map(({ y }) => y),
    [1, 2, 3],
  );
  assert.equal(worker.posts[1]?.frames.length, 2);
});

test("[CL9a] beyond its bound the oldest are dropped, counted, and told before what follows", async (t) => {
  const worker = await fakeWorker(t);
  worker.script = () => TAKEN_LATER;
  const place = new Place();
  const { publisher } = await open(t, worker.url, { maxBytes: 1_048_576 }, place);
  publisher.publish({ y: 0 }, 0);
  await waitFor("it waits", () => publisher.state.state === "waiting");
  const count = 100_000;
  for (let i = 1; i <= count; i++) publisher.publish({ y: Math.random() }, i + Math.random() / 2);
  assert.ok(publisher.dropped > 0 && publisher.held.bytes <= 1_048_576);
  assert.equal(publisher.held.points, 1 + count - publisher.dropped);
  await publisher.close({ withinMs: 0 });
  worker.script = () => undefined;
  const next = await open(t, worker.url, {}, place);
  await next.publisher.flush();
  const xs = worker.points().map(({ x }) => Math.floor(x));
  assert.deepEqual(
    [xs[0], xs[1], xs.at(-1), xs.length],
    [0, publisher.dropped + 1, count, 1 + count - publisher.dropped],
  );
  assert.deepEqual(
    worker.gaps().map(({ reason, points }) => [reason, points]),
    [["publisher-full", publisher.dropped]],
  );
  await assert.rejects(openPublisherIn(place, worker.url, { maxBytes: 1_048_575 }), RangeError);
});

test("[CL9c] a frame that the Worker refuses for good is counted, and told as a gap", async (t) => {
  const worker = await fakeWorker(t);
  const { publisher } = await open(t, worker.url);
  worker.script = () => ({ take: false, status: 400, body: problem("frame-column") });
  publisher.publish({ y: 1 });
  await publisher.flush();
  assert.equal(publisher.refused, 1);
  worker.script = () => undefined;
  publisher.publish({ y: 2 });
  await publisher.flush();
  assert.deepEqual(
    worker.gaps().map(({ reason, points }) => [reason, points]),
    [["frame-refused", 1]],
  );
});

test("[CL7b] [CL8e] in Node it is in memory alone, says so, and counts what is no point", async (t) => {
  const edge = await startEdge();
  t.after(() => edge.close());
  const channel = newChannel();
  const publisher = await openPublisher(edge.channelUrl(channel), { token: "test-token" });
  assert.equal(publisher.isLasting, false);
  for (let i = 0; i < 50; i++) publisher.publish({ a: i, b: i % 2 ? null : i, c: "text" }, i);
  await publisher.flush();
  assert.deepEqual(publisher.leftOut, { text: 50 });
  assert.deepEqual(await publisher.close(), { points: 0, bytes: 0 });
  const points = await storedPoints(edge, channel);
  assert.deepEqual(
    points.filter(({ series }) => series === "a").map(({ y }) => y),
    Array.from({ length: 50 }, (_, i) => i),
  );
  assert.equal(points.filter(({ series }) => series === "b").length, 25);
  await assert.rejects(openPublisher("ftp://board.example/c/lab"), TypeError);
});

test("[CL7a] [CL8e] in a Worker it publishes from memory", async (t) => {
  const edge = await startEdge();
  t.after(() => edge.close());
  const { compatibilityDate } = await readWorkerConfig();
  const contents = await bundleWorker(new URL("publisher-worker.ts", import.meta.url).pathname);
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      telemetry: { enabled: false },
      modules: [{ type: "ESModule", path: "worker.js", contents }],
      modulesRoot: ".",
      compatibilityDate,
    }),
  );
  t.after(() => miniflare.dispose());
  const channel = newChannel();
  const response = await fetch(
    new URL(`?url=${encodeURIComponent(edge.channelUrl(channel).href)}`, await miniflare.ready),
  );
  assert.deepEqual(await response.json(), { isLasting: false, left: { points: 0, bytes: 0 } });
  assert.deepEqual(await storedPoints(edge, channel), [{ series: "temp", x: 1000, y: 21.5 }]);
});

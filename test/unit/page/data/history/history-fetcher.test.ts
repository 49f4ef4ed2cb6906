import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as yieldToPage } from "node:timers/promises";
import fc from "fast-check";
import { ReadRefused } from "../../../../../client/stored-frames.ts";
import {
  type FetchedRange,
  type FetchPlan,
  type HistoryNeed,
  planFetch,
} from "../../../../../page/data/history/fetch-plan.ts";
import {
  type HistoryEnvironment,
  HistoryFetcher,
  SETTLE_MS,
} from "../../../../../page/data/history/history-fetcher.ts";
import { numberFrame, readHeader } from "../../../../../protocol/frame/header.ts";
import { frameOf } from "../../../../support/publish.ts";
import { waitFor } from "../../../../support/wait.ts";

const T = 1.7e9;
const PUBLISHER = "00000000000000aa";
const INFINITE = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };

/** A channel's store and a timer that is moved by hand. */
class World implements HistoryEnvironment {
  frames: Uint8Array[] = [];
  queries: string[] = [];
  aborted = 0;
  turns = 0;
  timer: { ms: number; wake: () => void } | undefined;
  /** What the next requests come to: a failure, or to be held up until it is let go. */
  broken = 0;
  /** The page's token has no right to read. */
  isDenied = false;
  gate: Promise<void> | undefined;
  changes = 0;
  readonly history = new HistoryFetcher(this, () => this.changes++);

  /** A frame of 10 points from x on, one a second. */
  add(x: number, series = "y", epoch = 7): void {
    const ys = Array.from({ length: 10 }, (_, i) => x - T + i);
    const frame = frameOf(PUBLISHER, this.frames.length + 1, ys, x, series);
    numberFrame(frame, epoch, 10 * (this.frames.length + 1));
    this.frames.push(frame);
  }

  addAll(from: number, to: number): void {
    for (let x = from; x < to; x += 10) this.add(x);
  }

  async read(query: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    this.queries.push(query);
    signal.addEventListener("abort", () => this.aborted++);
    if (this.isDenied) throw new ReadRefused(403, "not-permitted");
    if (this.broken > 0) {
      this.broken--;
      throw new TypeError("no network");
    }
    await this.gate;
    const asked = new URLSearchParams(query);
    const [from, to] = [Number(asked.get("from") ?? "-Infinity"), Number(asked.get("to"))];
    const frames = this.frames.filter((frame) => {
      const { minX, maxX } = readHeader(frame);
      return maxX >= from && minX <= to;
    });
    return pieces(Buffer.concat(frames), 1000);
  }
  wakeIn(ms: number, wake: () => void): void {
    this.timer = { ms, wake };
  }
  async yieldToPage(): Promise<void> {
    this.turns++;
  }
  random = (): number => 0.5;

  /** Lets the timer fire and what that brings arrive. */
  async wake(): Promise<void> {
    const { timer } = this;
    this.timer = undefined;
    timer?.wake();
    for (let i = 0; i < 50; i++) await yieldToPage();
  }

  async look(min: number, max: number, completeFromX: number, newestX = completeFromX): Promise<void> {
    this.history.request({ min, max }, completeFromX, newestX);
    await this.wake();
  }

  /** The x that are held, within the ends of what is. */
  get xs(): number[] {
    const { fetched } = this.history;
    const x = fetched?.store.find("y")?.ring.x ?? new Float64Array();
    return [...x].filter((each) => fetched !== undefined && each >= fetched.min && each <= fetched.max);
  }
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const count = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test("[PG14] what is fetched is what is looked at and not there, with room around it", () => {
  const need = (min: number, max: number, completeFromX = 1000, newestX = completeFromX): HistoryNeed => {
    return { range: { min, max }, completeFromX, newestX };
  };
  const reach = (min: number, max: number, isTruncated = false): FetchedRange => ({ min, max, isTruncated });
  const plan = (from: number, to: number, appends = false): FetchPlan => ({ from, to, appends });
  const all = Number.NEGATIVE_INFINITY;
  const table: [string, HistoryNeed, FetchedRange | undefined, number | undefined, FetchPlan | undefined][] = [
    ["all in the rings", need(1000, 1100), undefined, undefined, undefined],
    ["a part before them", need(990, 1090), undefined, undefined, plan(890, 1000)],
    ["before them", need(500, 510), undefined, undefined, plan(490, 520)],
    ["everything", need(all, 1100), undefined, undefined, plan(all, 1000)],
    ["everything, for ever", need(all, Number.POSITIVE_INFINITY), undefined, undefined, plan(all, 1000)],
    ["held", need(500, 510), reach(490, 520), undefined, undefined],
    ["held, moved a little", need(492, 502), reach(490, 520), undefined, undefined],
    ["moved beyond on the left", need(489, 499), reach(490, 520), undefined, plan(479, 509)],
    ["moved beyond on the right", need(511, 521), reach(490, 520), undefined, plan(520, 531, true)],
    ["somewhere else", need(700, 710), reach(490, 520), undefined, plan(690, 720)],
    ["wider than held", need(480, 530), reach(490, 520), undefined, plan(430, 580)],
    ["nothing is older", need(400, 500), reach(490, 1000), 490, undefined],
    ["no more than there is", need(480, 600), undefined, 470, plan(470, 720)],
    ["before everything", need(100, 200), undefined, 300, undefined],
    ["the one oldest point", need(100, 300), undefined, 300, plan(300, 500)],
    ["nothing before the rings", need(all, 1100), undefined, 1000, undefined],
    ["everything, and it is held", need(all, 1100), reach(all, 1000), undefined, undefined],
    ["the rings drop points", need(900, 1100, 1010, 1010), reach(800, 1000), undefined, plan(1000, 1010, true)],
    ["the rings drop points, on and on", need(900, 2000, 1010, 1800), reach(800, 1000), 0, plan(1000, 1405, true)],
    ["not what is at hand for long", need(900, 2000, 1300, 1900), reach(800, 1405), 0, undefined],
    ["what is about to be dropped", need(900, 2000, 1390, 1900), reach(800, 1405), 0, plan(1405, 1645, true)],
    ["not more than is looked at", need(900, 1100, 1010, 5000), reach(800, 1000), 0, plan(1000, 1300, true)],
    ["no room for more", need(all, 1100), reach(600, 1000, true), undefined, undefined],
    ["no room for more, but on", need(all, 1100, 1010), reach(600, 1000, true), undefined, plan(1000, 1010, true)],
    ["no room for more, held further", need(all, 1100, 1010, 1500), reach(600, 1200, true), undefined, undefined],
    ["room for the older ones alone", need(500, 550), reach(600, 1000, true), undefined, plan(450, 600)],
    ["nothing came yet", need(0, 10, Number.NEGATIVE_INFINITY), undefined, undefined, undefined],
  ];
  for (const [what, wished, fetched, oldestX, expected] of table) {
    assert.deepEqual(planFetch(wished, fetched, oldestX), expected, what);
  }
});

test("[PG14] what was fetched satisfies the wish, as far as there is room", () => {
  const x = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constant(Number.NEGATIVE_INFINITY));
  fc.assert(
    fc.property(x, fc.nat(100), fc.nat(100), fc.nat(100), fc.nat(60), fc.boolean(), fc.nat(100), (...random) => {
      const [min, width, completeFromX, ahead, heldMin, isTruncated, heldWidth] = random;
      const range = { min, max: Math.max(min, 0) + width };
      const need = { range, completeFromX, newestX: completeFromX + ahead };
      const fetched = { min: heldMin, max: heldMin + heldWidth, isTruncated };
      const plan = planFetch(need, fetched);
      if (plan === undefined) return;
      assert.ok(plan.to >= plan.from);
      const then = plan.appends ? { ...fetched, max: plan.to } : { min: plan.from, max: plan.to, isTruncated: false };
      assert.equal(planFetch(need, then), undefined);
      // Nor does it ask for ever where the older half had no room.
      assert.equal(planFetch(need, { ...then, min: plan.to - 1, isTruncated: true }), undefined);
    }),
  );
});

test("[PG14] a gesture fetches once, with what it came to", async () => {
  const world = new World();
  world.addAll(T, T + 1000);
  for (let i = 0; i < 100; i++) world.history.request({ min: T + 500 - i, max: T + 510 - i }, T + 900, T + 1000);
  assert.equal(world.timer?.ms, SETTLE_MS);
  assert.deepEqual(world.queries, []);
  await world.wake();
  assert.deepEqual(world.queries, [`from=${T + 391}&to=${T + 421}`]);
  assert.deepEqual(world.xs, count(T + 391, T + 421));
  assert.equal(world.history.state, "idle");
  assert.equal(world.changes, 2);
  await world.look(T + 395, T + 405, T + 900);
  assert.equal(world.queries.length, 1);
  assert.equal(world.timer, undefined);
});

test("[PG14] while stored points are taken in, the page has its turn after every frame", async () => {
  const world = new World();
  world.addAll(T, T + 1000);
  await world.look(T + 500, T + 510, T + 900);
  assert.deepEqual(world.xs, count(T + 490, T + 520));
  // A frame has ten points: those from 490, 500, 510 and 520 on.
  assert.equal(world.turns, 4);
});

test("[PG14] a newer wish ends an older fetch, unless that brings it, too; what was there stays until then", async () => {
  const world = new World();
  world.addAll(T, T + 1000);
  await world.look(T + 100, T + 110, T + 900);
  const before = world.xs;
  let letGo = (): void => undefined;
  world.gate = new Promise((resolve) => {
    letGo = resolve;
  });
  await world.look(T + 300, T + 310, T + 900);
  await world.look(T + 305, T + 315, T + 900);
  // What only goes on to the right waits.
  await world.look(T + 315, T + 325, T + 900);
  assert.equal(world.queries.length, 2);
  assert.equal(world.aborted, 0);
  assert.equal(world.history.state, "fetching");
  await world.look(T + 500, T + 510, T + 900);
  assert.equal(world.queries.length, 3);
  assert.equal(world.aborted, 1);
  assert.deepEqual(world.xs, before);
  letGo();
  await world.wake();
  assert.deepEqual(world.xs, count(T + 490, T + 520));
  assert.equal(world.history.state, "idle");
});

test("[PG14] a failure is tried again after a while, as long as it is wanted", async () => {
  const world = new World();
  world.addAll(T, T + 100);
  world.broken = 3;
  await world.look(T + 40, T + 50, T + 90);
  assert.equal(world.history.state, "failed");
  assert.equal(world.timer?.ms, 500);
  // Looking again and again does not hasten it.
  for (let i = 0; i < 9; i++) world.history.request({ min: T + 40, max: T + 50 }, T + 90, T + 90);
  assert.equal(world.timer?.ms, 500);
  await world.wake();
  assert.equal(world.timer?.ms, 1000);
  world.history.request({ min: T + 95, max: T + 99 }, T + 90, T + 90);
  assert.equal(world.history.state, "idle");
  await world.wake();
  assert.equal(world.queries.length, 2);
  await world.look(T + 40, T + 50, T + 90);
  assert.equal(world.history.state, "failed");
  assert.equal(world.timer?.ms, 2000);
  await world.wake();
  assert.deepEqual(world.xs, count(T + 30, T + 60));
  assert.equal(world.history.state, "idle");
});

test("[PG91h] what its token has no right to read a page asks for once; with another token it asks again", async () => {
  const world = new World();
  world.addAll(T, T + 100);
  world.isDenied = true;
  await world.look(T + 20, T + 30, T + 100);
  assert.equal(world.history.state, "idle", "no failure that is said, and tried again");
  assert.equal(world.timer, undefined);
  await world.look(T + 40, T + 50, T + 100);
  assert.equal(world.queries.length, 1);
  world.isDenied = false;
  world.history.clear();
  await world.look(T + 20, T + 30, T + 100);
  assert.ok(world.xs.includes(T + 25));
});

test("[PG14] what was cut short is a failure, and nothing of it is shown", async () => {
  const world = new World();
  world.addAll(T, T + 100);
  world.frames.push(world.frames[0]?.subarray(0, 100) ?? new Uint8Array());
  await world.look(T, T + 50, T + 90);
  assert.equal(world.history.state, "failed");
  assert.equal(world.history.fetched, undefined);
});

test("[PG14] while the rings drop points, what they drop is added, every point once", async () => {
  const world = new World();
  world.addAll(T, T + 1000);
  await world.look(T + 405, T + 800, T + 505, T + 1000);
  const store = world.history.fetched?.store;
  for (let x = T + 506; x < T + 760; x += 7) await world.look(T + 405, T + 800, x, T + 1000);
  assert.equal(world.history.fetched?.store, store);
  assert.ok(world.queries.length < 8, `${world.queries.length} fetches`);
  const { fetched } = world.history;
  assert.ok(fetched && fetched.max >= T + 757);
  assert.deepEqual(world.xs, count(fetched.min, Math.floor(fetched.max)));
});

test("[PG14] where the oldest point is becomes known; a time of silence is not it", async () => {
  const world = new World();
  world.addAll(T, T + 100);
  world.addAll(T + 500, T + 1000);
  await world.look(T + 490, T + 520, T + 900);
  assert.deepEqual(world.queries.slice(1), [`to=${T + 460}`]);
  assert.equal(world.history.oldestX, undefined);
  await world.look(T + 300, T + 310, T + 900);
  assert.deepEqual(world.xs, []);
  assert.equal(world.history.oldestX, undefined);
  await world.look(T - 5, T + 20, T + 900);
  assert.equal(world.history.oldestX, T);
  const { length } = world.queries;
  await world.look(T - 90, T + 30, T + 900);
  assert.equal(world.queries.length, length);

  world.history.clear();
  await world.look(Number.NEGATIVE_INFINITY, T + 1000, T + 900);
  assert.equal(world.queries.at(-1), `to=${T + 900}`);
  assert.equal(world.history.oldestX, T);
  assert.deepEqual(world.xs, [...count(T, T + 99), ...count(T + 500, T + 900)]);
});

test("[PG14] an emptied channel, or x that begin anew, leave nothing; frames of another numbering are passed over", async () => {
  const world = new World();
  world.addAll(T, T + 100);
  world.add(T + 30, "y", 8);
  await world.look(T + 20, T + 50, T + 90);
  assert.deepEqual(world.xs, count(T, T + 80));
  world.history.clear();
  assert.deepEqual([world.history.fetched, world.history.oldestX, world.history.state], [undefined, undefined, "idle"]);
  await world.look(T + 20, T + 50, T + 90);
  assert.ok(world.history.fetched);
  world.history.request({ min: T + 20, max: T + 50 }, T + 10, T + 90);
  assert.equal(world.history.fetched, undefined);
});

test("[PG14] of more than there is room for, the newest are held, and it says so", async () => {
  const world = new World();
  const big = (i: number): Uint8Array => {
    const frame = frameOf(
      PUBLISHER,
      i + 1,
      Array.from({ length: 8000 }, (_, k) => Math.sin(k)),
      T + i * 8000,
    );
    numberFrame(frame, 7, 8000 * (i + 1));
    return frame;
  };
  // 100 MB, one frame of 64 KB a time: more than one fetch may bring.
  const frames = Array.from({ length: 1600 }, (_, i) => big(i));
  world.frames = frames;
  const end = T + 1600 * 8000;
  world.history.request(INFINITE, end, end);
  const asked: number[] = [];
  const { read } = world;
  world.read = async (query, signal) => {
    await read.call(world, "to=0", signal);
    const from = Number(new URLSearchParams(query).get("from") ?? "-Infinity");
    asked.push(from);
    return (async function* () {
      for (const frame of frames) if (readHeader(frame).maxX >= from) yield frame;
    })();
  };
  await world.wake();
  await waitFor("the fetch", () => world.history.state === "idle", { deadlineMs: 60_000 });
  assert.equal(asked.length, 2);
  assert.match(world.history.truncation({ min: 0, max: T }) ?? "", /^There is more history/);
  assert.equal(world.history.truncation({ min: end, max: end }), undefined);
  const { fetched } = world.history;
  assert.ok(fetched && fetched.max === end && fetched.min > T);
  const xs = world.xs;
  assert.equal(xs.at(-1), end - 1);
  assert.equal(xs.length, end - Math.ceil(fetched.min));
  assert.ok(xs.length > 1_000_000);
  assert.equal(world.history.oldestX, undefined);
  // All that can be held is held.
  await world.look(Number.NEGATIVE_INFINITY, end, end);
  assert.equal(asked.length, 2);
});

/** What was left out of a tail is read behind the newest points: in the end a page holds what it would if all had been sent. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ReadRefused } from "../../../../client/stored-frames.ts";
import { Arrivals } from "../../../../page/data/history/arrivals.ts";
import type { SeriesStore } from "../../../../page/data/store/series-store.ts";
import { fill } from "../../../../page/lazy/backfill.ts";
import { decodeFrame, type Gap } from "../../../../protocol/frame/frame.ts";
import { FrameBuilder, type Row } from "../../../../protocol/frame/frame-builder.ts";
import { numberFrame, readHeader } from "../../../../protocol/frame/header.ts";
import { channelData, rowOf } from "../../../support/channel-data.ts";

const T = 1.7e9;
const [A, B] = ["00000000000000aa", "00000000000000bb"];
const EPOCH = 7;
const GAP: Gap = { kind: "gap", reason: "publisher-dropped", points: 3, fromX: null, toX: null, series: "" };

/** A channel in memory, and a page that joins it. */
class World {
  readonly source = channelData();
  readonly arrivals = new Arrivals(this.source);
  readonly reads: [after: number, through: number][] = [];
  /** Happens while a read is under way. */
  during: () => void = () => {};
  failures = 0;
  /** The page's token has no right to read. */
  isDenied = false;
  readonly #frames: Uint8Array[] = [];
  #publisherSeq = 0;
  keptAfter = 0;
  epoch = EPOCH;

  get seq(): number {
    const last = this.#frames.at(-1);
    return last === undefined ? 0 : readHeader(last).seq;
  }

  /** The number before the first point that is kept. */
  get keptFrom(): number {
    const first = this.#frames.map((frame) => readHeader(frame)).find(({ seq }) => seq > this.keptAfter);
    return first === undefined ? this.seq : first.seq - first.points;
  }

  /** Publishes a frame. @returns it, as the channel numbers it */
  publish(rows: readonly Row[], publisher = A, gap?: Gap): Uint8Array {
    const builder = new FrameBuilder();
    if (gap !== undefined) builder.addGap(gap);
    for (const row of rows) assert.ok(builder.add(row));
    const frame = builder.encode(publisher, ++this.#publisherSeq);
    numberFrame(frame, this.epoch, this.seq + builder.points);
    this.#frames.push(frame);
    return frame;
  }

  /** Everything as it would come of a whole tail, and of what came live after `joined`. */
  whole(joined: number): SeriesStore {
    const { store } = channelData();
    for (const frame of this.#frames) store.ingest(decodeFrame(frame), readHeader(frame).seq <= joined);
    return store;
  }

  /** The page joins, or comes back with what is numbered up to `from`: it is sent the points above `after`. */
  join(after: number, from = 0): void {
    this.arrivals.begin({ epoch: EPOCH, after: from, seq: after });
    for (const frame of this.#frames) if (readHeader(frame).seq > after) this.receive(frame, true);
  }

  receive(frame: Uint8Array, stored = false): void {
    this.arrivals.take((store) => store.ingest(decodeFrame(frame), stored), readHeader(frame));
  }

  async fill(): Promise<void> {
    const environment = {
      read: async (query: string) => this.#read(new URLSearchParams(query)),
      pause: async () => {},
      yieldToPage: async () => {},
      random: () => 0,
    };
    await fill(this.arrivals, this.source, environment, () => {});
  }

  async *#read(asked: URLSearchParams): AsyncGenerator<Uint8Array> {
    const [after, through] = [Number(asked.get("after")), Number(asked.get("through"))];
    this.reads.push([after, through]);
    this.during();
    if (this.isDenied) throw new ReadRefused(403, "not-permitted");
    if (this.failures-- > 0) throw new Error("refused");
    for (const frame of this.#frames) {
      const { seq, points } = readHeader(frame);
      if (seq > Math.max(after, this.keptAfter) && seq - points < through) yield frame;
    }
  }
}

function assertSame(held: SeriesStore, whole: SeriesStore): void {
  const of = (store: SeriesStore) => ({
    series: [...store.series]
      .map(({ name, ring, headX, lastY, joinedX }) => ({ name, x: [...ring.x], y: [...ring.y], headX, lastY, joinedX }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    gaps: store.gaps.map(({ reason, points, series, spans }) => ({ reason, points, series, spans: [...spans] })),
    lost: { ...store.lost },
    joinedSeq: store.joinedSeq,
    completeFromX: store.completeFromX,
  });
  assert.deepEqual(of(held), of(whole));
}

/** Frames of 100 points of two publishers; of the one some are missing now and again, of the other a series comes seldom. */
function publishMany(world: World, frames: number, from = 0): void {
  for (let n = from; n < from + frames; n++) {
    const rows = (values: (i: number) => Record<string, number>, aside: number): Row[] =>
      Array.from({ length: 100 }, (_, i) => rowOf(T + n + i / 100 + aside, values(100 * n + i)));
    if (n % 2 === 0)
      world.publish(
        rows((i) => ({ "a.x": Math.sin(i) }), 0),
        A,
        n % 10 === 4 ? GAP : undefined,
      );
    // Its clock is behind: its newest points are earlier than older ones of the other.
    else
      world.publish(
        rows((i) => ({ b: i, ...(n % 50 === 1 && i % 100 === 0 ? { rare: n } : {}) }), -3.5),
        B,
      );
  }
}

test("[PG70b] read backwards, the newest first, everything is as if the whole tail had been sent, while points go on coming", async () => {
  const world = new World();
  publishMany(world, 1200);
  const joined = world.seq;
  world.join(joined - 1000);
  let live = 0;
  world.during = () => {
    live++;
    world.receive(world.publish([rowOf(T + 1200 + live, { "a.x": live, fresh: live })], A, GAP));
  };
  await world.fill();
  const { reads, source } = world;
  assert.ok(reads.length >= 3, "several reads");
  for (const [i, [after, through]] of reads.entries()) {
    assert.ok(after < through);
    const before = i === 0 ? joined - 1000 : (reads[i - 1]?.[0] ?? 0);
    assert.ok(
      through <= before && through > before - 200,
      "each read goes on where the first frame of the one before began",
    );
  }
  assert.equal(reads.at(-1)?.[0], 0);
  assertSame(source.store, world.whole(joined));
  assert.equal(source.filling, "idle");
  // What comes after the last read is taken once.
  world.receive(world.publish([rowOf(T + 1300, { "a.x": 5 })]));
  assertSame(source.store, world.whole(joined));
});

test("[PG70e] series stand in the channel's order, whichever came first; a path keeps its count", async () => {
  const world = new World();
  world.publish([rowOf(T, { old: 1 })]);
  publishMany(world, 20);
  world.publish([rowOf(T + 99, { last: 1 })]);
  world.source.store.places = new Map(["old", "a.x", "b", "rare", "last"].map((name, i) => [name, i]));
  world.join(world.seq - 1);
  // One that the channel had not when it made the list, and one that it had.
  world.receive(world.publish([rowOf(T + 100, { fresh: 1 })]));
  world.receive(world.publish([rowOf(T + 100, { b: 1 })], B));
  const names = () => [...world.source.store.series].map(({ name }) => name);
  assert.deepEqual(names(), ["b", "last", "fresh"]);
  const total = world.source.store.find("b")?.ring.total;
  await world.fill();
  assert.deepEqual(names(), ["old", "a.x", "b", "rare", "last", "fresh"]);
  assert.equal(world.source.store.find("b")?.ring.total, total);
});

test("[PG70c] what cannot be read is asked for again, from where it was", async () => {
  const world = new World();
  publishMany(world, 400);
  const joined = world.seq;
  world.join(joined - 1000);
  const said: string[] = [];
  world.failures = 2;
  world.during = () => said.push(world.source.filling);
  await world.fill();
  assert.deepEqual(said.slice(0, 4), ["fetching", "failed", "failed", "fetching"]);
  assert.deepEqual(world.reads[0], world.reads[2]);
  assertSame(world.source.store, world.whole(joined));
});

test("[PG70c] what was trimmed meanwhile is where the history ends", async () => {
  const world = new World();
  publishMany(world, 400);
  const joined = world.seq;
  world.join(joined - 1000);
  world.keptAfter = 20_000;
  await world.fill();
  const [first = 0] = world.source.store.find("a.x")?.ring.x ?? [];
  assert.equal(first, T + 200);
  assert.equal(world.source.filling, "idle");
});

test("[PG91h] what its token has no right to read a page asks for once, and stays with the points that it was sent", async () => {
  const world = new World();
  publishMany(world, 400);
  world.join(world.seq - 1000);
  world.isDenied = true;
  const { store } = world.source;
  await world.fill();
  assert.equal(world.reads.length, 1);
  assert.equal(world.source.store, store);
  assert.deepEqual([world.source.filling, world.arrivals.all], ["idle", []]);
});

test("[PG70c] a channel that was emptied, and a file that is opened, end it: nothing is put before them", async () => {
  const world = new World();
  publishMany(world, 400);
  world.join(world.seq - 1000);
  const { store } = world.source;
  world.during = () => world.arrivals.end();
  await world.fill();
  assert.equal(world.source.store, store);
  assert.equal(world.reads.length, 1);
});

test("[PG70d] of what comes meanwhile 1,048,576 points are kept: with more, it ends with what it has", async () => {
  for (const [more, isOver] of [
    [0, false],
    [1, true],
  ] as const) {
    const world = new World();
    publishMany(world, 3);
    world.join(world.seq - 1);
    world.arrivals.take(() => {}, { points: 1_048_576 - 100 + more, seq: 1 });
    assert.equal(world.arrivals.all.length === 0, isOver);
  }
});

test("[PG4c] a page that comes back is filled behind the newest points, again and again, as if it had been sent everything", async () => {
  const world = new World();
  const { source, arrivals } = world;
  publishMany(world, 300);
  world.join(0);
  await world.fill();
  assert.deepEqual(arrivals.all, []);
  // Away, and back; away before all of that was read, and back; and again with nothing in between.
  const left = world.seq;
  publishMany(world, 300, 300);
  let back = world.seq;
  world.join(back - 1050, left);
  assert.equal(source.filling, "fetching");
  assert.deepEqual(
    source.store.gaps.filter(({ reason }) => reason !== GAP.reason),
    [],
    "nothing is missing",
  );
  const { x, y } = source.store.find("a.x")?.ring ?? assert.fail();
  const broken = x.findIndex((at, i) => at > T + 300 && Number.isNaN(y[i]));
  assert.ok((x[broken + 1] ?? 0) - (x[broken - 1] ?? 0) > 250, "the line is broken where points are not read yet");
  assert.ok(source.store.completeFromX > T + 500, "and what is before is not complete");
  let turns = 0;
  world.during = () => {
    if (++turns !== 2) return;
    const after = world.seq;
    publishMany(world, 300, 600);
    back = world.seq;
    arrivals.begin({ epoch: EPOCH, after, seq: back - 400 });
    publishMany(world, 100, 900);
    world.join(world.seq - 250, back - 400);
  };
  await world.fill();
  assert.ok(turns >= 3, `${turns} reads`);
  assertSame(source.store, world.whole(world.seq));
  assert.deepEqual([source.filling, arrivals.all, arrivals.before], ["idle", [], undefined]);
});

test("[PG4c] what the channel has no more is a gap with its count, and nothing else is", async () => {
  const world = new World();
  publishMany(world, 100);
  world.join(0);
  await world.fill();
  const left = world.seq;
  publishMany(world, 400, 100);
  world.join(world.seq - 1000, left);
  world.keptAfter = left + 5000;
  const kept = world.keptFrom;
  await world.fill();
  const gaps = world.source.store.gaps.filter(({ reason }) => reason !== GAP.reason);
  assert.deepEqual(
    gaps.map(({ reason, points }) => ({ reason, points })),
    [{ reason: "trimmed", points: kept - left }],
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as yieldToPage } from "node:timers/promises";
import { ChannelData } from "../../../../page/data/channel-data.ts";
import { HistoryFetcher } from "../../../../page/data/history/history-fetcher.ts";
import { RingBudget } from "../../../../page/data/store/ring-budget.ts";
import { SeriesStore } from "../../../../page/data/store/series-store.ts";
import { type ViewModel, Viewport } from "../../../../page/viewport/viewport.ts";
import { decodeFrame } from "../../../../protocol/frame/frame.ts";
import { FrameBuilder } from "../../../../protocol/frame/frame-builder.ts";
import { numberFrame, readHeader } from "../../../../protocol/frame/header.ts";
import { frameOf, rowOf } from "../../../support/publish.ts";

const T = 1.7e9;
const PER_FRAME = 100;

/** A page whose rings hold 2,048 points, and the Channel's store behind it, which holds all. */
class World {
  readonly viewport = new Viewport();
  readonly source: ChannelData;
  readonly #frames: Uint8Array[] = [];
  #wake: (() => void) | undefined;

  constructor() {
    const outside = {
      read: async (query: string) => this.#stored(new URLSearchParams(query)),
      wakeIn: (_ms: number, wake: () => void) => {
        this.#wake = wake;
      },
      yieldToPage: async () => {},
      random: () => 0,
    };
    this.source = new ChannelData(new HistoryFetcher(outside, () => {}), () => false);
    this.source.budget = new RingBudget(2048 * 32);
    this.source.store = new SeriesStore(this.source.budget);
    this.viewport.selectWindow("5 m");
  }

  async *#stored(asked: URLSearchParams): AsyncGenerator<Uint8Array> {
    const [from, to] = [Number(asked.get("from") ?? "-Infinity"), Number(asked.get("to"))];
    for (const frame of this.#frames) {
      const { minX, maxX } = readHeader(frame);
      if (maxX >= from && minX <= to) yield frame;
    }
  }

  /** The next frame comes, a point a second; and whatever is wanted then is fetched, if somebody says so. */
  async receive(requiredRange: ViewModel | undefined): Promise<void> {
    const at = this.#frames.length;
    const ys = Array.from({ length: PER_FRAME }, (_, i) => at * PER_FRAME + i);
    const frame = frameOf("00000000000000aa", at + 1, ys, T + at * PER_FRAME);
    numberFrame(frame, 7, (at + 1) * PER_FRAME);
    this.#frames.push(frame);
    this.source.store.ingest(decodeFrame(frame));
    if (requiredRange !== undefined) await this.requestHistory(requiredRange);
  }

  async requestHistory(sight: ViewModel): Promise<void> {
    this.source.requestHistory(sight.requiredRange);
    for (let wake = this.#wake; wake !== undefined; wake = this.#wake) {
      this.#wake = undefined;
      wake();
      for (let i = 0; i < 50; i++) await yieldToPage();
    }
  }

  resolve(): ViewModel {
    const sight = this.viewport.resolve(this.source, 1000);
    assert.ok(sight);
    return sight;
  }

  /** All y that are seen. */
  seen(): number[] {
    const { segments } = this.resolve();
    return [...this.source.series].flatMap((series) => segments(series).flatMap(({ y }) => [...y]));
  }
}

for (const [window, points] of [
  ["5 m", 301],
  ["100 pts", 100],
] as const) {
  for (const way of ["all along", "only at the end"] as const) {
    test(`[PG6c] ${window}, held longer than the rings hold it, is fetched again, wanted ${way}, and is what it was`, async () => {
      const world = new World();
      world.viewport.selectWindow(window);
      for (let i = 0; i < 10; i++) await world.receive(undefined);
      const before = world.seen();
      assert.equal(before.length, points);
      world.viewport.pause(world.source);
      const sight = world.resolve();
      assert.deepEqual(world.seen(), before);
      for (let i = 0; i < 60; i++) {
        await world.receive(way === "all along" ? sight : undefined);
        if (way === "all along") assert.deepEqual(world.seen(), before, `after ${i} frames`);
      }
      const [ring] = [...world.source.store.series].map((series) => series.ring);
      assert.ok((ring?.x[0] ?? 0) > sight.x.max, "the rings have nothing of it any more");
      await world.requestHistory(sight);
      assert.deepEqual(world.seen(), before);
      assert.deepEqual(world.resolve().x, sight.x);
      world.viewport.goLive();
      assert.equal(world.seen().at(-1), 7000 - 1);
    });
  }
}

test("what a file holds has nothing before it: nothing is fetched", async () => {
  const world = new World();
  for (let i = 0; i < 60; i++) await world.receive(undefined);
  world.source.reset([]);
  await world.receive(undefined);
  world.viewport.selectWindow("All");
  await world.requestHistory(world.resolve());
  assert.equal(world.source.history.state, "idle");
  assert.equal(world.seen().length, PER_FRAME);
});

test("[PG10] gaps of what was fetched are known, too, and those that came as well are known once", async () => {
  const frames = [0, 1, 2].map((at) => {
    const builder = new FrameBuilder();
    builder.addGap({ kind: "gap", reason: "bridge-full", points: at, fromX: null, toX: null, series: "" });
    for (const i of [0, 1, 2]) builder.add(rowOf(T + 10 * at + i, { y: i }));
    const frame = builder.encode("00000000000000aa", at + 1);
    numberFrame(frame, 7, 3 * at + 3);
    return frame;
  });
  let wake: (() => void) | undefined;
  const outside = {
    read: async () =>
      (async function* () {
        yield* frames.slice(0, 2);
      })(),
    wakeIn: (_ms: number, then: () => void) => {
      wake = then;
    },
    yieldToPage: async () => {},
    random: () => 0,
  };
  const source = new ChannelData(new HistoryFetcher(outside, () => {}), () => false);
  for (const frame of frames.slice(1)) source.store.ingest(decodeFrame(frame), true);
  const known = (): unknown[] => source.gaps.map(({ points, spans }) => [points, spans[0]?.toX]);
  const came = [
    [1, T + 10],
    [2, T + 20],
  ];
  assert.deepEqual(known(), came);
  source.requestHistory({ min: T - 5, max: T + 30 });
  wake?.();
  for (let i = 0; i < 50; i++) await yieldToPage();
  assert.deepEqual(known(), [[0, T], ...came]);
});

test("[PG26f] where the history shows that a series is a path, what only rose since goes on with it", async () => {
  const places = [...[3, 1, 2, 0].map((x) => [x, 10 + x]), ...[0.5, 1.5, 2.5, 3.5].map((x) => [x, 20 + x])];
  let seq = 0;
  const frames = [places.slice(0, 4), places.slice(4)].map((part, i) => {
    const builder = new FrameBuilder();
    for (const [x = 0, y = 0] of part) builder.add(rowOf(x, { y }));
    const frame = builder.encode("00000000000000aa", i + 1);
    seq += part.length;
    numberFrame(frame, 7, seq);
    return frame;
  });
  let wake: (() => void) | undefined;
  const outside = {
    read: async () =>
      (async function* () {
        yield* frames;
      })(),
    wakeIn: (_ms: number, then: () => void) => {
      wake = then;
    },
    yieldToPage: async () => {},
    random: () => 0,
  };
  const source = new ChannelData(new HistoryFetcher(outside, () => {}), () => false);
  source.store.ingest(decodeFrame(frames[1] ?? new Uint8Array()), true);
  const series = source.seriesOf("y");
  assert.ok(series !== undefined && !source.isPath);
  source.requestHistory({ min: -Infinity, max: 9 });
  while (source.history.fetched === undefined) {
    wake?.();
    await yieldToPage();
  }
  source.requestHistory({ min: -Infinity, max: 9 });
  assert.ok(source.isPath);
  const segments = source.segments(series, { min: -Infinity, max: Infinity });
  assert.deepEqual(
    segments.flatMap(({ x, y }) => [...x].map((at, i) => [at, y[i]])),
    places,
  );
});

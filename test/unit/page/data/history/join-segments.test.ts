import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as yieldToPage } from "node:timers/promises";
import fc from "fast-check";
import { HistoryFetcher } from "../../../../../page/data/history/history-fetcher.ts";
import { allSeries, type FetchedPoints, joinedSegments } from "../../../../../page/data/history/join-segments.ts";
import { liveSegments } from "../../../../../page/data/live-segments.ts";
import type { Segment } from "../../../../../page/data/segment.ts";
import { RingBudget } from "../../../../../page/data/store/ring-budget.ts";
import { SeriesStore } from "../../../../../page/data/store/series-store.ts";
import { decodeFrame } from "../../../../../protocol/frame/frame.ts";
import { FrameBuilder } from "../../../../../protocol/frame/frame-builder.ts";
import { numberFrame, readHeader } from "../../../../../protocol/frame/header.ts";
import { rowOf } from "../../../../support/publish.ts";

const T = 1.7e9;
const PUBLISHERS: Record<string, string> = { a: "00000000000000aa", b: "00000000000000bb" };

/** Points of one series: x, and y, which counts on so that every point is told from every other. */
interface Burst {
  series: string;
  x: number[];
  gap: boolean;
}

function framesOf(bursts: Burst[]): Uint8Array[] {
  let seq = 0;
  return bursts.map(({ series, x, gap }, i) => {
    const builder = new FrameBuilder();
    if (gap) builder.addGap({ kind: "gap", reason: "bridge-full", points: 1, fromX: null, toX: null, series });
    for (const each of x) builder.add(rowOf(each, { [series]: seq++ }));
    const frame = builder.encode(PUBLISHERS[series] ?? "", i + 1);
    numberFrame(frame, 7, seq);
    return frame;
  });
}

/** A past that is read from these frames as the Channel reads them, every fetch at once. */
class Stored {
  timer: (() => void) | undefined;
  readonly history: HistoryFetcher;

  constructor(frames: () => Uint8Array[]) {
    this.history = new HistoryFetcher(
      {
        read: async (query) => {
          const asked = new URLSearchParams(query);
          const [from, to] = [Number(asked.get("from") ?? "-Infinity"), Number(asked.get("to"))];
          const inRange = frames().filter((frame) => readHeader(frame).maxX >= from && readHeader(frame).minX <= to);
          return pieces(Buffer.concat(inRange));
        },
        wakeIn: (_ms, wake) => {
          this.timer = wake;
        },
        yieldToPage: async () => {},
        random: () => 0,
      },
      () => undefined,
    );
  }

  async look(min: number, max: number, live: SeriesStore, newestX: number): Promise<void> {
    this.history.request({ min, max }, live.completeFromX, newestX);
    while (this.timer !== undefined || this.history.state === "fetching") {
      const { timer } = this;
      this.timer = undefined;
      timer?.();
      await yieldToPage();
    }
  }
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 4096) yield bytes.subarray(at, at + 4096);
}

function segmentsIn(name: string, min: number, max: number, live: SeriesStore, fetched?: FetchedPoints): Segment[] {
  const range = { min, max };
  return fetched === undefined ? liveSegments(live, name, range) : joinedSegments(live, name, range, fetched);
}

/** What is drawn, as points; NaN as null. */
function drawn(...args: Parameters<typeof segmentsIn>): [number, number | null][] {
  return segmentsIn(...args).flatMap(({ x, y }) =>
    Array.from(x, (each, i): [number, number | null] => [each, Number.isNaN(y[i]) ? null : (y[i] ?? 0)]),
  );
}

const within = (points: [number, number | null][], min: number, max: number): [number, number | null][] =>
  points.filter(([x]) => x >= min && x <= max);

/** Without a break before the first point, which breaks nothing. */
const line = (points: [number, number | null][]): [number, number | null][] =>
  points[0]?.[1] === null ? points.slice(1) : points;

/** Bursts whose x grow by steps that may be 0, or by a little less than they grew: late points. */
const burstsWith = (minStep: number): fc.Arbitrary<Burst[]> =>
  fc
    .array(
      fc.record({
        series: fc.constantFrom("a", "b"),
        start: fc.integer({ min: minStep, max: 20 }),
        steps: fc.array(fc.nat(3), { minLength: 100, maxLength: 200, size: "max" }),
        gap: fc.boolean(),
      }),
      { minLength: 10, maxLength: 30, size: "max" },
    )
    .map((bursts) => {
      let x = T;
      return bursts.map(({ series, start, steps, gap }) => {
        x += start;
        return { series, gap, x: steps.map((step) => (x += step)) };
      });
    });

test("[PG14] what is drawn of ring and store together is what there is: no point twice, none missing", async () => {
  let dropped = 0;
  let joined = 0;
  await fc.assert(
    fc.asyncProperty(
      burstsWith(-150),
      fc.double({ min: -0.2, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(3),
      async (bursts, from, width, looks) => {
        const frames = framesOf(bursts);
        const [truth, live] = [new SeriesStore(), new SeriesStore(new RingBudget(2 * 32 * 1024))];
        for (const frame of frames) {
          truth.ingest(decodeFrame(frame));
          live.ingest(decodeFrame(frame));
        }
        const newestX = Math.max(...bursts.flatMap(({ x }) => x));
        const span = newestX - T;
        const stored = new Stored(() => frames);
        for (let i = 0; i <= looks; i++) {
          const min = i === 3 ? Number.NEGATIVE_INFINITY : T + span * (from - 0.1 * i);
          const max = i === 3 ? newestX : min + span * width;
          await stored.look(min, max, live, newestX);
          const { fetched } = stored.history;
          for (const { name } of truth.series) {
            const expected = drawn(name, min, max, truth);
            const actual = drawn(name, min, max, live, fetched);
            assert.deepEqual(within(actual, min, max), within(expected, min, max));
            const last = expected.at(-1);
            const isThere = fetched === undefined || fetched.max >= Math.min(last?.[0] ?? 0, live.completeFromX);
            if (isThere && (fetched === undefined || fetched.min < min)) assert.deepEqual(actual.at(-1), last);
          }
        }
        if (live.completeFromX > T + 200) dropped++;
        if (stored.history.fetched !== undefined) joined++;
      },
    ),
    { numRuns: 60, endOnFailure: true },
  );
  assert.ok(dropped > 10 && joined > 10, `${dropped} that dropped, ${joined} that fetched`);
});

test("[PG14] the same while points come and are dropped, and whoever joins late gets what was before", async () => {
  await fc.assert(
    fc.asyncProperty(burstsWith(0), fc.nat(9), fc.nat(2), async (bursts, joinAt, tail) => {
      const frames = framesOf(bursts);
      const [truth, live] = [new SeriesStore(), new SeriesStore(new RingBudget(2 * 32 * 1024))];
      const stored = new Stored(() => frames.slice(0, taken));
      let taken = 0;
      for (const frame of frames) {
        taken++;
        truth.ingest(decodeFrame(frame));
        if (taken > joinAt) live.ingest(decodeFrame(frame), taken <= joinAt + 1 + tail);
        if (taken <= joinAt + tail) continue;
        const newestX = readHeader(frame).maxX;
        for (const min of [T, newestX - 700]) {
          await stored.look(min, newestX, live, newestX);
          for (const { name } of stored.history.series(live)) {
            const actual = drawn(name, min, newestX, live, stored.history.fetched);
            const expected = drawn(name, min, newestX, truth);
            assert.deepEqual(line(within(actual, min, newestX)), line(within(expected, min, newestX)));
          }
        }
      }
    }),
    { numRuns: 20, endOnFailure: true },
  );
});

const ys = (points: [number, number | null][]): (number | null)[] => points.map(([, y]) => y);

/** One series, 100 points a frame, one a second: `live` joins at the fifth. */
async function joinedAt500(gapAt?: number): Promise<{ live: SeriesStore; stored: Stored }> {
  const frames = framesOf(
    Array.from({ length: 10 }, (_, i) => ({
      series: "a",
      gap: i === gapAt,
      x: Array.from({ length: 100 }, (_each, k) => T + 100 * i + k),
    })),
  );
  const live = new SeriesStore();
  for (const frame of frames.slice(5)) live.ingest(decodeFrame(frame), true);
  const stored = new Stored(() => frames);
  await stored.look(T + 400, T + 600, live, T + 999);
  return { live, stored };
}

test("[PG14] parts are views, with one point more on either side, wherever ring and store meet", async () => {
  const { live, stored } = await joinedAt500();
  const { fetched } = stored.history;
  const look = (min: number, max: number): (number | null)[] => ys(drawn("a", T + min, T + max, live, fetched));
  assert.deepEqual(look(498, 501), [497, 498, 499, 500, 501, 502]);
  assert.deepEqual(look(500, 501), [499, 500, 501, 502]);
  assert.deepEqual(look(498.5, 499), [498, 499, 500]);
  assert.deepEqual(look(499.2, 499.8), [499, 500]);
  assert.deepEqual(look(501, 502), [500, 501, 502, 503]);
  assert.deepEqual(look(998.5, 2000), [998, 999]);
  assert.deepEqual(look(2000, 3000), [999]);
  const [early, late] = segmentsIn("a", T + 498, T + 501, live, fetched);
  assert.equal(early?.x.buffer, fetched?.store.find("a")?.ring.x.buffer);
  assert.equal(late?.y.buffer, live.find("a")?.ring.y.buffer);
  assert.deepEqual(segmentsIn("none", T, T + 1, live, fetched), []);
});

test("[PG14] a loss just where ring and store meet still breaks the line", async () => {
  const { live, stored } = await joinedAt500(5);
  assert.deepEqual(ys(drawn("a", T + 499, T + 500, live, stored.history.fetched)), [498, 499, null, 500, 501]);
});

test("[PG14] what is in neither is no line", async () => {
  const { live, stored } = await joinedAt500();
  const fetched = stored.history.fetched;
  assert.ok(fetched);
  const torn = { store: fetched.store, min: fetched.min, max: T + 450 };
  assert.deepEqual(ys(drawn("a", T + 449, T + 501, live, torn)), [448, 449, 450, null, 501, 502]);
  assert.deepEqual(ys(drawn("a", T + 460, T + 470, live, torn)), [450, null, 501]);
});

test("[PG14] series that only the past knows are found, after those that are live", async () => {
  const [live, history] = [new SeriesStore(), new SeriesStore()];
  const [a, b, c] = framesOf([
    { series: "a", gap: false, x: [T, T + 1] },
    { series: "b", gap: false, x: [T, T + 1] },
    { series: "a", gap: false, x: [T + 2] },
  ]).map(decodeFrame);
  assert.ok(a && b && c);
  history.ingest(b);
  history.ingest(a);
  live.ingest(c, true);
  assert.deepEqual(
    allSeries(live, history).map(({ name }) => name),
    ["a", "b"],
  );
  const fetched = { store: history, min: T, max: T + 2 };
  assert.deepEqual(drawn("b", T, T + 5, live, fetched), [
    [T, 2],
    [T + 1, 3],
  ]);
});

test("[PG11b] what was fetched and is later than all live points, as where time runs backwards, stands behind them", () => {
  const storeOf = (...x: number[]): SeriesStore => {
    const store = new SeriesStore();
    for (const frame of framesOf([{ series: "a", x, gap: false }])) store.ingest(decodeFrame(frame));
    return store;
  };
  const live = storeOf(T, T + 1, T + 2);
  const fetched = { store: storeOf(T + 1, T + 2, T + 3, T + 4), min: Number.NEGATIVE_INFINITY, max: 1e300 };
  const x = (min: number, max: number) => segmentsIn("a", min, max, live, fetched).flatMap((each) => [...each.x]);
  assert.deepEqual(x(T, T + 10), [T, T + 1, T + 2, T + 3, T + 4]);
  assert.deepEqual(x(T, T + 1), [T, T + 1, T + 2]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { GapRecord } from "../../../../../page/data/store/gap-log.ts";
import { SeriesStore } from "../../../../../page/data/store/series-store.ts";
import { readSnapshot, SnapshotError, snapshotBlob } from "../../../../../page/lazy/export/snapshot.ts";
import type { WindowData } from "../../../../../page/lazy/export/window-data.ts";
import type { Frame } from "../../../../../protocol/frame/frame.ts";
import { FrameBuilder, framesOf } from "../../../../../protocol/frame/frame-builder.ts";
import { ANONYMOUS } from "../../../../../protocol/frame/header.ts";
import { MAX_FRAME_BYTES } from "../../../../../protocol/limits.ts";

type Point = [x: number, y: number];

function windowOf(series: Record<string, Point[][]>, minX = -Number.MAX_VALUE, maxX = Number.MAX_VALUE): WindowData {
  const all = Object.entries(series).map(([name, segments]) => ({
    name,
    colour: "#000",
    segments: segments.map((points) => ({
      x: Float64Array.from(points, ([x]) => x),
      y: Float64Array.from(points, ([, y]) => y),
    })),
  }));
  return { channel: "main", minX, maxX, time: false, series: all };
}

async function bytesOf(window: WindowData): Promise<Uint8Array> {
  return new Uint8Array(await (await snapshotBlob(window)).arrayBuffer());
}

async function framesIn(bytes: Uint8Array): Promise<Frame[]> {
  return [...(await readSnapshot(bytes))];
}

/** Every row of every series, breaks too, as the tables have them. */
function rowsBySeries(frames: readonly Frame[]): Record<string, Point[]> {
  const series = new Map<string, Point[]>();
  for (const { blocks } of frames) {
    for (const block of blocks) {
      assert.equal(block.kind, "table");
      for (const { name, y } of block.kind === "table" ? block.columns : []) {
        const rows = series.get(name) ?? [];
        for (let i = 0; i < y.length; i++) {
          rows.push([block.kind === "table" ? (block.x[i] ?? 0) : 0, y[i] ?? 0]);
        }
        series.set(name, rows);
      }
    }
  }
  return Object.fromEntries(series);
}

const finite = fc.oneof(
  fc.integer({ min: -3, max: 300 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 5e-324, Number.MAX_VALUE),
);
const value = fc.oneof({ weight: 5, arbitrary: finite }, { weight: 1, arbitrary: fc.constant(Number.NaN) });
const run = fc
  .array(fc.tuple(finite, value), { maxLength: 40, size: "max" })
  .map((points): Point[] => points.sort(([a], [b]) => a - b));

test("[PG15] any window comes back from its snapshot bit for bit, breaks too, each series in its order", async () => {
  const series = fc.dictionary(fc.constantFrom("y", "temp.motor", "ü€😀", "a", "b"), run);
  await fc.assert(
    fc.asyncProperty(series, fc.nat(40), async (all, cutAt) => {
      // A part may end anywhere.
      const segments = Object.fromEntries(
        Object.entries(all).map(([name, points]) => [name, [points.slice(0, cutAt), points.slice(cutAt)]]),
      );
      const hasPoint = Object.values(all).some((points) => points.some(([, y]) => !Number.isNaN(y)));
      if (!hasPoint) return assert.rejects(snapshotBlob(windowOf(segments)), SnapshotError);
      const frames = await framesIn(await bytesOf(windowOf(segments)));
      const expected = Object.fromEntries(Object.entries(all).filter(([, points]) => points.length > 0));
      // Equal is what has the same bits: `deepEqual` tells −0 from 0.
      assert.deepEqual(rowsBySeries(frames), expected);
    }),
    { numRuns: 500 },
  );
});

test("[PG15b] a snapshot has what is in the window, edges included, the next point at either side, and nothing else", async () => {
  const points: Point[] = [0, 1, 2, 3, 4, 5, 6].map((x) => [x, x]);
  const parts = [points.slice(0, 2), points.slice(2, 3), points.slice(3)];
  const held: Point[] = [
    [-9, 1],
    [-7, 2],
  ];
  const frames = await framesIn(await bytesOf(windowOf({ a: parts, held: [held] }, 2, 4)));
  assert.deepEqual(rowsBySeries(frames), { a: points.slice(1, 6), held: held.slice(1) });
});

test("[PG15] what a snapshot holds is drawn as it was: a break of one series is none of another", async () => {
  const a: Point[] = [
    [1, 1],
    [2, Number.NaN],
    [3, 3],
  ];
  const b: Point[] = [
    [1, 10],
    [2, 20],
    [3, 30],
  ];
  const store = new SeriesStore();
  for (const frame of await framesIn(await bytesOf(windowOf({ a: [a], b: [b] })))) store.ingest(frame);
  const held = Object.fromEntries([...store.series].map(({ name, ring }) => [name, [...ring.y]]));
  assert.deepEqual(held, { a: [1, Number.NaN, 3], b: [10, 20, 30] });
});

const gapAt = (fromX: number, toX: number, more: Partial<GapRecord> = {}): GapRecord => ({
  reason: "bridge-full",
  broke: [],
  points: 5,
  series: "",
  spans: [{ fromX, toX }],
  ...more,
});

test("[PG10] [PG15] a snapshot tells the gaps that reach into its window, and they break no line that was whole", async () => {
  const a: Point[] = [0, 1, 2, 3, 4].map((x) => [x, x]);
  const b: Point[] = a.map(([x]) => [x, x === 2 ? Number.NaN : x]);
  const gaps = [
    gapAt(3.2, 3.4, { points: null, reason: "publisher-reconnected", series: "b" }),
    gapAt(-7, -6, { points: 100 }),
    gapAt(0, 1.5),
    gapAt(1, 9, { points: 7, spans: [5, 1.25, 1.5].map((x) => ({ fromX: x, toX: x + 0.125 })) }),
    gapAt(2, 2, { series: "hidden" }),
    gapAt(2, 2, { spans: [] }),
  ];
  const window = windowOf({ a: [a], b: [b] }, 1, 4);
  const bytes = new Uint8Array(await (await snapshotBlob(window, gaps)).arrayBuffer());
  const store = new SeriesStore();
  for (const frame of await framesIn(bytes)) store.ingest(frame, true);
  assert.deepEqual(
    store.gaps.map(({ reason, points, series, spans }) => ({ reason, points, series, spans })),
    [
      gapAt(0, 1.5),
      // What is at several places is counted once.
      gapAt(1.25, 1.625, { points: 7 }),
      gapAt(3.2, 3.4, { points: null, reason: "publisher-reconnected", series: "b" }),
    ].map(({ broke: _, ...gap }) => ({ ...gap, spans: gap.spans.map(({ fromX, toX }) => ({ fromX, toX })) })),
  );
  assert.deepEqual(store.lost, { points: 12, unknown: true });
  const held = Object.fromEntries([...store.series].map(({ name, ring }) => [name, [...ring.y]]));
  assert.deepEqual(held, { a: [0, 1, 2, 3, 4], b: [0, 1, Number.NaN, 3, 4] });
});

test("[PG15] a thousand gaps with long names and reasons come back, in frames no larger than they may be", async () => {
  const name = "n".repeat(256);
  const points: Point[] = Array.from({ length: 100 }, (_, x) => [x, x]);
  const gaps = Array.from({ length: 1000 }, (_, i) =>
    gapAt(i / 10, i / 10, { series: name, reason: i === 500 ? "r".repeat(65_000) : "hole", points: i }),
  );
  const bytes = new Uint8Array(await (await snapshotBlob(windowOf({ [name]: [points] }), gaps)).arrayBuffer());
  const frames = await framesIn(bytes);
  for (const { header } of frames) assert.ok(64 + header.bodyBytes <= MAX_FRAME_BYTES);
  const store = new SeriesStore();
  for (const frame of frames) store.ingest(frame, true);
  assert.deepEqual(
    store.gaps.map((gap) => gap.points),
    gaps.map((gap) => gap.points),
  );
  assert.equal(store.gaps[500]?.reason.length, 65_000);
  assert.deepEqual(
    [...(store.find(name)?.ring.y ?? [])],
    points.map(([, y]) => y),
  );
});

test("[PG15] many points are frames in the order of x, as large as frames may be, numbered by nobody", async () => {
  const x = Float64Array.from({ length: 60_000 }, (_, i) => i / 10);
  const y = x.map(Math.sin);
  const segment = { x, y };
  const window = { ...windowOf({}), series: ["a", "b"].map((name) => ({ name, colour: "", segments: [segment] })) };
  const bytes = await bytesOf(window);
  const frames = await framesIn(bytes);
  assert.ok(bytes.length < 16.1 * 120_000, `${bytes.length} bytes`);
  assert.ok(frames.length > 10);
  let before = Number.NEGATIVE_INFINITY;
  for (const [i, { header }] of frames.entries()) {
    assert.ok(64 + header.bodyBytes <= MAX_FRAME_BYTES);
    assert.deepEqual([header.publisher, header.publisherSeq, header.seq, header.epoch], [ANONYMOUS, i + 1, 0, 0]);
    assert.ok(header.minX >= before);
    before = header.maxX;
  }
  assert.equal(
    frames.reduce((sum, { header }) => sum + header.points, 0),
    120_000,
  );
});

test("[PG15] what is no snapshot is refused in words", async () => {
  const good = await bytesOf(windowOf({ y: [[[1, 2]]] }));
  const changed = (at: number, by: number): Uint8Array => Uint8Array.from(good, (byte, i) => (i === at ? by : byte));
  const refused = (bytes: Uint8Array, sentence: RegExp): Promise<void> =>
    assert.rejects(readSnapshot(bytes), { name: "SnapshotError", message: sentence });
  await refused(new Uint8Array(), /empty/);
  await refused(new TextEncoder().encode("time,x,series,y\r\n".repeat(10)), /not a Plotcast snapshot/);
  await refused(new TextEncoder().encode("x"), /not a Plotcast snapshot/);
  await refused(new TextEncoder().encode('{"y":1}'), /not a Plotcast snapshot/);
  await refused(good.subarray(0, 3), /incomplete: its end is missing/);
  await refused(good.subarray(0, -8), /incomplete: its end is missing/);
  await refused(changed(4, 2), /another version/);
  await refused(changed(64, 9), /damaged/);
});

test("[PG15] a small file that unpacks to more than the page can hold is refused", async () => {
  const rows = Array.from({ length: 8000 }, (_, i) => ({ x: i, arrival: false, names: ["y"], values: [i] }));
  const [frame = new Uint8Array()] = framesOf(rows, ANONYMOUS, 1);
  assert.ok(frame.length < 200);
  const framesOf16000Values = (count: number): Buffer => Buffer.concat(Array.from({ length: count }, () => frame));
  // 16,768,000 of 16,777,216 values, and 16,784,000.
  await readSnapshot(framesOf16000Values(1048));
  const bomb = framesOf16000Values(1049);
  await assert.rejects(readSnapshot(bomb), { name: "SnapshotError", message: /more points than the page can hold/ });
});

/** A frame of one point, with these gaps. */
function frameWith(gaps: number, reason = "hole", series = ""): Uint8Array {
  const builder = new FrameBuilder();
  builder.add({ x: 1, arrival: false, names: ["y"], values: [1] });
  for (let i = 0; i < gaps; i++) builder.addGap({ kind: "gap", reason, points: 1, series, fromX: null, toX: null });
  return builder.encode(ANONYMOUS, 1);
}

test("[PG15d] a snapshot has 65,536 gaps at most", async () => {
  const gaps = Buffer.concat(Array.from({ length: 64 }, () => frameWith(1024)));
  const [first] = await framesIn(gaps);
  assert.equal(first?.blocks.filter(({ kind }) => kind === "gap").length, 65_536);
  await assert.rejects(readSnapshot(Buffer.concat([gaps, frameWith(1)])), {
    message: /more gaps than the page can hold/,
  });
});

test("[PG15e] a file of very many small frames is read one by one, and the page has its turn meanwhile", async () => {
  const small = Buffer.concat(Array.from({ length: 20_000 }, () => frameWith(0)));
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const frames = await readSnapshot(small);
  clearInterval(timer);
  assert.ok(turns > 0);
  let count = 0;
  for (const { header } of frames) count += header.points;
  assert.equal(count, 20_000);
});

test("[PG15] more than can be opened again is not saved", async () => {
  const points: Point[] = Array.from({ length: 30_000 }, (_, x) => [x, Math.sin(x)]);
  const window = windowOf({ a: [points] });
  const { size } = await snapshotBlob(window);
  assert.equal((await snapshotBlob(window, [], size)).size, size);
  await assert.rejects(snapshotBlob(window, [], size - 1), { name: "SnapshotError", message: /Zoom in first/ });
});

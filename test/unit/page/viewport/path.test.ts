import assert from "node:assert/strict";
import { test } from "node:test";
import { SeriesStore } from "../../../../page/data/store/series-store.ts";
import { csvBlob } from "../../../../page/lazy/export/csv.ts";
import { readSnapshot, snapshotBlob } from "../../../../page/lazy/export/snapshot.ts";
import { drawnOf, nearestOnPath, PATH_GROUPS, pathWithin, thinned } from "../../../../page/lazy/long-paths.ts";
import { decimate } from "../../../../page/render/renderers/decimate.ts";
import { PointBuffer } from "../../../../page/render/renderers/point-buffer.ts";
import { Viewport } from "../../../../page/viewport/viewport.ts";
import { channelData, receive, rowOf } from "../../../support/channel-data.ts";

const path = (...points: [x: number, y: number][]) => ({
  x: Float64Array.from(points, ([x]) => x),
  y: Float64Array.from(points, ([, y]) => y),
  isPath: true,
});

test("[PG26e] the windows of a path are its last 100 points, and all of it; x is as wide as they are", () => {
  const source = channelData();
  for (let i = 0; i < 300; i++) receive(source, [rowOf(300 - i, { y: i })]);
  const viewport = new Viewport();
  const [series] = source.series;
  assert.ok(series);
  const seen = (): [number, number, number, number] => {
    const model = viewport.resolve(source, 1000);
    const points = model?.segments(series)[0]?.y ?? [];
    return [model?.x.min ?? 0, model?.x.max ?? 0, points[0] ?? -1, points.length];
  };
  assert.deepEqual(seen(), [1 - 3.96, 100 + 3.96, 200, 100]);
  for (const window of ["All", "10 s"] as const) {
    viewport.selectWindow(window);
    assert.deepEqual(seen(), [1 - 11.96, 300 + 11.96, 0, 300]);
  }
  viewport.selectWindow("100 pts");
  viewport.pause(source);
  receive(source, [rowOf(-50, { y: 1000 })]);
  assert.deepEqual(seen(), [1 - 3.96, 100 + 3.96, 200, 100]);
  viewport.goLive();
  assert.equal(seen()[2], 201);
});

test("[PG26e] the cursor reads the latest of the points nearest to it, where a line crosses it", () => {
  const circle = path([0, 0], [1, 1], [2, 2], [1, 3], [0, 4], [Number.NaN, Number.NaN], [9, 9]);
  assert.deepEqual(nearestOnPath([circle], 1.1, 0), { x: 1, y: 3 });
  assert.deepEqual(nearestOnPath([circle], -0.5, 0), undefined);
  assert.deepEqual(nearestOnPath([circle], -0.5, 1), { x: 0, y: 4 });
  assert.deepEqual(nearestOnPath([circle], 5, 0), undefined);
  assert.deepEqual(nearestOnPath([circle], 9, 0), { x: 9, y: 9 });
});

test("[PG26d] what is exported of a path is what lies in the window, in its order, with breaks between", () => {
  const back = path([0, 0], [5, 1], [9, 2], [6, 3], [0, 4]);
  assert.deepEqual([...pathWithin(back, 4, 7, 0).y], [1, Number.NaN, 3]);
  assert.deepEqual([...pathWithin(back, 4, 7, 1).y], [0, 1, 2, 3, 4]);
  assert.deepEqual([...pathWithin(back, 20, 30, 0).y], []);
});

test("[PG26d] a long path is drawn by few points, with every end of x and y, and breaks", () => {
  const n = 300_000;
  const turn = (of: (angle: number) => number): Float64Array =>
    Float64Array.from({ length: n }, (_, i) => of(i / 1e4) * i);
  const long = { x: turn(Math.cos), y: turn(Math.sin), isPath: true };
  long.y[1234] = Number.NaN;
  long.y[5000] = 1e9;
  const buffer = new PointBuffer();
  decimate(thinned([long]), 1, buffer);
  assert.ok(buffer.length <= 8 * PATH_GROUPS && buffer.length > PATH_GROUPS, `${buffer.length}`);
  assert.equal(buffer.maxY, 1e9);
  const drawn = [...drawnOf(long)];
  assert.ok(drawn.includes(1234) && drawn.includes(0) && drawn.includes(n - 1));
  assert.ok(drawn.every((at, i) => i === 0 || at > (drawn[i - 1] ?? at)));
});

test("[PG26d] CSV and a snapshot have every point of a path in the window, in its order", async () => {
  const points = Array.from({ length: 200 }, (_, i): [number, number] => [100 - i, i]);
  // What was fetched, and what came since.
  const series = [{ name: "y", colour: "", segments: [path(...points.slice(0, 60)), path(...points.slice(60))] }];
  const window = { channel: "c", minX: -50, maxX: 100, time: false, series };
  const lines = (await (await csvBlob(window)).text()).trim().split("\r\n");
  assert.deepEqual(
    lines.slice(1),
    points.slice(0, 151).map(([x, y]) => `${x},y,${y}`),
  );
  const bytes = new Uint8Array(await (await snapshotBlob(window)).arrayBuffer());
  const store = new SeriesStore();
  for (const frame of await readSnapshot(bytes)) store.ingest(frame);
  const { ring } = store.find("y") ?? {};
  // And the next one, from which the line comes in.
  assert.deepEqual([ring?.isPath, [...(ring?.y ?? [])]], [true, points.slice(0, 152).map(([, y]) => y)]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Store } from "../../worker/page/store.ts";
import { View } from "../../worker/page/view.ts";
import { framesOf } from "../../worker/protocol/builder.ts";
import { decodeFrame } from "../../worker/protocol/frame.ts";

const T = 1.7e9;

function feed(store: Store, name: string, from: number, to: number, step: number): void {
  const rows = [];
  for (let x = from; x <= to; x += step) rows.push({ x, arrival: false, names: [name], values: [x] });
  for (const frame of framesOf(rows, "00000000000000aa", 1)) store.ingest(decodeFrame(frame));
}

const lengths = (view: View, store: Store): number[] => view.look(store, 1000)?.slices.map(({ x }) => x.length) ?? [];

test("[PG2] a window of seconds ends at the newest x, rounded up to a pixel column", () => {
  const store = new Store();
  const view = new View();
  assert.equal(view.look(store, 1000), undefined);
  feed(store, "a", T, T + 100, 0.5);
  view.choose("10 s");
  const sight = view.look(store, 1000);
  assert.ok(sight);
  assert.equal(sight.bucket, 0.01);
  assert.ok(sight.maxX >= T + 100 && sight.maxX <= T + 100.02);
  assert.ok(Math.abs(sight.maxX - sight.minX - 10) < 1e-6);
  assert.ok(sight.time);
  const x = sight.slices[0]?.x ?? new Float64Array();
  assert.equal(x.at(-1), T + 100);
  // One point more than in the window comes in from the left.
  assert.ok((x[0] ?? 0) < sight.minX && (x[1] ?? 0) >= sight.minX);
  assert.equal(x.buffer, [...store.series][0]?.ring.x.buffer);
});

test("[PG2] 100 points are the last 100 of each series, breaks not counted", () => {
  const store = new Store();
  const view = new View();
  view.choose("100 points");
  feed(store, "a", T, T + 300, 1);
  feed(store, "b", T + 290, T + 300, 1);
  store.lose({ reason: "hole", points: 1 });
  feed(store, "a", T + 301, T + 310, 1);
  assert.deepEqual(lengths(view, store), [101, 11]);
  const sight = view.look(store, 1000);
  assert.deepEqual([sight?.minX, sight?.maxX], [T + 211, T + 310]);
});

test("[PG2] x is a number where it is no time, and 100 points are what it begins with", () => {
  const store = new Store();
  const view = new View();
  assert.equal(view.window(store), "30 s");
  feed(store, "a", 0, 500, 1);
  assert.equal(view.window(store), "100 points");
  assert.equal(view.look(store, 1000)?.time, false);
  view.choose("1 m");
  assert.equal(view.window(store), "1 m");
});

test("[PG6] pause holds the window while the rings go on", () => {
  const store = new Store();
  const view = new View();
  feed(store, "a", T, T + 100, 1);
  view.setPaused(true, store);
  const before = view.look(store, 1000);
  feed(store, "a", T + 101, T + 120, 1);
  const held = view.look(store, 1000);
  assert.deepEqual([held?.minX, held?.maxX], [before?.minX, before?.maxX]);
  assert.equal(held?.slices[0]?.x.at(-1), T + 100);
  view.choose("100 points");
  assert.equal(view.look(store, 1000)?.slices[0]?.x.at(-1), T + 100);
  view.setPaused(false, store);
  assert.equal(view.look(store, 1000)?.slices[0]?.x.at(-1), T + 120);
});

test("the right edge follows the visible series only", () => {
  const store = new Store();
  const view = new View();
  view.choose("10 s");
  feed(store, "a", T, T + 50, 1);
  feed(store, "b", T, T + 100, 1);
  view.toggle("b");
  assert.ok(Math.abs((view.look(store, 1000)?.maxX ?? 0) - T - 50) < 0.1);
  assert.equal(view.look(store, 1000)?.slices.length, 1);
  view.toggle("a");
  assert.deepEqual(view.look(store, 1000)?.slices, []);
});

test("a single point has room around it", () => {
  const store = new Store();
  const view = new View();
  view.choose("100 points");
  feed(store, "a", 5, 5, 1);
  const sight = view.look(store, 1000);
  assert.ok(sight && sight.maxX > sight.minX);
});

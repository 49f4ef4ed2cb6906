import assert from "node:assert/strict";
import { test } from "node:test";
import type { Holdings } from "../../../../page/data/channel-data.ts";
import { View } from "../../../../page/viewport/viewport.ts";
import { holdings, receive, rowOf } from "../../../support/holding.ts";

const T = 1.7e9;

function feed(source: Holdings, name: string, from: number, to: number, step: number): void {
  const rows = [];
  for (let x = from; x <= to; x += step) rows.push(rowOf(x, { [name]: x }));
  receive(source, rows);
}

/** The x in view of each series that is not hidden. */
function seen(view: View, source: Holdings): number[][] {
  const sight = view.look(source, 1000);
  return [...source.series]
    .filter(({ name }) => !source.isHidden(name))
    .map((series) => (sight?.parts(series) ?? []).flatMap(({ x }) => [...x]));
}

test("[PG2] a window of seconds ends at the newest x, rounded up to a pixel column", () => {
  const [source, view] = [holdings(), new View()];
  assert.equal(view.look(source, 1000), undefined);
  feed(source, "a", T, T + 100, 0.5);
  view.choose("10 s");
  const sight = view.look(source, 1000);
  const [series] = source.store.series;
  assert.ok(sight && series);
  assert.equal(sight.bucket, 0.01);
  assert.ok(sight.x.max >= T + 100 && sight.x.max <= T + 100.02);
  assert.ok(Math.abs(sight.x.max - sight.x.min - 10) < 1e-6);
  assert.ok(sight.time);
  const [part] = sight.parts(series);
  assert.ok(part);
  assert.equal(part.x.at(-1), T + 100);
  // One point more than in the window comes in from the left.
  assert.ok((part.x[0] ?? 0) < sight.x.min && (part.x[1] ?? 0) >= sight.x.min);
  assert.equal(part.x.buffer, series.ring.x.buffer, "a view, not a copy");
});

test("[PG2a] 100 points are the last 100 of each series, breaks not counted", () => {
  const [source, view] = [holdings(), new View()];
  view.choose("100 pts");
  feed(source, "a", T, T + 300, 1);
  feed(source, "b", T + 290, T + 300, 1);
  source.store.lose({ reason: "hole", points: 1 });
  feed(source, "a", T + 301, T + 310, 1);
  assert.deepEqual(
    seen(view, source).map(({ length }) => length),
    [101, 11],
  );
  assert.deepEqual(view.look(source, 1000)?.x, { min: T + 211, max: T + 310 });
});

test("[PG2b] [PG2c] x is a number where it is no time, and 100 points are what it begins with", () => {
  const [source, view] = [holdings(), new View()];
  assert.equal(view.window(source), "30 s");
  feed(source, "a", 0, 500, 1);
  assert.equal(view.window(source), "100 pts");
  assert.equal(view.look(source, 1000)?.time, false);
  view.choose("1 m");
  assert.equal(view.window(source), "1 m");
});

test("[PG2] all is from the oldest point on, wants everything that is stored, and grows in steps", () => {
  const [source, view] = [holdings(), new View()];
  feed(source, "a", T, T + 100, 1);
  view.choose("All");
  const before = view.look(source, 1000);
  assert.ok(before !== undefined && before.x.min === T && before.x.max >= T + 100 && before.x.max < T + 104);
  assert.deepEqual(before.wanted, { min: Number.NEGATIVE_INFINITY, max: T + 100 });
  feed(source, "a", T + 101, T + 101, 1);
  assert.deepEqual(view.look(source, 1000)?.x, before.x);
});

test("[PG6] holding the picture holds the window while points go on coming", () => {
  const [source, view] = [holdings(), new View()];
  feed(source, "a", T, T + 100, 1);
  const before = view.look(source, 1000);
  view.hold(source);
  feed(source, "a", T + 101, T + 120, 1);
  assert.deepEqual(view.look(source, 1000)?.x, before?.x);
  assert.equal(seen(view, source)[0]?.at(-1), T + 100);
  view.choose("100 pts");
  assert.equal(seen(view, source)[0]?.at(-1), T + 100);
  view.goLive();
  assert.equal(seen(view, source)[0]?.at(-1), T + 120);
});

test("[PG14] a range of one's own is no longer live, stays near what there is, and a window is looked at from its end", () => {
  const [source, view] = [holdings(), new View()];
  feed(source, "a", T, T + 100, 1);
  view.lookAt({ min: T + 20, max: T + 40 }, source);
  assert.ok(!view.isLive);
  assert.deepEqual(view.look(source, 1000)?.x, { min: T + 20, max: T + 40 });
  assert.deepEqual(seen(view, source)[0]?.slice(0, 2), [T + 19, T + 20], "one more comes in from the left");
  view.lookAt({ min: T + 1000, max: T + 1020 }, source);
  assert.deepEqual(view.range, { min: T + 90, max: T + 110 });
  view.lookAt({ min: T - 1000, max: T - 980 }, source);
  assert.deepEqual(view.range, { min: T - 10, max: T + 10 });
  view.lookAt({ min: T + 20, max: T + 50 }, source);
  view.choose("10 s");
  const held = view.look(source, 1000)?.x;
  assert.ok(held && Math.abs(held.max - T - 50) < 0.1 && Math.abs(held.max - held.min - 10) < 1e-6);
});

test("the right edge follows the visible series only", () => {
  const hidden = new Set(["b"]);
  const [source, view] = [holdings(hidden), new View()];
  view.choose("10 s");
  feed(source, "a", T, T + 50, 1);
  feed(source, "b", T, T + 100, 1);
  assert.ok(Math.abs((view.look(source, 1000)?.x.max ?? 0) - T - 50) < 0.1);
  hidden.add("a");
  assert.ok(Math.abs((view.look(source, 1000)?.x.max ?? 0) - T - 100) < 0.1);
});

test("a single point has room around it", () => {
  const [source, view] = [holdings(), new View()];
  feed(source, "a", 5, 5, 1);
  for (const window of ["100 pts", "All", "10 s"] as const) {
    view.choose(window);
    const sight = view.look(source, 1000);
    assert.ok(sight && sight.x.max > sight.x.min, window);
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChannelData } from "../../../../page/data/channel-data.ts";
import { Viewport } from "../../../../page/viewport/viewport.ts";
import { channelData, receive, rowOf } from "../../../support/channel-data.ts";

const T = 1.7e9;

function feed(source: ChannelData, name: string, from: number, to: number, step: number): void {
  const rows = [];
  for (let x = from; x <= to; x += step) rows.push(rowOf(x, { [name]: x }));
  receive(source, rows);
}

/** The x in view of each series that is not hidden. */
function seen(viewport: Viewport, source: ChannelData): number[][] {
  const sight = viewport.resolve(source, 1000);
  return [...source.series]
    .filter(({ name }) => !source.isHidden(name))
    .map((series) => (sight?.segments(series) ?? []).flatMap(({ x }) => [...x]));
}

test("[PG2] a window of seconds ends at the newest x, rounded up to a pixel column", () => {
  const [source, viewport] = [channelData(), new Viewport()];
  assert.equal(viewport.resolve(source, 1000), undefined);
  feed(source, "a", T, T + 100, 0.5);
  viewport.selectWindow("10 s");
  const sight = viewport.resolve(source, 1000);
  const [series] = source.store.series;
  assert.ok(sight && series);
  assert.equal(sight.bucketWidth, 0.01);
  assert.ok(sight.x.max >= T + 100 && sight.x.max <= T + 100.02);
  assert.ok(Math.abs(sight.x.max - sight.x.min - 10) < 1e-6);
  assert.ok(sight.time);
  const [segment] = sight.segments(series);
  assert.ok(segment);
  assert.equal(segment.x.at(-1), T + 100);
  // One point more than in the window comes in from the left.
  assert.ok((segment.x[0] ?? 0) < sight.x.min && (segment.x[1] ?? 0) >= sight.x.min);
  assert.equal(segment.x.buffer, series.ring.x.buffer, "a view, not a copy");
});

test("[PG2a] 100 points are the last 100 of each series, breaks not counted", () => {
  const [source, viewport] = [channelData(), new Viewport()];
  viewport.selectWindow("100 pts");
  feed(source, "a", T, T + 300, 1);
  feed(source, "b", T + 290, T + 300, 1);
  source.store.addLoss({ reason: "hole", points: 1 });
  feed(source, "a", T + 301, T + 310, 1);
  assert.deepEqual(
    seen(viewport, source).map(({ length }) => length),
    [101, 11],
  );
  assert.deepEqual(viewport.resolve(source, 1000)?.x, { min: T + 211, max: T + 310 });
});

test("[PG2b] [PG2c] x is a number where it is no time, and 100 points are what it begins with", () => {
  const [source, viewport] = [channelData(), new Viewport()];
  assert.equal(viewport.window(source), "30 s");
  feed(source, "a", 0, 500, 1);
  assert.equal(viewport.window(source), "100 pts");
  assert.equal(viewport.resolve(source, 1000)?.time, false);
  viewport.selectWindow("1 m");
  assert.equal(viewport.window(source), "1 m");
});

test("[PG2] all is from the oldest point on, wants everything that is stored, and grows in steps", () => {
  const [source, viewport] = [channelData(), new Viewport()];
  feed(source, "a", T, T + 100, 1);
  viewport.selectWindow("All");
  const before = viewport.resolve(source, 1000);
  assert.ok(before !== undefined && before.x.min === T && before.x.max >= T + 100 && before.x.max < T + 104);
  assert.deepEqual(before.requiredRange, { min: Number.NEGATIVE_INFINITY, max: T + 100 });
  feed(source, "a", T + 101, T + 101, 1);
  assert.deepEqual(viewport.resolve(source, 1000)?.x, before.x);
});

test("[PG6] holding the picture holds the window while points go on coming", () => {
  const [source, viewport] = [channelData(), new Viewport()];
  feed(source, "a", T, T + 100, 1);
  const before = viewport.resolve(source, 1000);
  viewport.pause(source);
  feed(source, "a", T + 101, T + 120, 1);
  assert.deepEqual(viewport.resolve(source, 1000)?.x, before?.x);
  assert.equal(seen(viewport, source)[0]?.at(-1), T + 100);
  viewport.selectWindow("100 pts");
  assert.equal(seen(viewport, source)[0]?.at(-1), T + 100);
  viewport.goLive();
  assert.equal(seen(viewport, source)[0]?.at(-1), T + 120);
});

test("[PG14] a range of one's own is no longer live, stays near what there is, and a window is looked at from its end", () => {
  const [source, viewport] = [channelData(), new Viewport()];
  feed(source, "a", T, T + 100, 1);
  viewport.showRange({ min: T + 20, max: T + 40 }, source);
  assert.ok(!viewport.isLive);
  assert.deepEqual(viewport.resolve(source, 1000)?.x, { min: T + 20, max: T + 40 });
  assert.deepEqual(seen(viewport, source)[0]?.slice(0, 2), [T + 19, T + 20], "one more comes in from the left");
  viewport.showRange({ min: T + 1000, max: T + 1020 }, source);
  assert.deepEqual(viewport.range, { min: T + 90, max: T + 110 });
  viewport.showRange({ min: T - 1000, max: T - 980 }, source);
  assert.deepEqual(viewport.range, { min: T - 10, max: T + 10 });
  viewport.showRange({ min: T + 20, max: T + 50 }, source);
  viewport.selectWindow("10 s");
  const held = viewport.resolve(source, 1000)?.x;
  assert.ok(held && Math.abs(held.max - T - 50) < 0.1 && Math.abs(held.max - held.min - 10) < 1e-6);
});

test("the right edge follows the visible series only", () => {
  const hidden = new Set(["b"]);
  const [source, viewport] = [channelData(hidden), new Viewport()];
  viewport.selectWindow("10 s");
  feed(source, "a", T, T + 50, 1);
  feed(source, "b", T, T + 100, 1);
  assert.ok(Math.abs((viewport.resolve(source, 1000)?.x.max ?? 0) - T - 50) < 0.1);
  hidden.add("a");
  assert.ok(Math.abs((viewport.resolve(source, 1000)?.x.max ?? 0) - T - 100) < 0.1);
});

test("a single point has room around it", () => {
  const [source, viewport] = [channelData(), new Viewport()];
  feed(source, "a", 5, 5, 1);
  for (const window of ["100 pts", "All", "10 s"] as const) {
    viewport.selectWindow(window);
    const sight = viewport.resolve(source, 1000);
    assert.ok(sight && sight.x.max > sight.x.min, window);
  }
});

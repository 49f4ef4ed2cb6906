import assert from "node:assert/strict";
import { test } from "node:test";
import type { Series } from "../../../../page/data/store/series.ts";
import { isOver, SeriesInView } from "../../../../page/viewport/in-view.ts";
import { Viewport } from "../../../../page/viewport/viewport.ts";
import { channelData, receive, rowOf } from "../../../support/channel-data.ts";

const NOW = 1.7e9;

/** What has its place, at a time. */
function scene() {
  const data = channelData();
  const viewport = new Viewport();
  const inView = new SeriesInView();
  data.nowX = () => NOW;
  const names = (): string[] => [...inView.of(data, viewport.resolve(data, 100), viewport.isLive)].sort();
  return { data, viewport, names };
}

const rows = (name: string, from: number, to: number, everyS = 1) =>
  Array.from({ length: (to - from) / everyS + 1 }, (_, i) => rowOf(NOW + from + i * everyS, { [name]: i }));

test("[PG61a] what ended before the window has no place, and has it again with its next point", () => {
  const { data, names } = scene();
  receive(data, rows("old", -200, -100));
  receive(data, rows("on", -200, 0));
  assert.deepEqual(names(), ["on"]);
  receive(data, rows("old", 0, 0));
  assert.deepEqual(names(), ["old", "on"]);
});

test("[PG61a] a series that is slow keeps its place until it missed two of its pauses", () => {
  const { data, names } = scene();
  receive(data, rows("on", -300, 0));
  receive(data, rows("slow", -290, -50, 60));
  assert.deepEqual(names(), ["on", "slow"]);
  receive(data, rows("slower", -290, -130, 40));
  assert.deepEqual(names(), ["on", "slow"]);
});

test("[PG61a] where nothing has a point in view, all have their places", () => {
  const { data, viewport, names } = scene();
  receive(data, rows("a", -200, -100));
  receive(data, rows("b", -20, 0));
  viewport.showRange({ min: NOW - 5000, max: NOW - 4000 });
  assert.deepEqual(names(), ["a", "b"]);
});

test("[PG61e] while the picture is held none goes away, and those come that are in view", () => {
  const { data, viewport, names } = scene();
  receive(data, rows("old", -200, -100));
  receive(data, rows("on", -50, 0));
  assert.deepEqual(names(), ["on"]);
  viewport.showRange({ min: NOW - 180, max: NOW - 150 });
  assert.deepEqual(names(), ["old", "on"]);
  viewport.showRange({ min: NOW - 30, max: NOW });
  assert.deepEqual(names(), ["old", "on"]);
  viewport.goLive();
  assert.deepEqual(names(), ["on"]);
});

test("[PG61a] times that are wrong are no end: a note in the panel says what they are", () => {
  const { data } = scene();
  receive(data, rows("one", -200, -100));
  const one = data.store.find("one");
  assert.ok(one);
  const x = { min: NOW - 30, max: NOW };
  const isEnd = (change: Partial<Series>): boolean => isOver({ ...one, ...change }, x, NOW);
  assert.equal(isEnd({}), true);
  assert.equal(isEnd({ lateX: 0.2 }), true, "it came in time, and then no more");
  assert.equal(isEnd({ lateX: 150 }), false, "its clock is behind");
  assert.equal(isEnd({ headX: NOW + 500 }), false, "it is ahead");
  assert.equal(isEnd({ headX: NOW - 946_684_800 }), false, "it counts from 2000");
  assert.equal(isEnd({ headX: 12 }), false, "its x is no time");
  assert.equal(isEnd({ headX: NOW - 1 }), false, "it is in view");
});

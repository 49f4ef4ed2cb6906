import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChannelData } from "../../../../page/data/channel-data.ts";
import { Viewport } from "../../../../page/viewport/viewport.ts";
import { channelData, receive, rowOf } from "../../../support/channel-data.ts";

const NOW = 1_700_000_000;
const YEAR = 365 * 86_400;

/** A page that was sent one point a frame. */
function channelDataOf(...points: [x: number, y: number][]): ChannelData {
  const source = channelData();
  for (const [x, y] of points) receive(source, [rowOf(x, { y })]);
  return source;
}

function seen(source: ChannelData): { maxX: number | undefined; lastY: number | undefined } {
  const [series] = source.series;
  return { maxX: new Viewport().resolve(source, 1000)?.x.max, lastY: series?.lastY };
}

test("[PG11] one point from the future does not hold the picture: it goes on where points arrive", () => {
  const source = channelDataOf([NOW, 1], [NOW + YEAR, 2], [NOW + 1, 3], [NOW + 2, 4], [NOW + 3, 5], [NOW + 4, 6]);
  const { maxX, lastY } = seen(source);
  assert.ok(maxX !== undefined && maxX >= NOW + 4 && maxX < NOW + 5, `the right edge is ${maxX}`);
  assert.equal(lastY, 6);
});

test("[PG11] a clock that was an hour ahead and is set right is followed back", () => {
  const source = channelDataOf(
    ...[0, 1, 2].map((i): [number, number] => [NOW + 3600 + i, i]),
    ...[3, 4, 5, 6].map((i): [number, number] => [NOW + i, i]),
  );
  const { maxX, lastY } = seen(source);
  assert.ok(maxX !== undefined && maxX < NOW + 7);
  assert.equal(lastY, 6);
});

test("[PG11] late points do not move the picture back", () => {
  const source = channelDataOf([NOW, 1], [NOW + 5, 2], [NOW + 1, 3], [NOW + 2, 4], [NOW + 3, 5], [NOW + 4, 6]);
  const { maxX, lastY } = seen(source);
  assert.ok(maxX !== undefined && maxX >= NOW + 5);
  assert.equal(lastY, 2);
});

test("[PG27b] a series that is a day ahead, or hours behind, does not move the picture of the others", () => {
  for (const offset of [86_400, 11, -19_800, -301]) {
    for (const order of [0, 1]) {
      const source = channelData();
      source.nowX = () => NOW + 5;
      const series: [x: number, name: string][] = [
        [NOW + 5, "right"],
        [NOW + 5 + offset, "wrong"],
      ];
      if (order === 1) series.reverse();
      for (const [x, name] of series) receive(source, [rowOf(x, { [name]: 1 })]);
      const maxX = new Viewport().resolve(source, 1000)?.x.max ?? 0;
      assert.ok(maxX >= NOW + 5 && maxX < NOW + 6, `${offset}: ${maxX}`);
    }
  }
});

test("[PG27b] where no series is of now, the newest is followed", () => {
  const source = channelDataOf([NOW - 4000, 1], [NOW - 3000, 2]);
  source.nowX = () => NOW;
  const { maxX } = seen(source);
  assert.ok(maxX !== undefined && maxX >= NOW - 3000 && maxX < NOW - 2999);
});

test("[PG27d] the last 100 points leave out a series that is far behind", () => {
  const source = channelData();
  source.nowX = () => NOW;
  receive(source, [rowOf(NOW - 19_800, { zone: 1 })]);
  receive(source, [rowOf(NOW - 10, { right: 1 }), rowOf(NOW, { right: 2 })]);
  const viewport = new Viewport();
  viewport.selectWindow("100 pts");
  assert.deepEqual(viewport.resolve(source, 1000)?.x, { min: NOW - 10, max: NOW });
});

/** The points that are drawn of the only series: their x, `|` at a break. */
function drawn(source: ChannelData, viewport: Viewport): (number | "|")[] {
  const [series] = source.series;
  const segments = series === undefined ? [] : (viewport.resolve(source, 1000)?.segments(series) ?? []);
  return segments.flatMap(({ x, y }) => [...x].map((at, i) => (Number.isNaN(y[i]) ? "|" : at)));
}

test("[PG11b] where time runs backwards every window has its points, and “All” all of them", () => {
  const source = channelDataOf(...Array.from({ length: 600 }, (_, i): [number, number] => [NOW - i / 10, i]));
  const viewport = new Viewport();
  for (const [window, least, most] of [
    ["100 pts", 100, 100],
    ["30 s", 299, 303],
    ["1 m", 600, 600],
    ["All", 600, 600],
  ] as const) {
    viewport.selectWindow(window);
    const points = drawn(source, viewport);
    assert.ok(points.length >= least && points.length <= most && !points.includes("|"), `${window}: ${points.length}`);
    assert.equal(points[0], NOW - 59.9);
  }
  const { min = 0, max = 0 } = viewport.resolve(source, 1000)?.x ?? {};
  assert.ok(min === NOW - 59.9 && max >= NOW);
  viewport.pause(source);
  receive(source, [rowOf(NOW - 60, { y: 1 })]);
  assert.ok((viewport.resolve(source, 1000)?.x.max ?? 0) >= NOW);
});

test("[PG11c] after a clock was set back, no line goes to the points that came before; “All” has them", () => {
  const source = channelDataOf(
    ...[0, 1, 2].map((i): [number, number] => [NOW + 3600 + i, i]),
    ...[3, 4, 5, 6, 7].map((i): [number, number] => [NOW + i, i]),
  );
  const viewport = new Viewport();
  viewport.selectWindow("All");
  const ahead = [0, 1, 2].map((i) => NOW + 3600 + i);
  assert.deepEqual(drawn(source, viewport), [...[3, 4, 5, 6, 7].map((i) => NOW + i), "|", ...ahead]);
  viewport.showRange({ min: NOW, max: NOW + 60 });
  assert.equal(drawn(source, viewport).at(-1), "|");
});

test("[PG11c] a step of less than 10 s, and one wrong point that is late, break no line", () => {
  const small = channelDataOf(...[9, 10, 11, 0, 1, 2, 3, 4].map((x, i): [number, number] => [NOW + x, i]));
  const late = channelDataOf(...[0, 1, 2, -1000, 3, 4].map((x, i): [number, number] => [NOW + x, i]));
  for (const source of [small, late]) assert.ok(![...(source.store.find("y")?.ring.y ?? [])].some(Number.isNaN));
});

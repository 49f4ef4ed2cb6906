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

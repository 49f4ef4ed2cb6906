import assert from "node:assert/strict";
import { test } from "node:test";
import type { Holdings } from "../../../../page/data/channel-data.ts";
import { View } from "../../../../page/viewport/viewport.ts";
import { holdings, receive, rowOf } from "../../../support/holding.ts";

const NOW = 1_700_000_000;
const YEAR = 365 * 86_400;

/** A page that was sent one point a frame. */
function holdingsOf(...points: [x: number, y: number][]): Holdings {
  const source = holdings();
  for (const [x, y] of points) receive(source, [rowOf(x, { y })]);
  return source;
}

function seen(source: Holdings): { maxX: number | undefined; lastY: number | undefined } {
  const [series] = source.series;
  return { maxX: new View().look(source, 1000)?.x.max, lastY: series?.lastY };
}

test("[PG11] one point from the future does not hold the picture: it goes on where points arrive", () => {
  const source = holdingsOf([NOW, 1], [NOW + YEAR, 2], [NOW + 1, 3], [NOW + 2, 4], [NOW + 3, 5], [NOW + 4, 6]);
  const { maxX, lastY } = seen(source);
  assert.ok(maxX !== undefined && maxX >= NOW + 4 && maxX < NOW + 5, `the right edge is ${maxX}`);
  assert.equal(lastY, 6);
});

test("[PG11] a clock that was an hour ahead and is set right is followed back", () => {
  const source = holdingsOf(
    ...[0, 1, 2].map((i): [number, number] => [NOW + 3600 + i, i]),
    ...[3, 4, 5, 6].map((i): [number, number] => [NOW + i, i]),
  );
  const { maxX, lastY } = seen(source);
  assert.ok(maxX !== undefined && maxX < NOW + 7);
  assert.equal(lastY, 6);
});

test("[PG11] late points do not move the picture back", () => {
  const source = holdingsOf([NOW, 1], [NOW + 5, 2], [NOW + 1, 3], [NOW + 2, 4], [NOW + 3, 5], [NOW + 4, 6]);
  const { maxX, lastY } = seen(source);
  assert.ok(maxX !== undefined && maxX >= NOW + 5);
  assert.equal(lastY, 2);
});

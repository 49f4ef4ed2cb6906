import assert from "node:assert/strict";
import { test } from "node:test";
import { Store } from "../../worker/page/store.ts";
import { View } from "../../worker/page/view.ts";
import { framesOf } from "../../worker/protocol/builder.ts";
import { decodeFrame } from "../../worker/protocol/frame.ts";

const NOW = 1_700_000_000;
const YEAR = 365 * 86_400;

/** A store that was sent one point a frame. */
function storeOf(...points: [x: number, y: number][]): Store {
  const store = new Store();
  for (const [x, y] of points) {
    const [bytes] = framesOf([{ x, arrival: false, names: ["y"], values: [y] }], "0000000000000001", 1);
    assert.ok(bytes);
    store.ingest(decodeFrame(bytes));
  }
  return store;
}

function seen(store: Store): { maxX: number | undefined; lastY: number | undefined } {
  const [series] = store.series;
  return { maxX: new View().look(store, 1000)?.maxX, lastY: series?.lastY };
}

test("[PG11] one point from the future does not hold the picture: it goes on where points arrive", () => {
  const store = storeOf([NOW, 1], [NOW + YEAR, 2], [NOW + 1, 3], [NOW + 2, 4], [NOW + 3, 5], [NOW + 4, 6]);
  const { maxX, lastY } = seen(store);
  assert.ok(maxX !== undefined && maxX >= NOW + 4 && maxX < NOW + 5, `the right edge is ${maxX}`);
  assert.equal(lastY, 6);
});

test("[PG11] a clock that was an hour ahead and is set right is followed back", () => {
  const store = storeOf(
    ...[0, 1, 2].map((i): [number, number] => [NOW + 3600 + i, i]),
    ...[3, 4, 5, 6].map((i): [number, number] => [NOW + i, i]),
  );
  const { maxX, lastY } = seen(store);
  assert.ok(maxX !== undefined && maxX < NOW + 7);
  assert.equal(lastY, 6);
});

test("[PG11] late points do not move the picture back", () => {
  const store = storeOf([NOW, 1], [NOW + 5, 2], [NOW + 1, 3], [NOW + 2, 4], [NOW + 3, 5], [NOW + 4, 6]);
  const { maxX, lastY } = seen(store);
  assert.ok(maxX !== undefined && maxX >= NOW + 5);
  assert.equal(lastY, 2);
});

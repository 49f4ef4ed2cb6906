import assert from "node:assert/strict";
import { test } from "node:test";
import { undrawnIn } from "../../../../page/lazy/undrawn.ts";
import { PointBuffer } from "../../../../page/render/renderers/point-buffer.ts";
import { segment } from "../../../support/named.ts";

test("[PG12f] what a logarithmic axis leaves out is counted in view only, breaks not, and where it begins and ends", () => {
  const segments = [segment([0, 0], [1, 5], [2, -1]), segment([3, Number.NaN], [4, -0], [5, 1e-300], [6, -7])];
  assert.deepEqual(undrawnIn(segments, { min: -1, max: 9 }), { count: 4, min: 0, max: 6 });
  assert.deepEqual(undrawnIn(segments, { min: 1, max: 4 }), { count: 2, min: 2, max: 4 });
  assert.equal(undrawnIn(segments, { min: 4.5, max: 5.5 }).count, 0);
});

test("[PG12f] on a logarithmic axis a buffer knows the place of each value that it has none for", () => {
  const buffer = new PointBuffer();
  buffer.begin(4);
  for (const [x, y] of [
    [1, 10],
    [2, 0],
    [3, Number.NaN],
    [4, -3],
  ] as const)
    buffer.put(x, y);
  buffer.toLog10();
  assert.deepEqual([...buffer.y.subarray(0, 4)], [1, Number.NaN, Number.NaN, Number.NaN]);
  assert.deepEqual(buffer.undrawn, [2, 4]);
  buffer.begin(4);
  assert.deepEqual(buffer.undrawn, []);
});

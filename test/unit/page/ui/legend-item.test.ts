import assert from "node:assert/strict";
import { test } from "node:test";
import { RingBuffer } from "../../../../page/data/store/ring-buffer.ts";
import { newSeries } from "../../../../page/data/store/series.ts";
import { expectedRange } from "../../../../page/ui/legend-item.ts";

function expected(
  magnitude: number,
  lastY: number,
  range: { min: number; max: number },
  log = false,
  half = 1,
): [number, number] {
  const series = { ...newSeries("a", new RingBuffer(1)), magnitude, lastY };
  const place = { slot: 0, onRight: false, isHidden: false, minY: lastY - half, maxY: lastY + half };
  return expectedRange({ ...place, series }, { left: { range, log }, right: undefined });
}

test("[PG82a] values are expected on the part of the axis that the series has come to, whatever the last one is", () => {
  assert.deepEqual(expected(62, 60, { min: 20, max: 70 }), [20, 62]);
  assert.deepEqual(expected(62, 21, { min: 20, max: 70 }), [20, 62]);
  assert.deepEqual(expected(0.5, 0.1, { min: -100, max: 100 }), [-0.5, 0.5], "small ones keep their digits");
});

test("[PG82a] where it has no part of the axis, or that is logarithmic, it is what is in view", () => {
  assert.deepEqual(expected(500, 500, { min: 600, max: 700 }), [499, 501]);
  assert.deepEqual(expected(500, 500, { min: 0, max: 3 }, true), [499, 501]);
  assert.deepEqual(expected(1.5, 1.5, { min: 1.3, max: 1.7 }, false, 0), [1.5, 1.5], "a flat line");
});

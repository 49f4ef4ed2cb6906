import assert from "node:assert/strict";
import { test } from "node:test";
import { RingBuffer } from "../../../../page/data/store/ring-buffer.ts";
import { newSeries } from "../../../../page/data/store/series.ts";
import { expectedRange, wholeNumbersIn } from "../../../../page/ui/legend-item.ts";

function expected(
  magnitude: number,
  lastY: number,
  range: { min: number; max: number },
  log = false,
  half = 1,
  isFlat = false,
  isWhole = false,
): [number, number] {
  const series = { ...newSeries("a", new RingBuffer(1)), magnitude, lastY, integers: magnitude === 2 };
  const place = { slot: 0, onRight: false, isHidden: false, minY: lastY - half, maxY: lastY + half };
  return expectedRange({ ...place, series }, { left: { range, log, isFlat }, right: undefined }, isWhole);
}

test("[PG82a] values are expected on the axis, whatever the last one is; those of a much smaller series on its part of it", () => {
  assert.deepEqual(expected(62, 60, { min: 20, max: 70 }), [20, 70]);
  assert.deepEqual(expected(62, 21, { min: 20, max: 70 }), [20, 70]);
  assert.deepEqual(expected(10, 1, { min: -100, max: 100 }), [-100, 100]);
  assert.deepEqual(expected(9.9, 0.1, { min: -100, max: 100 }), [-9.9, 9.9], "small ones keep their digits");
  assert.deepEqual(
    expected(2, 2, { min: -100, max: 100 }),
    [-100, 100],
    "whole ones beside others have those of the axis",
  );
  assert.deepEqual(expected(2, 2, { min: -100, max: 100 }, false, 1, false, true), [-2, 2]);
});

test("[PG82a] where it has no part of the axis, or that is logarithmic, it is what is in view", () => {
  assert.deepEqual(expected(5, 5, { min: 600, max: 700 }), [4, 6]);
  assert.deepEqual(expected(500, 500, { min: 0, max: 3 }, true), [499, 501]);
  assert.deepEqual(expected(1.5, 1.5, { min: 1.3, max: 1.7 }, false, 0, true), [1.5, 1.5], "nothing but a flat line");
  assert.deepEqual(expected(1.5, 1.5, { min: 0, max: 1.7 }, false, 0), [0, 1.7], "a flat line beside others");
});

test("[PG82a] whole numbers are such where all of their axis and unit are", () => {
  const of = (name: string, integers: boolean, onRight = false, label?: string) => ({
    series: { ...newSeries(name, new RingBuffer(1)), integers },
    onRight,
    ...(label !== undefined && { label }),
  });
  const shown = [
    of("a [V]", true),
    of("b [V]", false),
    of("c [A]", true),
    of("d [V]", true, true),
    of("e [A]", true, false, "e [V]"),
    of("f", true),
  ];
  const isWhole = wholeNumbersIn(shown);
  assert.deepEqual(
    shown.map((one) => isWhole(one)),
    [false, false, true, true, false, true],
  );
});

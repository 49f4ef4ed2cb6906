import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Part } from "../../../../page/data/segment.ts";
import { pointAt } from "../../../../page/viewport/value-at.ts";

const part = (...points: [x: number, y: number][]): Part => ({
  x: Float64Array.from(points, ([x]) => x),
  y: Float64Array.from(points, ([, y]) => y),
});

test("[PG18] on a line it is the nearer end of the piece, however far that is", () => {
  const parts = [part([0, 5], [100, 6], [110, 7])];
  assert.deepEqual(pointAt(parts, 30, 1), { x: 0, y: 5 });
  assert.deepEqual(pointAt(parts, 70, 1), { x: 100, y: 6 });
  assert.deepEqual(pointAt(parts, 100, 1), { x: 100, y: 6 });
  assert.deepEqual(pointAt(parts, 107, 1), { x: 110, y: 7 });
});

test("[PG18] beyond the ends and beside a break only what is near is read, and in a break nothing", () => {
  const parts = [part([0, 1], [10, 2], [10, Number.NaN], [50, 3], [60, 4])];
  assert.equal(pointAt(parts, -3, 2), undefined);
  assert.deepEqual(pointAt(parts, -1, 2), { x: 0, y: 1 });
  assert.deepEqual(pointAt(parts, 11, 2), { x: 10, y: 2 });
  assert.equal(pointAt(parts, 30, 2), undefined);
  assert.deepEqual(pointAt(parts, 49, 2), { x: 50, y: 3 });
  assert.deepEqual(pointAt(parts, 54, 2), { x: 50, y: 3 });
  assert.equal(pointAt(parts, 63, 2), undefined);
  assert.equal(pointAt([], 1, 100), undefined);
  assert.equal(pointAt([part([5, Number.NaN])], 5, 100), undefined);
});

test("[PG18] a break at the very x of the next point, as one is that a gap makes, hides neither that nor the one before", () => {
  const parts = [part([0, 1], [10, 2], [50, Number.NaN], [50, 3], [60, 4])];
  assert.deepEqual(pointAt(parts, 49, 2), { x: 50, y: 3 });
  assert.deepEqual(pointAt(parts, 50, 2), { x: 50, y: 3 });
  assert.deepEqual(pointAt(parts, 11, 2), { x: 10, y: 2 });
  assert.equal(pointAt(parts, 30, 2), undefined);
});

test("[PG18] parts go on from each other, unless a part between them is a break", () => {
  const [older, newer] = [part([0, 1], [10, 2]), part([50, 3], [60, 4])];
  assert.deepEqual(pointAt([older, newer], 20, 1), { x: 10, y: 2 });
  assert.deepEqual(pointAt([older, newer], 40, 1), { x: 50, y: 3 });
  assert.deepEqual(pointAt([older, part(), newer], 40, 1), { x: 50, y: 3 });
  assert.equal(pointAt([older, part([30, Number.NaN]), newer], 40, 1), undefined);
  assert.deepEqual(pointAt([older, part([30, Number.NaN]), newer], 49.5, 1), { x: 50, y: 3 });
});

test("[PG18] it is what a search through all points finds, cut into parts wherever", () => {
  const columns = fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(columns, fc.array(fc.nat(30)), fc.double({ min: -20, max: 220, noNaN: true }), (column, cuts, x) => {
      const points = column
        .sort((a, b) => a - b)
        .map((each): [number, number] => [each, each % 7 === 0 ? Number.NaN : -each]);
      const edges = [0, ...cuts.filter((cut) => cut < points.length).sort((a, b) => a - b), points.length];
      const parts = edges.slice(1).map((to, i) => part(...points.slice(edges[i], to)));
      const reach = 5;
      const isValue = ([, y]: [number, number]): boolean => !Number.isNaN(y);
      const before = points.filter(([each]) => each < x);
      const after = points.filter(([each]) => each >= x);
      const ends = [before.at(-1), after[0]];
      const isOnLine = ends.every((end) => end !== undefined && isValue(end));
      const distances = [before.findLast(isValue), after.find(isValue)]
        .map((point) => Math.abs((point?.[0] ?? Number.POSITIVE_INFINITY) - x))
        .filter((distance) => isOnLine || distance <= reach);
      const found = pointAt(parts, x, reach);
      if (distances.length === 0) return assert.equal(found, undefined);
      const nearest = Math.min(...distances);
      assert.ok(found && Math.abs(found.x - x) === nearest && found.y === -found.x);
    }),
  );
});

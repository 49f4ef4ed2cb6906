import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Segment } from "../../../../../page/data/segment.ts";
import { nearestPoint } from "../../../../../page/lazy/pointing/value-at.ts";

const segment = (...points: [x: number, y: number][]): Segment => ({
  x: Float64Array.from(points, ([x]) => x),
  y: Float64Array.from(points, ([, y]) => y),
});

test("[PG18] on a line it is the nearer end of the piece, however far that is", () => {
  const segments = [segment([0, 5], [100, 6], [110, 7])];
  assert.deepEqual(nearestPoint(segments, 30, 1), { x: 0, y: 5 });
  assert.deepEqual(nearestPoint(segments, 70, 1), { x: 100, y: 6 });
  assert.deepEqual(nearestPoint(segments, 100, 1), { x: 100, y: 6 });
  assert.deepEqual(nearestPoint(segments, 107, 1), { x: 110, y: 7 });
});

test("[PG18] beyond the ends and beside a break only what is near is read, and in a break nothing", () => {
  const segments = [segment([0, 1], [10, 2], [10, Number.NaN], [50, 3], [60, 4])];
  assert.equal(nearestPoint(segments, -3, 2), undefined);
  assert.deepEqual(nearestPoint(segments, -1, 2), { x: 0, y: 1 });
  assert.deepEqual(nearestPoint(segments, 11, 2), { x: 10, y: 2 });
  assert.equal(nearestPoint(segments, 30, 2), undefined);
  assert.deepEqual(nearestPoint(segments, 49, 2), { x: 50, y: 3 });
  assert.deepEqual(nearestPoint(segments, 54, 2), { x: 50, y: 3 });
  assert.equal(nearestPoint(segments, 63, 2), undefined);
  assert.equal(nearestPoint([], 1, 100), undefined);
  assert.equal(nearestPoint([segment([5, Number.NaN])], 5, 100), undefined);
});

test("[PG18] a break at the very x of the next point, as one is that a gap makes, hides neither that nor the one before", () => {
  const segments = [segment([0, 1], [10, 2], [50, Number.NaN], [50, 3], [60, 4])];
  assert.deepEqual(nearestPoint(segments, 49, 2), { x: 50, y: 3 });
  assert.deepEqual(nearestPoint(segments, 50, 2), { x: 50, y: 3 });
  assert.deepEqual(nearestPoint(segments, 11, 2), { x: 10, y: 2 });
  assert.equal(nearestPoint(segments, 30, 2), undefined);
});

test("[PG18] parts go on from each other, unless a part between them is a break", () => {
  const [older, newer] = [segment([0, 1], [10, 2]), segment([50, 3], [60, 4])];
  assert.deepEqual(nearestPoint([older, newer], 20, 1), { x: 10, y: 2 });
  assert.deepEqual(nearestPoint([older, newer], 40, 1), { x: 50, y: 3 });
  assert.deepEqual(nearestPoint([older, segment(), newer], 40, 1), { x: 50, y: 3 });
  assert.equal(nearestPoint([older, segment([30, Number.NaN]), newer], 40, 1), undefined);
  assert.deepEqual(nearestPoint([older, segment([30, Number.NaN]), newer], 49.5, 1), { x: 50, y: 3 });
});

test("[PG18] it is what a search through all points finds, cut into parts wherever", () => {
  const columns = fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 30, size: "max" });
  fc.assert(
    fc.property(
      columns,
      fc.array(fc.nat(30), { maxLength: 12, size: "max" }),
      fc.double({ min: -20, max: 220, noNaN: true }),
      (column, cuts, x) => {
        const points = column
          .sort((a, b) => a - b)
          .map((each): [number, number] => [each, each % 7 === 0 ? Number.NaN : -each]);
        const edges = [0, ...cuts.filter((cut) => cut < points.length).sort((a, b) => a - b), points.length];
        const segments = edges.slice(1).map((to, i) => segment(...points.slice(edges[i], to)));
        const reach = 5;
        const isValue = ([, y]: [number, number]): boolean => !Number.isNaN(y);
        const before = points.filter(([each]) => each < x);
        const after = points.filter(([each]) => each >= x);
        const ends = [before.at(-1), after[0]];
        const isOnLine = ends.every((end) => end !== undefined && isValue(end));
        const distances = [before.findLast(isValue), after.find(isValue)]
          .map((point) => Math.abs((point?.[0] ?? Number.POSITIVE_INFINITY) - x))
          .filter((distance) => isOnLine || distance <= reach);
        const found = nearestPoint(segments, x, reach);
        if (distances.length === 0) return assert.equal(found, undefined);
        const nearest = Math.min(...distances);
        assert.ok(found && Math.abs(found.x - x) === nearest && found.y === -found.x);
      },
    ),
  );
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decimate } from "../../../../../page/render/renderers/decimate.ts";
import { PointBuffer } from "../../../../../page/render/renderers/point-buffer.ts";

function drawn(x: number[], y: number[], bucket: number): { x: number[]; y: number[]; line: PointBuffer } {
  const line = new PointBuffer();
  decimate([{ x: Float64Array.from(x), y: Float64Array.from(y) }], bucket, line);
  return { x: [...line.x.subarray(0, line.length)], y: [...line.y.subarray(0, line.length)], line };
}

/** Doubles are mostly near 0: only these are spread over all buckets, some of them at their edges. */
const anyX = fc.oneof(
  fc.integer({ min: 0, max: 20_000 }).map((thousandth) => thousandth / 1000),
  fc.nat(20),
  fc.double({ min: 0, max: 20, noNaN: true }),
);

const series = fc
  .array(
    fc.tuple(anyX, fc.oneof({ arbitrary: fc.integer({ min: -50, max: 50 }), weight: 6 }, fc.constant(Number.NaN))),
    { maxLength: 400, size: "max" },
  )
  .map((points) => points.sort(([a], [b]) => a - b))
  .map((points) => ({ x: points.map(([x]) => x), y: points.map(([, y]) => y) }));

test("[PG2] every bucket keeps its smallest and its largest y, and nothing is invented", () => {
  fc.assert(
    fc.property(series, ({ x, y }) => {
      const out = drawn(x, y, 1);
      const extremes = (xs: number[], ys: number[]): Map<number, [number, number]> => {
        const found = new Map<number, [number, number]>();
        for (const [i, value] of ys.entries()) {
          if (Number.isNaN(value)) continue;
          const bucket = Math.floor(xs[i] ?? 0);
          const [low, high] = found.get(bucket) ?? [value, value];
          found.set(bucket, [Math.min(low, value), Math.max(high, value)]);
        }
        return found;
      };
      assert.deepEqual(extremes(out.x, out.y), extremes(x, y));
      assert.deepEqual(
        out.x,
        [...out.x].sort((a, b) => a - b),
      );
      const given = new Set(x.map((value, i) => `${value} ${y[i]}`));
      for (const [i, value] of out.x.entries()) assert.ok(given.has(`${value} ${out.y[i]}`));
      const finite = y.filter((value) => !Number.isNaN(value));
      assert.equal(out.line.minY, finite.length === 0 ? Infinity : Math.min(...finite));
      assert.equal(out.line.maxY, finite.length === 0 ? -Infinity : Math.max(...finite));
    }),
  );
});

test("[PG9] what is drawn is bounded by the number of buckets", () => {
  fc.assert(
    fc.property(series, ({ x, y }) => {
      assert.ok(drawn(x, y, 1).x.length <= 3 * 22 + 1);
    }),
  );
});

test("[PG5] a break between points of different buckets is kept", () => {
  fc.assert(
    fc.property(series, ({ x, y }) => {
      const out = drawn(x, y, 1);
      const breaksBetween = (xs: number[], ys: number[], after: number, before: number): boolean =>
        ys.some((value, i) => Number.isNaN(value) && (xs[i] ?? 0) >= after && (xs[i] ?? 0) <= before);
      let last = -1;
      for (const [i, value] of y.entries()) {
        if (Number.isNaN(value)) continue;
        const [from, to] = [x[last] ?? 0, x[i] ?? 0];
        if (last >= 0 && last < i - 1 && Math.floor(from) !== Math.floor(to)) {
          assert.ok(breaksBetween(out.x, out.y, from, to), `no break between ${from} and ${to}`);
        }
        last = i;
      }
    }),
  );
});

test("[PG5] a break is kept where it is the last of a bucket, or the first, or all there is of one", () => {
  /** Ten points in each bucket but where `y` says otherwise; the buckets are those of x from 0, 1, 2 and 3 on. */
  const breaksAt = (...missing: number[]): number[] => {
    const x = Array.from({ length: 40 }, (_, i) => i / 10);
    const y = x.map((_, i) => (missing.includes(i) ? Number.NaN : i % 7));
    const out = drawn(x, y, 1);
    assert.ok(out.x.length < 20, "it was dense");
    return out.x.filter((_, i) => Number.isNaN(out.y[i]));
  };
  assert.deepEqual(breaksAt(19), [1.9]);
  assert.deepEqual(breaksAt(20), [2]);
  assert.deepEqual(breaksAt(20, 21, 22, 23, 24, 25, 26, 27, 28, 29).length > 0, true);
  // Nobody can see one between two points of the same bucket.
  assert.deepEqual(breaksAt(25), []);
});

test("[PG2] a bucket does not change when the window moves: peaks stand still", () => {
  const x = Array.from({ length: 5000 }, (_, i) => i * 0.01);
  const y = x.map((value) => Math.sin(value * 40) + Math.sin(value * 3.3));
  const whole = drawn(x, y, 0.5);
  const later = drawn(x.slice(777), y.slice(777), 0.5);
  const from = 10;
  const pick = ({ x: xs, y: ys }: typeof whole): string[] =>
    xs.flatMap((value, i) => (value >= from && value < 49 ? [`${value} ${ys[i]}`] : []));
  assert.deepEqual(pick(later), pick(whole));
});

test("few points are drawn as they are, to the last", () => {
  const out = drawn([0, 1, 2, 3], [1, Number.NaN, 2, 3], 1);
  assert.deepEqual(out.y, [1, Number.NaN, 2, 3]);
  assert.deepEqual(drawn([], [], 1).x, []);
  assert.deepEqual(drawn([5], [6], 0).y, [6]);
});

test("the line ends at the last point", () => {
  const x = Array.from({ length: 100 }, (_, i) => i / 100);
  const y = x.map((value) => Math.sin(value * 20));
  const out = drawn(x, y, 0.5);
  assert.equal(out.x.at(-1), 0.99);
});

test("[PG2] parts that lie one after the other are one line", () => {
  fc.assert(
    fc.property(series, fc.nat(400), ({ x, y }, at) => {
      const line = new PointBuffer();
      const cut = Math.min(at, x.length);
      const segments = [
        { x: Float64Array.from(x.slice(0, cut)), y: Float64Array.from(y.slice(0, cut)) },
        { x: Float64Array.from(x.slice(cut)), y: Float64Array.from(y.slice(cut)) },
      ];
      decimate(segments, 0, line);
      assert.deepEqual([...line.x.subarray(0, line.length)], x);
      assert.deepEqual([...line.y.subarray(0, line.length)], y);
      decimate(segments, 1, line);
      const whole = drawn(x, y, 1);
      assert.deepEqual([line.minY, line.maxY], [whole.line.minY, whole.line.maxY]);
      // Each is reduced by itself, and the bucket that the cut goes through is two.
      const mostOf = (xs: Float64Array): number => 3 * ((xs.at(-1) ?? 0) - (xs[0] ?? 0) + 2) + 1;
      const most = segments.reduce((sum, segment) => sum + mostOf(segment.x), 0);
      assert.ok(line.length <= most, `${line.length} points of ${most}`);
    }),
  );
});

test("[PG12] on a logarithmic axis a line is of powers of ten, and what is not above 0 breaks it", () => {
  const { line } = drawn([1, 2, 3, 4, 5], [0.01, 100, 0, -5, 1], 0);
  line.toLog10();
  assert.deepEqual([...line.y.subarray(0, line.length)], [-2, 2, Number.NaN, Number.NaN, 0]);
  assert.deepEqual([line.minY, line.maxY], [-2, 2]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { lowerBound, upperBound } from "../../../../../page/data/sorted-column.ts";
import { RingBudget } from "../../../../../page/data/store/ring-budget.ts";
import { RingBuffer } from "../../../../../page/data/store/ring-buffer.ts";
import { copiedBy } from "../../../../support/copied.ts";

/** 64 MiB, as PG9b has it. */
const BUDGET_BYTES = 67_108_864;

type Point = [x: number, y: number];

/** What a ring is meant to hold: a plain array, sorted by x, equal x as they came, the newest `capacity` of them. */
function model(appended: Point[][], capacity: number): Point[] {
  let held: Point[] = [];
  for (const run of appended) {
    for (const point of run) {
      const at = held.findIndex(([x]) => x > point[0]);
      held.splice(at < 0 ? held.length : at, 0, point);
    }
    held = held.slice(-capacity);
  }
  return held;
}

const columns = (run: Point[]): [Float64Array, Float64Array] => [
  Float64Array.from(run, ([x]) => x),
  Float64Array.from(run, ([, y]) => y),
];

const runs = fc.array(
  fc
    .array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.oneof(fc.integer(), fc.constant(Number.NaN))), {
      maxLength: 30,
      size: "max",
    })
    .map((run): Point[] => run.sort(([a], [b]) => a - b)),
  { maxLength: 20, size: "max" },
);

test("[PG4] a ring holds what a sorted array of the newest points holds, in whatever order they come", () => {
  fc.assert(
    fc.property(runs, fc.integer({ min: 1, max: 50 }), (appended, capacity) => {
      const ring = new RingBuffer(capacity);
      for (const run of appended) ring.append(...columns(run));
      const expected = columns(model(appended, capacity));
      assert.deepEqual([ring.x, ring.y], expected);
    }),
  );
});

test("[PG4] a ring that changes its size keeps the newest points", () => {
  fc.assert(
    fc.property(
      runs,
      fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 20, maxLength: 20, size: "max" }),
      (appended, sizes) => {
        const ring = new RingBuffer(8);
        let held: Point[] = [];
        for (const [i, run] of appended.entries()) {
          const size = sizes[i] ?? 8;
          ring.resize(size);
          held = model([held.slice(-size), run], size);
          ring.append(...columns(run));
          assert.deepEqual([ring.x, ring.y], columns(held));
        }
      },
    ),
  );
});

const HELD = 16 * 1024;

/** A full ring of x from 0 on. */
function fullRing(): RingBuffer {
  const ring = new RingBuffer(HELD);
  const x = Float64Array.from({ length: HELD }, (_, i) => i);
  ring.append(x, x);
  return ring;
}

test("[PG9c] late points wait until somebody looks: 500 of them, one by one, cost one copy of the ring", () => {
  for (const newToo of [false, true]) {
    const ring = fullRing();
    const expected = fullRing();
    const one = (x: number): [Float64Array, Float64Array] => [Float64Array.of(x), Float64Array.of(-x)];
    const copied = copiedBy(() => {
      for (let i = 0; i < 500; i++) {
        ring.append(...one(9_000 - i));
        if (newToo) ring.append(...one(HELD + i));
        ring.before(9_000 - i);
        ring.countAbove(9_000 - i);
      }
      assert.ok(ring.x.length === HELD && ring.y.length === HELD);
    });
    assert.ok(copied <= 2 * HELD, `${copied} numbers copied of ${2 * HELD}`);
    for (let i = 0; i < 500; i++) {
      expected.append(...one(9_000 - i));
      if (newToo) expected.append(...one(HELD + i));
      assert.equal(expected.x.length, HELD);
    }
    assert.deepEqual([ring.x, ring.y, ring.completeFromX], [expected.x, expected.y, expected.completeFromX]);
  }
});

test("[PG9c] late points that nobody looks at do not wait for ever: a 32nd part of the ring at most", () => {
  const ring = fullRing();
  const late = (points: number): number =>
    copiedBy(() => {
      for (let i = 0; i < points; i++) ring.append(Float64Array.of(9_000), Float64Array.of(i));
    });
  assert.equal(late(512), 0);
  assert.ok(late(1) > 0);
});

test("[PG4] what is asked of a ring while late points wait is true of them, too", () => {
  // One more than these is more than a 32nd of 600: then none waits.
  // What is not below the last x, 999, does not wait, and a full ring drops a point for it.
  const some = fc.array(fc.integer({ min: 0, max: 998 }), { maxLength: 18, size: "max" });
  fc.assert(
    fc.property(some, fc.nat(1000), fc.integer({ min: 600, max: 650 }), (late, asked, capacity) => {
      const ring = new RingBuffer(capacity);
      const base = Array.from({ length: 600 }, (_, i): Point => [400 + i, i]);
      ring.append(...columns(base));
      const points = late.map((x, i): Point => [x, -i]);
      for (const point of points) ring.append(...columns([point]));
      const all = [...base, ...points].map(([x]) => x);
      assert.equal(ring.countAbove(asked), all.filter((x) => x > asked).length);
      assert.equal(ring.before(asked), Math.max(...all.filter((x) => x < asked)));
      const length = ring.length;
      assert.equal(Math.min(length, capacity), ring.x.length);
      assert.deepEqual([ring.x, ring.y], columns(model([base, ...points.map((point) => [point])], capacity)));
    }),
  );
});

test("[PG4] every window is a view of the ring and no copy", () => {
  const ring = new RingBuffer(4);
  for (let i = 0; i < 7; i++) ring.append(Float64Array.of(i), Float64Array.of(10 * i));
  assert.deepEqual([...ring.x], [3, 4, 5, 6]);
  assert.equal(ring.x.buffer, ring.x.buffer);
  assert.equal(ring.x.buffer.byteLength, 2 * 4 * 8);
  assert.equal(ring.lastX, 6);
});

test("an empty ring has no last point", () => {
  const ring = new RingBuffer(4);
  assert.equal(ring.lastX, Number.NEGATIVE_INFINITY);
  ring.append(new Float64Array(), new Float64Array());
  assert.equal(ring.length, 0);
});

test("[PG9b] all rings together stay within 64 MiB, and every ring has its share", () => {
  const budget = new RingBudget();
  const rings = Array.from({ length: 256 }, (_, i) => {
    const ring = budget.newRing();
    budget.makeRoom(ring, 3_000_000 / (i + 1));
    assert.ok(budget.bytes <= BUDGET_BYTES, `${budget.bytes} bytes with ${i + 1} rings`);
    return ring;
  });
  for (const ring of rings) budget.makeRoom(ring, 3_000_000);
  assert.ok(budget.bytes <= BUDGET_BYTES && budget.bytes > BUDGET_BYTES / 2, `${budget.bytes} bytes`);
  const capacities = rings.map(({ capacity }) => capacity);
  assert.equal(
    capacities.reduce((sum, capacity) => sum + capacity * 32, 0),
    budget.bytes,
  );
  assert.ok(
    Math.max(...capacities) <= 4 * Math.min(...capacities),
    `${Math.min(...capacities)}…${Math.max(...capacities)}`,
  );
});

test("[PG9] a budget stays kept whatever is asked of it, and one ring alone gets all of it", () => {
  const limit = 64 * 1024 * 32;
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(30), fc.nat(100_000)), { maxLength: 100, size: "max" }), (asks) => {
      const budget = new RingBudget(limit);
      const rings: RingBuffer[] = [];
      for (const [which, points] of asks) {
        const ring = rings[which] ?? budget.newRing();
        if (!rings.includes(ring)) rings.push(ring);
        budget.makeRoom(ring, points);
        assert.ok(budget.bytes <= limit);
        assert.equal(budget.bytes, 32 * rings.reduce((sum, { capacity }) => sum + capacity, 0));
      }
    }),
  );
  const budget = new RingBudget(limit);
  const ring = budget.newRing();
  assert.equal(ring.capacity, 1024);
  budget.makeRoom(ring, 1_000_000);
  assert.equal(ring.capacity, 64 * 1024);
});

test("bounds are those of a sorted column", () => {
  const column = Float64Array.of(1, 2, 2, 2, 5);
  assert.deepEqual(
    [0, 1, 2, 3, 5, 6].map((value) => lowerBound(column, value)),
    [0, 0, 1, 4, 4, 5],
  );
  assert.deepEqual(
    [0, 1, 2, 3, 5, 6].map((value) => upperBound(column, value)),
    [0, 1, 4, 4, 5, 5],
  );
});

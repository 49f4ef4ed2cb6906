/** Series that hold their value: drawn, read at the cursor, and held. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { heldPoint } from "../../../../page/lazy/pointing/value-at.ts";
import type { PointBuffer } from "../../../../page/render/renderers/point-buffer.ts";
import { extend } from "../../../../page/render/renderers/step.ts";
import { Viewport } from "../../../../page/viewport/viewport.ts";
import { channelData, receive, rowOf } from "../../../support/channel-data.ts";
import { drawnSteps, named, segment } from "../../../support/named.ts";

/** What a drawn step line shows at x. */
function shownAt({ x, y, length }: Pick<PointBuffer, "x" | "y" | "length">, at: number): number {
  let shown = Number.NaN;
  for (let i = 0; i < length && (x[i] ?? 0) <= at; i++) shown = y[i] ?? 0;
  return shown;
}

/** Doubles are mostly near 0: only these are spread over all buckets, some of them at their edges. */
const anyX = fc.oneof(
  fc.integer({ min: 0, max: 20_000 }).map((thousandth) => thousandth / 1000),
  fc.nat(20),
  fc.double({ min: 0, max: 20, noNaN: true }),
);

const steps = fc
  .array(fc.tuple(anyX, fc.oneof({ arbitrary: fc.integer({ min: 0, max: 4 }), weight: 6 }, fc.constant(Number.NaN))), {
    maxLength: 300,
    size: "max",
  })
  .map((points) => points.sort(([a], [b]) => a - b))
  .map((points) => ({ x: points.map(([x]) => x), y: points.map(([, y]) => y) }));

test("[PG23] [PG2] however dense, a step holds at the end of each pixel column what it held there", () => {
  fc.assert(
    fc.property(steps, ({ x, y }) => {
      const line = drawnSteps(x, y, 1);
      const whole = { x: Float64Array.from(x), y: Float64Array.from(y), length: x.length };
      for (let edge = 1; edge <= 20; edge++) {
        const at = edge - Number.EPSILON * edge;
        assert.deepEqual(shownAt(line, at), shownAt(whole, at), `at ${edge}`);
      }
    }),
    { numRuns: 500 },
  );
});

test("[PG23] a step's last value holds as far as there may be points; a break, and nothing, hold nothing", () => {
  const line = drawnSteps([1, 2], [5, 6], 0);
  extend(line, 9);
  extend(line, 4);
  assert.deepEqual([...line.x.subarray(0, line.length)], [1, 2, 9]);
  assert.deepEqual([...line.y.subarray(0, line.length)], [5, 6, 6]);
  const empty = drawnSteps([], [], 0);
  extend(empty, 9);
  assert.equal(empty.length, 0);
});

test("[PG23] [PG18] what holds at the cursor is the last value before it, and from a break on nothing; of events the next, too, if it is near", () => {
  const segments = [segment([0, 1], [10, 2]), segment([14, Number.NaN], [20, 3], [30, 4])];
  const y = (x: number, reach = 0): number | undefined => heldPoint(segments, x, reach)?.y;
  assert.deepEqual(
    [-1, 0, 9.9, 10, 13.9, 14, 15, 20, 29.9, 30, 99].map((x) => y(x)),
    [undefined, 1, 1, 2, 2, undefined, undefined, 3, 3, 4, 4],
  );
  const cut = [segment([0, 1], [10, 2], [10, Number.NaN], [20, 3])];
  assert.deepEqual(
    [9, 10, 10.1, 20].map((x) => heldPoint(cut, x, 0)?.y),
    [1, 2, undefined, 3],
    "what ends where it begins is there, and no longer",
  );
  assert.deepEqual([y(9.5, 1), y(8.5, 1), y(29, 2), y(-1, 2), y(25.1, 9)], [2, 1, 4, 1, 4]);
  assert.deepEqual([y(15, 2), y(19, 2)], [2, 3], "between events nothing breaks");
});

test("[PG23] [PG6] held, a step holds no further than it did, whatever comes meanwhile", () => {
  const source = channelData();
  const viewport = new Viewport();
  receive(source, [named(1e9, { on: [1, "true"] }), rowOf(1e9 + 20, { y: 1 })]);
  viewport.pause(source);
  const { dataEndX } = viewport.resolve(source, 500) ?? {};
  assert.equal(dataEndX, 1e9 + 20);
  receive(source, [rowOf(1e9 + 27, { y: 1 })]);
  assert.equal(viewport.resolve(source, 500)?.dataEndX, dataEndX);
  for (const window of ["100 pts", "10 s", "All"] as const) {
    viewport.selectWindow(window);
    assert.equal(viewport.resolve(source, 500)?.dataEndX, dataEndX, window);
  }
  viewport.goLive();
  assert.equal(viewport.resolve(source, 500)?.dataEndX, 1e9 + 27);
});

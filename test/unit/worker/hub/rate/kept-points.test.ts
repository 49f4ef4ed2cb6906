/** Which points of a stretch a viewer with `max_rate` gets. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeFrame, pointsOf } from "../../../../../protocol/frame/frame.ts";
import { FrameBuilder } from "../../../../../protocol/frame/frame-builder.ts";
import { numberFrame, readHeader } from "../../../../../protocol/frame/header.ts";
import { keptPoints } from "../../../../../worker/hub/rate/kept-points.ts";
import { type Stretch, stretchMs } from "../../../../../worker/hub/rate/stretches.ts";
import { frameOfRows, rowOf } from "../../../../support/publish.ts";

const A = "00000000000000aa";
const NOW = 1_800_000_000;
const all = (): boolean => true;

interface SeenPoint {
  seq: number;
  series: string;
  x: number;
  y: number;
}

function stretchOf(frames: readonly Uint8Array[], coveredMs: number): Stretch {
  let seq = 0;
  for (const frame of frames) {
    seq += readHeader(frame).points;
    numberFrame(frame, 1, seq);
  }
  return { after: 0, seq, atMs: 1000 * NOW, frames, coveredMs };
}

function pointsIn({ frames }: Stretch): SeenPoint[] {
  let seq = 0;
  return frames.flatMap((frame) => [...pointsOf(decodeFrame(frame))].map((point) => ({ ...point, seq: ++seq })));
}

const y = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
const rows = (x: fc.Arbitrary<number>) =>
  fc.array(fc.record({ x, a: fc.option(y, { nil: Number.NaN }), b: y }), { minLength: 1, maxLength: 60 });
const framesOf = (x: fc.Arbitrary<number>) =>
  fc.array(rows(x), { minLength: 1, maxLength: 4 }).map((bodies) =>
    bodies.map((body, i) =>
      frameOfRows(
        A,
        i + 1,
        body.map(({ x, a, b }) => rowOf(x, { a, b })),
      ),
    ),
  );

for (const [what, x] of [
  ["x that is time", fc.integer({ min: 0, max: 3000 }).map((ms) => NOW + ms / 1000)],
  ["x that is no time", fc.integer({ min: -50, max: 50 })],
] as const) {
  test(`[VW22] of ${what}: each part gives its least and its greatest, the series its last, and no more than it may`, () => {
    fc.assert(
      fc.property(
        framesOf(x),
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 5000 }),
        (frames, maxRate, coveredMs) => {
          const stretch = stretchOf(frames, coveredMs);
          const points = pointsIn(stretch);
          const kept = keptPoints(stretch, { maxRate, has: all });
          const numbers = new Set(points.map(({ seq }) => seq));
          for (const seq of kept) assert.ok(numbers.has(seq), "each is one that was published");
          for (const name of ["a", "b"]) {
            const own = points.filter(({ series }) => series === name);
            if (own.length === 0) continue;
            const [minX, maxX] = [Math.min(...own.map((each) => each.x)), Math.max(...own.map((each) => each.x))];
            const seconds = what === "x that is time" ? maxX - minX : coveredMs / 1000;
            const chosen = own.filter(({ seq }) => kept.has(seq));
            assert.ok(chosen.length <= Math.max(3, maxRate * seconds), `${chosen.length} points of ${seconds} s`);
            assert.ok(kept.has(own.at(-1)?.seq ?? 0), "the last");
            if (chosen.length === own.length) continue;
            const parts = Math.max(1, Math.floor((maxRate * seconds - 1) / 2));
            assert.ok(own.length > 2 * parts + 1, "as many as may be are kept");
            const partOf = ({ x: at }: SeenPoint): number =>
              parts === 1 ? 0 : Math.min(parts - 1, Math.floor(((at - minX) / (maxX - minX)) * parts));
            for (const part of new Set(own.map(partOf))) {
              const [inPart, keptInPart] = [own, chosen].map((some) =>
                some.filter((each) => Object.is(partOf(each), part)).map((each) => each.y),
              );
              assert.equal(Math.min(...(keptInPart ?? [])), Math.min(...(inPart ?? [])), "the least");
              assert.equal(Math.max(...(keptInPart ?? [])), Math.max(...(inPart ?? [])), "the greatest");
            }
          }
        },
      ),
    );
  });
}

test("[VW22] what comes steadily is at the rate, and a peak of one point is among it", () => {
  const maxRate = 10;
  const frames = Array.from({ length: 300 }, (_, i) =>
    frameOfRows(A, i + 1, [rowOf(NOW + i / 1000, { y: i === 123 ? 99 : Math.sin(i) })]),
  );
  const stretch = stretchOf(frames, stretchMs(maxRate));
  const points = pointsIn(stretch).filter(({ seq }) => keptPoints(stretch, { maxRate, has: all }).has(seq));
  assert.deepEqual([points.length, points.some((point) => point.y === 99)], [3, true]);
});

test("[VW22] a second that comes at once is divided by x", () => {
  const rowsOfASecond = Array.from({ length: 1000 }, (_, i) => rowOf(NOW + i / 1000, { y: (i * 7919) % 1000 }));
  const stretch = stretchOf([frameOfRows(A, 1, rowsOfASecond)], 1000);
  const kept = keptPoints(stretch, { maxRate: 11, has: all });
  // 0.999 s: (11 × 0.999 − 1) / 2 are 4 parts.
  assert.ok(kept.size >= 8 && kept.size <= 9, `${kept.size}`);
});

test("[VW22] of events none is left out", () => {
  const builder = new FrameBuilder();
  for (let i = 0; i < 50; i++) {
    const marks = [{ series: "log", style: "event", value: i % 3, text: `event ${i % 3}` }] as const;
    builder.add({ ...rowOf(NOW + i / 1000, { log: i % 3, y: i }), marks });
  }
  const stretch = stretchOf([builder.encode(A, 1)], 3000);
  const kept = keptPoints(stretch, { maxRate: 1, has: all });
  const counts = ["log", "y"].map(
    (name) => pointsIn(stretch).filter(({ series, seq }) => series === name && kept.has(seq)).length,
  );
  assert.deepEqual(counts, [50, 2]);
});

/** The part of a frame that is some of its points: these, no other, and no break that was not there. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkFrame } from "../../../../protocol/frame/check-frame.ts";
import { decodeFrame, type Frame, pointsOf } from "../../../../protocol/frame/frame.ts";
import { FrameBuilder } from "../../../../protocol/frame/frame-builder.ts";
import { numberFrame } from "../../../../protocol/frame/header.ts";
import { pickPoints } from "../../../../protocol/frame/pick-points.ts";
import { rowOf } from "../../../support/publish.ts";

const A = "00000000000000aa";
const all = (): boolean => true;

function numbered(build: (builder: FrameBuilder) => void): Uint8Array {
  const builder = new FrameBuilder();
  build(builder);
  const frame = builder.encode(A, 7);
  numberFrame(frame, 3, 1000);
  return frame;
}

/** Of each series its points in order, NaN where its line breaks. */
function linesOf({ blocks }: Frame): Map<string, [number, number][]> {
  const lines = new Map<string, [number, number][]>();
  for (const block of blocks) {
    if (block.kind !== "table") continue;
    for (const { name, y } of block.columns) {
      const line = lines.get(name) ?? [];
      lines.set(name, line);
      for (const [row, value] of [...y].entries()) line.push([block.x[row] ?? 0, value]);
    }
  }
  return lines;
}

const value = fc.option(fc.integer({ min: -9, max: 9 }), { nil: Number.NaN, freq: 3 });

test("[VW22] it has the points that are kept, in order, and a break between two of them where there was one", () => {
  const anyRows = fc.array(fc.record({ x: fc.integer({ min: 0, max: 99 }), a: value, b: value }), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(
    fc.property(
      anyRows,
      fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }),
      fc.boolean(),
      (rows, pattern, isOne) => {
        fc.pre(rows.some(({ a, b }) => !Number.isNaN(a) || !Number.isNaN(b)));
        const frame = numbered((builder) => {
          for (const { x, a, b } of rows) builder.add(rowOf(x, { a, b }));
        });
        const has = (series: string): boolean => !isOne || series === "a";
        const whole = decodeFrame(frame);
        const first = 1000 - whole.header.points + 1;
        const isKept = (seq: number): boolean => pattern[(seq - first) % pattern.length] ?? false;
        const wanted = [...pointsOf(whole)].filter(({ series }, i) => has(series) && isKept(first + i));
        const picked = pickPoints(frame, has, isKept);
        if (picked.kind === "gaps") return assert.deepEqual(wanted, []);
        checkFrame(withoutNumbers(picked.bytes));
        const part = decodeFrame(picked.bytes);
        assert.deepEqual([part.header.seq, part.header.epoch, part.header.publisherSeq], [1000, 3, 7]);
        for (const name of ["a", "b"]) {
          const [got, want] = [[...pointsOf(part)], wanted].map((some) => some.filter(({ series }) => series === name));
          assert.deepEqual(got, want);
          const line = linesOf(part).get(name) ?? [];
          const before = linesOf(whole).get(name) ?? [];
          let at = -1;
          for (const [i, [x, y]] of line.entries()) {
            if (Number.isNaN(y)) continue;
            const next = before.findIndex(([otherX, otherY], j) => j > at && otherX === x && otherY === y);
            // Of the same points several may be there: the first of these is as good.
            if (i > 0 && Number.isNaN(line[i - 1]?.[1])) assert.ok(before.some(([, otherY]) => Number.isNaN(otherY)));
            at = Math.max(at, next);
          }
          if (!before.some(([, y]) => Number.isNaN(y))) assert.ok(!line.some(([, y]) => Number.isNaN(y)), "no break");
        }
      },
    ),
  );
});

function withoutNumbers(frame: Uint8Array): Uint8Array {
  const copy = new Uint8Array(frame);
  numberFrame(copy, 0, 0);
  return copy;
}

test("[VW22] names of values, styles, arrival and what is missing stay where they stood", () => {
  const frame = numbered((builder) => {
    const row = { ...rowOf(1, { state: 1, y: 5 }), arrival: true };
    builder.add({ ...row, marks: [{ series: "state", style: "step", value: 1, text: "on" }] });
    builder.addGap({ kind: "gap", reason: "publisher-dropped", points: 2, fromX: null, toX: null, series: "" });
    builder.add({
      ...rowOf(2, { state: 0, y: 6 }),
      arrival: true,
      marks: [{ series: "state", style: "step", value: 0, text: "off" }],
    });
  });
  const picked = pickPoints(frame, all, (seq) => seq === 997 || seq === 1000);
  assert.ok(picked.kind === "frame");
  const { blocks, labels, header } = decodeFrame(picked.bytes);
  assert.deepEqual(
    blocks.map((block) =>
      block.kind === "gap" ? block.reason : [block.arrival, block.columns.map(({ name }) => name), [...block.x]],
    ),
    [[true, ["state"], [1]], "publisher-dropped", [true, ["y"], [2]]],
  );
  assert.deepEqual([header.points, labels.get("state")], [2, { style: "step", texts: new Map([[1, "on"]]) }]);
});

test("[VW22] a frame of which all is kept is that frame, and one of which nothing is has its gaps", () => {
  const gap = { kind: "gap", reason: "bridge-full", points: 3, fromX: null, toX: null, series: "" } as const;
  const frame = numbered((builder) => {
    builder.addGap(gap);
    builder.add(rowOf(1, { y: 1, z: 2 }));
  });
  assert.deepEqual(pickPoints(frame, all, all), { kind: "frame", bytes: frame });
  assert.deepEqual(
    pickPoints(frame, all, () => false),
    { kind: "gaps", gaps: [gap] },
  );
});

/** The part of a frame that is of some series: what it has is what the whole has of them, and it is a frame as any other. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkFrame } from "../../../../protocol/frame/check-frame.ts";
import { decodeFrame, type Gap, pointsOf } from "../../../../protocol/frame/frame.ts";
import { FrameBuilder } from "../../../../protocol/frame/frame-builder.ts";
import { numberFrame } from "../../../../protocol/frame/header.ts";
import { pickSeries } from "../../../../protocol/frame/pick-series.ts";
import { rowOf } from "../../../support/publish.ts";

const A = "00000000000000aa";
const gap = (series: string, points: number | null = 1): Gap => ({
  kind: "gap",
  reason: "publisher-dropped",
  points,
  fromX: null,
  toX: null,
  series,
});

function numbered(build: (builder: FrameBuilder) => void): Uint8Array {
  const builder = new FrameBuilder();
  build(builder);
  const frame = builder.encode(A, 7);
  numberFrame(frame, 3, 100);
  return frame;
}

/** Of another length than a multiple of 8, names that are no ASCII, encodings of each width, missing values, several tables. */
const FRAME = numbered((builder) => {
  for (let i = 0; i < 20; i++) {
    builder.add(rowOf(i, { a: i, "b°": i / 3, "c.long.name": 1000 * i * i, d: i % 2 === 0 ? -i : Number.NaN }));
  }
  builder.addGap(gap("b°"));
  builder.addGap(gap("", null));
  for (let i = 20; i < 25; i++) builder.add(rowOf(i, { e: i, a: 2 ** 33 + i }));
});

for (const [wanted, isWhole] of [
  [["a"], false],
  [["b°", "d"], false],
  [["c.long.name"], false],
  [["d"], false],
  [["e"], false],
  [["a", "b°", "c.long.name", "d", "e"], true],
] as const) {
  test(`[VW21] of ${wanted.join(" and ")} it has what the whole has of them`, () => {
    const has = (series: string): boolean => wanted.some((each) => each === series);
    const picked = pickSeries(FRAME, has);
    assert.ok(picked.kind === "frame");
    assert.equal(picked.bytes === FRAME, isWhole);
    const [whole, part] = [decodeFrame(FRAME), decodeFrame(picked.bytes)];
    assert.deepEqual(
      [...pointsOf(part)],
      [...pointsOf(whole)].filter(({ series }) => has(series)),
    );
    assert.deepEqual([part.header.seq, part.header.epoch, part.header.publisherSeq], [100, 3, 7]);
    const gaps = part.blocks.filter((block) => block.kind === "gap").map(({ series }) => series);
    assert.deepEqual(gaps, has("b°") ? ["b°", ""] : [""]);
    const kinds = part.blocks.map(({ kind }) => kind);
    if (has("a")) assert.ok(kinds.indexOf("gap") > 0 && kinds.at(-1) === "table", "a gap stands where it stood");
    assert.doesNotThrow(() => checkFrame(picked.bytes));
  });
}

test("[VW21] where it has no points of them, what is missing of them is left, or nothing", () => {
  const frame = numbered((builder) => {
    builder.addGap(gap("z", 4));
    builder.addGap(gap("a", 5));
    builder.add(rowOf(1, { a: 1, z: Number.NaN }));
  });
  const of = (name: string) => pickSeries(frame, (series) => series === name);
  assert.deepEqual(of("z"), { kind: "gaps", gaps: [gap("z", 4)] });
  assert.deepEqual(of("none"), { kind: "gaps", gaps: [] });
});

/** The vectors that any implementation can run (test/vectors/README.md), run against this one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkFrame } from "../../../protocol/frame/check-frame.ts";
import { type Frame, pointsOf } from "../../../protocol/frame/frame.ts";
import { FrameError, readHeader, splitFrames } from "../../../protocol/frame/header.ts";
import type { LeftOutPart } from "../../../protocol/json/part-fault.ts";
import type { PointFault } from "../../../protocol/json/point-error.ts";
import { rowsOfJson } from "../../../protocol/json/points.ts";
import { PROBLEM_CODES, Problem } from "../../../protocol/problem.ts";
import { sequenceFault } from "../../../protocol/publisher-number.ts";
import { readFrames } from "../../../worker/http/publish/published-frames.ts";
import { bytesOf } from "../../vectors/layout.ts";
import {
  type BlockVector,
  bodyVectors,
  type ColumnVector,
  frameVectors,
  pointsVectors,
  refusedFrameVectors,
  vectorText,
} from "../../vectors/read.ts";
import { vectorFiles } from "../../vectors/write.ts";

test("the files of vectors are those that write.ts writes", () => {
  for (const [file, text] of vectorFiles()) {
    assert.ok(text === vectorText(file), `${file} is not up to date: node test/vectors/write.ts`);
  }
});

test("each vector has a name of its own", () => {
  for (const vectors of [frameVectors(), refusedFrameVectors(), bodyVectors(), pointsVectors()]) {
    assert.equal(new Set(vectors.map(({ name }) => name)).size, vectors.length);
  }
});

test("[FR4] there is a vector for each code of a frame", () => {
  const codes = new Set([...refusedFrameVectors(), ...bodyVectors()].map(({ code }) => code));
  for (const code of PROBLEM_CODES.filter((each) => each.startsWith("frame-"))) assert.ok(codes.has(code), code);
});

for (const vector of frameVectors()) {
  test(`[${vector.rule}] vector: ${vector.name}`, () => {
    const frame = checkFrame(bytesOf(vector.hex));
    const { bodyBytes: _, ...header } = frame.header;
    assert.deepEqual(header, vector.header);
    assert.deepEqual(labelsOf(frame), vector.blocks.filter(isLabels).map(labelsMeant));
    assert.deepEqual(blocksOf(frame), vector.blocks.filter((block) => !isLabels(block)).map(blockMeant));
    const points = [...pointsOf(frame)].map(({ series, x, y, text }) => [
      series,
      x,
      y,
      ...(text === undefined ? [] : [text]),
    ]);
    assert.equal(points.length, vector.header.points);
    if (vector.points !== undefined) assert.deepEqual(points, vector.points);
  });
}

type LabelsVector = Extract<BlockVector, { kind: "labels" }>;

function isLabels(block: BlockVector): block is LabelsVector {
  return block.kind === "labels";
}

function labelsMeant({ series, style, labels }: LabelsVector): unknown {
  // A Map takes -0 for 0, and so does whoever looks a value's name up.
  return [series, { style, texts: new Map(labels) }];
}

function labelsOf({ labels }: Frame): unknown[] {
  return [...labels];
}

function blocksOf({ blocks }: Frame): unknown[] {
  return blocks.map((block) =>
    block.kind === "gap"
      ? block
      : { ...block, x: [...block.x], columns: block.columns.map(({ name, y }) => ({ name, y: [...y] })) },
  );
}

function blockMeant(block: BlockVector): unknown {
  if (block.kind !== "table") return block;
  const { kind, arrival, x, series } = block;
  return { kind, arrival, x: valuesOf(x), columns: series.map((each) => ({ name: each.name, y: valuesOf(each) })) };
}

function valuesOf({ values }: ColumnVector): number[] {
  if (Array.isArray(values)) return values.map((value) => value ?? Number.NaN);
  return Array.from({ length: values.rows }, (_, i) => values.start + i * values.step);
}

for (const { name, code, hex } of refusedFrameVectors()) {
  test(`[FR4] vector: ${name} is refused with ${code}`, () => {
    assert.throws(
      () => readFrames(bytesOf(hex)),
      (error) => error instanceof FrameError && error.code === code && error.message !== "",
    );
  });
}

for (const { name, rule, hex, lastNumber, frames, code } of bodyVectors()) {
  test(`[${rule}] vector: ${name}`, () => {
    const body = bytesOf(hex);
    assert.equal(codeOf(body, lastNumber), code);
    if (code === undefined) assert.equal(splitFrames(body).length, frames);
  });
}

const ARRIVED_AT = 1_700_000_000.25;

for (const { name, rule, text, topic = "", points, leftOut = {}, code } of pointsVectors()) {
  test(`[${rule}] vector: ${name}`, () => {
    const counts: Record<string, number> = {};
    const count = ({ reason, count }: LeftOutPart): void => {
      counts[reason] = (counts[reason] ?? 0) + count;
    };
    const read = (): unknown[] =>
      rowsOfJson(text, { arrivedAt: ARRIVED_AT, topic, leftOut: count }).flatMap(({ x, arrival, names, values }) => {
        assert.equal(x === ARRIVED_AT, arrival);
        return names.map((series, i) => [series, arrival ? null : x, values[i]]);
      });
    if (code !== undefined) assert.throws(read, { name: "PointError", code });
    else
      assert.deepEqual(
        read(),
        points?.map(([series, x, y]) => [series, x, y ?? Number.NaN]),
      );
    assert.deepEqual(counts, leftOut);
  });
}

test("[PT7] there is a vector for each reason against points", () => {
  const codes = new Set(pointsVectors().map(({ code }) => code));
  const reasons: Record<PointFault, true> = {
    "not-json": true,
    "no-number": true,
    "not-finite": true,
    "time-not-a-number": true,
    "columns-differ": true,
    "too-deep": true,
    "series-name-invalid": true,
  };
  for (const reason of Object.keys(reasons)) assert.ok(codes.has(reason), reason);
});

/** With what code a body is refused. What a publisher's last number is, the Channel knows: it checks the first with that. */
function codeOf(body: Uint8Array, lastNumber: number | null): string | undefined {
  try {
    readFrames(body);
  } catch (error) {
    assert.ok(error instanceof FrameError || error instanceof Problem, String(error));
    return error.code;
  }
  const fault = sequenceFault(lastNumber ?? undefined, readHeader(body).publisherSeq);
  return fault === undefined ? undefined : "frame-sequence";
}

/** Gaps that are told in a frame, to whoever gets nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { concat } from "../../../../protocol/bytes.ts";
import { decodeFrame, gapsOf, pointsOf } from "../../../../protocol/frame/frame.ts";
import { numberFrame, readHeader, splitFrames } from "../../../../protocol/frame/header.ts";
import { withGaps } from "../../../../protocol/frame/with-gaps.ts";
import { MAX_FRAME_BYTES } from "../../../../protocol/limits.ts";
import { bulkyFrame, frameOf } from "../../../support/publish.ts";

const A = "00000000000000aa";
const GAPS = [
  { reason: "trimmed", points: 3, series: "" },
  { reason: "publisher-dropped", points: null, series: "y" },
];

test("[TR5g] gaps stand before everything that a frame has, and nothing else of it changes", () => {
  const frames = [frameOf(A, 1, [1, 2]), frameOf(A, 2, [3])];
  for (const [i, frame] of frames.entries()) numberFrame(frame, 5, 10 + i);
  const [first, second] = splitFrames(withGaps(concat(frames), GAPS) ?? assert.fail());
  assert.ok(first !== undefined && frames[0] !== undefined);
  assert.deepEqual(second, frames[1]);
  const { bodyBytes: _, ...header } = readHeader(first);
  const { bodyBytes: __, ...before } = readHeader(frames[0]);
  assert.deepEqual(header, before);
  assert.deepEqual(
    gapsOf(first).map(({ reason, points, series }) => ({ reason, points, series })),
    GAPS,
  );
  assert.deepEqual([...pointsOf(decodeFrame(first))], [...pointsOf(decodeFrame(frames[0]))]);
});

test("[TR5g] a frame that has no room is passed over", () => {
  const full = bulkyFrame(A, 1, 8184);
  assert.ok(full.byteLength > MAX_FRAME_BYTES - 88);
  assert.equal(withGaps(full, GAPS), undefined);
  const [first, second] = splitFrames(withGaps(concat([full, frameOf(A, 2, [3])]), GAPS) ?? assert.fail());
  assert.deepEqual([first?.byteLength, gapsOf(second ?? assert.fail()).length], [full.byteLength, 2]);
});

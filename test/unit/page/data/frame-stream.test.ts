/** Frames out of pieces of a body. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FrameStream } from "../../../../page/data/frame-stream.ts";
import { decodeFrame } from "../../../../protocol/frame/frame.ts";
import { frameOf } from "../../../support/publish.ts";

const PUBLISHER = "00000000000000aa";
const count = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test("[PG14] frames come whole out of pieces, whichever byte these were cut at", () => {
  const frames = [frameOf(PUBLISHER, 1, [1, 2.5, 3]), frameOf(PUBLISHER, 2, [4]), frameOf(PUBLISHER, 3, [1e300, 6, 7])];
  const bytes = Buffer.concat(frames);
  const through = (cuts: number[]): Uint8Array[] => {
    const stream = new FrameStream();
    const edges = [0, ...cuts, bytes.length];
    const out = edges.slice(1).flatMap((to, i) => stream.take(new Uint8Array(bytes.subarray(edges[i], to))));
    assert.ok(stream.isWhole);
    return out;
  };
  const expected = frames.map((frame) => decodeFrame(frame));
  for (let cut = 0; cut <= bytes.length; cut++) assert.deepEqual(through([cut]).map(decodeFrame), expected);
  assert.deepEqual(through(count(1, bytes.length - 1)).map(decodeFrame), expected);
  fc.assert(
    fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
      assert.deepEqual(through(cuts.sort((a, b) => a - b)).map(decodeFrame), expected);
    }),
  );
});

test("[PG14] what is no frame is refused, and what is cut short is not whole", () => {
  assert.throws(() => new FrameStream().take(new TextEncoder().encode("<!doctype html>".repeat(10))), {
    code: "frame-magic",
  });
  const stream = new FrameStream();
  stream.take(frameOf(PUBLISHER, 1, [1]).subarray(0, 70));
  assert.equal(stream.isWhole, false);
});

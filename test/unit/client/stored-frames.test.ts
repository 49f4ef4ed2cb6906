/** Frames out of pieces of a body. */
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import { framesIn } from "../../../client/stored-frames.ts";
import { decodeFrame, type Frame } from "../../../protocol/frame/frame.ts";
import { frameOf } from "../../support/publish.ts";

const PUBLISHER = "00000000000000aa";
const count = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

async function decoded(pieces: Uint8Array[]): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of framesIn(Readable.from(pieces))) frames.push(decodeFrame(frame));
  return frames;
}

test("[PG14] frames come whole out of pieces, whichever byte these were cut at", async () => {
  const frames = [frameOf(PUBLISHER, 1, [1, 2.5, 3]), frameOf(PUBLISHER, 2, [4]), frameOf(PUBLISHER, 3, [1e300, 6, 7])];
  const bytes = Buffer.concat(frames);
  const through = async (cuts: number[]): Promise<Frame[]> => {
    const edges = [0, ...cuts, bytes.length];
    return decoded(edges.slice(1).map((to, i) => new Uint8Array(bytes.subarray(edges[i], to))));
  };
  const expected = frames.map((frame) => decodeFrame(frame));
  for (let cut = 0; cut <= bytes.length; cut++) assert.deepEqual(await through([cut]), expected);
  assert.deepEqual(await through(count(1, bytes.length - 1)), expected);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(bytes.length), { size: "max", maxLength: 60 }), async (cuts) => {
      assert.deepEqual(await through(cuts.sort((a, b) => a - b)), expected);
    }),
  );
});

test("[PG14] what is no frame, or ends within one, is refused", async () => {
  await assert.rejects(decoded([new TextEncoder().encode("<!doctype html>".repeat(10))]), { code: "frame-magic" });
  for (const length of [1, 63, 70]) {
    await assert.rejects(decoded([frameOf(PUBLISHER, 1, [1]).subarray(0, length)]), { code: "frame-truncated" });
  }
});

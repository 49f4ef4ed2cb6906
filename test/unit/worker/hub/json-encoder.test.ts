/** The texts that are kept for viewers that are behind, and how much they take. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { numberFrame } from "../../../../protocol/frame/header.ts";
import { JsonEncoder } from "../../../../worker/hub/json-encoder.ts";
import { frameOf } from "../../../support/publish.ts";

const A = "00000000000000aa";
const POINTS = 8000;

test("[VW4g] kept batches take 1 MiB, and the newest more if it does, though their texts are made later", () => {
  const encoder = new JsonEncoder();
  // Of 136 bytes: all of them are kept at first.
  const frames = Array.from({ length: 40 }, (_, i) => frameOf(A, i + 1, Array<number>(POINTS).fill(1)));
  for (const [i, frame] of frames.entries()) {
    numberFrame(frame, 1, (i + 1) * POINTS);
    encoder.encode([frame]);
  }
  // A viewer goes through what is kept.
  for (let seq = 0; seq < frames.length * POINTS; seq += POINTS) {
    const batch = encoder.batchAfter({ epoch: 1, seq });
    if (batch !== undefined) assert.equal([...batch.textsAfter(seq)].length, POINTS);
  }
  const kept = frames
    .map((_, i) => encoder.batchAfter({ epoch: 1, seq: i * POINTS }))
    .filter((batch) => batch !== undefined);
  const bytes = [...new Set(kept)].reduce((sum, batch) => sum + batch.keptBytes, 0);
  const largest = Math.max(...kept.map((batch) => batch.keptBytes));
  assert.ok(kept.length > 0 && bytes <= 1024 * 1024 + largest, `${bytes} bytes in ${kept.length} batches`);
});

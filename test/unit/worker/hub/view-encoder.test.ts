/** The texts that are kept for viewers that are behind, and how much they take. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameBuilder } from "../../../../protocol/frame/frame-builder.ts";
import { numberFrame } from "../../../../protocol/frame/header.ts";
import { PLAIN_JSON } from "../../../../worker/hub/text-view.ts";
import { ViewEncoder } from "../../../../worker/hub/view-encoder.ts";
import { frameOf, rowOf } from "../../../support/publish.ts";

const A = "00000000000000aa";
const POINTS = 8000;

test("[VW4g] kept batches take 1 MiB, and the newest more if it does, though their texts are made later", () => {
  const encoder = new ViewEncoder();
  // Of 136 bytes: all of them are kept at first.
  const frames = Array.from({ length: 40 }, (_, i) => frameOf(A, i + 1, Array<number>(POINTS).fill(1)));
  for (const [i, frame] of frames.entries()) {
    numberFrame(frame, 1, (i + 1) * POINTS);
    encoder.encode([frame], PLAIN_JSON);
  }
  // A viewer goes through what is kept.
  for (let seq = 0; seq < frames.length * POINTS; seq += POINTS) {
    const batch = encoder.batchAfter({ epoch: 1, seq }, PLAIN_JSON);
    if (batch !== undefined) assert.equal([...batch.textsAfter(seq)].length, POINTS);
  }
  const kept = frames
    .map((_, i) => encoder.batchAfter({ epoch: 1, seq: i * POINTS }, PLAIN_JSON))
    .filter((batch) => batch !== undefined);
  const bytes = [...new Set(kept)].reduce((sum, batch) => sum + batch.keptBytes, 0);
  const largest = Math.max(...kept.map((batch) => batch.keptBytes));
  assert.ok(kept.length > 0 && bytes <= 1024 * 1024 + largest, `${bytes} bytes in ${kept.length} batches`);
});

test("[TR2j] what is missing behind the last point of a frame stands before it, so that whoever has that point knows of it", () => {
  const builder = new FrameBuilder();
  builder.add(rowOf(1, { y: 1 }));
  builder.add(rowOf(2, { y: 2 }));
  builder.addGap({ kind: "gap", reason: "bridge-full", points: 3, fromX: null, toX: null, series: "" });
  const frame = builder.encode(A, 1);
  numberFrame(frame, 7, 12);
  const batch = new ViewEncoder().encode([frame], { writing: "json", ids: true, series: [] });
  assert.deepEqual(
    [...batch.textsAfter(0)].map(({ seq, gaps, text }) => [seq, ...gaps, text]),
    [
      [11, '{"id":"7:11","x":1,"y":1}'],
      [12, '{"id":"7:11","gap":"bridge-full","points":3}', '{"id":"7:12","x":2,"y":2}'],
    ],
  );
});

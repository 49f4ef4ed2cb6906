import assert from "node:assert/strict";
import { it } from "node:test";
import { Collector } from "../../../../../client/publish/collect/collector.ts";
import { decodeFrame, pointsOf } from "../../../../../protocol/frame/frame.ts";
import { readHeader, splitFrames } from "../../../../../protocol/frame/header.ts";
import { MAX_BODY_BYTES } from "../../../../../protocol/limits.ts";
import { rowOf } from "../../../../support/publish.ts";

function collector(maxFrames?: number): { collected: Collector; dropped: () => number } {
  let dropped = 0;
  const collected = new Collector({
    publisher: "00000000000000aa",
    maxBytes: 2 ** 20,
    ...(maxFrames === undefined ? {} : { maxFrames }),
    fullReason: "publisher-full",
    lost: (_, points) => {
      dropped += points;
    },
  });
  return { collected, dropped: () => dropped };
}

/** What a body has: each frame's number with its values. */
function shown({ body }: { body: Uint8Array }): [number, number[]][] {
  return splitFrames(body).map((frame) => [
    readHeader(frame).publisherSeq,
    [...pointsOf(decodeFrame(frame))].map(({ y }) => y),
  ]);
}

it("[CL8d] a farewell has what is in flight, then what waits, and is not said twice", () => {
  const { collected } = collector();
  collected.add([rowOf(1, { y: 1 })]);
  const batch = collected.take(MAX_BODY_BYTES);
  assert.ok(batch);
  assert.equal(collected.farewell(MAX_BODY_BYTES), undefined, "all of it is under way");
  collected.add([rowOf(2, { y: 2 })]);
  const farewell = collected.farewell(MAX_BODY_BYTES);
  assert.ok(farewell);
  assert.deepEqual(
    [shown(farewell), farewell.points],
    [
      [
        [1, [1]],
        [2, [2]],
      ],
      2,
    ],
  );
  assert.equal(collected.farewell(MAX_BODY_BYTES), undefined);
  // What comes after it has another number: of what was sent nothing changes.
  collected.add([rowOf(3, { y: 3 })]);
  collected.delivered(batch, { repeats: { last: 2, frames: "s" } });
  const again = collected.take(MAX_BODY_BYTES);
  assert.ok(again);
  assert.deepEqual(shown(again), [[2, [2]]]);
  collected.delivered(again, { repeats: { last: 2, frames: "s" } });
  const last = collected.take(MAX_BODY_BYTES);
  assert.ok(last);
  assert.deepEqual(shown(last), [[3, [3]]]);
});

it("[CL8d] of a farewell that does not fit the newest stays, and is as if it had not been sent", () => {
  const { collected } = collector();
  for (let i = 0; i < 20_000; i++) collected.add([rowOf(i + Math.random() / 2, { y: Math.random() })]);
  const farewell = collected.farewell(200_000);
  assert.ok(farewell);
  assert.equal(splitFrames(farewell.body).length, 1);
  assert.equal(collected.farewell(200_000), undefined, "it could only be said of what was sent");
  assert.equal(collected.farewell(100), undefined);
});

it("[CL9a] beyond a number of frames the oldest that were never sent are dropped", () => {
  const { collected, dropped } = collector(3);
  for (let i = 0; i < 5; i++) {
    collected.add([rowOf(i, { y: i })]);
    if (i < 2) assert.ok(collected.farewell(MAX_BODY_BYTES), "it closes a frame, and is in doubt from then on");
  }
  assert.equal(dropped(), 0);
  for (let i = 0; i < 40_000; i++) collected.add([rowOf(5 + i + Math.random() / 2, { y: Math.random() })]);
  assert.ok(dropped() > 0);
  assert.equal(collected.backlog.frames, 3);
  const batch = collected.take(MAX_BODY_BYTES);
  assert.ok(batch);
  assert.deepEqual(shown(batch), [
    [1, [0]],
    [2, [1]],
  ]);
});

/** Bodies of frames that are no frames of one publisher in their order, or too many at once. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { valuesIn } from "../../../../protocol/frame/frame.ts";
import { viewOf } from "../../../../protocol/frame/header.ts";
import { FRAME_TYPE } from "../../../../protocol/limits.ts";
import { startEdge } from "../../../support/edge.ts";
import { assertProblem } from "../../../support/problem.ts";
import {
  blankFrame,
  frameOf,
  frameOfRows,
  newChannel,
  post,
  publishFrames,
  rowOf,
  storedPoints,
} from "../../../support/publish.ts";
import { openViewer } from "../../../support/sockets.ts";

const [A, B, ANONYMOUS] = ["00000000000000aa", "00000000000000bb", "0000000000000000"];
const edge = await startEdge();
after(() => edge.close());

async function ys(channel: string): Promise<number[]> {
  return (await storedPoints(edge, channel)).map(({ y }) => y);
}

/** Each point's value is its frame's number. */
function numbered(publisher: string, numbers: readonly number[]): Uint8Array[] {
  return numbers.map((number) => frameOf(publisher, number, [number]));
}

async function assertRefused(
  channel: string,
  frames: readonly Uint8Array[],
  status: number,
  code: string,
): Promise<string> {
  const response = await post(edge, channel, Buffer.concat(frames), { "Content-Type": FRAME_TYPE });
  return (await assertProblem(response, status, code)).detail;
}

for (const numbers of [
  [13, 11, 14],
  [12, 11],
  [15, 15],
  [11, 12, 13, 12],
  [10, 9, 11],
  [9, 8, 10],
  [11, 10],
]) {
  test(`[CH4a] [CH4c] frames numbered ${numbers.join(", ")} in one body are refused, and none is taken or shown`, async () => {
    const channel = newChannel();
    await publishFrames(edge, channel, ...numbered(A, [8, 9, 10]));
    const viewer = await openViewer(edge.channelUrl(channel));
    await assertRefused(channel, numbered(A, numbers), 400, "frame-order");
    assert.deepEqual(await ys(channel), [8, 9, 10]);
    // Where the publisher stands has not changed.
    assert.equal((await publishFrames(edge, channel, ...numbered(A, [10, 11]))).duplicates, 1);
    assert.deepEqual(await ys(channel), [8, 9, 10, 11]);
    for (const y of [8, 9, 10, 11]) assert.equal(await viewer.nextMessage(`point ${y}`), `{"x":0,"y":${y}}`);
    await viewer.close();
  });
}

test("[CH4d] anonymous frames have no order: their numbers may be any", async () => {
  const channel = newChannel();
  assert.equal((await publishFrames(edge, channel, ...numbered(ANONYMOUS, [3, 1, 1, 0, 2 ** 53 - 1]))).seq, 5);
  assert.deepEqual(await ys(channel), [3, 1, 1, 0, 2 ** 53 - 1]);
});

test("[CH13a] a named publisher has no frame number 0", async () => {
  const channel = newChannel();
  await assertRefused(channel, numbered(A, [0]), 400, "frame-sequence");
  await assertRefused(channel, numbered(A, [0, 1]), 400, "frame-sequence");
  assert.deepEqual(await ys(channel), []);
  assert.equal((await publishFrames(edge, channel, ...numbered(A, [1]))).seq, 1);
});

for (const [field, at] of [
  ["seq", 24],
  ["epoch", 32],
] as const) {
  test(`[CH13d] a frame whose ${field} is set already is refused, named or anonymous, first in its body or last`, async () => {
    const channel = newChannel();
    for (const publisher of [A, ANONYMOUS]) {
      const [first = new Uint8Array(), last = new Uint8Array()] = numbered(publisher, [1, 2]);
      for (const frame of [first, last]) {
        viewOf(frame).setUint32(at, 1, true);
        await assertRefused(channel, [first, last], 400, "frame-sequence");
        viewOf(frame).setUint32(at, 0, true);
      }
    }
    assert.deepEqual(await ys(channel), []);
  });
}

for (const [when, lose] of [
  ["at once", async () => {}],
  ["after eviction", (channel: string) => edge.evict(channel)],
] as const) {
  test(`[CH13c] a publisher begins with 4503599627370496 (2^52) at most, ${when}`, async () => {
    const channel = newChannel();
    await publishFrames(edge, channel, frameOf(B, 1, [0]));
    await lose(channel);
    for (const number of [4_503_599_627_370_497, 9_007_199_254_740_991]) {
      await assertRefused(channel, numbered(A, [number]), 400, "frame-sequence");
    }
    await publishFrames(edge, channel, ...numbered(A, [4_503_599_627_370_496]));
    assert.deepEqual(await ys(channel), [0, 4_503_599_627_370_496]);
  });

  test(`[CH13b] a publisher's number grows by 562949953421312 (2^49) at most, ${when}`, async () => {
    const channel = newChannel();
    await publishFrames(edge, channel, ...numbered(A, [7]));
    await lose(channel);
    for (const numbers of [[562_949_953_421_320], [7, 562_949_953_421_320], [9_007_199_254_740_991]]) {
      await assertRefused(channel, numbered(A, numbers), 400, "frame-sequence");
    }
    // Whoever tried that has silenced nobody.
    await publishFrames(edge, channel, ...numbered(A, [8]));
    await publishFrames(edge, channel, ...numbered(A, [562_949_953_421_320]));
    assert.deepEqual(await ys(channel), [7, 8, 562_949_953_421_320]);
  });
}

test("[CH13b] within a body a publisher's number grows by 562949953421312 (2^49) at most, too", async () => {
  const channel = newChannel();
  await assertRefused(channel, numbered(A, [1, 2, 562_949_953_421_315]), 400, "frame-sequence");
  assert.deepEqual(await ys(channel), []);
  await publishFrames(edge, channel, ...numbered(A, [1, 2, 562_949_953_421_314]));
  assert.deepEqual(await ys(channel), [1, 2, 562_949_953_421_314]);
});

/** 8,000 points in some 150 bytes, or fewer. */
function constantFrame(number: number, points = 8000): Uint8Array {
  return frameOfRows(
    A,
    number,
    Array.from({ length: points }, (_, x) => rowOf(x, { y: 0 })),
  );
}

test("[CH14a] [CH14c] a body has 131,072 points at most", async () => {
  const channel = newChannel();
  const full = Array.from({ length: 16 }, (_, i) => constantFrame(i + 1));
  const detail = await assertRefused(channel, [...full, constantFrame(17, 3073)], 413, "body-too-large");
  assert.match(detail, /131072 points/);
  assert.deepEqual(await ys(channel), []);
  assert.equal((await publishFrames(edge, channel, ...full, constantFrame(17, 3072))).seq, 131_072);
});

test("[FR8a] [FR8c] a body of frames of 224 bytes, one point and 16,382 values each is refused whole", async () => {
  const channel = newChannel();
  const frames = Array.from({ length: 64 }, (_, i) => blankFrame(A, i + 1, 8190));
  assert.deepEqual([frames[0]?.length, frames[0] && valuesIn(frames[0])], [224, 16_382]);
  assert.match(await assertRefused(channel, frames, 400, "frame-column"), /finite/);
  assert.deepEqual(await ys(channel), []);
});

test("[BAD1] the Worker logged no error of its own all the while", () => assert.deepEqual(edge.logs, []));

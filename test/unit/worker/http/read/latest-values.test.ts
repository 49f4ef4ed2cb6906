/** How far metrics look back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { numberFrame } from "../../../../../protocol/frame/header.ts";
import type { ReadChannel } from "../../../../../worker/channel/log/slice.ts";
import { latestValues } from "../../../../../worker/http/read/latest-values.ts";
import { readQuery } from "../../../../../worker/http/read/read-query.ts";
import { frameOf } from "../../../../support/publish.ts";

/** A channel of a hundred slices, each a frame of one point of `y`, with so many series. */
function channelOf(seriesCount: number): { channel: ReadChannel; slices: () => number } {
  let count = 0;
  const slice = (seq: number) => {
    count++;
    const frames = frameOf("00000000000000aa", seq, [seq], seq);
    numberFrame(frames, 1, seq);
    return { frames, from: seq - 1, to: seq, isLast: seq === 1 };
  };
  const channel: ReadChannel = {
    openRead: async () => ({ kind: "opened", epoch: 1, seq: 100, first: slice(100), seriesCount, pauseMs: 0 }),
    slice: async ({ through }) => ({ kind: "slice", ...slice(through), pauseMs: 0 }),
    closeRead: async () => {},
  };
  return { channel, slices: () => count };
}

for (const [series, slices] of [
  [1, 1],
  [2, 16],
] as const) {
  test(`[RT13c] of a channel of ${series} series, one of which is found, ${slices} slices are looked at`, async () => {
    const channel = channelOf(series);
    const query = readQuery(new URLSearchParams(), "times", 0);
    const values = await latestValues(channel.channel, query, "192.0.2.1", async () => true);
    assert.deepEqual([...values], [["y", { x: 100, y: 100 }]]);
    assert.equal(channel.slices(), slices);
  });
}

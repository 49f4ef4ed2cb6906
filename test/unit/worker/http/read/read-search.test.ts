/** How long a read may look for points: while it writes nothing, nobody learns that its client has gone. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { SeriesFilter } from "../../../../../protocol/series-filter.ts";
import type { ReadChannel, SliceRequest } from "../../../../../worker/channel/log/slice.ts";
import { startOf } from "../../../../../worker/http/read/last-points.ts";
import { ReadCut, StoredRead } from "../../../../../worker/http/read/stored-read.ts";

const NUMBERS = { after: 0, through: Number.MAX_SAFE_INTEGER };
const RANGE = { fromX: Number.NEGATIVE_INFINITY, toX: Number.POSITIVE_INFINITY };

/** A channel of a hundred slices in which nothing is found; each takes so long. */
function emptyHanded(t: TestContext, sliceMs: number) {
  const seen = { slices: 0, closed: 0 };
  const slice = (through: number) => ({
    frames: new Uint8Array(0),
    from: through - 1,
    to: through,
    isLast: through === 1,
  });
  const channel: ReadChannel = {
    openRead: async () => ({ kind: "opened", epoch: 1, seq: 100, first: slice(100), pauseMs: 0 }),
    slice: async ({ direction, after, through }: SliceRequest) => {
      seen.slices++;
      t.mock.timers.setTime(Date.now() + sliceMs);
      return { kind: "slice", ...slice(direction === "backward" ? through : after + 1), pauseMs: 0 };
    },
    closeRead: async () => void seen.closed++,
  };
  return { channel, seen };
}

test("[RD2f] a read that looks for the next point for longer than 30 s is cut", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
  const { channel, seen } = emptyHanded(t, 10_000);
  const read = await StoredRead.open(channel, {
    address: "a",
    direction: "backward",
    ...NUMBERS,
    points: 1,
    range: RANGE,
    series: [],
  });
  const slices = async (): Promise<void> => {
    for await (const _ of read.backward()) if (seen.slices === 4) read.awaited();
  };
  // The fourth slice is asked for at 30,000 ms; then a part of the answer is taken, and there are four more.
  await assert.rejects(slices, (error) => error instanceof ReadCut && error.reason === "too-long");
  assert.equal(seen.slices, 8);
  await read.close();
});

test("[RD3a] where no point is found nothing is read again, and the read gives its place back at once", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 2_000_000 });
  const { channel, seen } = emptyHanded(t, 100);
  const read = await StoredRead.open(channel, {
    address: "b",
    direction: "backward",
    ...NUMBERS,
    points: 1,
    range: RANGE,
    series: [],
  });
  const after = await startOf(read, {
    ...RANGE,
    ...NUMBERS,
    series: new SeriesFilter(["none"]),
    points: 1,
    text: false,
  });
  assert.equal(after, 100);
  assert.equal(seen.slices, 99);
  assert.equal(seen.closed, 1);
});

test("[AC10j] [RD2f] a read is cut before the next slice once what let it in counts no more", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 2_500_000 });
  const { channel, seen } = emptyHanded(t, 1);
  const request = { address: "d", direction: "backward", ...NUMBERS, points: 1, range: RANGE, series: [] } as const;
  const read = await StoredRead.open(channel, request, async () => seen.slices < 3);
  const slices = async (): Promise<void> => {
    for await (const _ of read.backward());
  };
  await assert.rejects(slices, (error) => error instanceof ReadCut && error.reason === "access-ended");
  assert.equal(seen.slices, 3);
  await read.close();
  assert.equal(seen.closed, 1);
});

test("[RD3e] a read asks for the next slice when the channel said it may", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 3_000_000 });
  const { channel, seen } = emptyHanded(t, 1);
  const paused: ReadChannel = {
    ...channel,
    openRead: async (request) => ({ ...(await channel.openRead(request)), pauseMs: 60 }),
  };
  const read = await StoredRead.open(paused, {
    address: "c",
    direction: "backward",
    ...NUMBERS,
    points: 1,
    range: RANGE,
    series: [],
  });
  const beganAt = performance.now();
  const slices = read.backward();
  await slices.next();
  assert.equal(seen.slices, 0, "the first came with the opening");
  await slices.next();
  assert.equal(seen.slices, 1);
  assert.ok(performance.now() - beganAt > 55);
  await read.close();
});

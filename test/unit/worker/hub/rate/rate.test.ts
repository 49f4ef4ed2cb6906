/** Viewers with `max_rate`, on a hub: what they get follows from the log alone, however it comes to them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Cursor } from "../../../../../protocol/cursor.ts";
import { decodeFrame, pointsOf } from "../../../../../protocol/frame/frame.ts";
import { readHeader, splitFrames } from "../../../../../protocol/frame/header.ts";
import { isObject } from "../../../../../protocol/json/json.ts";
import { keptPoints } from "../../../../../worker/hub/rate/kept-points.ts";
import { StretchSplitter, stretchMs, type TakenFrames } from "../../../../../worker/hub/rate/stretches.ts";
import type { View } from "../../../../../worker/hub/text-view.ts";
import { type FakeSocket, HubOnRing } from "../../../../support/hub-viewers.ts";
import { frameOf, frameOfRows, rowOf } from "../../../../support/publish.ts";

const A = "00000000000000aa";
const MAX_RATE = 10;
const LENGTH_MS = stretchMs(MAX_RATE);
const TEXT: View = { writing: "json", ids: true, series: [], maxRate: MAX_RATE };
const FRAMES: View = { writing: "frames", ids: false, series: [], maxRate: MAX_RATE };
const START_MS = 1_800_000_000_000;

/** What the rule gives of all that was taken, as numbers. */
function expected(takings: readonly TakenFrames[], untilMs: number): number[] {
  const splitter = new StretchSplitter(LENGTH_MS, undefined, true);
  const stretches = [...takings.flatMap((taken) => splitter.add(taken)), ...splitter.endedBy(untilMs)];
  return stretches
    .flatMap((stretch) => [...keptPoints(stretch, { maxRate: MAX_RATE, has: () => true })])
    .sort((a, b) => a - b);
}

const seqsOf = (socket: FakeSocket): number[] =>
  socket.texts.map((text) => {
    const message: unknown = JSON.parse(text);
    assert.ok(isObject(message) && typeof message.id === "string");
    return Number(message.id.split(":")[1]);
  });

/** Takings at random times, each a frame or two. */
const takingsOf = fc.array(
  fc.record({
    pauseMs: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 900 })),
    points: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 2 }),
    what: fc.constantFrom("publish", "publish", "publish", "publish", "evict", "alarm", "resume"),
  }),
  { minLength: 1, maxLength: 40 },
);

test("[VW22] live, from the log, after evictions, alarms, cuts anywhere: what comes is the same, each once", async () => {
  await fc.assert(
    fc.asyncProperty(takingsOf, fc.integer({ min: 1, max: 20 }), async (steps, cutEvery) => {
      const ring = new HubOnRing();
      ring.log.takenAtMs = null;
      let socket = await ring.join("json", undefined, undefined, "", undefined, TEXT);
      const seen: number[] = [];
      const takings: TakenFrames[] = [];
      let [atMs, n] = [START_MS, 0];
      const resume = async (): Promise<void> => {
        const got = seqsOf(socket);
        // The line was cut, and of the last some never came.
        const kept = got.length === 0 ? [] : got.slice(0, Math.max(0, got.length - (n % cutEvery)));
        seen.push(...kept);
        ring.hub.leave(socket);
        const cursor: Cursor = { epoch: ring.log.position.epoch, seq: seen.at(-1) ?? 0 };
        socket = await ring.join("json", { kind: "resume", cursor }, undefined, "", undefined, TEXT);
      };
      for (const { pauseMs, points, what } of steps) {
        atMs += pauseMs;
        if (what === "evict") ring.evict(socket);
        if (what === "resume") await resume();
        if (what === "alarm") {
          ring.nowMs = atMs;
          await ring.alarm();
        }
        atMs++;
        const { seq: after } = ring.log.position;
        const frames = points.map((count) => {
          const x = atMs / 1000;
          n++;
          return frameOfRows(
            A,
            n,
            Array.from({ length: count }, (_, i) => rowOf(x + i / 100, { y: (7919 * (n + i)) % 101 })),
          );
        });
        await ring.publishAt(atMs, ...frames);
        takings.push({ after, seq: ring.log.position.seq, atMs, frames });
      }
      ring.nowMs = atMs + 1000;
      for (let i = 0; i < 20; i++) await ring.alarm();
      seen.push(...seqsOf(socket));
      assert.deepEqual(seen, expected(takings, ring.nowMs));
    }),
    { numRuns: 150 },
  );
});

test("[VW22] a viewer of frames gets the same points, with the number of the frame that was taken", async () => {
  const ring = new HubOnRing();
  const socket = await ring.join("frames", undefined, undefined, "", undefined, FRAMES);
  const takings: TakenFrames[] = [];
  for (let n = 1; n <= 200; n++) {
    const atMs = START_MS + 10 * n;
    const frame = frameOfRows(A, n, [rowOf(atMs / 1000, { y: (7919 * n) % 101, z: n })]);
    await ring.publishAt(atMs, frame);
    takings.push({ after: 2 * n - 2, seq: 2 * n, atMs, frames: [frame] });
  }
  ring.nowMs = START_MS + 10_000;
  await ring.alarm();
  const frames = socket.sent.filter((message) => typeof message !== "string").flatMap((bytes) => splitFrames(bytes));
  const points = frames.flatMap((frame) => [...pointsOf(decodeFrame(frame))]);
  assert.equal(points.length, expected(takings, ring.nowMs).length);
  assert.ok(points.length < 2 * 10 * 2 + 2 * 6, `${points.length}`);
  assert.deepEqual(points.at(-1), { series: "z", x: START_MS / 1000 + 2, y: 200 });
  assert.equal(readHeader(frames.at(-1) ?? assert.fail()).seq, 400);
});

test("[VW22] a point that comes alone comes at once, without an alarm", async () => {
  const ring = new HubOnRing();
  const socket = await ring.join("json", undefined, undefined, "", undefined, TEXT);
  for (let n = 1; n <= 3; n++) {
    await ring.publishAt(START_MS + 2000 * n, frameOf(A, n, [n]));
    assert.equal(socket.sent.length, n);
    // Silence is looked for once in five minutes.
    assert.ok((ring.hub.alarmInMs(ring.nowMs) ?? 0) > 60_000);
  }
});

test("[VW22] what is held back when nothing more comes is brought by an alarm, once, a second later at least", async () => {
  const ring = new HubOnRing();
  const socket = await ring.join("json", undefined, undefined, "", undefined, TEXT);
  for (let n = 1; n <= 5; n++) await ring.publishAt(START_MS + 10 * n, frameOf(A, n, [n]));
  assert.deepEqual(seqsOf(socket), [1]);
  assert.equal(ring.hub.alarmInMs(ring.nowMs), 1000);
  ring.nowMs += 1000;
  await ring.alarm();
  assert.deepEqual(
    seqsOf(socket),
    [1, 2, 3, 4, 5].filter((seq) => seq === 1 || seq === 2 || seq === 5),
  );
  assert.ok((ring.hub.alarmInMs(ring.nowMs) ?? 0) > 60_000);
});

test("[VW22] `live` says up to where everything was sent, and who comes back with that lacks nothing", async () => {
  const ring = new HubOnRing();
  for (let n = 1; n <= 5; n++) await ring.publishAt(START_MS + 10 * n, frameOf(A, n, [n]));
  const socket = await ring.join("frames", undefined, undefined, "", undefined, FRAMES);
  await ring.say(socket, { type: "continue", epoch: 1, seq: 1 });
  assert.deepEqual(socket.told("live"), ['{"type":"live","epoch":1,"seq":1}']);
});

test("[VW22] a hundred viewers of one rate are sent what is made once", async () => {
  const ring = new HubOnRing();
  const sockets = await Promise.all(
    Array.from({ length: 100 }, () => ring.join("frames", undefined, undefined, "", undefined, FRAMES)),
  );
  for (let n = 1; n <= 60; n++) await ring.publishAt(START_MS + 10 * n, frameOf(A, n, [n]));
  const sent = sockets.map((socket) => socket.sent.filter((message) => typeof message !== "string"));
  for (const [i, first] of (sent[0] ?? []).entries()) {
    for (const other of sent) assert.equal(other[i], first, "the same bytes");
  }
  assert.ok((sent[0]?.length ?? 0) > 0);
});

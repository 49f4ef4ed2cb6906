/** Viewers that are behind: who is sent what, when, and what it costs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readHeader, splitFrames } from "../../../../protocol/frame/header.ts";
import { CATCH_UP_BYTES } from "../../../../protocol/limits.ts";
import { FlushPace } from "../../../../worker/hub/flush-pace.ts";
import { AT_ONCE, SendBudget, TURN_UNITS, Turn } from "../../../../worker/hub/send-budget.ts";
import { PLAIN_JSON } from "../../../../worker/hub/text-view.ts";
import { FakeSocket, HubOnRing } from "../../../support/hub-viewers.ts";
import { bulkyFrame, frameOf } from "../../../support/publish.ts";

const A = "00000000000000aa";

/** The y of what a viewer of text was sent. */
function ysOf({ texts }: FakeSocket): number[] {
  return texts.map((text) => Number(/"y":([^}]+)}/.exec(text)?.[1]));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

test("[RD6f] the next alarm is a second later, then 2, 4 and 8 where nobody reads, and a second again", () => {
  const pace = new FlushPace();
  const intervals = [pace.intervalMs];
  for (const hasSent of [true, true, false, false, false, false, false, true]) {
    pace.alarmed(hasSent);
    intervals.push(pace.intervalMs);
  }
  assert.deepEqual(intervals, [1000, 1000, 1000, 2000, 4000, 8000, 8000, 8000, 1000]);
  for (const [publishes, intervalMs] of [
    [7, 1000],
    [8, 2000],
    [8, 4000],
    [0, 1000],
  ] as const) {
    for (let i = 0; i < publishes; i++) pace.published();
    pace.alarmed(true);
    assert.equal(pace.intervalMs, intervalMs, `after ${publishes} publishes`);
  }
});

test("[VW4b] [VW4c] what is sent of the log counts in units, and what a turn takes too much is paid back", () => {
  assert.deepEqual(AT_ONCE, { atOnce: 1024, perSecond: 4096 });
  assert.deepEqual(TURN_UNITS, { join: 512, publish: 128, alarm: 256 });
  const budget = new SendBudget(0);
  const turn = budget.turnAtOnce(512, 0) ?? assert.fail();
  turn.read();
  assert.equal(turn.left, 508);
  turn.sentFrames(32_768);
  turn.sentFrames(32_769);
  turn.decoded(1024);
  turn.decoded(1025);
  turn.sentText();
  assert.equal(turn.left, 501);
  for (let i = 0; i < 1024 - 11 - 1; i++) turn.sentText();
  assert.ok(budget.turnAtOnce(512, 0));
  turn.sentText();
  assert.equal(budget.turnAtOnce(512, 0), undefined);
  turn.sentFrames(4096 * 32_768);
  assert.equal(budget.turnAtOnce(512, 1000), undefined);
  assert.ok(budget.turnAtOnce(512, 1001));
  assert.equal(new Turn(5).left, 5);
});

test("[VW2] [VW4] a viewer that joins while frames are taken, and its batch is still read, has no hole and no repeat", async () => {
  const ring = new HubOnRing();
  for (let n = 1; n <= 3; n++) await ring.publish(frameOf(A, n, [n]));
  for (const format of ["json", "frames"] as const) {
    const before = ring.log.position.seq;
    const joining = ring.join(format, { kind: "tail", points: 2, seconds: 0 });
    for (let n = 1; n <= 5; n++) {
      await Promise.all([ring.publish(frameOf(A, before + n, [before + n])), new Promise((r) => setImmediate(r))]);
    }
    const socket = await joining;
    await ring.publish(frameOf(A, before + 6, [before + 6]));
    if (format === "json") assert.deepEqual(ysOf(socket), range(before - 1, before + 7));
    else {
      // Its batch is of the moment when it was asked for.
      assert.match(socket.texts.at(-1) ?? "", /"type":"behind"/);
      await ring.say(socket, (socket.texts.at(-1) ?? "").replace("behind", "continue"));
      const seqs = socket.sent.flatMap((message) =>
        typeof message === "string" ? [] : splitFrames(message).map((frame) => readHeader(frame).seq),
      );
      assert.deepEqual(seqs, range(before - 1, before + 7));
      assert.equal(socket.told("live").length, 1);
    }
  }
});

for (const [what, start] of [
  ["where a viewer begins", { kind: "tail", points: 2, seconds: 0 }],
  ["its first batch", { kind: "resume", cursor: { epoch: 1, seq: 0 } }],
] as const) {
  test(`[VW2] [CH8] ${what} is being read when the numbering ends: it is dropped, and the viewer goes on in the next`, async () => {
    const ring = new HubOnRing();
    await ring.publish(frameOf(A, 1, [1, 2, 3]));
    const joining = Promise.all([ring.join("frames", start), ring.join("json", start)]);
    ring.log.trim(1);
    ring.log.position = { epoch: 2, seq: 0 };
    ring.hub.resetEpoch();
    const [frames, json] = await joining;
    assert.deepEqual(json.sent, []);
    const types = frames.texts.map((text) => /"type":"([a-z]+)"/.exec(text)?.[1]);
    assert.deepEqual(types, ["hello", "gap", "live"]);
    assert.equal(frames.sent.length, 3);
    await ring.publish(frameOf(A, 2, [4]));
    const binary = frames.sent.filter((message) => typeof message !== "string");
    assert.deepEqual([ysOf(json), binary.length], [[4], 1]);
  });
}

test("[VW7f] an alarm, a publish and a viewer that asks on, all at once: what is stored is sent once", async () => {
  const ring = new HubOnRing();
  const socket = await ring.join("json");
  await ring.publish(frameOf(A, 1, range(0, 1500)));
  // As after an eviction: the texts are read again.
  ring.evict(socket);
  for (let i = 0; i < 5; i++) {
    ring.nowMs += 1000;
    await Promise.all([ring.alarm(), ring.publish(frameOf(A, 2 + i, [1500 + i])), ring.alarm()]);
  }
  await ring.alarm();
  assert.deepEqual(ysOf(socket), range(0, 1505));
});

for (const [what, microtasks] of [
  ["it is found where it begins", 0],
  ["its batch is read", 5],
] as const) {
  test(`[VW4] a viewer that leaves while ${what} is sent nothing more, and is waited for by nobody`, async () => {
    const ring = new HubOnRing();
    await ring.publish(bulkyFrame(A, 1, 8000), bulkyFrame(A, 2, 8000));
    await ring.join("json", { kind: "tail", points: 0, seconds: 0 });
    const socket = new FakeSocket();
    const joining = ring.join("json", { kind: "resume", cursor: { epoch: 1, seq: 0 } }, socket);
    for (let i = 0; i < microtasks; i++) await Promise.resolve();
    assert.equal(ring.log.reads, microtasks > 0 ? 1 : 0);
    ring.hub.leave(socket);
    await joining;
    assert.deepEqual([ring.hub.count, socket.sent.length], [1, 0]);
    assert.equal(ring.hub.alarmInMs(ring.nowMs), 300_000);
  });
}

test("[VW5c] of what is stored a viewer of text gets the last 10,000 points, and not 10,001", async () => {
  for (const [asked, first] of [
    [9_999, 2001],
    [10_000, 2000],
    [10_001, 2000],
  ] as const) {
    const ring = new HubOnRing();
    await ring.publish(frameOf(A, 1, range(0, 6000)), frameOf(A, 2, range(6000, 12_000)));
    const socket = await ring.join("json", { kind: "tail", points: asked, seconds: 0 });
    for (let i = 0; i < 50 && socket.sent.length < 12_000 - first; i++) {
      ring.nowMs += 1000;
      await ring.alarm();
    }
    assert.deepEqual(ysOf(socket), range(first, 12_000));
  }
});

test("[VW4g] [VW5] twenty viewers of text at twenty places in one frame: it is read once", async () => {
  const ring = new HubOnRing();
  await ring.publish(frameOf(A, 1, range(0, 8000)));
  const starts = range(1, 21);
  const sockets = await Promise.all(
    starts.map((i) => ring.join("json", { kind: "tail", points: 397 * i, seconds: 0 })),
  );
  for (let i = 0; i < 100; i++) {
    ring.nowMs += 1000;
    await ring.alarm();
  }
  sockets.forEach((socket, i) => {
    assert.deepEqual(ysOf(socket), range(8000 - 397 * (i + 1), 8000));
  });
  // All of them waited at once for the first; then the texts are kept.
  assert.ok(ring.log.reads <= 20, `${ring.log.reads} reads`);
  const before = ring.log.reads;
  await ring.join("json", { kind: "tail", points: 5000, seconds: 0 });
  assert.equal(ring.log.reads, before);
});

test("[VW5] who gets less of a publish goes on from there, without a read of the log", async () => {
  const ring = new HubOnRing();
  const socket = await ring.join("json");
  await ring.publish(frameOf(A, 1, range(0, 2000)));
  const atOnce = socket.sent.length;
  assert.ok(atOnce < 2000);
  for (let i = 0; i < 20; i++) await ring.alarm();
  assert.deepEqual(ysOf(socket), range(0, 2000));
  assert.equal(ring.log.reads, 0);
});

test("[VW4g] viewers of frames at one cursor share what is read of the log", async () => {
  const ring = new HubOnRing();
  await ring.publish(bulkyFrame(A, 1, 4000), bulkyFrame(A, 2, 4000));
  const sockets = await Promise.all(
    range(0, 10).map(() => ring.join("frames", { kind: "resume", cursor: { epoch: 1, seq: 0 } })),
  );
  assert.ok(sockets.every((socket) => socket.told("live").length === 1));
  assert.equal(ring.log.reads, 1);
});

test("[VW4d] [VW4e] [VW4f] a publish serves those that wait, those first that waited longest; and an alarm as long as they read", async () => {
  const ring = new HubOnRing();
  await ring.publish(frameOf(A, 1, range(0, 5000)));
  const [first, second] = [await ring.join("json"), await ring.join("json")];
  const readers = [first, second];
  for (const socket of readers) socket.reads = false;
  await ring.publish(frameOf(A, 2, range(5000, 9000)));
  for (const socket of readers) {
    socket.reads = true;
    socket.drain();
  }
  const sent = () => readers.map((socket) => socket.sent.length);
  const before = sent();
  ring.nowMs += 1000;
  await ring.publish(frameOf(A, 3, [9000]));
  const [afterFirst = 0, afterSecond = 0] = sent();
  // 128 units: the first text of a step is free.
  assert.deepEqual([afterFirst - (before[0] ?? 0), afterSecond - (before[1] ?? 0)], [129, 0]);
  await ring.publish(frameOf(A, 4, [9001]));
  assert.ok((sent()[1] ?? 0) > afterSecond);
  await ring.alarm();
  // At most 900 ms, 50 ms after each round.
  assert.ok(ring.pauses.length > 3 && ring.pauses.reduce((sum, ms) => sum + ms, 0) <= 900, ring.pauses.join());
  assert.ok(ring.pauses.every((ms) => ms >= 50));
});

test("[VW3d] a viewer that asks on gets a step, and one that has no room none until it has", async () => {
  const ring = new HubOnRing();
  for (let n = 1; n <= 3; n++) await ring.publish(bulkyFrame(A, n, 8000));
  const socket = await ring.join("frames", { kind: "resume", cursor: { epoch: 1, seq: 0 } });
  assert.deepEqual(socket.told("behind"), ['{"type":"behind","epoch":1,"seq":8000}']);
  // That message counts beside what waits.
  socket.bufferedAmount = 262_144 - CATCH_UP_BYTES - 1024 + 1;
  const binary = () => socket.sent.filter((message) => typeof message !== "string").length;
  await ring.say(socket, { type: "continue", epoch: 1, seq: 8000 });
  assert.equal(binary(), 1);
  await ring.publish(frameOf(A, 4, [1]));
  assert.equal(binary(), 1);
  socket.drain();
  await ring.alarm();
  assert.equal(binary(), 2);
  assert.equal(socket.told("behind").length, 2);
});

for (const [what, format, view] of [
  ["text", "json", undefined],
  ["a stream", "stream", { writing: "events", ids: true, series: [] }],
] as const) {
  test(`[VW5d] a body of many frames sends each of many viewers of ${what} one message, and 512 more to all together`, async () => {
    const ring = new HubOnRing();
    ring.log.append(frameOf(A, 1, [0]));
    const start = { kind: "tail", points: 0, seconds: 0 } as const;
    const viewers: FakeSocket[] = [];
    for (let i = 0; i < 100; i++)
      viewers.push(await ring.join(format, start, undefined, "", undefined, view ?? PLAIN_JSON));
    const count = (): number =>
      viewers.reduce((sum, { sent }) => sum + sent.filter((each) => !String(each).startsWith('{"type"')).length, 0);
    assert.equal(count(), 0);
    ring.hub.broadcast(Array.from({ length: 40 }, (_, i) => ring.log.append(frameOf(A, i + 2, [i]))));
    assert.equal(count(), 100 + 512);
  });
}

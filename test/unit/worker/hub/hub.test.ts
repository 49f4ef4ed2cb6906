/** The hub, on a log in memory and sockets that tests hold. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readHeader, splitFrames } from "../../../../protocol/frame/header.ts";
import { CloseCode } from "../../../../protocol/limits.ts";
import { NOTHING_STORED } from "../../../../worker/channel/log/nothing-stored.ts";
import { FrameRing } from "../../../support/frame-ring.ts";
import { HubOnRing } from "../../../support/hub-viewers.ts";
import { bulkyFrame, frameOf } from "../../../support/publish.ts";

const A = "00000000000000aa";

test("[VW3a] 256 KiB wait for a viewer: a frame that fills them is sent, one byte more is not", async () => {
  const frame = bulkyFrame(A, 1, 4000);
  for (const [waiting, isSent] of [
    [262_144 - frame.byteLength, true],
    [262_144 - frame.byteLength + 1, false],
  ] as const) {
    const ring = new HubOnRing();
    const socket = await ring.join("frames");
    const before = socket.sent.length;
    // What was sent before is read, and this waits for another reason than messages.
    socket.drain();
    await ring.say(socket, { type: "continue", epoch: 1, seq: 0 });
    socket.reads = false;
    socket.bufferedAmount = 0;
    ring.hub.tellStatus(ring.nowMs);
    const told = socket.sent.length - before;
    socket.bufferedAmount = waiting - told * 1024;
    await ring.publish(bulkyFrame(A, 1, 4000));
    assert.equal(socket.told("behind").length, isSent ? 0 : 1);
  }
});

test("[VW3f] control messages may wait in 64 KiB beyond that: one that begins there is sent, one after them closes with 4408", async () => {
  for (const [waitingBytes, code] of [
    [327_679 - 1024, undefined],
    [327_680 - 1024, 4408],
  ] as const) {
    const ring = new HubOnRing();
    const socket = await ring.join("frames");
    // The last message waits, too.
    socket.bufferedAmount = waitingBytes;
    const before = socket.sent.length;
    await ring.say(socket, { type: "renew", token: "t" });
    assert.deepEqual([socket.sent.length - before, socket.closed?.code], [code === undefined ? 1 : 0, code]);
    assert.equal(ring.hub.count, code === undefined ? 1 : 0);
  }
});

test("[VW3f] a viewer that reads nothing is closed with 4408 by what others do, too, and counted no more", async () => {
  const ring = new HubOnRing();
  const [stuck, reader] = [await ring.join("frames"), await ring.join("frames")];
  stuck.reads = false;
  for (let n = 0; n < 200; n++) ring.hub.resetEpoch();
  assert.deepEqual([stuck.closed?.code, reader.closed, ring.hub.count], [4408, undefined, 1]);
});

test("[VW3a] each message that waits counts 1,024 bytes beside its own: of 13 bytes 253 wait, and not 254", async () => {
  const ring = new HubOnRing();
  const socket = await ring.join("json");
  socket.reads = false;
  for (let n = 1; n <= 300; n++) await ring.publish(frameOf(A, n, [n % 10]));
  // 252 × 1,037 + 13 ≤ 262,144 < 253 × 1,037 + 13
  assert.equal(socket.sent.length, 253);
});

test("[VW7c] a cursor at seq is taken, and one beyond it closes with 4400", async () => {
  const ring = new HubOnRing();
  await ring.publish(frameOf(A, 1, [1, 2, 3]));
  for (const [seq, code] of [
    [3, undefined],
    [4, CloseCode.badMessage],
  ] as const) {
    const socket = await ring.join("frames");
    await ring.say(socket, { type: "continue", epoch: 1, seq });
    assert.equal(socket.closed?.code, code);
    assert.equal(ring.hub.count, code === undefined ? 1 : 1);
  }
});

test("[VW7g] a message of a type that is not known is ignored and counted; one that is malformed closes", async () => {
  const ring = new HubOnRing();
  for (const format of ["frames", "json"] as const) {
    const socket = await ring.join(format);
    const before = ring.hub.ignoredMessages;
    await ring.say(socket, { type: "note", text: "from a newer page" });
    await ring.say(socket, { type: "hello" });
    assert.equal(ring.hub.ignoredMessages, before + 2);
    assert.equal(socket.closed, undefined, "it stays");
    for (const message of ["{", "{}", '{"type":5}', '{"type":"continue","epoch":1}', "[]", "null"]) {
      const other = await ring.join(format);
      await ring.say(other, message);
      assert.equal(other.closed?.code, 4400, message);
    }
    ring.hub.leave(socket);
  }
});

test("[VW7d] 200 messages at once are taken, of whatever type, and the 201st closes with 4429", async () => {
  const ring = new HubOnRing();
  const socket = await ring.join("frames");
  const codes: (number | undefined)[] = [];
  for (let i = 1; i <= 201; i++) {
    await ring.say(socket, { type: "newer" });
    codes.push(socket.closed?.code);
  }
  assert.deepEqual([codes[199], codes[200]], [undefined, 4429]);
});

test("[VW10] viewers come back within 5 ms for each of them, half a second at least", async () => {
  const ring = new HubOnRing();
  const withinMs: number[] = [];
  for (let count = 1; count <= 201; count++) {
    const socket = await ring.join("frames");
    const [hello = ""] = socket.told("hello");
    withinMs.push(Number(/"retryWithinMs":(\d+)/.exec(hello)?.[1]));
  }
  assert.deepEqual(
    [withinMs[0], withinMs[98], withinMs[99], withinMs[100], withinMs[199], withinMs[200]],
    [500, 500, 500, 505, 1000, 1005],
  );
});

test("[VW10] of viewers that other hubs have 20 count a millisecond, where that is more", async () => {
  const within = async (elsewhere: number): Promise<number> => {
    const ring = new HubOnRing();
    ring.elsewhere.viewers = elsewhere;
    const [hello = ""] = (await ring.join("frames")).told("hello");
    return Number(/"retryWithinMs":(\d+)/.exec(hello)?.[1]);
  };
  assert.deepEqual([await within(9_999), await within(10_019), await within(999_999)], [500, 501, 50_000]);
});

test("[VW1] [VW2d] a viewer begins where it asks, and one of another numbering at 1,000 points or 300 seconds", async () => {
  const ring = new HubOnRing();
  await ring.publish(frameOf(A, 1, [1, 2, 3]));
  await ring.join("frames", { kind: "tail", points: 7, seconds: 99 });
  await ring.join("frames", { kind: "resume", cursor: { epoch: 1, seq: 2 } });
  assert.deepEqual(ring.log.tails, [{ points: 7, seconds: 99 }]);
  for (const cursor of [
    { epoch: 9, seq: 0 },
    { epoch: 1, seq: 4 },
  ]) {
    const socket = await ring.join("frames", { kind: "resume", cursor });
    assert.deepEqual(ring.log.tails.at(-1), { points: 1000, seconds: 300 });
    assert.deepEqual(socket.told("gap"), ['{"type":"gap","reason":"epoch","points":null,"epoch":1,"seq":0}']);
  }
});

test("[VW11e] [CH6] after an eviction status is sent to whoever was told something else last, and to no other", async () => {
  const ring = new HubOnRing();
  const [one, two] = [await ring.join("frames"), await ring.join("frames")];
  const text = await ring.join("json");
  ring.nowMs += 1000;
  ring.hub.tellStatus(ring.nowMs);
  const told = () => [one, two].map((socket) => socket.told("status").length);
  assert.deepEqual(told(), [1, 1]);
  ring.evict(one, two, text);
  ring.nowMs += 5000;
  assert.notEqual(ring.hub.alarmInMs(ring.nowMs), 1000);
  await ring.publish(frameOf(A, 1, [1]));
  assert.deepEqual(told(), [1, 1]);
  // It had no room when another one went, and then the channel was evicted.
  one.bufferedAmount = 262_144;
  ring.hub.leave(text);
  ring.nowMs += 1000;
  ring.hub.tellStatus(ring.nowMs);
  assert.deepEqual(told(), [1, 2]);
  one.drain();
  ring.evict(one, two);
  assert.equal(ring.hub.alarmInMs(ring.nowMs), 1000);
  ring.hub.tellStatus(ring.nowMs);
  assert.deepEqual(told(), [2, 2]);
  // Publishers went while it slept.
  ring.evict(one, two);
  ring.goneAtMs = ring.nowMs;
  ring.hub.tellStatus(ring.nowMs);
  assert.deepEqual(told(), [3, 3]);
});

test("[VW11e] where only viewers of text are, no alarm is due for a status", async () => {
  const ring = new HubOnRing();
  const text = await ring.join("json");
  assert.equal(ring.hub.alarmInMs(ring.nowMs), 300_000);
  ring.evict(text);
  assert.equal(ring.hub.alarmInMs(ring.nowMs), 300_000);
});

test("[CH10c] [CH10d] whoever still waited for an empty log when the first publish came gets all of it, once", async () => {
  const ring = new HubOnRing();
  const frame = bulkyFrame(A, 1, 8000);
  for (let n = 1; n <= 40; n++) ring.log.append(frame.slice());
  const all = { kind: "resume", cursor: { epoch: 1, seq: 0 } } as const;
  // These cost so much that whoever joins next has to wait; and then the channel is forgotten.
  for (let i = 0; i < 40; i++) ring.hub.leave(await ring.join("json", all));
  ring.hub.resetEpoch(NOTHING_STORED);
  const viewers = [await ring.join("frames"), await ring.join("json")];
  assert.deepEqual(
    viewers.map((viewer) => viewer.told("live").length),
    [0, 0],
    "they wait",
  );
  const next = new FrameRing();
  ring.hub.beginFirst(next, next.position);
  const numbered = next.append(frameOf(A, 1, [7]));
  ring.hub.broadcast([numbered]);
  await ring.hub.flushPending(ring.nowMs);
  await ring.alarm();
  const [frames, text] = viewers;
  assert.deepEqual(
    frames?.sent.filter((message) => typeof message !== "string"),
    [numbered],
  );
  assert.equal(text?.sent.length, 1);
});

test("[VW2g] who comes back behind by more than the newest points gets these, and is told where the others are", async () => {
  const ring = new HubOnRing();
  for (let n = 1; n <= 20; n++) await ring.publish(frameOf(A, n, [1, 2, 3, 4, 5]));
  const told = async (cursor: { epoch: number; seq: number }, newest?: number) => {
    const socket = await ring.join("frames", { kind: "resume", cursor, newest });
    const [step] = socket.sent.filter((message) => typeof message !== "string");
    const [first] = step === undefined ? [] : splitFrames(step).map((frame) => readHeader(frame).seq);
    assert.equal(socket.told("live").length, 1);
    return [...socket.told("gap"), ...socket.told("earlier"), first].map((text): unknown =>
      typeof text === "string" ? JSON.parse(text) : text,
    );
  };
  const earlier = { type: "earlier", after: 20, epoch: 1, seq: 88 };
  assert.deepEqual(await told({ epoch: 1, seq: 20 }, 12), [earlier, 90]);
  assert.deepEqual(await told({ epoch: 1, seq: 88 }, 12), [90]);
  assert.deepEqual(await told({ epoch: 1, seq: 20 }), [25]);
  // It watched before anything was published.
  assert.deepEqual(await told({ epoch: 0, seq: 0 }, 12), [{ ...earlier, after: 0 }, 90]);
  // Of another numbering: the tail, and of that the newest.
  const epoch = { type: "gap", reason: "epoch", points: null, epoch: 1, seq: 0 };
  assert.deepEqual(await told({ epoch: 9, seq: 20 }, 12), [epoch, { ...earlier, after: 0 }, 90]);
  ring.log.trim(10);
  const trimmed = { type: "gap", reason: "trimmed", points: 30, epoch: 1, seq: 50 };
  assert.deepEqual(await told({ epoch: 1, seq: 20 }, 12), [trimmed, { ...earlier, after: 50 }, 90]);
  assert.deepEqual(await told({ epoch: 1, seq: 15 }, 70), [{ ...trimmed, points: 35 }, 55]);
});

test("[VW1f] of a tail the newest points are sent, from a whole frame on, and where the others are is told once", async () => {
  const ring = new HubOnRing();
  for (let n = 1; n <= 20; n++) await ring.publish(frameOf(A, n, [1, 2, 3, 4, 5]));
  for (const [newest, points, told] of [
    [12, 60, { type: "earlier", after: 40, epoch: 1, seq: 88 }],
    [60, 60, undefined],
    [61, 60, undefined],
    [0, 60, { type: "earlier", after: 40, epoch: 1, seq: 100 }],
  ] as const) {
    const socket = await ring.join("frames", { kind: "tail", points, seconds: 0, newest });
    assert.deepEqual(
      socket.told("earlier").map((text): unknown => JSON.parse(text)),
      told === undefined ? [] : [told],
    );
    const [step] = socket.sent.filter((message) => typeof message !== "string");
    const seqs = step === undefined ? [] : splitFrames(step).map((frame) => readHeader(frame).seq);
    assert.deepEqual(
      seqs,
      newest === 0 ? [] : newest === 12 ? [90, 95, 100] : Array.from({ length: 12 }, (_, i) => 45 + 5 * i),
    );
    assert.equal(socket.told("live").length, 1);
  }
});

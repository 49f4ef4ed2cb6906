/** Viewers whose token has no right to history: the usual tail, whatever they ask for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readHeader, splitFrames } from "../../../../protocol/frame/header.ts";
import type { JoinStart } from "../../../../worker/hub/join-request.ts";
import { type FakeSocket, grantedAs, HubOnRing } from "../../../support/hub-viewers.ts";
import { bulkyFrame, frameOf } from "../../../support/publish.ts";

const A = "00000000000000aa";

function grant(hasHistory: boolean) {
  return { principal: "named-token:guest", tokenId: null, expiresAtMs: null, hasHistory };
}

/** 300 frames of 7 points: the last 1,000 points begin within the frame that ends at 1,106. */
async function filled(): Promise<HubOnRing> {
  const ring = new HubOnRing();
  for (let n = 1; n <= 300; n++) ring.log.append(frameOf(A, n, [1, 2, 3, 4, 5, 6, 7]));
  return ring;
}

/** The numbers of a viewer's first and last frame. */
function seqsOf({ sent }: FakeSocket): (number | undefined)[] {
  const seqs = sent
    .filter((message) => typeof message !== "string")
    .flatMap((bytes) => splitFrames(bytes).map((frame) => readHeader(frame).seq));
  return [seqs[0], seqs.at(-1)];
}

async function joined(ring: HubOnRing, start: JoinStart, hasHistory = false, format: "frames" | "json" = "frames") {
  return await ring.join(format, start, undefined, "", grant(hasHistory));
}

test("[AC10e] points and seconds beyond the usual tail are those of the usual tail; fewer are as asked", async () => {
  for (const [asked, given] of [
    [
      { points: 1_000_000, seconds: 86_400 },
      { points: 1000, seconds: 300 },
    ],
    [
      { points: 1001, seconds: 0 },
      { points: 1000, seconds: 0 },
    ],
    [
      { points: 0, seconds: 301 },
      { points: 0, seconds: 300 },
    ],
    [
      { points: 7, seconds: 9 },
      { points: 7, seconds: 9 },
    ],
  ] as const) {
    const ring = await filled();
    await joined(ring, { kind: "tail", ...asked });
    assert.deepEqual(ring.log.tails, [given]);
    await joined(ring, { kind: "tail", ...asked }, true);
    assert.deepEqual(ring.log.tails.at(-1), asked);
  }
});

test("[AC10e] newest does not count: it gets all of its tail, and is told of none that it could read", async () => {
  const ring = await filled();
  const socket = await joined(ring, { kind: "tail", points: 50_000, seconds: 0, newest: 14 });
  assert.deepEqual(seqsOf(socket), [1106, 2100]);
  assert.deepEqual(socket.told("earlier"), []);
  const other = await joined(ring, { kind: "tail", points: 50_000, seconds: 0, newest: 14 }, true);
  assert.equal(other.told("earlier").length, 1);
});

test("[AC10e] an older cursor gets the gap with what is missing up to the first whole frame, then the rest", async () => {
  const ring = await filled();
  const socket = await joined(ring, { kind: "resume", cursor: { epoch: 1, seq: 10 } });
  assert.deepEqual(socket.told("gap"), ['{"type":"gap","reason":"trimmed","points":1089,"epoch":1,"seq":1099}']);
  assert.deepEqual(seqsOf(socket), [1106, 2100]);
  const other = await joined(ring, { kind: "resume", cursor: { epoch: 1, seq: 10 } }, true);
  assert.deepEqual(other.told("gap"), []);
});

test("[AC10e] a cursor within the usual tail, or in its first frame, gets exactly what it missed", async () => {
  for (const seq of [1099, 1100, 1103, 2000, 2100]) {
    const ring = await filled();
    const socket = await joined(ring, { kind: "resume", cursor: { epoch: 1, seq } });
    assert.deepEqual(socket.told("gap"), [], `${seq}`);
    if (seq === 2100) assert.equal(ring.log.reads, 0, "nothing is to be looked up");
    const [first] = seqsOf(socket);
    assert.equal(first, seq === 2100 ? undefined : 7 * (Math.floor(seq / 7) + 1));
  }
  const before = await joined(await filled(), { kind: "resume", cursor: { epoch: 1, seq: 1098 } });
  assert.match(before.told("gap")[0] ?? "", /"points":1,"epoch":1,"seq":1099/);
});

test("[AC10e] one that watched before the first publish does not get all there is", async () => {
  const socket = await joined(await filled(), { kind: "resume", cursor: { epoch: 0, seq: 0 } });
  assert.deepEqual(socket.told("gap"), ['{"type":"gap","reason":"trimmed","points":1099,"epoch":1,"seq":1099}']);
  assert.deepEqual(seqsOf(socket), [1106, 2100]);
});

test("[AC10e] a viewer of text begins exactly at the usual tail, by points and by cursor", async () => {
  for (const start of [
    { kind: "tail", points: 9000, seconds: 0 },
    { kind: "resume", cursor: { epoch: 1, seq: 0 } },
  ] as const) {
    const ring = await filled();
    const socket = await joined(ring, start, false, "json");
    for (let i = 0; i < 10; i++) await ring.alarm();
    assert.equal(socket.sent.length, 1000);
  }
});

/** 20 frames of 8,000 points: of all of them a viewer gets a step when it joins, and the usual tail is in the last. */
async function renewed(ring: HubOnRing, format: "frames" | "json", hadHistory = true): Promise<FakeSocket> {
  for (let n = 1; n <= 20; n++) ring.log.append(bulkyFrame(A, n, 8000));
  const socket = await joined(ring, { kind: "resume", cursor: { epoch: 1, seq: 0 } }, hadHistory, format);
  ring.verify = async () => grantedAs(grant(false));
  ring.nowMs += 1000;
  return socket;
}

test("[AC10e] a viewer that is behind and renews without the right to history goes on at the usual tail, with the gap", async () => {
  for (const hasAsked of [false, true]) {
    const ring = new HubOnRing();
    const socket = await renewed(ring, "frames");
    assert.deepEqual(
      [seqsOf(socket), socket.told("behind")],
      [[8000, 8000], ['{"type":"behind","epoch":1,"seq":8000}']],
    );
    if (hasAsked) {
      socket.bufferedAmount = 256 * 1024;
      await ring.say(socket, { type: "continue", epoch: 1, seq: 8000 });
      socket.drain();
    }
    const before = socket.texts.length;
    await ring.say(socket, { type: "renew", token: "t" });
    assert.deepEqual(socket.texts.slice(before), [
      '{"type":"renewed","expiresInMs":null}',
      '{"type":"gap","reason":"trimmed","points":144000,"epoch":1,"seq":152000}',
      '{"type":"behind","epoch":1,"seq":152000}',
    ]);
    await ring.alarm();
    await ring.say(socket, { type: "continue", epoch: 1, seq: 8000 });
    await ring.say(socket, { type: "continue", epoch: 1, seq: 151_999 });
    assert.deepEqual(seqsOf(socket), [8000, 8000], "from where it was it gets nothing more");
    await ring.say(socket, { type: "continue", epoch: 1, seq: 152_000 });
    assert.deepEqual([seqsOf(socket), socket.told("live").length], [[8000, 160_000], 1]);
  }
});

test("[AC10e] what it asks while the usual tail is looked up is not answered, nor is what was being read for it", async () => {
  const ring = new HubOnRing();
  const socket = await renewed(ring, "frames");
  const asked = ring.say(socket, { type: "continue", epoch: 1, seq: 8000 });
  const renewal = ring.say(socket, { type: "renew", token: "t" });
  await Promise.resolve();
  const again = ring.say(socket, { type: "continue", epoch: 1, seq: 8000 });
  await Promise.all([asked, renewal, again]);
  assert.deepEqual([seqsOf(socket), socket.told("behind").length], [[8000, 8000], 2]);
});

test("[AC10e] a viewer of text that renews so gets the last 1,000 points, and no others", async () => {
  const ring = new HubOnRing();
  const socket = await renewed(ring, "json");
  const before = socket.sent.length;
  assert.ok(before < 9000, `${before}`);
  await ring.say(socket, { type: "renew", token: "t" });
  for (let i = 0; i < 10; i++) await ring.alarm();
  assert.equal(socket.sent.length - before, 1000);
});

test("[AC10e] who had no right to history before, and is behind as it reads slowly, loses nothing by a renewal", async () => {
  const ring = new HubOnRing();
  const socket = await joined(ring, { kind: "tail", points: 100, seconds: 0 });
  socket.reads = false;
  for (let n = 1; n <= 20; n++) await ring.publish(bulkyFrame(A, n, 8000));
  ring.verify = async () => grantedAs(grant(false));
  await ring.say(socket, { type: "renew", token: "t" });
  assert.deepEqual([socket.told("behind").length, socket.told("gap")], [1, []]);
});

test("[AC10e] who is live, or within the usual tail, misses nothing by such a renewal", async () => {
  const ring = await filled();
  const live = await joined(ring, { kind: "tail", points: 5000, seconds: 0 }, true);
  ring.verify = async () => grantedAs(grant(false));
  await ring.say(live, { type: "renew", token: "t" });
  assert.deepEqual([seqsOf(live), live.told("behind"), live.told("gap")], [[7, 2100], [], []]);
  const other = await joined(ring, { kind: "tail", points: 5000, seconds: 0 }, true);
  other.bufferedAmount = 256 * 1024;
  await ring.publish(frameOf(A, 301, [1, 2, 3, 4, 5, 6, 7]));
  await ring.say(other, { type: "renew", token: "t" });
  other.drain();
  await ring.say(other, { type: "continue", epoch: 1, seq: 2100 });
  assert.deepEqual([seqsOf(other), other.told("gap")], [[7, 2107], []]);
});

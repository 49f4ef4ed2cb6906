/** The Worker's line to a channel for one publisher, and what both say over it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  parsePublisherRequest,
  readNumberedFrames,
  writeNumberedFrames,
} from "../../../../../worker/channel/publisher-request.ts";
import type { ChannelSocketEvents } from "../../../../../worker/http/channel-socket.ts";
import { ChannelLine } from "../../../../../worker/http/publisher/channel-line.ts";
import { LineLost } from "../../../../../worker/http/publisher/publisher-connection.ts";

const ANSWER = { seq: 1, points: 1, viewers: 0, duplicates: 0 };

/** A line whose far end is a test's. */
function lineOf(answerWithinMs?: number) {
  const sent: (string | Uint8Array)[] = [];
  const lost: number[] = [];
  let events: ChannelSocketEvents | undefined;
  const socket = { send: (data: string | Uint8Array) => void sent.push(data), close: () => undefined };
  const open = (given: ChannelSocketEvents) => {
    events = given;
    return socket;
  };
  const line = new ChannelLine(open, (code) => lost.push(code), answerWithinMs);
  const say = (message: unknown): void => events?.message(JSON.stringify(message));
  return { line, sent, lost, say, end: (code: number) => events?.closed(code) };
}

test("[UP2d] what a channel answers is the answer to what was sent, and a refusal is one", async () => {
  const { line, sent, say } = lineOf();
  const taken = line.publish(new Uint8Array([7, 8]), ["a", "ü"]);
  const [bytes] = sent;
  assert.ok(bytes instanceof Uint8Array);
  // The number, the length of the names, the names, the frames.
  assert.deepEqual([...bytes.subarray(0, 8)], [1, 0, 0, 0, 10, 0, 0, 0]);
  assert.deepEqual(readNumberedFrames(new Uint8Array(bytes).buffer), {
    n: 1,
    series: ["a", "ü"],
    frames: new Uint8Array([7, 8]),
  });
  say({ type: "taken", n: 1, answer: ANSWER });
  assert.deepEqual(await taken, ANSWER);
  const refused = line.publish(new Uint8Array(1), []);
  say({ type: "refused", n: 2, code: "frame-sequence", detail: "Too high." });
  assert.deepEqual(await refused, { code: "frame-sequence", detail: "Too high." });
  const announced = line.announce({ publisher: "00000000000000aa", here: true });
  assert.equal(sent[2], '{"type":"announce","n":3,"publisher":"00000000000000aa","here":true}');
  say({ type: "taken", n: 3, answer: null });
  await announced;
});

test("[UP5c] an answer that is none, one to something else, the line's end and silence leave it open what became of a body", async () => {
  for (const message of ["nonsense", { type: "taken", n: 9, answer: ANSWER }, { type: "taken", n: 1, answer: null }]) {
    const { line, say } = lineOf();
    const asked = line.publish(new Uint8Array(1), []);
    say(message);
    await assert.rejects(asked, LineLost);
  }
  const { line, lost, end } = lineOf();
  const asked = line.publish(new Uint8Array(1), []);
  end(1006);
  await assert.rejects(asked, LineLost);
  await assert.rejects(line.publish(new Uint8Array(1), []), LineLost);
  assert.deepEqual(lost, [1006]);
  await assert.rejects(lineOf(1).line.publish(new Uint8Array(1), []), LineLost);
});

test("[UP5c] a channel has 30 s to answer", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { line } = lineOf();
  let isLost = false;
  const asked = line.publish(new Uint8Array(1), []).catch(() => {
    isLost = true;
  });
  t.mock.timers.tick(29_999);
  await Promise.resolve();
  assert.equal(isLost, false);
  t.mock.timers.tick(1);
  await asked;
  assert.equal(isLost, true);
});

test("[UP1b] what is no frames under a number, and no request of the Worker's, is nothing", () => {
  const whole = writeNumberedFrames({ n: 1, series: ["a"], frames: new Uint8Array(3) });
  for (const length of [0, 7, 8, 11]) assert.equal(readNumberedFrames(whole.slice(0, length).buffer), undefined);
  assert.equal(readNumberedFrames(whole.slice(0, 13).buffer)?.frames.byteLength, 0);
  const notNames = whole.slice();
  notNames[8] = 0x7b;
  assert.equal(readNumberedFrames(notNames.buffer), undefined);
  const grant = { principal: "p", tokenId: null, expiresAtMs: null, hasHistory: false };
  assert.deepEqual(parsePublisherRequest({ grant, maxSeries: 5 }), { grant, maxSeries: 5 });
  assert.deepEqual(parsePublisherRequest({ maxSeries: null }), { grant: undefined, maxSeries: null });
  for (const value of [undefined, null, 1, {}, { grant: 1, maxSeries: null }, { maxSeries: -1 }])
    assert.equal(parsePublisherRequest(value), undefined);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { messageIn } from "../../../../protocol/messages/parsed.ts";
import { parseServerMessage } from "../../../../protocol/messages/server-message.ts";
import { parseViewerMessage } from "../../../../protocol/messages/viewer-message.ts";

for (const text of [
  ...["", "x", "null", "1", "[]", "{}", '{"type":"stop"}', '{"type":"continue"}', '{"type":"continue","epoch":1}'],
  ...['{"type":"continue","epoch":1,"seq":-1}', '{"type":"continue","epoch":1.5,"seq":1}'],
  ...[
    '{"type":"continue","epoch":"1","seq":1}',
    '{"type":"continue","epoch":1,"seq":1e16}',
    '{"__proto__":{"type":"continue"}}',
  ],
]) {
  test(`[VW7a] ${text || "nothing"} is no message of a viewer`, () =>
    assert.equal(messageIn(parseViewerMessage(text)), undefined));
}

test("[VW3] a viewer's message is its type and its cursor", () => {
  const text = '{"type":"continue","epoch":1,"seq":2,"more":3}';
  assert.deepEqual(messageIn(parseViewerMessage(text)), { type: "continue", epoch: 1, seq: 2 });
});

const HELLO = {
  type: "hello",
  version: 1,
  viewer: "v",
  channel: "c",
  epoch: 1,
  seq: 0,
  series: ["y"],
  viewers: 1,
  retryWithinMs: 500,
  nowMs: 1_700_000_000_000,
  goneForMs: null,
  takenForMs: 40,
  takenEveryMs: null,
};
for (const message of [
  HELLO,
  { type: "gap", reason: "trimmed", points: 5, epoch: 1, seq: 5 },
  { type: "gap", reason: "gaps-trimmed", points: 7, epoch: 1, seq: 5 },
  { type: "gap", reason: "epoch", points: null, epoch: 1, seq: 0 },
  { type: "live", epoch: 1, seq: 0 },
  { type: "behind", epoch: 1, seq: 0 },
  { type: "status", viewers: 0, behind: 0, retryWithinMs: 500, nowMs: 1, goneForMs: 0, takenForMs: 0 },
  { type: "status", viewers: 0, behind: 0, retryWithinMs: 500, nowMs: 1, goneForMs: null, takenForMs: null },
]) {
  test(`a ${message.type} is a message of the Channel`, () => {
    assert.deepEqual(messageIn(parseServerMessage(JSON.stringify(message))), message);
  });
  const required = Object.keys(message).filter((key) => key !== "type");
  test(`a ${message.type} without any of its fields is none`, () => {
    for (const key of required) {
      assert.equal(messageIn(parseServerMessage(JSON.stringify({ ...message, [key]: undefined }))), undefined);
    }
  });
}

test("[VW11] the Channel's clock is a count; how long publishers are gone, and when it took a frame, is one or null", () => {
  const status = { type: "status", viewers: 0, behind: 0, retryWithinMs: 500, nowMs: 1, goneForMs: 0, takenForMs: 0 };
  for (const message of [HELLO, status]) {
    const wrongs = [{ nowMs: -1 }, { nowMs: null }, { nowMs: 1.5 }, { goneForMs: -1 }, { goneForMs: "1" }];
    for (const wrong of [...wrongs, { takenForMs: -1 }, { takenForMs: "1" }]) {
      assert.equal(
        messageIn(parseServerMessage(JSON.stringify({ ...message, ...wrong }))),
        undefined,
        JSON.stringify(wrong),
      );
    }
  }
});

test("[VW12d] the usual pause of a hello is a count or null", () => {
  const parse = (takenEveryMs: unknown) => messageIn(parseServerMessage(JSON.stringify({ ...HELLO, takenEveryMs })));
  assert.deepEqual(parse(1000), { ...HELLO, takenEveryMs: 1000 });
  for (const wrong of [-1, 0.5, "1"]) assert.equal(parse(wrong), undefined);
});

/** Which messages are for a channel's room, and what they say. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { programMessages } from "../../../../bridge/downlink/program-message.ts";

function read(...frames: string[]) {
  return programMessages(frames.map((frame) => Buffer.from(frame)));
}

test("[DL1a] with the key or the topic plotcast, however JSON writes it", () => {
  const declared = [{ kind: "declare", controls: { gain: 1 }, isAll: false }];
  for (const frames of [
    ['{"plotcast":{"controls":{"gain":1}}}'],
    ['{ "plotcast": { "controls": { "gain": 1 } } }'],
    ["lab", '{"plotcast": {"controls": {"gain": 1}}}'],
    ["plotcast", '{"controls": {"gain": 1}}'],
    ["plotcast", ' {"controls": {"gain": 1}}'],
    ['plotcast {"controls": {"gain": 1}}'],
  ]) {
    assert.deepEqual(read(...frames), declared, frames.join(" | "));
  }
  assert.deepEqual(read('{"plotcast":{"ack":"a","value":5}}'), [{ kind: "confirmed", id: "a", value: 5 }]);
  assert.deepEqual(read('{"plotcast":{"ack":"a"}}'), [{ kind: "confirmed", id: "a", value: undefined }]);
  assert.deepEqual(read('{"plotcast":{"ack":"a","error":"hot"}}'), [{ kind: "refused", id: "a", detail: "hot" }]);
  assert.deepEqual(read('{"plotcast":{"refuse":"a","error":"hot"}}'), [{ kind: "refused", id: "a", detail: "hot" }]);
  assert.deepEqual(read('{"plotcast":{"ack":"a","values":{"h":false}}}'), [
    { kind: "confirmed", id: "a", value: undefined },
    { kind: "report", values: { h: false } },
  ]);
});

test("[DL1b] a note alone is one", () => {
  assert.deepEqual(read('{"note": "valve opened"}'), [{ kind: "note", text: "valve opened", x: undefined }]);
  assert.deepEqual(read("lab", '{"note":"v","t":5}'), [{ kind: "note", text: "v", x: 5 }]);
});

test("[DL1c] beside other fields plotcast and note are fields, and points stay points", () => {
  for (const frames of [
    ['{"plotcast":1,"y":2}'],
    ['{"note":5}'],
    ['{"note":"C4","velocity":3}'],
    ['{"note":"C4","t":"yesterday"}'],
    ['{"y":1,"plotcast":{"controls":{}}}'],
    ["plotcast", "1"],
    ["plotcast.temp", '{"y":1}'],
    ["a", "b", '{"plotcast":{"controls":{}}}'],
    ['{"plotcasting":{"controls":{}}}'],
    [""],
    [],
  ]) {
    assert.equal(read(...frames), undefined, frames.join(" | "));
  }
});

test("[DL1c] one that is for the room and cannot be read says why", () => {
  for (const [text, why] of [
    ['{"plotcast":5}', /must be an object/],
    ['{"plotcast":{}}', /it has none of/],
    ['{"plotcast":{"controls":[]}}', /"controls" must be an object/],
    ['{"plotcast":{"ack":5}}', /"ack" must be the id/],
    ['{"plotcast":{"ack":"a","value":[1]}}', /"value" must be a number/],
    ['{"plotcast":{"controls":', /must be a JSON object/],
    [`{"plotcast":{"emit":"a","data":${"[".repeat(9_000)}${"]".repeat(9_000)}}}`, /nested too deeply/],
    [`{"plotcast":{"emit":"a","data":"${"a".repeat(131_000)}"}}`, /more than 130048 bytes/],
  ] as const) {
    assert.throws(() => read(text), why, text.slice(0, 60));
  }
});

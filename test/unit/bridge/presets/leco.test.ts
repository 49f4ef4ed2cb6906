/**
 * The frames are those of pymeasure/pyleco pyleco/core/data_message.py: topic, header (conversation id, type), payload.
 * The header is the literal of its tests/core/test_data_message.py; types above 200 are those of
 * pyleco/utils/extended_message_handler.py.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { leco } from "../../../../bridge/presets/leco.ts";
import { ARRIVED_AT } from "../../../support/preset.ts";
import { assertReadsAnything, readOne, readOverZeroMq, refusalOf, seriesOf } from "../../../support/preset-feed.ts";

const HEADER = Buffer.from("conversation_id;\x00");
/** json.dumps(…, separators=(",", ":")), as pyleco/core/serialization.py has it. */
const DATA = '{"temperature":21.5,"pressure":NaN,"voltage":[5.2,"V"],"stage":{"x":1.5,"y":2}}';
/** pickle.dumps(5.67), as DataPublisher.send_legacy sends it. */
const PICKLED = Buffer.from("800495 0a00000000000000 47 4016ae147ae147ae 2e".replaceAll(" ", ""), "hex");

function header(type: number): Buffer {
  return Buffer.concat([HEADER.subarray(0, 16), Buffer.from([type])]);
}

function read(...frames: (string | Buffer)[]): Record<string, number | undefined> {
  return seriesOf(readOne(leco.create({}), frames));
}

describe("[PS8] a data message", () => {
  it("has a series for each variable of its sender", () => {
    assert.deepEqual(read("N1.CA", HEADER, DATA), {
      "N1.CA.temperature": 21.5,
      "N1.CA.voltage": 5.2,
      "N1.CA.stage.x": 1.5,
      "N1.CA.stage.y": 2,
    });
    assert.deepEqual(read("N1.CA", header(1), '{"a":1}'), { "N1.CA.a": 1 });
  });

  it("may be of one value, with a unit or without", () => {
    assert.deepEqual(read("N1.CA", HEADER, "4"), { "N1.CA": 4 });
    assert.deepEqual(read("N1.CA", HEADER, '[4,"m"]'), { "N1.CA": 4 });
    assert.deepEqual(read("voltage", header(235), "5.5"), { voltage: 5.5 });
  });

  it("may have more frames, which are left aside, or no payload", () => {
    assert.deepEqual(read("N1.CA", HEADER, '{"a":1}', Buffer.from([0xff, 0])), { "N1.CA.a": 1 });
    assert.deepEqual(read("N1.CA", HEADER), {});
  });

  it("has no time: its conversation may be older than it", () => {
    const [message] = readOne(leco.create({}), ["N1.CA", HEADER, DATA], 1000);
    assert.equal(message?.time, undefined);
  });

  it("keeps names that objects have anyway", () => {
    assert.deepEqual(read("s", HEADER, '{"__proto__":[1,"V"],"constructor":2}'), {
      "s.__proto__": 1,
      "s.constructor": 2,
    });
  });
});

describe("[PS8] what cannot be read is refused", () => {
  it("pickle, with what to do", () => {
    for (const frames of [
      ["key", header(234), PICKLED],
      ["key", header(0), PICKLED],
      ["key", header(234), "1"],
    ]) {
      const { code, message } = refusalOf(leco, frames);
      assert.equal(code, "unsupported");
      assert.match(message, /send JSON/);
    }
  });

  it("types that PyLECO does not know either", () => {
    assert.equal(refusalOf(leco, ["key", header(201), "1"]).code, "unsupported");
    assert.deepEqual(read("key", header(200), "1"), { key: 1 });
  });

  it("frames that are not of LECO, with what was expected", () => {
    for (const frames of [
      [],
      ["N1.CA"],
      ["N1.CA", DATA],
      // Of the control protocol: 20 bytes, pyleco/core/serialization.py, create_header_frame.
      ["N1.CA", Buffer.alloc(20), DATA],
    ]) {
      const { code, message } = refusalOf(leco, frames);
      assert.equal(code, "envelope-wrong");
      assert.match(message, /--preset leco expects the frames of LECO's data protocol/);
    }
    assert.equal(refusalOf(leco, [Buffer.from([0xff]), HEADER, DATA]).code, "topic-not-text");
    assert.equal(refusalOf(leco, ["N1.CA", HEADER, "some data stuff"]).code, "not-json");
    assert.equal(refusalOf(leco, ["N1.CA", HEADER, Buffer.from([0xff])]).code, "not-json");
    assert.equal(refusalOf(leco, ["N1.CA", HEADER, " ".repeat(16 * 1024 * 1024)]).code, "message-too-large");
  });

  it("and nothing else is thrown, whatever comes", () => {
    assertReadsAnything(leco, [
      ["N1.CA", HEADER, DATA],
      ["N1.CA", HEADER, '[4,"m"]'],
      ["key", header(234), PICKLED],
    ]);
  });
});

it("[PS8] comes over ZeroMQ", async () => {
  assert.deepEqual(
    await readOverZeroMq(leco, [
      ["N1.CA", HEADER, '{"a":1}'],
      ["N1.CA", HEADER, '{"a":2,"b":3}', "x"],
    ]),
    [`N1.CA.a ${ARRIVED_AT} 1`, `N1.CA.a ${ARRIVED_AT} 2`, `N1.CA.b ${ARRIVED_AT} 3`],
  );
});

/** The frames are those of MISP/MISP app/files/scripts/mispzmq/mispzmq.py, _pub_message and main: topic, space, JSON. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { misp } from "../../../../bridge/presets/misp.ts";
import { ARRIVED_AT } from "../../../support/preset.ts";
import { assertReadsAnything, readOne, readOverZeroMq, refusalOf, seriesOf } from "../../../support/preset-feed.ts";

/** orjson, which mispzmq.py takes where it is installed, writes no spaces; json does. */
const ALIVE = 'misp_json_self {"status":"I\'m doing science and I\'m still alive.","uptime":1234}';
const ALIVE_OF_JSON = 'misp_json_self {"status": "I feel FANTASTIC and I\'m still alive.", "uptime": 1244}';
const ATTRIBUTE = 'misp_json_attribute {"Attribute":{"id":"12","type":"ip-dst","value":"192.0.2.1"},"action":"add"}';
const EVENT = 'misp_json {"Event":{"id":"3","info":"Größe","Attribute":[]}}';

it("[PS14] a message that it is alive says since when", () => {
  const reader = misp.create({});
  assert.deepEqual(seriesOf(readOne(reader, [ALIVE])), { "misp_json_self.uptime": 1234 });
  assert.deepEqual(seriesOf(readOne(reader, [ALIVE_OF_JSON])), { "misp_json_self.uptime": 1244 });
  assert.deepEqual(reader.tick?.(1), []);
});

it("[PS14] messages of each topic are counted by the minute, and go to zero", () => {
  const reader = misp.create({});
  for (const message of [ATTRIBUTE, ATTRIBUTE, EVENT, "misp_json_object_reference {}"]) {
    assert.deepEqual(readOne(reader, [message]), []);
  }
  assert.deepEqual(seriesOf(reader.tick?.(1000) ?? []), {
    "misp_json_attribute.per_minute": 2,
    "misp_json.per_minute": 1,
    "misp_json_object_reference.per_minute": 1,
  });
  const later = Object.values(seriesOf(reader.tick?.(1061) ?? []));
  assert.deepEqual(later, Array(3).fill(0));
});

describe("[PS14] what is not of MISP is refused", () => {
  it("with what was expected", () => {
    for (const frames of [
      [],
      ["misp_json", "{}"],
      ["misp_json"],
      ["misp_jsonx {}"],
      ["lab {}"],
      [`misp_json_${"x".repeat(60)} {}`],
      ["misp_json_self {}"],
      ['misp_json_self {"uptime":"1"}'],
      ["misp_json_self []"],
    ]) {
      const { code, message } = refusalOf(misp, frames);
      assert.equal(code, "envelope-wrong");
      assert.match(message, /--preset misp expects one frame of MISP/);
    }
    assert.equal(refusalOf(misp, ["misp_json_self {"]).code, "not-json");
    assert.equal(refusalOf(misp, [Buffer.from("misp_json_self \xff", "latin1")]).code, "not-json");
  });

  it("and nothing else is thrown, whatever comes", () => {
    assertReadsAnything(misp, [[ALIVE], [ATTRIBUTE], [EVENT]]);
  });
});

it("[PS14] comes over ZeroMQ", async () => {
  const reader = misp.create({});
  assert.deepEqual(await readOverZeroMq(misp, [[ATTRIBUTE], [ALIVE]], reader), [
    `misp_json_self.uptime ${ARRIVED_AT} 1234`,
  ]);
  assert.deepEqual(seriesOf(reader.tick?.(ARRIVED_AT) ?? []), { "misp_json_attribute.per_minute": 1 });
});

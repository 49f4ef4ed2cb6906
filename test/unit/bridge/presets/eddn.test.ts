/**
 * The frame is what EDCD/EDDN src/eddn/Relay.py, relay_worker, sends: JSON with sorted keys, through zlib.compress. The
 * message in it is as docs/Developers.md, "Format of uploaded messages", and schemas/shipyard-v2.0.json have it.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { eddn } from "../../../../bridge/presets/eddn.ts";
import { ARRIVED_AT } from "../../../support/preset.ts";
import { assertReadsAnything, readOne, readOverZeroMq, refusalOf, seriesOf } from "../../../support/preset-feed.ts";

/** Made with Python's simplejson.dumps(…, sort_keys=True) and zlib.compress(). */
const SHIPYARD = Buffer.from(
  "eJx9ULFOwzAU/JXIYqSJ46Zpk5mlAwxQMRQYXuPXxiKxI9shhKr/jl+qql1Ans539969O7I7V9XYwjPuWRmx2vvOlUmCUuoYZSVjZZKzwiWuVt0I" +
    "ViaC3QcpgkQbTEd2gBZ3vWokjbBilRdpnlgekYy4L7ROGU1sFvPw0myRnkmPA4wb1aLz0HakEFyIGS9mYrnheTkvyix4UjHPFluyOLP3A1h8CnNJ" +
    "/jhG+F1h06D2EXTdreb1unfaSlzfNYaCrx+m72lwvlwVsKsk7v/C7BSsIaSDA04n18aqH6NdAN72SCzYT/Rr6iAN0MjRORyvPLVH8jcGGiqjJUxR" +
    "lcRBaWryg6AHHxJfjtua955z3E3K0XlsL8yLaejT/9/cfMtOp1+3KJFg",
  "base64",
);

function packed(value: unknown): Buffer {
  return deflateSync(JSON.stringify(value));
}

function ofSchema(schema: string): Buffer {
  return packed({ $schemaRef: schema, header: {}, message: { timestamp: "2026-11-20T20:00:00Z" } });
}

it("[PS12] messages are counted by the minute, all of them and of each schema, and go to zero", () => {
  const reader = eddn.create({});
  assert.deepEqual(seriesOf(reader.tick?.(1000) ?? []), { "eddn.per_minute": 0 });
  for (const frame of [
    SHIPYARD,
    SHIPYARD,
    ofSchema("https://eddn.edcd.io/schemas/commodity/3"),
    ofSchema("https://eddn.edcd.io/schemas/fcmaterials_capi/1/test"),
  ]) {
    assert.deepEqual(readOne(reader, [frame]), []);
  }
  assert.deepEqual(seriesOf(reader.tick?.(1001) ?? []), {
    "eddn.per_minute": 4,
    "shipyard/2.per_minute": 2,
    "commodity/3.per_minute": 1,
    "fcmaterials_capi/1/test.per_minute": 1,
  });
  const later = Object.values(seriesOf(reader.tick?.(1062) ?? []));
  assert.deepEqual(later, Array(4).fill(0));
});

describe("[PS12] what is not of EDDN is refused", () => {
  it("with what was expected, and not counted", () => {
    for (const frames of [
      [],
      [SHIPYARD, SHIPYARD],
      ["shipyard |-| x"],
      ['{"$schemaRef":"https://eddn.edcd.io/schemas/shipyard/2"}'],
      [gzipSync("{}")],
      [deflateRawSync("{}")],
      [packed({})],
      [packed([])],
      [packed({ $schemaRef: 2 })],
      [ofSchema("https://eddn.edcd.io/schemas/../2")],
      [ofSchema("shipyard/2")],
    ]) {
      const { code, message } = refusalOf(eddn, frames);
      assert.equal(code, "envelope-wrong");
      assert.match(message, /--preset eddn expects one frame of EDDN, JSON within zlib/);
    }
    const reader = eddn.create({});
    assert.throws(() => readOne(reader, [packed({})]));
    assert.deepEqual(seriesOf(reader.tick?.(1) ?? []), { "eddn.per_minute": 0 });
  });

  it("when it cannot be inflated, or is no JSON", () => {
    assert.equal(refusalOf(eddn, [SHIPYARD.subarray(0, 50)]).code, "inflate-failed");
    assert.equal(refusalOf(eddn, [deflateSync("{")]).code, "not-json");
    assert.equal(refusalOf(eddn, [deflateSync(Buffer.from([0xff, 0xfe]))]).code, "not-json");
  });

  it("when it is larger than any message, without inflating it whole", () => {
    assert.equal(refusalOf(eddn, [deflateSync(Buffer.alloc(20 * 1024 * 1024))]).code, "inflate-too-large");
  });

  it("and nothing else is thrown, whatever comes", () => {
    assertReadsAnything(eddn, [[SHIPYARD]]);
  });
});

it("[PS12] comes over ZeroMQ", async () => {
  const reader = eddn.create({});
  await readOverZeroMq(eddn, [[SHIPYARD], [SHIPYARD]], reader);
  assert.deepEqual(seriesOf(reader.tick?.(ARRIVED_AT + 1) ?? []), { "eddn.per_minute": 2, "shipyard/2.per_minute": 2 });
});

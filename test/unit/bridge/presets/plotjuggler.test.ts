import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { plotjuggler } from "../../../../bridge/presets/plotjuggler.ts";
import { ARRIVED_AT, framesOf, hex, read, readsOrRefuses, refusal, throughZeroMq } from "../../../support/preset.ts";

const reader = plotjuggler.create({});

/** As json.dumps writes what facontidavide/PlotJuggler's DataStreamZMQ/utilities/start_test_publisher.py sends. */
const PAYLOAD =
  '{"ticks": 7, "data": {"cos": 0.7539022543433046, "sin": 0.6569865987187891, "floor": 0.0, "ceil": 1.0}}';
/** str(time_ns() * 1e-9) */
const TIME = "1763648900.123457";

/** {"ticks": 7, "data": {"cos": 0.7539022543433046}}, as msgpack.packb of Python and as CBOR (RFC 8949). */
const MSGPACK = hex("82 a5 7469636b73 07 a4 64617461 81 a3 636f73 cb 3fe81ff79ed92017");
const CBOR = hex("a2 65 7469636b73 07 64 64617461 a1 63 636f73 fb 3fe81ff79ed92017");

describe("[PS2] preset plotjuggler", () => {
  it("reads a payload, with a topic, and with the time as text", () => {
    assert.deepEqual(read(reader, framesOf(PAYLOAD)), [
      `ticks ${ARRIVED_AT} 7`,
      `data.cos ${ARRIVED_AT} 0.7539022543433046`,
      `data.sin ${ARRIVED_AT} 0.6569865987187891`,
      `data.floor ${ARRIVED_AT} 0`,
      `data.ceil ${ARRIVED_AT} 1`,
    ]);
    assert.deepEqual(read(reader, framesOf("robot", '{"ticks": 7}')), [`robot.ticks ${ARRIVED_AT} 7`]);
    assert.deepEqual(read(reader, framesOf("robot", '{"ticks": 7}', TIME)), ["robot.ticks 1763648900.123457 7"]);
    assert.deepEqual(read(reader, framesOf("robot", '{"ticks": 7}', "1763648900123")), [
      "robot.ticks 1763648900.123 7",
    ]);
    assert.deepEqual(read(reader, framesOf("", '{"ticks": 7}', TIME)), ["ticks 1763648900.123457 7"]);
  });

  it("leaves out frames after the time, and takes an empty time for none, as PlotJuggler does the former", () => {
    assert.deepEqual(read(reader, framesOf("robot", '{"ticks": 7}', TIME, "more")), [
      "robot.ticks 1763648900.123457 7",
    ]);
    assert.deepEqual(read(reader, framesOf("robot", '{"ticks": 7}', "")), [`robot.ticks ${ARRIVED_AT} 7`]);
  });

  it("reads msgpack and CBOR, found out by the payload or said by --format", () => {
    const points = [`robot.ticks ${ARRIVED_AT} 7`, `robot.data.cos ${ARRIVED_AT} 0.7539022543433046`];
    for (const payload of [MSGPACK, CBOR]) assert.deepEqual(read(reader, framesOf("robot", payload)), points);
    assert.deepEqual(read(plotjuggler.create({ format: "msgpack" }), framesOf("robot", MSGPACK)), points);
    assert.deepEqual(read(plotjuggler.create({ format: "cbor" }), framesOf("robot", CBOR)), points);
    assert.equal(read(plotjuggler.create({ format: "cbor" }), framesOf("robot", MSGPACK)), "not-cbor");
    assert.equal(read(plotjuggler.create({ format: "json" }), framesOf("robot", MSGPACK)), "not-json");
    // CBOR's [{"a": 1}, {"a": 2}] begins as a msgpack map does.
    assert.deepEqual(read(reader, [hex("82 a1 61 61 01 a1 61 61 02")]), [`a ${ARRIVED_AT} 1`, `a ${ARRIVED_AT} 2`]);
  });

  it("[PT7a] takes NaN for a missing value in any format", () => {
    assert.deepEqual(read(reader, framesOf('{"good": 1, "bad": NaN}')), [`good ${ARRIVED_AT} 1`]);
    assert.deepEqual(read(reader, [hex("82 a1 61 01 a1 62 cb 7ff8000000000000")]), [`a ${ARRIVED_AT} 1`]);
    assert.deepEqual(read(reader, [hex("a2 61 61 01 61 62 fb 7ff8000000000000")]), [`a ${ARRIVED_AT} 1`]);
  });

  it("gives bytes of a map no series each", () => {
    assert.deepEqual(read(reader, [hex("82 a1 61 01 a1 62 c4 03 010203")]), [`a ${ARRIVED_AT} 1`]);
  });

  it("takes x for where a robot stands: the time is the frame's, or the arrival", () => {
    const [withTime] = reader.read(framesOf("robot", '{"x": 1.5, "y": 2.5}', TIME), ARRIVED_AT);
    assert.equal(withTime?.time, 1763648900.123457);
    const [without] = reader.read(framesOf("robot", '{"x": 1.5, "y": 2.5}'), ARRIVED_AT);
    assert.equal(without?.time, ARRIVED_AT);
    const [stamped] = reader.read(framesOf("robot", '{"x": 1.5, "timestamp": 1763648900}'), ARRIVED_AT);
    assert.equal(stamped?.time, undefined);
  });

  it("refuses what is no message of its publishers, and says why", () => {
    assert.equal(refusal(reader, framesOf("robot", "{}", "soon")).code, "envelope-wrong");
    assert.match(refusal(reader, framesOf("robot", "{}", "soon")).message, /^plotjuggler: .*unix seconds/);
    assert.equal(refusal(reader, framesOf("robot", "{}", "1e999")).code, "envelope-wrong");
    assert.equal(refusal(reader, framesOf(hex("ff"), "{}")).code, "envelope-wrong");
    assert.equal(refusal(reader, []).code, "envelope-wrong");
    assert.equal(refusal(reader, framesOf("robot", "{nonsense")).code, "not-json");
    assert.equal(refusal(reader, framesOf("robot", hex("0a 05 68656c6c6f"))).code, "format-unknown");
    assert.equal(refusal(reader, framesOf(Buffer.alloc(17 * 1024 * 1024, "["))).code, "message-too-large");
  });

  it("never fails otherwise, whatever the frames are", () => {
    const frame = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.json(), fc.constantFrom(PAYLOAD, TIME, MSGPACK, CBOR));
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 5 }), (frames) => {
        readsOrRefuses(
          plotjuggler.create({}),
          frames.map((bytes) => Buffer.from(bytes)),
        );
      }),
    );
  });

  it("reads what comes over ZeroMQ", async () => {
    assert.deepEqual(
      await throughZeroMq(plotjuggler.create({}), [
        framesOf("robot", '{"ticks": 7}', TIME),
        framesOf("robot", MSGPACK),
      ]),
      [
        "robot.ticks 1763648900.123457 7",
        `robot.ticks ${ARRIVED_AT} 7`,
        `robot.data.cos ${ARRIVED_AT} 0.7539022543433046`,
      ],
    );
  });
});

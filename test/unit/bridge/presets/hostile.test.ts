/** What `npm run fuzz` found, one by one. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { Auto } from "../../../../bridge/decode/auto/auto.ts";
import { valueOfCbor, valueOfMsgpack } from "../../../../bridge/decode/formats/packed.ts";
import { bsread } from "../../../../bridge/presets/bsread/bsread.ts";
import { openephys } from "../../../../bridge/presets/openephys/openephys.ts";
import { plotjuggler } from "../../../../bridge/presets/plotjuggler.ts";
import { createReader } from "../../../../bridge/presets/reader.ts";
import { Target } from "../../../fuzz/target.ts";
import { framesOf, hex, refusal } from "../../../support/preset.ts";

const MIB = 1024 * 1024;
const NOW = 1_763_648_912;
const PLAIN = { format: "auto", skipBytes: 0, inflate: "auto" } as const;

describe("packed values", () => {
  /** [28([1]), 28([29(0), 29(0)])]: http://cbor.schmorp.de/value-sharing */
  const SHARED = hex("82 d81c8101 d81c82 d81d00 d81d00");
  /** The same by msgpackr's extensions i and p. */
  const SHARED_MSGPACK = hex("92 d66900000000 9101 d66900000001 92 d67000000000 d67000000000");

  it("are not read with references, by which few bytes mean an object of any size", () => {
    assert.throws(() => valueOfCbor(SHARED), { code: "not-cbor" });
    assert.throws(() => valueOfMsgpack(SHARED_MSGPACK), { code: "not-msgpack" });
    assert.equal(refusal(plotjuggler.create({ format: "cbor" }), [SHARED]).code, "not-cbor");
    assert.equal(refusal(plotjuggler.create({ format: "msgpack" }), [SHARED_MSGPACK]).code, "not-msgpack");
  });

  it("are not read with records, for which decoders write functions, nor with errors and expressions", () => {
    for (const cbor of [
      "d9dfff83 19e000 816161 01",
      "d86983 19e000 816161 01",
      "d81b82 65 4572726f72 6161",
      "d83384 8101 80 80 e0",
    ]) {
      assert.throws(() => valueOfCbor(hex(cbor)), { code: "not-cbor" }, cbor);
    }
    for (const msgpack of ["d47240 91a161 01", "d46500 92 a54572726f72 a161", "d47800 92 a161 a0", "d47300 9101"]) {
      assert.throws(() => valueOfMsgpack(hex(msgpack)), { code: "not-msgpack" }, msgpack);
    }
  });

  it("have integers of as many bytes as a float64 can hold", () => {
    assert.equal(valueOfCbor(hex("c2 49 010000000000000000")), 2 ** 64);
    assert.equal(valueOfCbor(hex("c3 49 010000000000000000")), -(2 ** 64) - 1);
    assert.throws(() => valueOfCbor(Buffer.concat([hex("c2 590200"), Buffer.alloc(512, 1)])), { code: "not-cbor" });
    assert.equal(valueOfCbor(Buffer.concat([hex("c2 5880"), Buffer.alloc(128, 0xff)])), Number.POSITIVE_INFINITY);
  });

  it("keep times, typed arrays and tags that are only said", () => {
    assert.deepEqual(valueOfCbor(hex("82 c1 1a 691f2450 d9d9f7 01")), ["2025-11-20T14:23:12Z", 1]);
    assert.deepEqual(valueOfCbor(hex("d855 48 0000803f00000040")), [1, 2]);
    assert.deepEqual(valueOfMsgpack(hex("92 d6ff 691f2450 c7 0574 05 00010000")), ["2025-11-20T14:23:12Z", [256]]);
  });
});

describe("what is remembered", () => {
  it("is no more than 32 MiB of binary that waits for more of its kind", () => {
    let read = 0;
    const auto = new Auto(() => read++);
    const payload = (topic: string) => {
      const bytes = Buffer.from(Float32Array.from({ length: 200_000 }, (_, i) => Math.sin(i / 50)).buffer);
      return { topic, bytes, isBare: false, arrivedAt: NOW, time: undefined, number: undefined };
    };
    for (let i = 0; i < 41; i++) auto.read(payload(`${i}`), {});
    assert.equal(read, 0);
    assert.ok(41 * 800_000 < 32 * MIB && 42 * 800_000 > 32 * MIB);
    assert.equal(auto.read(payload("41"), {})[0]?.topic, "0", "the oldest goes first");
  });
});

describe("what is due at a tick", () => {
  it("is read of one topic though another's is refused", () => {
    const refused: string[] = [];
    const reader = createReader(PLAIN);
    const noise = createHash("sha512").update("noise").digest();
    reader.read([Buffer.from("unknown"), noise], NOW);
    for (let i = 0; i < 2; i++) {
      reader.read([Buffer.from("known"), Buffer.from(Float32Array.of(1, 1.5, 2, 2.5, 3, 3.5).buffer)], NOW);
    }
    const messages = reader.tick?.(NOW + 2, ({ code }) => refused.push(code)) ?? [];
    assert.deepEqual(
      messages.map(({ topic }) => topic),
      ["known", "known"],
    );
    assert.deepEqual(refused, ["format-unknown"]);
  });

  it("is taken though a message before it has none of the chosen fields", () => {
    let now = NOW;
    const decode = { ...PLAIN, preset: "bitcoin" };
    const target = new Target({ name: "", own: [], decode, map: { fields: [{ field: "per_minute" }] } }, () => now);
    for (const topic of ["hashtx", "rawblock"]) {
      const body = topic === "hashtx" ? Buffer.alloc(32) : Buffer.alloc(81, 1);
      target.take([Buffer.from(topic), body, Buffer.alloc(4)]);
    }
    // A rate by the second is told from the second tick on, before those by the minute.
    target.tick();
    const before = target.points;
    now += 2;
    target.tick();
    assert.ok(target.points > before);
  });
});

describe("a message larger than any may be", () => {
  const large = Buffer.alloc(17 * MIB, " ");
  it("is refused by each preset that reads JSON in a header", () => {
    assert.equal(refusal(bsread.create({}), [large, large]).code, "message-too-large");
    assert.equal(refusal(openephys.create({}), [Buffer.from("DATA\0"), large]).code, "message-too-large");
  });
});

describe("Open Ephys", () => {
  const data = (rate: string, ms = "1763648912000"): Buffer[] =>
    framesOf(
      "DATA\0",
      `{"type":"data","content":{"stream":"s","channel_num":0,"num_samples":2,"sample_num":1e15,"sample_rate":${rate}},"timestamp":${ms}}`,
      Buffer.alloc(8),
    );

  it("has no rate at which times would not be numbers", () => {
    for (const rate of ["1e-300", "5e-324", "1e308"]) {
      assert.equal(refusal(openephys.create({}), data(rate)).code, "envelope-wrong", rate);
    }
  });

  it("has the time of the arrival where its own is none", () => {
    const [message] = openephys.create({}).read(data("1000", "1e308"), NOW);
    assert.ok(message?.content.kind === "samples" && message.content.samples.arrival);
    assert.ok(Math.abs(message.content.samples.x0 - NOW) < 1);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DecodeConfig } from "../../../../bridge/config/config.ts";
import { refusalOf } from "../../../../bridge/decode/message.ts";
import { bearsNumbers, createReader } from "../../../../bridge/presets/reader.ts";
import { ARRIVED_AT, type Decoding, decodingOf, faultOf, hex } from "../../../support/decoding.ts";
import { f64, u32 } from "../../../support/little-endian.ts";

const PAYLOAD = '{"a":1}';

function framed(...frames: string[]): Decoding {
  return decodingOf({ frames });
}

function numberOf(decoding: Decoding, ...frames: (string | Buffer)[]): number | undefined {
  return decoding.messages(frames)[0]?.number;
}

describe("frames of which nothing is said", () => {
  it("[FM1a] are a payload, or topic and payload", () => {
    assert.deepEqual(decodingOf().read(PAYLOAD), ["a now 1"]);
    assert.deepEqual(decodingOf().read("lab", PAYLOAD), ["lab.a now 1"]);
    assert.equal(decodingOf().read(), "too-many-frames");
    assert.equal(decodingOf().read(""), "format-unknown");
    assert.equal(decodingOf().read("lab", ""), "format-unknown");
  });

  it("[FM1b] may have an empty frame between, as REQ and ROUTER sockets put it, or behind", () => {
    assert.deepEqual(decodingOf().read("", PAYLOAD), ["a now 1"]);
    assert.deepEqual(decodingOf().read("lab", "", PAYLOAD), ["lab.a now 1"]);
    assert.deepEqual(decodingOf().read("lab", PAYLOAD, ""), ["lab.a now 1"]);
  });

  it("[FM1b] have an empty topic where the first of three is empty: the second is the payload, the third a time", () => {
    assert.deepEqual(decodingOf().read("", PAYLOAD, "1700000000.5"), ["a 1700000000.5 1"]);
    assert.deepEqual(decodingOf().read("", "", PAYLOAD), ["a now 1"]);
    assert.deepEqual(decodingOf().read("", "", PAYLOAD, "1700000000.5"), ["a 1700000000.5 1"]);
  });

  it("[FM1a] are sixteen at most, and each must show what it is", () => {
    assert.deepEqual(decodingOf().read("lab", "", PAYLOAD, "", "1700000000.5"), ["lab.a 1700000000.5 1"]);
    assert.deepEqual(decodingOf().read("lab", PAYLOAD, "1700000000.5", "1"), ["lab.a 1700000000.5 1"]);
    assert.deepEqual(decodingOf().read("", PAYLOAD, "1700000000.5", "1"), ["a 1700000000.5 1"]);
    const empty = (count: number) => Array.from({ length: count }, () => "");
    assert.deepEqual(decodingOf().read("lab", ...empty(14), PAYLOAD), ["lab.a now 1"]);
    assert.equal(decodingOf().read("lab", ...empty(15), PAYLOAD), "too-many-frames");
    assert.equal(decodingOf().read("lab", PAYLOAD, "1700000000.5", PAYLOAD, PAYLOAD), "too-many-frames");
  });

  it("[FM1c] have a topic that is text and names a series", () => {
    assert.equal(decodingOf().read(hex("ff fe"), PAYLOAD), "topic-not-text");
    assert.equal(decodingOf().read("a\u0007b", PAYLOAD), "series-name-invalid");
    assert.deepEqual(decodingOf().read("lab/\u0000", PAYLOAD), ["lab.a now 1"], "C's NUL, and separators at the end");
    assert.equal(decodingOf().read(`${"/".repeat(2_000_000)}x`, PAYLOAD), "topic-too-long");
    assert.equal(decodingOf().read(`${"/".repeat(1023)}x`, PAYLOAD), "series-name-invalid");
    assert.match(faultOf(() => decodingOf().rows([hex("ff fe"), PAYLOAD])).message, /--frames/);
  });

  it("[FM2b] may have a time as the third: text, or 8 bytes that are a date", () => {
    // PlotJuggler, plotjuggler_plugins/DataStreamZMQ/datastream_zmq.cpp: the timestamp is text, std::stod reads it.
    for (const time of ["1763648912.25", "1763648912250", f64(1_763_648_912.25), f64(1_763_648_912_250)]) {
      assert.deepEqual(decodingOf().read("lab", PAYLOAD, time), ["lab.a 1763648912.25 1"]);
    }
    const nanoseconds = Buffer.alloc(8);
    nanoseconds.writeBigInt64LE(1_763_648_912_000_000_000n);
    assert.deepEqual(decodingOf().read("lab", PAYLOAD, nanoseconds), ["lab.a 1763648912 1"]);
    assert.deepEqual(decodingOf().read("lab", PAYLOAD, u32(ARRIVED_AT - 3600)), [`lab.a ${ARRIVED_AT - 3600.5} 1`]);
    assert.deepEqual(decodingOf().read("lab", '{"t":5,"a":1}', "1763648912.25"), [
      "lab.t 1763648912.25 5",
      "lab.a 1763648912.25 1",
    ]);
  });

  it("[FM2d] may have a counter as the third, which is found out by counting, topic by topic", () => {
    // bitcoin, doc/zmq.md: "the third part is the sequence number (representing the message count for that type)",
    // 4 bytes, least first.
    const decoding = decodingOf();
    assert.deepEqual(decoding.read("rawtx", PAYLOAD, hex("05 00 00 00")), ["rawtx.a now 1"]);
    assert.equal(numberOf(decoding, "hashtx", PAYLOAD, hex("06 00 00 00")), undefined, "another topic's");
    assert.equal(numberOf(decoding, "rawtx", PAYLOAD, hex("06 00 00 00")), 6);
    assert.equal(numberOf(decoding, "hashtx", PAYLOAD, hex("07 00 00 00")), 7);
    assert.equal(numberOf(decoding, "hashtx", PAYLOAD, hex("09 00 00 00")), 9, "numbers may be missing");
    for (const [first, second, number] of [
      [hex("00 00 00 05"), hex("00 00 00 06"), 6],
      [hex("05 00 00 00 00 00 00 00"), hex("06 00 00 00 00 00 00 00"), 6],
      ["9", "10", 10],
    ] as const) {
      const other = decodingOf();
      numberOf(other, "t", PAYLOAD, first);
      assert.equal(numberOf(other, "t", PAYLOAD, second), number);
    }
  });

  it("[FM2e] are refused where the third is neither, at once or when it did not count ten times", () => {
    assert.equal(decodingOf().read("lab", PAYLOAD, "abc"), "too-many-frames");
    assert.equal(decodingOf().read("lab", "1", "2", "3"), "too-many-frames");
    const decoding = decodingOf();
    for (let i = 0; i < 10; i++) assert.deepEqual(decoding.read("lab", PAYLOAD, u32(i * 3)), ["lab.a now 1"]);
    const fault = faultOf(() => decoding.rows(["lab", PAYLOAD, u32(77)]));
    assert.equal(fault.code, "envelope-wrong");
    assert.match(fault.message, /--frames topic,payload,skip/);
  });

  it("[FM2a] say nothing of another topic's: one message of another publisher spoils none", () => {
    for (const spoiling of ["1763648912.25", u32(ARRIVED_AT), f64(ARRIVED_AT)]) {
      const decoding = decodingOf();
      assert.equal(decoding.read("bad", PAYLOAD, spoiling).length, 1);
      for (let i = 0; i < 200; i++) {
        assert.deepEqual(decoding.read("good", PAYLOAD, u32(100 + i)), ["good.a now 1"], `message ${i}`);
      }
    }
    const decoding = decodingOf();
    for (let i = 0; i < 20; i++) decoding.read("bad", PAYLOAD, u32(0xfeedbeef));
    for (let i = 0; i < 200; i++) assert.deepEqual(decoding.read("good", PAYLOAD, u32(i)), ["good.a now 1"]);
  });

  it("[FM2a] [FM2c] are each what they show, where publishers of several kinds have one topic", () => {
    const decoding = decodingOf();
    for (let i = 0; i < 40; i++) {
      assert.deepEqual(decoding.read("t", PAYLOAD, `${1_763_648_912.25 + i}`), [`t.a ${1_763_648_912.25 + i} 1`]);
      if (i === 0) {
        assert.equal(decoding.read("t", PAYLOAD, u32(7)), "envelope-wrong", "a time before, and no count yet");
        continue;
      }
      assert.equal(numberOf(decoding, "t", PAYLOAD, u32(7 + i)), 7 + i);
      const long = Buffer.alloc(8);
      long.writeBigUInt64LE(BigInt(900 + i));
      if (i > 1) assert.equal(numberOf(decoding, "t", PAYLOAD, long), 900 + i);
      else assert.equal(decoding.read("t", PAYLOAD, long), "envelope-wrong");
    }
    assert.equal(decoding.read("t", PAYLOAD, f64(5.5)), "envelope-wrong", "no time that is none becomes one of now");
    assert.equal(decoding.read("t", PAYLOAD, hex("01 02")), "too-many-frames");
    assert.deepEqual(decoding.read("t", PAYLOAD), ["t.a now 1"], "it may be missing");
  });

  it("[FM2d] may count by several publishers of one topic, by turns", () => {
    const decoding = decodingOf();
    for (let i = 0; i < 40; i++) {
      for (const start of [10, 2000, 30_000, 400_000]) {
        assert.deepEqual(decoding.read("hashtx", PAYLOAD, u32(start + i)), ["hashtx.a now 1"]);
      }
    }
  });

  it("[FM2e] are read again once the third counts, however often it did not", () => {
    const decoding = decodingOf();
    for (let i = 0; i < 20; i++) decoding.read("lab", PAYLOAD, u32(77));
    assert.equal(decoding.read("lab", PAYLOAD, u32(500)), "envelope-wrong");
    for (let i = 1; i < 20; i++) {
      assert.deepEqual(decoding.read("lab", PAYLOAD, u32(500 + i)), ["lab.a now 1"]);
      assert.deepEqual(decoding.read("lab", PAYLOAD, u32(77)), ["lab.a now 1"], "that is not told from a count");
    }
  });

  it("[FM2] of whole seconds that are not of today are times where there was one with a fraction", () => {
    const decoding = decodingOf();
    assert.deepEqual(decoding.read("lab", PAYLOAD, "1563648912.5"), ["lab.a 1563648912.5 1"]);
    assert.deepEqual(decoding.read("lab", PAYLOAD, "1563648913"), ["lab.a 1563648913 1"]);
    assert.deepEqual(decoding.read("lab", PAYLOAD, "1563648914"), ["lab.a 1563648914 1"]);
  });
});

describe("--frames", () => {
  it("[FM2h] says what each frame is", () => {
    assert.deepEqual(framed("payload").read(PAYLOAD), ["a now 1"]);
    assert.deepEqual(framed("payload", "topic").read(PAYLOAD, "lab"), ["lab.a now 1"]);
    assert.deepEqual(framed("skip", "topic", "skip", "payload").read(hex("ff"), "lab", "", PAYLOAD), ["lab.a now 1"]);
    assert.deepEqual(framed("payload").read('lab {"a":1}'), "format-unknown", "no topic stands before it then");
  });

  it("[FM2h] may have a time, of any type and unit", () => {
    const i64be = Buffer.alloc(8);
    i64be.writeBigInt64BE(1_763_648_912_250_000n);
    const f64be = Buffer.alloc(8);
    f64be.writeDoubleBE(5.5);
    for (const [type, bytes, time] of [
      ["time", "5.5", 5.5],
      ["time", f64(1_763_648_912.25), 1_763_648_912.25],
      ["time:text", " 1.5e3 \u0000", 1500],
      ["time:f64", f64(5.5), 5.5],
      ["time:f64be", f64be, 5.5],
      ["time:i64be", i64be, 1_763_648_912.25],
      ["time:u32", u32(7), 7],
      ["time:u32be", hex("00 00 00 07"), 7],
      ["time:i32", hex("ff ff ff ff"), -1],
      ["time:u16", hex("07 00"), 7],
      ["time:u64be", hex("00 00 00 00 00 00 00 07"), 7],
    ] as const) {
      assert.deepEqual(framed(type, "payload").read(bytes, PAYLOAD), [`a ${time} 1`], type);
    }
    for (const [type, bytes] of [
      ["time", "noon"],
      ["time:f64", hex("00 00")],
      ["time:f64", f64(Number.NaN)],
    ] as const) {
      assert.equal(framed(type, "payload").read(bytes, PAYLOAD), "envelope-wrong", type);
    }
  });

  it("[FM2i] [BR16] may have a counter, which is checked", () => {
    for (const [type, bytes, number] of [
      ["counter", "17", 17],
      ["counter", u32(17), 17],
      ["counter", hex("11 00 00 00 00 00 00 00"), 17],
      ["counter:u16", hex("11 00"), 17],
      ["counter:u16be", hex("00 11"), 17],
      ["counter:u64be", hex("00 00 00 00 00 00 00 11"), 17],
    ] as const) {
      assert.equal(numberOf(framed("payload", type), PAYLOAD, bytes), number, type);
    }
    for (const bytes of [hex("ff ff ff ff ff"), "-1", "1.5", "", "123456789012345678901"]) {
      assert.equal(framed("payload", "counter").read(PAYLOAD, bytes), "envelope-wrong");
    }
    const config: DecodeConfig = { format: "auto", skipBytes: 0, inflate: "auto" };
    assert.equal(bearsNumbers({ ...config, frames: ["payload", "counter:u32"] }), true);
    assert.equal(bearsNumbers({ ...config, frames: ["payload", "time"] }), false);
    assert.equal(bearsNumbers(config), false);
    assert.equal(bearsNumbers({ ...config, preset: "bitcoin" }), true);
  });

  it("[FM2h] may have several payloads, all read, with the time of all and the number of one", () => {
    const decoding = framed("topic", "payload", "payload", "time", "counter");
    assert.deepEqual(decoding.read("lab", PAYLOAD, '{"b":2}', "5", "1"), ["lab.a 5 1", "lab.b 5 2"]);
    assert.deepEqual(
      decoding.messages(["lab", PAYLOAD, '{"b":2}', "5", "2"]).map(({ number }) => number),
      [2, undefined],
    );
    assert.deepEqual(
      framed("payload", "payload").read(hex("81 a1 61 01"), "21.5"),
      ["a now 1", "y now 21.5"],
      "of any formats",
    );
  });

  it("[FM2h] of several payloads one that cannot be read is refused by itself, whichever it is", () => {
    for (const bad of [0, 1, 2]) {
      const payloads = ['{"a":1}', '{"b":2}', '{"c":3}'].map((text, at) => Buffer.from(at === bad ? "{" : text));
      const reader = createReader({
        format: "json",
        skipBytes: 0,
        inflate: "auto",
        frames: payloads.map(() => "payload"),
      });
      const faults: unknown[] = [];
      const messages = reader.read(payloads, ARRIVED_AT, (fault) => faults.push(fault));
      assert.equal(messages.length, 2, `without payload ${bad}`);
      assert.deepEqual(
        faults.map((fault) => refusalOf(fault).reason),
        ["not-json"],
      );
      assert.throws(() => reader.read(payloads, ARRIVED_AT), /JSON/, "who does not listen hears it");
    }
  });

  it("[FM2i] one frame more or less than --frames names is refused, also if it is empty, or would mean nothing", () => {
    for (const frames of [["topic", "payload"], ["payload"], ["topic", "payload", "skip"]]) {
      const given = frames.map((kind) => (kind === "payload" ? PAYLOAD : "lab"));
      assert.notEqual(framed(...frames).read(...given), "envelope-wrong");
      for (const surplus of ["", "x", PAYLOAD, "1700000000.5"]) {
        assert.equal(framed(...frames).read(...given, surplus), "envelope-wrong", `${frames} and ${surplus}`);
      }
      assert.equal(framed(...frames).read(...given.slice(1)), "envelope-wrong");
    }
  });

  it("[FM2i] messages of other numbers of frames are refused", () => {
    const fault = faultOf(() => framed("topic", "payload", "time:f64").rows(["lab", PAYLOAD]));
    assert.equal(fault.code, "envelope-wrong");
    assert.match(fault.message, /says 3 \(topic payload time:f64\), and this message has 2/);
  });

  it("[FM2] that is no layout is refused with a sentence", () => {
    for (const frames of [
      ["topic"],
      [],
      ["topic", "topic", "payload"],
      ["payload", "time", "time"],
      ["payload", "noise"],
      ["payload:json"],
      ["payload", "counter:f64"],
      ["payload", "time:f16"],
      Array.from({ length: 65 }, () => "payload"),
    ]) {
      assert.throws(() => decodingOf({ frames }), RangeError, frames.join(" "));
    }
  });
});

describe("--topic-delimiter", () => {
  it("[FM2j] ends the topic in the one frame, whatever stands behind it", () => {
    assert.deepEqual(decodingOf({ topicDelimiter: "|" }).read(`lab/a b|${PAYLOAD}`), ["lab/a b.a now 1"]);
    assert.deepEqual(decodingOf({ topicDelimiter: " " }).read("10001 72 40"), ["10001.0 now 72", "10001.1 now 40"]);
    assert.deepEqual(decodingOf({ topicDelimiter: "::" }).read("a:b::5"), ["a:b now 5"]);
    const packed = Buffer.concat([Buffer.from("lab\u0000"), hex("81 a1 61 01")]);
    assert.deepEqual(decodingOf({ topicDelimiter: "\u0000" }).read(packed), ["lab.a now 1"]);
    assert.deepEqual(decodingOf({ topicDelimiter: "|", frames: ["time", "payload"] }).read("5", "lab|6"), ["lab 5 6"]);
  });

  it("[FM2] that is missing, or beside a topic's frame, is refused", () => {
    assert.equal(decodingOf({ topicDelimiter: "|" }).read(PAYLOAD), "envelope-wrong");
    assert.equal(
      decodingOf({ topicDelimiter: "|" }).read(Buffer.concat([hex("ff"), Buffer.from("|1")])),
      "topic-not-text",
    );
    assert.throws(() => decodingOf({ topicDelimiter: "" }), RangeError);
    assert.throws(() => decodingOf({ topicDelimiter: "|", frames: ["topic", "payload"] }), RangeError);
  });
});

describe("--skip-bytes", () => {
  it("[FM2k] leaves out what stands before the payload, before it is inflated", () => {
    assert.deepEqual(decodingOf({ skipBytes: 4 }).read(Buffer.concat([u32(7), Buffer.from(PAYLOAD)])), ["a now 1"]);
    const zlib = hex("78 9c ab 56 4a 54 b2 32 ac 05 00 08 2a 02 09");
    assert.deepEqual(decodingOf({ skipBytes: 2 }).read(Buffer.concat([hex("00 00"), zlib])), ["a now 1"]);
    assert.deepEqual(
      decodingOf({ skipBytes: 1, topicDelimiter: "|" }).read("lab|x5"),
      ["lab now 5"],
      "behind the topic",
    );
    assert.equal(decodingOf({ skipBytes: 100 }).read(PAYLOAD), "envelope-wrong");
    assert.deepEqual(decodingOf({ skipBytes: 1, format: "i16" }).read(hex("ff 05 00")), ["y now 5"]);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Pull, Push, Subscriber } from "zeromq";
import { DecodeError, type Message } from "../../../../bridge/decode/message.ts";
import { rowsOfSamples } from "../../../../bridge/decode/samples/sample-rows.ts";
import { gnuradio } from "../../../../bridge/presets/gnuradio/gnuradio.ts";
import { PmtError, PmtReader } from "../../../../bridge/presets/gnuradio/gnuradio-pmt.ts";
import { bindPublisher } from "../../../support/publisher.ts";
import { withDeadline } from "../../../support/wait.ts";

const ARRIVED_AT = 1_763_648_912.5;

function read(format: string | undefined, ...frames: (Buffer | string)[]): Message[] {
  const options = format === undefined ? {} : { format };
  return gnuradio.create(options).read(
    frames.map((frame) => (typeof frame === "string" ? Buffer.from(frame, "hex") : frame)),
    ARRIVED_AT,
  );
}

/** Samples as columns, and values as they are, each with its topic. */
function seen(messages: Message[]): unknown[] {
  return messages.map(({ topic, content }) => {
    if (content.kind === "samples") return [topic, ...content.samples.columns.map((column) => [...column])];
    return content.kind === "value" ? content.value : content.records;
  });
}

function codeOf(action: () => unknown): unknown {
  try {
    action();
    return "read";
  } catch (error) {
    return error instanceof DecodeError ? error.code : error;
  }
}

/** gen_tag_header of gr-zeromq/lib/tag_headers.cc: magic, version, offset, number of tags. */
function header(offset: bigint, tags: bigint, rest = ""): Buffer {
  const numbers = Buffer.alloc(16);
  numbers.writeBigUInt64LE(offset);
  numbers.writeBigUInt64LE(tags, 8);
  return Buffer.concat([Buffer.from("f05f01", "hex"), numbers, Buffer.from(rest, "hex")]);
}

/** pmt::intern("rx_freq") and the like: tag, length, text. */
function symbol(text: string): string {
  return `02${text.length.toString(16).padStart(4, "0")}${Buffer.from(text).toString("hex")}`;
}

const TWO_FLOATS = Buffer.from(new Float32Array([1.5, -2]).buffer);

describe("[PS3] a PUB Sink of GNU Radio", () => {
  it("sends raw items: float by default, else as --format says", () => {
    assert.deepEqual(seen(read(undefined, TWO_FLOATS)), [["", [1.5, -2]]]);
    assert.deepEqual(seen(read("f32:iq@2.4M", TWO_FLOATS)), [["", [1.5], [-2]]]);
    assert.deepEqual(seen(read("i16x2", "0100feff")), [["", [1], [-2]]]);
  });

  it("may send a key as a frame of its own, which is the topic", () => {
    assert.deepEqual(seen(read("f32", Buffer.from("rx1/"), TWO_FLOATS)), [["rx1", [1.5, -2]]]);
    assert.equal(
      codeOf(() => read("f32", "ff", TWO_FLOATS)),
      "envelope-wrong",
    );
  });

  it("may send tags, which are passed over", () => {
    assert.deepEqual(seen(read("f32", Buffer.concat([header(0n, 0n), TWO_FLOATS]))), [["", [1.5, -2]]]);
    // Offset, then key rx_freq, value (0 . 1e8) and source usrp, as a UHD source tags.
    const tag = `0100000000000000${symbol("rx_freq")}07${"0300000000"}04${"4197d78400000000"}${symbol("usrp")}`;
    // Key rx_time, value {uint64, double}, source #f.
    const tuple = `0200000000000000${symbol("rx_time")}0c00000002${"0b0000000000000005"}04${"3fe0000000000000"}01`;
    const tagged = Buffer.concat([header(7n, 2n, tag + tuple), TWO_FLOATS]);
    assert.deepEqual(seen(read("f32", tagged)), [["", [1.5, -2]]]);
  });

  it("tells where its items are, so that those that did not come leave a hole", () => {
    const reader = gnuradio.create({ format: "f32@1000" });
    const x0 = (offset: bigint, at: number): number => {
      const [message] = reader.read([Buffer.concat([header(offset, 0n), TWO_FLOATS])], ARRIVED_AT + at);
      return message?.content.kind === "samples" ? message.content.samples.x0 - ARRIVED_AT : Number.NaN;
    };
    assert.ok(Math.abs(x0(10n, 0) - -0.001) < 1e-6);
    assert.ok(Math.abs(x0(12n, 0.5) - 0.001) < 1e-6, "late, but nothing is missing");
    assert.ok(Math.abs(x0(514n, 0.51) - 0.503) < 1e-6, "500 are missing");
  });

  it("may send items that look like a header at first", () => {
    const items = Buffer.from(`f05f01${"ff".repeat(17)}`, "hex");
    assert.deepEqual(seen(read("u8", items)), [["", [...items]]]);
    assert.deepEqual(seen(read("u8", "f05f01")), [["", [0xf0, 0x5f, 1]]]);
    const version2 = Buffer.concat([Buffer.from("f05f02", "hex"), Buffer.alloc(17)]);
    assert.equal(seen(read("u8", version2)).length, 1);
  });

  it("is refused where it cannot be read", () => {
    assert.equal(
      codeOf(() => read("f32", TWO_FLOATS, TWO_FLOATS, TWO_FLOATS)),
      "envelope-wrong",
    );
    assert.equal(
      codeOf(() => read("f32")),
      "envelope-wrong",
    );
    assert.equal(
      codeOf(() => read("f32", TWO_FLOATS.subarray(1))),
      "not-samples",
    );
    assert.equal(
      codeOf(() => read("f32", header(0n, 1n, "00"))),
      "envelope-wrong",
    );
    assert.equal(
      codeOf(() => read("f32", Buffer.concat([header(0n, 1n), Buffer.alloc(30, 0xff)]))),
      "envelope-wrong",
    );
    assert.equal(
      codeOf(() => read("f32", header(0n, 0n))),
      "not-samples",
    );
  });

  it("needs a format of samples", () => {
    assert.throws(() => gnuradio.create({ format: "json" }), { name: "RangeError", message: /"json" is no format/ });
    assert.throws(() => gnuradio.create({ format: "f33" }), RangeError);
  });
});

describe("[PS3] a PUB Message Sink of GNU Radio", () => {
  for (const [name, hex, value] of [
    ["a number", "0300000007", 7],
    ["a negative number", "03fffffff9", -7],
    ["an int64", "0dffffffff00000000", -4_294_967_296],
    ["an uint64", "0b0000000100000000", 4_294_967_296],
    ["a double", "043ff8000000000000", 1.5],
    ["a boolean", "00", 1],
    ["#f", "01", 0],
    ["a complex number", "053ff80000000000004000000000000000", { re: 1.5, im: 2 }],
    // pmt.cons(pmt.intern("freq"), pmt.from_double(1.5))
    ["a pair of key and value", `07${symbol("freq")}043ff8000000000000`, { freq: 1.5 }],
    // pmt.dict_add(pmt.dict_add(pmt.make_dict(), pmt.intern("a"), pmt.from_long(1)), pmt.intern("b"), pmt.PMT_T)
    ["a dict", `0907${symbol("b")}000907${symbol("a")}030000000106`, { a: 1, b: 1 }],
    ["a dict in a dict", `0907${symbol("a")}0907${symbol("b")}03000000020606`, { a: { b: 2 } }],
    ["a list", "07030000000107030000000207030000000306", [1, 2, 3]],
    ["a vector", "08000000020300000001043ff8000000000000", [1, 1.5]],
  ] as const) {
    it(`sends ${name}`, () => assert.deepEqual(seen(read("pmt", hex)), [value]));
  }

  it("sends vectors, which are samples", () => {
    // pmt.init_s16vector(2, [1, -2]), init_f32vector(1, [1.5]) and init_c32vector(1, [1.5+2j]): type, length, padding.
    assert.deepEqual(seen(read("pmt", "0a030000000201000001fffe")), [["", [1, -2]]]);
    assert.deepEqual(seen(read("pmt", "0a080000000101003fc00000")), [["", [1.5]]]);
    assert.deepEqual(seen(read("pmt", "0a0a0000000101003fc0000040000000")), [["", [1.5], [2]]]);
    assert.deepEqual(seen(read("pmt", "0a00000000000100")), []);
  });

  it("sends PDUs: metadata and a vector", () => {
    assert.deepEqual(seen(read("pmt", "07060a0000000002010007ff")), [["", [7, 255]]]);
    const meta = `0907${symbol("snr")}043ff800000000000006`;
    assert.deepEqual(seen(read("pmt", `07${meta}0a0000000002010007ff`)), [{ snr: 1.5 }, ["", [7, 255]]]);
  });

  it("may name a field anything", () => {
    const [value] = seen(read("pmt", `0907${symbol("__proto__")}030000000106`));
    assert.ok(typeof value === "object" && value !== null);
    assert.ok(Object.hasOwn(value, "__proto__"));
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
  });

  it("is refused where it is no PMT, or one too deep or too large", () => {
    for (const hex of [
      "",
      "0e",
      "3b",
      "03000000",
      "020005ab",
      "030000000100",
      "0a0c000000000100",
      "08ffffffff",
      "07",
    ]) {
      assert.equal(
        codeOf(() => read("pmt", hex)),
        "envelope-wrong",
        hex,
      );
    }
    assert.equal(
      codeOf(() => read("pmt", "0800000001".repeat(40))),
      "envelope-wrong",
    );
    assert.equal(
      codeOf(() => read("pmt", Buffer.concat([Buffer.from("0800020000", "hex"), Buffer.alloc(131_072)]))),
      "envelope-wrong",
    );
    const longList = `${"0700".repeat(10_000)}06`;
    assert.equal(seen(read("pmt", longList)).length, 1, "a long list is no deep one");
    assert.throws(() => new PmtReader(Buffer.from("0703", "hex")).read(), PmtError);
  });
});

describe("[PS3] over ZeroMQ", () => {
  it("a PUB Sink is read", async () => {
    const publisher = await bindPublisher();
    const socket = new Subscriber({ linger: 0 });
    try {
      socket.subscribe("");
      socket.connect(publisher.address);
      await publisher.subscribed();
      await publisher.send("rx", Buffer.concat([header(0n, 0n), TWO_FLOATS]));
      const frames = await withDeadline("a message", socket.receive());
      const [message] = gnuradio.create({ format: "f32:magphase@1M" }).read(frames, ARRIVED_AT);
      assert.ok(message?.content.kind === "samples");
      const [row] = rowsOfSamples(message.content.samples, message.topic);
      assert.deepEqual(row, {
        x: ARRIVED_AT,
        arrival: true,
        names: ["rx.mag", "rx.phase [rad]"],
        values: [2.5, Math.atan2(-2, 1.5)],
      });
    } finally {
      socket.close();
      publisher.close();
    }
  });

  it("a PUSH Message Sink is read", async () => {
    const pull = new Pull({ linger: 0 });
    const push = new Push({ linger: 0 });
    try {
      await push.bind("tcp://127.0.0.1:*");
      pull.connect(push.lastEndpoint ?? "");
      await push.send(Buffer.from(`07${symbol("freq")}043ff8000000000000`, "hex"));
      const frames = await withDeadline("a message", pull.receive());
      assert.deepEqual(seen(gnuradio.create({ format: "pmt" }).read(frames, ARRIVED_AT)), [{ freq: 1.5 }]);
    } finally {
      pull.close();
      push.close();
    }
  });
});

it("[PS3] any frames are messages or a DecodeError", () => {
  const bytes = fc.uint8Array({ maxLength: 64 });
  const headed = bytes.map((rest) => Buffer.concat([header(3n, 2n), rest]));
  const tags = fc.array(fc.oneof(fc.constantFrom(...Array(15).keys()), fc.nat(255)), { maxLength: 64 });
  const frame = fc.oneof(
    bytes,
    headed,
    tags.map((tags) => Uint8Array.from(tags)),
  );
  const formats = fc.constantFrom("pmt", "u8", "f32@1k", "i16:iq");
  fc.assert(
    fc.property(formats, fc.array(fc.array(frame, { maxLength: 3 }), { maxLength: 5 }), (format, messages) => {
      const reader = gnuradio.create({ format });
      for (const [i, frames] of messages.entries()) {
        try {
          reader.read(frames.map(Buffer.from), ARRIVED_AT + i);
        } catch (error) {
          assert.ok(error instanceof DecodeError, String(error));
        }
      }
    }),
    { numRuns: 500 },
  );
});

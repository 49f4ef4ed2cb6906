import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Pull, Push } from "zeromq";
import { DecodeError, type Message } from "../../../../bridge/decode/message.ts";
import { bsread } from "../../../../bridge/presets/bsread/bsread.ts";
import { Pulses } from "../../../../bridge/presets/bsread/bsread-pulses.ts";
import { rowsOf } from "../../../../protocol/json/points.ts";
import { withDeadline } from "../../../support/wait.ts";

const ARRIVED_AT = 1_763_648_912.5;
/** struct.pack("<q", …) + struct.pack("<q", …) of bsread/sender.py. */
const STAMP = Buffer.from(new BigInt64Array([1_471_961_318n, 233_131_827n]).buffer);

interface Sent {
  channels: Record<string, unknown>[];
  data: Buffer[];
  main?: Record<string, unknown>;
}

/** Frames as Sender.send of bsread/sender.py sends them. */
function frames({ channels, data, main = {} }: Sent): Buffer[] {
  const dataHeader = Buffer.from(JSON.stringify({ htype: "bsr_d-1.1", channels }));
  const mainHeader = {
    // examples/Data Header Decompression.ipynb, without the compression.
    htype: "bsr_m-1.1",
    hash: createHash("md5").update(dataHeader).digest("hex"),
    pulse_id: 147_196_131_823,
    global_timestamp: { sec: 1_471_961_318, ns: 233_131_827 },
    ...main,
  };
  const values = data.flatMap((bytes) => [bytes, bytes.length === 0 ? bytes : STAMP]);
  return [Buffer.from(JSON.stringify(mainHeader)), dataHeader, ...values];
}

function only(messages: Message[]): Message {
  const [message, ...more] = messages;
  assert.ok(message !== undefined && more.length === 0);
  return message;
}

function contentOf(sent: Sent): unknown {
  const { content } = only(bsread.create({}).read(frames(sent), ARRIVED_AT));
  assert.ok(content.kind === "value");
  return content.value;
}

function codeOf(sent: readonly Buffer[]): unknown {
  try {
    bsread.create({}).read(sent, ARRIVED_AT);
    return "read";
  } catch (error) {
    return error instanceof DecodeError ? error.code : error;
  }
}

const DOUBLE = Buffer.from("000000000000f83f", "hex");

describe("[PS7] bsread", () => {
  it("sends scalars, at the time of the pulse", () => {
    const channels = [
      { name: "SARFE10-PBIG050:ENERGY", type: "float64", shape: [1], encoding: "little" },
      { name: "B" },
    ];
    const message = only(bsread.create({}).read(frames({ channels, data: [DOUBLE, DOUBLE] }), ARRIVED_AT));
    assert.deepEqual(message, {
      topic: "",
      time: 1_471_961_318 + 0.233_131_827,
      content: { kind: "value", value: { "SARFE10-PBIG050:ENERGY": 1.5, B: 1.5 } },
    });
  });

  for (const [type, encoding, hex, value] of [
    ["int8", "little", "fe", -2],
    ["uint8", "big", "fe", 254],
    ["int16", "big", "fffe", -2],
    ["uint16", "little", "feff", 65_534],
    ["int32", "little", "feffffff", -2],
    ["uint32", "big", "00000102", 258],
    ["int64", "big", "fffffffffffffffe", -2],
    ["uint64", "little", "0200000001000000", 4_294_967_298],
    ["float32", "little", "0000c03f", 1.5],
    ["Float64", "big", "3ff8000000000000", 1.5],
    ["bool", "little", "00", 0],
    ["bool", "little", "ff", 1],
    ["float64", "little", "000000000000f87f", null],
  ] as const) {
    it(`sends ${type} in ${encoding} endian: ${value}`, () => {
      const data = [Buffer.from(hex, "hex")];
      assert.deepEqual(contentOf({ channels: [{ name: "A", type, encoding }], data }), { A: value });
    });
  }

  it("sends arrays: short ones element by element, of longer ones mean and extremes", () => {
    const channels = [
      { name: "short", type: "int16", shape: [3] },
      { name: "wave", type: "float32", shape: [17] },
      { name: "image", type: "uint16", shape: [5, 4] },
      { name: "nothing", type: "float32", shape: [17] },
    ];
    const wave = new Float32Array(17).fill(1);
    wave.set([NaN, Infinity, -14, 16]);
    const image = Uint16Array.from({ length: 20 }, (_, i) => i);
    const nothing = new Float32Array(17).fill(NaN);
    const data = [Int16Array.of(1, -2, 3), wave, image, nothing].map((array) => Buffer.from(array.buffer));
    const value = contentOf({ channels, data });
    assert.deepEqual(value, {
      short: [1, -2, 3],
      wave: { mean: 1, min: -14, max: 16 },
      image: { mean: 9.5, min: 0, max: 19 },
      nothing: null,
    });
    const names = rowsOf(value, { topic: "", arrivedAt: ARRIVED_AT }).flatMap((row) => row.names);
    assert.deepEqual(names.slice(0, 4), ["short.0", "short.1", "short.2", "wave.mean"]);
  });

  it("leaves text, unknown types and channels without a value aside", () => {
    const channels = [
      { name: "text", type: "string" },
      { name: "new", type: "float16" },
      { name: "absent", type: "float64" },
      { name: "A", type: "float64" },
    ];
    const data = [Buffer.from("a text"), Buffer.alloc(2), Buffer.alloc(0), DOUBLE];
    assert.deepEqual(contentOf({ channels, data }), { A: 1.5 });
  });

  it("leaves compressed channels aside, and is refused if there are no others", () => {
    const plain = { name: "A", type: "float64", compression: "none" };
    const packed = { name: "C", type: "float64", compression: "bitshuffle_lz4" };
    assert.deepEqual(contentOf({ channels: [packed, plain], data: [DOUBLE, DOUBLE] }), { A: 1.5 });
    assert.equal(codeOf(frames({ channels: [packed], data: [DOUBLE] })), "unsupported");
    assert.equal(codeOf(frames({ channels: [{ ...packed, compression: "lz4" }], data: [DOUBLE] })), "unsupported");
  });

  it("is refused with a compressed data header, in a sentence that says how to turn it off", () => {
    // The beginning of examples/000000_001.raw: the length 1083, the block size 8192, and what follows.
    const packed = Buffer.from("000000000000043b00002000000003bcf2fffffc51a84529", "hex");
    const [main = Buffer.alloc(0)] = frames({ channels: [], data: [], main: { dh_compression: "bitshuffle_lz4" } });
    assert.throws(() => bsread.create({}).read([main, packed], ARRIVED_AT), {
      code: "unsupported",
      message: /bitshuffle_lz4.*data_header_compression=None/,
    });
  });

  it("may be of an older sender, or without a time", () => {
    const channels = [{ name: "A" }];
    const timeOf = (global_timestamp: unknown) =>
      only(bsread.create({}).read(frames({ channels, data: [DOUBLE], main: { global_timestamp } }), ARRIVED_AT)).time;
    assert.equal(timeOf({ epoch: 1_471_961_318, ns: 500_000_000 }), 1_471_961_318.5);
    assert.equal(timeOf({ sec: 0, ns: 0 }), undefined);
    assert.equal(timeOf(null), undefined);
  });

  it("reads a data header anew when its hash changes", () => {
    const reader = bsread.create({});
    const read = (name: string, main = {}) =>
      only(reader.read(frames({ channels: [{ name }], data: [DOUBLE], main }), ARRIVED_AT)).content;
    for (const name of ["A", "B", "A"]) assert.deepEqual(read(name), { kind: "value", value: { [name]: 1.5 } });
    for (const name of ["A", "B"]) {
      assert.deepEqual(read(name, { hash: undefined }), { kind: "value", value: { [name]: 1.5 } });
    }
    for (let i = 0; i < 40; i++) assert.deepEqual(read(`${i}`), { kind: "value", value: { [i]: 1.5 } });
  });

  it("may name a channel anything", () => {
    const value = contentOf({ channels: [{ name: "__proto__" }], data: [DOUBLE] });
    assert.ok(typeof value === "object" && value !== null && Object.hasOwn(value, "__proto__"));
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
  });

  it("is refused where it is none", () => {
    const channels = [{ name: "A" }];
    const good = frames({ channels, data: [DOUBLE] });
    const [main = Buffer.alloc(0), head = Buffer.alloc(0)] = good;
    assert.equal(codeOf([]), "envelope-wrong");
    assert.equal(codeOf([main]), "envelope-wrong");
    assert.equal(codeOf([Buffer.from("lab/temp"), head]), "not-json");
    assert.equal(codeOf([Buffer.from('{"x": 1}'), head]), "envelope-wrong");
    assert.equal(codeOf([Buffer.from("[]"), head]), "envelope-wrong");
    assert.equal(codeOf([main, Buffer.from("{")]), "not-json");
    assert.equal(codeOf([main, Buffer.from("{}")]), "envelope-wrong");
    assert.equal(codeOf([main, Buffer.from('{"htype": "bsr_d-1.1"}')]), "envelope-wrong");
    assert.equal(codeOf([main, Buffer.from('{"htype": "bsr_d-1.1", "channels": [1]}')]), "envelope-wrong");
    assert.equal(codeOf(good.slice(0, 3)), "envelope-wrong");
    assert.equal(codeOf([...good, STAMP]), "envelope-wrong");
    assert.equal(codeOf(frames({ channels, data: [DOUBLE.subarray(1)] })), "not-samples");
    const many = Array.from({ length: 4097 }, (_, i) => ({ name: String(i) }));
    assert.equal(codeOf(frames({ channels: many, data: [] })), "envelope-wrong");
  });
});

describe("[PS7] the number of a pulse", () => {
  const numbers = (pulses: number[]) => {
    const counter = new Pulses();
    return pulses.map((pulse) => counter.number(pulse));
  };
  const every = (step: number, count: number, from = 1000) => Array.from({ length: count }, (_, i) => from + i * step);

  it("is known once the step is, and then tells of those that are missing", () => {
    assert.deepEqual(numbers([...every(1, 10), 1012]), [...Array(8).fill(undefined), 1008, 1009, 1012]);
    assert.deepEqual(numbers([...every(10, 10), 1120]), [...Array(8).fill(undefined), 108, 109, 112]);
  });

  it("is none while pulses come as they like, nor across a change of step", () => {
    assert.ok(numbers([1, 2, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17]).every((number) => number === undefined));
    assert.equal(numbers([...every(10, 10), 1093]).at(-1), undefined);
    assert.equal(numbers(every(0, 20)).at(-1), undefined);
    assert.deepEqual(numbers([...every(1, 10), 1009]).slice(-2), [1009, undefined]);
    assert.deepEqual(numbers([...every(1, 10), ...every(1, 9, 0)]).slice(-2), [7, 8]);
  });
});

it("[PS7] over ZeroMQ bsread is read, and numbered", async () => {
  const push = new Push({ linger: 0 });
  const pull = new Pull({ linger: 0 });
  try {
    await push.bind("tcp://127.0.0.1:*");
    pull.connect(push.lastEndpoint ?? "");
    const reader = bsread.create({});
    let last: Message | undefined;
    for (let i = 0; i < 9; i++) {
      await push.send(frames({ channels: [{ name: "A" }], data: [DOUBLE], main: { pulse_id: 500 + i } }));
      last = only(reader.read(await withDeadline("a message", pull.receive()), ARRIVED_AT));
    }
    assert.equal(last?.number, 508);
    assert.deepEqual(last?.content, { kind: "value", value: { A: 1.5 } });
  } finally {
    push.close();
    pull.close();
  }
});

it("[PS7] any frames are a message or a DecodeError", () => {
  const channel = fc.record(
    {
      name: fc.string(),
      type: fc.oneof(fc.constantFrom("float64", "bool", "string", "int16"), fc.string()),
      encoding: fc.constantFrom("big", "little", 1),
      compression: fc.option(fc.constantFrom("none", "lz4")),
    },
    { requiredKeys: ["name"] },
  );
  const sent = fc.record({
    channels: fc.array(channel, { maxLength: 4 }),
    data: fc.array(
      fc.uint8Array({ maxLength: 32 }).map((bytes) => Buffer.from(bytes)),
      { maxLength: 4 },
    ),
    main: fc.record(
      { pulse_id: fc.oneof(fc.double(), fc.nat(), fc.string()), global_timestamp: fc.jsonValue(), hash: fc.string() },
      { requiredKeys: [] },
    ),
  });
  const text = fc.json().map((json) => Buffer.from(json));
  const message = fc.oneof(sent.map(frames), fc.array(text, { maxLength: 4 }));
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), (messages) => {
      const reader = bsread.create({});
      for (const [i, frames] of messages.entries()) {
        try {
          const { time = 0, number = 0 } = only(reader.read(frames, ARRIVED_AT + i));
          assert.ok(Number.isFinite(time) && Number.isSafeInteger(number));
        } catch (error) {
          assert.ok(error instanceof DecodeError, String(error));
        }
      }
    }),
    { numRuns: 500 },
  );
});

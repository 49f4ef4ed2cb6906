import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Subscriber } from "zeromq";
import { DecodeError, type Message } from "../../../../bridge/decode/message.ts";
import { rowsOfSamples } from "../../../../bridge/decode/samples/sample-rows.ts";
import { openephys } from "../../../../bridge/presets/openephys/openephys.ts";
import { bindPublisher } from "../../../support/publisher.ts";
import { withDeadline } from "../../../support/wait.ts";

const ARRIVED_AT = 1_763_648_912.5;
const DATA = Buffer.from("DATA\0");
const EVENT = Buffer.from("EVENT\0");

/** As sendData of ZmqInterface.cpp builds it, and JUCE's JSON::toString writes it: lines that end in CR LF. */
function dataHeader({ number = 1, channel = 0, samples = 3, at = 1000, ms = 1_763_648_912_400 }): Buffer {
  return Buffer.from(
    [
      "{",
      `  "message_num": ${number},`,
      '  "type": "data",',
      '  "content": {',
      '    "stream": "example_data",',
      `    "channel_num": ${channel},`,
      `    "channel_name": "CH${channel + 1}",`,
      `    "num_samples": ${samples},`,
      `    "sample_num": ${at},`,
      '    "sample_rate": 1000.0',
      "  },",
      `  "data_size": ${samples * 4},`,
      `  "timestamp": ${ms}`,
      "}",
    ].join("\r\n"),
  );
}

/** sendEvent and sendSpikeEvent. */
const EVENT_HEADER =
  '{"message_num": 7, "type": "event", "content": {"stream": "example_data", "source_node": 100, "type": 3, "sample_num": 1012}, "data_size": 10, "timestamp": 1763648912500}';
const SPIKE_HEADER =
  '{"message_num": 8, "type": "spike", "spike": {"stream": "example_data", "source_node": 101, "electrode": "Tetrode 1", "sample_num": 1001, "num_channels": 2, "num_samples": 2, "sorted_id": 3, "threshold": [-50.0, -50.0]}, "timestamp": 1763648912500}';
/** Line, state, and the word of all lines: plot_process_zmq.py. */
const TTL_ON = Buffer.from("0201" + "0400000000000000", "hex");

function floats(...values: number[]): Buffer {
  return Buffer.from(new Float32Array(values).buffer);
}

function only(messages: Message[]): Message {
  const [message, ...more] = messages;
  assert.ok(message !== undefined && more.length === 0);
  return message;
}

function samplesOf(message: Message) {
  assert.ok(message.content.kind === "samples");
  return message.content.samples;
}

const open = () => openephys.create({});

describe("[PS4] Open Ephys", () => {
  it("sends samples of a channel", () => {
    const message = only(open().read([DATA, dataHeader({}), floats(1, 2, 3)], ARRIVED_AT));
    assert.equal(message.topic, "example_data");
    assert.equal(message.number, 1);
    const samples = samplesOf(message);
    assert.deepEqual(samples, {
      x0: 1_763_648_912.398,
      dx: 0.001,
      arrival: false,
      names: ["CH1"],
      columns: [new Float64Array([1, 2, 3])],
    });
    assert.deepEqual(rowsOfSamples(samples, message.topic)[0]?.names, ["example_data.CH1"]);
  });

  it("sends each channel by itself, at the same times, and numbers all of them", () => {
    const reader = open();
    const messages = [
      [DATA, dataHeader({ number: 1 }), floats(1, 2, 3)],
      [DATA, dataHeader({ number: 2, channel: 1, ms: 1_763_648_912_402 }), floats(4, 5, 6)],
      [DATA, dataHeader({ number: 3, at: 1003, ms: 1_763_648_912_409 }), floats(7, 8, 9)],
      [DATA, dataHeader({ number: 4, at: 1003, channel: 1, ms: 1_763_648_912_409 }), floats(7, 8, 9)],
    ].map((frames) => only(reader.read(frames, ARRIVED_AT)));
    const [a, b, c, d] = messages.map(samplesOf);
    assert.deepEqual(
      messages.map(({ topic, number }) => [topic, number]),
      [1, 2, 3, 4].map((number) => ["example_data", number]),
    );
    assert.equal(a?.x0, b?.x0);
    assert.ok(Math.abs((c?.x0 ?? 0) - (a?.x0 ?? 0) - 0.003) < 1e-6);
    assert.equal(c?.x0, d?.x0);
    assert.deepEqual(b?.names, ["CH2"]);
    assert.equal(a?.names, c?.names, "the same list each time");
  });

  it("counts its samples, so that those that did not come leave a hole", () => {
    const reader = open();
    reader.read([DATA, dataHeader({ at: 1000 }), floats(1, 2, 3)], ARRIVED_AT);
    const after = reader.read([DATA, dataHeader({ at: 1503, ms: 1_763_648_912_910 }), floats(1, 2, 3)], ARRIVED_AT);
    assert.ok(Math.abs(samplesOf(only(after)).x0 - 1_763_648_912.901) < 1e-6);
  });

  it("sends TTL events, at their sample", () => {
    const reader = open();
    reader.read([DATA, dataHeader({}), floats(1, 2, 3)], ARRIVED_AT);
    const { time, ...on } = only(reader.read([EVENT, Buffer.from(EVENT_HEADER), TTL_ON], ARRIVED_AT));
    assert.deepEqual(on, {
      topic: "example_data",
      number: 7,
      content: { kind: "value", value: { ttl: { 2: 1 } } },
    });
    assert.ok(Math.abs((time ?? 0) - 1_763_648_912.41) < 1e-6);
    const off = only(reader.read([EVENT, Buffer.from(EVENT_HEADER), Buffer.from("0200", "hex")], ARRIVED_AT));
    assert.deepEqual(off.content, { kind: "value", value: { ttl: { 2: 0 } } });
  });

  it("sends events before any samples, and others than TTL", () => {
    const alone = only(open().read([EVENT, Buffer.from(EVENT_HEADER), TTL_ON], ARRIVED_AT));
    assert.equal(alone.time, 1_763_648_912.5);
    const far = EVENT_HEADER.replace("1012", "4503599627370496");
    const reader = open();
    reader.read([DATA, dataHeader({}), floats(1, 2, 3)], ARRIVED_AT);
    assert.equal(only(reader.read([EVENT, Buffer.from(far), TTL_ON], ARRIVED_AT)).time, 1_763_648_912.5);
    const message = EVENT_HEADER.replace('"type": 3', '"type": 5').replace('"data_size": 10', '"data_size": 0');
    const { content, number } = only(open().read([EVENT, Buffer.from(message)], ARRIVED_AT));
    assert.deepEqual([content, number], [{ kind: "value", value: { event: 5 } }, 7]);
  });

  it("sends spikes: of the waveform the peak is plotted", () => {
    const spike = only(open().read([EVENT, Buffer.from(SPIKE_HEADER), floats(10, -70, 20, NaN)], ARRIVED_AT));
    assert.deepEqual(spike, {
      topic: "example_data",
      number: 8,
      time: 1_763_648_912.5,
      content: { kind: "value", value: { "Tetrode 1": { peak: -70, sorted_id: 3 } } },
    });
  });

  it("of before version 0.3.2 has no time, and of before July 2025 no names", () => {
    const text = dataHeader({ channel: 4 }).toString();
    const old = text
      .replace('"channel_name": "CH5",', "")
      .replace(/"data_size": 12,\s*"timestamp": \d+/, '"data_size": 12');
    const samples = samplesOf(only(open().read([DATA, Buffer.from(old), floats(1, 2, 3)], ARRIVED_AT)));
    assert.deepEqual(samples.names, ["4"]);
    assert.equal(samples.arrival, true);
    assert.equal(samples.x0, ARRIVED_AT - 0.002);
  });

  for (const [why, code, frames] of [
    ["one frame", "envelope-wrong", [DATA]],
    ["no frames", "envelope-wrong", []],
    ["four frames", "envelope-wrong", [DATA, dataHeader({}), floats(1, 2, 3), DATA]],
    ["another envelope", "envelope-wrong", [Buffer.from("lab/temp"), dataHeader({}), floats(1, 2, 3)]],
    ["an envelope without its 0", "envelope-wrong", [Buffer.from("DATA"), dataHeader({}), floats(1, 2, 3)]],
    ["a header that is no JSON", "not-json", [DATA, Buffer.from("{"), floats(1)]],
    ["a header that is no object", "envelope-wrong", [DATA, Buffer.from("[1]"), floats(1)]],
    ["a header without a type", "envelope-wrong", [DATA, Buffer.from("{}"), floats(1)]],
    ["a header without content", "envelope-wrong", [DATA, Buffer.from('{"type":"data"}'), floats(1)]],
    ["a type that is not read", "unsupported", [EVENT, Buffer.from('{"type":"param","content":{}}')]],
    ["fewer samples than told", "not-samples", [DATA, dataHeader({}), floats(1, 2)]],
    ["no samples where some are told", "not-samples", [DATA, dataHeader({})]],
    ["too many samples", "message-too-large", [DATA, dataHeader({ samples: 2 ** 20 + 1 }), Buffer.alloc(2 ** 22 + 4)]],
    ["half a spike", "not-samples", [EVENT, Buffer.from(SPIKE_HEADER), floats(1)]],
    [
      "no rate",
      "envelope-wrong",
      [DATA, Buffer.from(dataHeader({}).toString().replace("1000.0", "0")), floats(1, 2, 3)],
    ],
    ["no sample number", "envelope-wrong", [DATA, dataHeader({ at: -1 }), floats(1, 2, 3)]],
  ] as const) {
    it(`is refused where it has ${why}`, () => {
      assert.throws(
        () => open().read(frames, ARRIVED_AT),
        (error) => error instanceof DecodeError && error.code === code,
      );
    });
  }
});

describe("[PS4] over ZeroMQ", () => {
  it("Open Ephys is read", async () => {
    const publisher = await bindPublisher();
    const socket = new Subscriber({ linger: 0 });
    try {
      socket.subscribe("");
      socket.connect(publisher.address);
      await publisher.subscribed();
      await publisher.send(DATA, dataHeader({}), floats(1, 2, 3));
      const frames = await withDeadline("a message", socket.receive());
      assert.deepEqual(samplesOf(only(open().read(frames, ARRIVED_AT))).columns, [new Float64Array([1, 2, 3])]);
    } finally {
      socket.close();
      publisher.close();
    }
  });
});

it("[PS4] any frames are messages or a DecodeError", () => {
  const envelope = fc.constantFrom(DATA, EVENT, Buffer.from("x"));
  const content = fc.record(
    {
      stream: fc.oneof(fc.string(), fc.integer()),
      channel_num: fc.integer({ min: -1, max: 3 }),
      channel_name: fc.option(fc.string()),
      num_samples: fc.integer({ min: -1, max: 3 }),
      num_channels: fc.constant(1),
      electrode: fc.string(),
      sample_num: fc.oneof(fc.maxSafeNat(), fc.nat(1000), fc.double()),
      sample_rate: fc.oneof(fc.double(), fc.constant(1000)),
      type: fc.oneof(fc.constant(3), fc.string()),
    },
    { requiredKeys: [] },
  );
  const header = fc.record(
    {
      message_num: fc.oneof(fc.nat(), fc.string()),
      type: fc.constantFrom("data", "event", "spike", "param", 1),
      content,
      spike: content,
      timestamp: fc.oneof(fc.double(), fc.nat()),
    },
    { requiredKeys: ["type"] },
  );
  const head = fc.oneof(
    header.map((value) => Buffer.from(JSON.stringify(value))),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  );
  const payload = fc.uint8Array({ maxLength: 3 }).map((bytes) => Buffer.alloc(bytes.length * 4, bytes));
  const message = fc.oneof(fc.tuple(envelope, head, payload), fc.array(fc.oneof(envelope, head), { maxLength: 4 }));
  fc.assert(
    fc.property(fc.array(message, { maxLength: 10 }), (messages) => {
      const reader = open();
      for (const [i, frames] of messages.entries()) {
        try {
          assert.equal(reader.read(frames, ARRIVED_AT + i).length, 1);
        } catch (error) {
          assert.ok(error instanceof DecodeError, String(error));
        }
      }
    }),
    { numRuns: 500 },
  );
});

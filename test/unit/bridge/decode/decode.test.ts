import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { DecodeError } from "../../../../bridge/decode/message.ts";
import { createMapper } from "../../../../bridge/map/mapper.ts";
import { TopicTimes } from "../../../../bridge/map/topic-times.ts";
import { createClock, setBackLog } from "../../../../bridge/pipeline/clock.ts";
import { createReader } from "../../../../bridge/presets/reader.ts";
import { PointError } from "../../../../protocol/json/point-error.ts";
import { rowsOfJson } from "../../../../protocol/json/points.ts";
import { cpuMsOf } from "../../../support/cpu.ts";
import { ARRIVED_AT, decodingOf } from "../../../support/decoding.ts";
import { NO_MAP } from "../../../support/mapping.ts";

function read(...frames: (string | Buffer)[]): string[] | string {
  return decodingOf().read(...frames);
}

describe("a message of one frame", () => {
  it("[PT1] is a point, with a time or without", () => {
    assert.deepEqual(read('{"x": 1, "y": 2}'), ["y 1 2"]);
    assert.deepEqual(read('{"y": 2, "x": 1}'), ["y 1 2"]);
    assert.deepEqual(read("[1, 2]"), ["y 1 2"]);
    assert.deepEqual(read("2.5"), ["y now 2.5"]);
    assert.deepEqual(decodingOf().rows(["2.5"]), [{ x: ARRIVED_AT, arrival: true, names: ["y"], values: [2.5] }]);
  });

  it("[PT2c] [PT2d] has a series for each field with a number", () => {
    assert.deepEqual(read('{"t": 1, "x": 5, "temp": {"motor": 2}, "accel": [3, 4], "unit": "C"}'), [
      "x 1 5",
      "temp.motor 1 2",
      "accel.0 1 3",
      "accel.1 1 4",
    ]);
    assert.deepEqual(read('{"x": 1, "y": 2, "z": 3}'), ["y 1 2", "z 1 3"]);
  });

  it("[PT2] may have what Python writes for no number: the other fields are taken", () => {
    assert.deepEqual(read('{"t": 1, "good": 2, "flaky": NaN, "far": -Infinity}'), ["good 1 2"]);
    assert.deepEqual(read('lab {"t": 1, "NaN": 2, "flaky": NaN}'), ["lab.NaN 1 2"]);
    assert.deepEqual(read('{"t": [1, 2], "sig": {"a": [NaN, 3], "b": [4, Infinity]}}'), ["sig.b 1 4", "sig.a 2 3"]);
  });

  it("[PT3a] [PT3b] may be an array of any of these", () => {
    assert.deepEqual(read('[{"x": 1, "y": 2}, {"x": 3, "y": 4}]'), ["y 1 2", "y 3 4"]);
    assert.deepEqual(read('[{"x": 1, "y": 2}, [3, 4], {"x": 5, "z": 6}]'), ["y 1 2", "y 3 4", "z 5 6"]);
    assert.deepEqual(read("[1, 2, 3]").length, 3);
  });

  it("[PT4a] [PT4c] may be columns, with null for a missing value", () => {
    assert.deepEqual(read('{"x": [1, 2], "y": [3, null], "z": [5, 6]}'), ["y 1 3", "z 1 5", "z 2 6"]);
  });

  it("[PT6] has its time in any unit", () => {
    for (const x of [
      "1763648912",
      "1763648912000",
      "1763648912000000",
      "1763648912000000000",
      '"2025-11-20T14:28:32Z"',
    ]) {
      assert.deepEqual(read(`{"x": ${x}, "y": 1}`), ["y 1763648912 1"], x);
    }
  });

  it("[PT7c] of which nothing can be taken is refused with the reason", () => {
    assert.equal(read("{nonsense"), "not-json");
    assert.equal(read(Buffer.from('{"Höhe": 1}', "latin1")), "not-json");
    assert.deepEqual(read('{"x": 1, "y": NaN}'), ["y 1 NaN"]);
    assert.deepEqual(read("NaN"), ["y now NaN"]);
    assert.equal(read('{"x": 1, "y": "2"}'), "no-number");
    assert.equal(read("true"), "no-number");
    assert.equal(read('{"x": 1, "y": 1e999}'), "not-finite");
    assert.deepEqual(read('[{"x": 1, "y": 2}, {"x": "noon", "y": 2}]'), ["y 1 2", "y now 2"]);
    assert.equal(read('{"x": [1, 2], "y": [3]}'), "columns-differ");
    assert.equal(read(`${'{"a":'.repeat(12)}1${"}".repeat(12)}`), "too-deep");
    assert.equal(read(`{"${"n".repeat(300)}": 1}`), "series-name-invalid");
  });

  it("[BR2b] may be a word, a space and JSON", () => {
    assert.deepEqual(read('lab/temp {"x": 1, "y": 2}'), ["lab/temp 1 2"]);
    assert.deepEqual(read("temp 21.5"), ["temp now 21.5"]);
    assert.deepEqual(read("true 21.5"), ["true now 21.5"]);
    assert.deepEqual(read('10001 {"temp": 21.5}'), ["10001.temp now 21.5"]);
    assert.equal(read("two words 21.5"), "format-unknown");
    assert.equal(read('{"x":1} {"y":2}'), "not-json");
    assert.equal(read('"x" 1'), "not-json");
    assert.equal(read("temp "), "format-unknown");
    assert.equal(read("temp warm"), "format-unknown");
  });

  it("[BR2b] of two numbers is not a topic and a value: a time would name a new series each message", () => {
    assert.deepEqual(read("1763648912.5 21.5"), ["y now 21.5"]);
    assert.deepEqual(read("3 21.5"), ["0 now 3", "1 now 21.5"]);
    assert.equal(decodingOf({ format: "json" }).read("1763648912.5 21.5"), "not-json");
  });
});

describe("a message of two frames", () => {
  it("[BR2a] is topic and payload", () => {
    assert.deepEqual(read("temp", '{"x": 1, "y": 2}'), ["temp 1 2"]);
    assert.deepEqual(read("température", "[1, 2]"), ["température 1 2"]);
    assert.deepEqual(read("", '{"x": 1, "y": 2}'), ["y 1 2"]);
  });

  it("[PT5] has its series named by the topic, or prefixed", () => {
    assert.deepEqual(read("lab", '{"x": 1, "temp": 2, "y": 3}'), ["lab.temp 1 2", "lab 1 3"]);
    assert.deepEqual(read("lab", '[{"x": 1, "y": 2}, {"x": 3, "y": 4}]'), ["lab 1 2", "lab 3 4"]);
  });

  it("[BR2c] loses the separators at the topic's end", () => {
    for (const topic of ["temp/", "temp:", "temp ", "temp:/ "]) assert.deepEqual(read(topic, "[1, 2]"), ["temp 1 2"]);
    assert.deepEqual(read("/", "[1, 2]"), ["y 1 2"]);
    assert.deepEqual(read("/lab/temp", "[1, 2]"), ["/lab/temp 1 2"]);
  });

  it("[BR3] is refused where the topic is no text or no name", () => {
    assert.equal(read(Buffer.from([0xff, 0xfe]), "1"), "topic-not-text");
    assert.equal(read("a\u0000b", "[1, 2]"), "series-name-invalid");
    assert.equal(read("n".repeat(300), '{"x": 1, "y": 2}'), "series-name-invalid");
    assert.deepEqual(read("\uFFFD", "[1, 2]"), ["\uFFFD 1 2"]);
  });

  it("[BR3] takes no quadratic time over a topic of separators", () => {
    const ms = cpuMsOf(() => assert.equal(read(`${"/".repeat(2_000_000)}x`, "1"), "topic-too-long"));
    assert.ok(ms < 1000, `${ms} ms`);
  });
});

it("[BR3] a message of four frames, or of three that are not topic, payload and a number, is refused", () => {
  assert.equal(read("a", "1", "1", "1"), "too-many-frames");
  assert.equal(read("a", "1", "c"), "too-many-frames");
});

it("[PT1] whatever JSON a message holds, it is read as a POST of it would be", () => {
  const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(1e12, 1e15, 1e18, -0));
  const plain = fc.record({ x: number, y: fc.oneof({ weight: 4, arbitrary: number }, fc.jsonValue()) });
  const value = fc.oneof(plain, fc.array(plain), fc.jsonValue(), fc.array(fc.oneof(plain, fc.jsonValue())));
  const topics = fc.constantFrom("", "lab", "a b", "\u0007");
  for (const format of ["auto", "json"]) {
    const decoding = decodingOf({ format });
    // What the bridge remembers of a topic's times.
    const timesOf = new Map(["", "lab", "a b", "\u0007"].map((topic) => [topic, new TopicTimes()]));
    fc.assert(
      fc.property(value, topics, (json, topic) => {
        const text = JSON.stringify(json);
        const posted = resultOf(() => rowsOfJson(text, { topic, arrivedAt: ARRIVED_AT, times: timesOf.get(topic) }));
        assert.deepEqual(
          resultOf(() => decoding.rows([topic, text])),
          // Whether the topic or the value is wrong is asked in another order.
          topic === "\u0007" ? "series-name-invalid" : posted,
        );
      }),
      { numRuns: 500 },
    );
  }
});

function resultOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    assert.ok(error instanceof PointError);
    return error.code;
  }
}

it("[BR3] no bytes make decoding throw anything but a reason", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.string({ maxLength: 20 }).map((text) => Buffer.from(text)),
  );
  for (const format of ["auto", "json", "ndjson", "msgpack", "cbor", "csv", "numbers", "f32", "i16bex2@48k"]) {
    for (const inflate of ["auto", "raw"] as const) {
      const reader = createReader({ format, skipBytes: 0, inflate });
      const mapper = createMapper(NO_MAP);
      fc.assert(
        fc.property(fc.array(bytes, { maxLength: 4 }), fc.nat(20), (frames, at) => {
          try {
            const now = ARRIVED_AT + at / 10;
            const messages = [
              ...reader.read(
                frames.map((frame) => Buffer.from(frame)),
                now,
              ),
              ...(reader.tick?.(now) ?? []),
            ];
            for (const message of messages) mapper.map(message, now);
          } catch (error) {
            assert.ok(error instanceof DecodeError || error instanceof PointError, String(error));
          }
        }),
        { numRuns: 300 },
      );
    }
  }
});

it("[PT1] the time of arrival is finer than a millisecond, and agrees with the system's clock", () => {
  let dateMs = 1000;
  let steadyMs = 0.25;
  const clock = createClock(
    () => dateMs,
    () => steadyMs,
  );
  assert.equal(clock(), 1);
  steadyMs += 0.5;
  assert.equal(clock(), 1.0005);
  dateMs = 1001;
  assert.equal(clock(), 1.001, "never behind the system's clock");
  steadyMs += 5;
  assert.ok(clock() < 1.002, "never a millisecond ahead");
  dateMs = 500;
  assert.ok(clock() >= 0.5 && clock() < 0.501, "follows a clock that was set back");
});

it("[SA2] [SA3] a system clock that was set back is said once, and at most once a minute", () => {
  let dateMs = 10_000_000;
  let steadyMs = 0;
  const said: string[] = [];
  const log = { warn: (text: string) => said.push(text) };
  const clock = createClock(
    () => dateMs,
    () => steadyMs,
    setBackLog(log, () => steadyMs),
  );
  clock();
  dateMs -= 249;
  clock();
  assert.deepEqual(said, [], "a correction");
  dateMs -= 3_600_000;
  for (let i = 0; i < 3; i++) clock();
  assert.equal(said.length, 1);
  assert.match(said[0] ?? "", /^The system's clock was set back by 60 min/);
  for (const [afterMs, count] of [
    [59_999, 1],
    [1, 2],
  ] as const) {
    steadyMs += afterMs;
    dateMs += afterMs - 5000;
    clock();
    assert.equal(said.length, count);
  }
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ARRIVED_AT, decodingOf, faultOf, hex } from "../../../support/decoding.ts";
import { f64, u32, u64 } from "../../../support/little-endian.ts";

const PAYLOAD = '{"a":1}';

type Frames = readonly (string | Buffer)[];

function adviceOf(...frames: Frames): string {
  return faultOf(() => decodingOf().rows(frames)).message;
}

describe("two frames", () => {
  it("[FM1d] have a topic without the blanks, NULs and line ends behind it", () => {
    for (const topic of ["lab", "lab ", "lab\n", "lab\r\n", "lab\t", "lab\u0000\u0000", "lab/ \n"]) {
      assert.deepEqual(decodingOf().read(topic, PAYLOAD), ["lab.a now 1"], JSON.stringify(topic));
    }
  });

  it("[FM1c] have what the topic looks like in the line of the log", () => {
    assert.match(adviceOf(Buffer.from("température", "latin1"), PAYLOAD), /Latin-1 \("température"\)/);
    assert.match(adviceOf(Buffer.from("temp", "utf16le"), PAYLOAD), /UTF-16 \("temp"\)/);
    assert.match(adviceOf(Buffer.from("temp", "utf16le").swap16(), PAYLOAD), /UTF-16 \("temp"\)/);
    assert.match(adviceOf("\u0000lab", PAYLOAD), /a byte 0x00 and the text "lab"/);
    assert.match(adviceOf(hex("00 6b 8b 45 67"), PAYLOAD), /ROUTER/);
    assert.match(adviceOf(hex("9f8b3c2a7d6e4f109f8b3c2a7d6e4f10"), PAYLOAD), /a UUID .*--frames skip,payload/);
  });

  it("[FM1e] are a payload and its time, in either order, where that shows", () => {
    for (const time of ["1763648912.25", f64(1_763_648_912.25), "2025-11-20T14:28:32.25Z"]) {
      assert.deepEqual(decodingOf().read(time, PAYLOAD), ["a 1763648912.25 1"]);
      for (const [payload, point] of [
        [PAYLOAD, "a 1763648912.25 1"],
        ["21.5", "y 1763648912.25 21.5"],
        [hex("81 a1 61 01"), "a 1763648912.25 1"],
      ] as const) {
        assert.deepEqual(decodingOf().read(payload, time), [point]);
      }
    }
    assert.deepEqual(decodingOf().read("temp", "1763648912.25"), ["temp now 1763648912.25"], "a word is a topic");
  });

  it("[FM1f] are refused where the first is no topic", () => {
    for (const [first, second, advice] of [
      ['{"id":1}', PAYLOAD, "--frames payload,payload"],
      ["-2.5", PAYLOAD, "--frames payload,skip"],
      [hex("81 a1 61 01"), PAYLOAD, "--frames payload,payload"],
      [u32(5), PAYLOAD, "--frames counter:u32,payload"],
      [hex("00 00 00 05"), PAYLOAD, "--frames counter:u32be,payload"],
      ["21", "1763648912.25", "--frames payload,time"],
      ["1763648912.25", "1763648912.5", "--frames time,payload"],
    ] as const) {
      const fault = faultOf(() => decodingOf().rows([first, second]));
      assert.equal(fault.code, "envelope-wrong");
      assert.ok(fault.message.includes(advice), fault.message);
    }
  });

  it("[FM1g] may have whole numbers as topics, unless the eleventh in a row still counts", () => {
    const decoding = decodingOf();
    for (let i = 0; i < 10; i++) assert.deepEqual(decoding.read(`${i}`, PAYLOAD), [`${i}.a now 1`]);
    assert.equal(decoding.read("10", PAYLOAD), "envelope-wrong");
    assert.equal(decoding.read("11", PAYLOAD), "envelope-wrong");
    assert.deepEqual(decoding.read("20", PAYLOAD), ["20.a now 1"]);
    for (const [first, step] of [
      ["1732112912000", 100],
      ["1732112912000000000", 100_000_000],
      ["1732112912", 5],
    ] as const) {
      const times = decodingOf();
      const at = (i: number): string => String(BigInt(first) + BigInt(i * step));
      for (let i = 0; i < 10; i++) assert.deepEqual(times.read(at(i), PAYLOAD), [`${at(i)}.a now 1`]);
      assert.equal(times.read(at(10), PAYLOAD), "envelope-wrong", "times of a year before");
      assert.deepEqual(times.read(at(3), PAYLOAD), [`${at(3)}.a now 1`]);
    }
    const turns = decodingOf();
    for (let i = 0; i < 100; i++) assert.deepEqual(turns.read(`${i % 10}`, PAYLOAD), [`${i % 10}.a now 1`]);
  });
});

describe("three frames and more", () => {
  it("[FM1h] have the topic first, or else the one word", () => {
    assert.deepEqual(decodingOf().read("lab", PAYLOAD, "1763648912.25"), ["lab.a 1763648912.25 1"]);
    assert.deepEqual(decodingOf().read("1763648912.25", "lab", PAYLOAD), ["lab.a 1763648912.25 1"]);
    assert.deepEqual(decodingOf().read("", "lab", PAYLOAD), ["lab.a now 1"]);
    assert.deepEqual(decodingOf().read(PAYLOAD, "", "1763648912.25"), ["a 1763648912.25 1"]);
    assert.match(adviceOf("dev-7", "lab", PAYLOAD), /topic,skip,payload; .* skip,topic,payload/);
  });

  it("[FM1i] have the payload where it shows", () => {
    const time = "1763648912.25";
    for (const [frames, point] of [
      [["lab", time, "20"], "lab 1763648912.25 20"],
      [["lab", "20", time], "lab 1763648912.25 20"],
      [["lab", "21.5", "7"], "lab now 21.5"],
      [["lab", "7", "21.5"], "lab now 21.5"],
      [["lab", time, "7", PAYLOAD], "lab.a 1763648912.25 1"],
      [["lab", u32(7), hex("81 a1 61 01")], "lab.a now 1"],
    ] as const) {
      assert.deepEqual(decodingOf().read(...frames), [point]);
    }
    const id = (bytes: number): Frames => ["lab", Buffer.alloc(bytes, 0x81), Buffer.alloc(64, 0x81)];
    assert.match(adviceOf("lab", Buffer.alloc(16, 0xf1), Buffer.alloc(65, 0xf1)), /Frame 2 .*topic,skip,payload/);
    assert.match(adviceOf(...id(16)), /several may be the payload/, "64 bytes may be an id, too");
  });

  it("[FM1j] are refused where several may be the payload, with the words for each", () => {
    for (const [frames, advice] of [
      [
        ["lab", "20", "7"],
        /topic,payload,counter if frame 2 is the payload, --frames topic,counter,payload if frame 3/,
      ],
      [["lab", '{"seq":1}', PAYLOAD], /topic,skip,payload if frame 3 .*topic,payload,skip if frame 2/],
      [["lab", "ON", "kitchen"], /topic,payload,skip if frame 2 .*topic,skip,payload if frame 3/],
      [['{"id":1}', "5", "17"], /payload,counter,skip if frame 1/],
    ] as const) {
      const fault = faultOf(() => decodingOf().rows(frames));
      assert.equal(fault.code, "too-many-frames");
      assert.match(fault.message, advice);
    }
  });

  it("[FM1k] tell after ten messages which is the payload in those that do not show it", () => {
    for (const shown of [9, 10]) {
      const decoding = decodingOf();
      for (let i = 0; i < shown; i++) assert.deepEqual(decoding.read("lab", `${i}.5`, `${i}`), [`lab now ${i}.5`]);
      assert.deepEqual(decoding.read("lab", "20", "10"), shown === 10 ? ["lab now 20"] : "too-many-frames");
    }
    const decoding = decodingOf();
    const value = (i: number): string => `${20 + ((i * i) % 7)}`;
    for (let i = 0; i < 10; i++) assert.equal(decoding.read("lab", `${i}`, value(i)), "too-many-frames");
    assert.deepEqual(decoding.read("lab", "10", value(10)), [`lab now ${value(10)}`]);
    const both = decodingOf();
    for (let i = 0; i < 30; i++) assert.equal(both.read("lab", `${i}`, `${20 + i}`), "too-many-frames");
  });

  it("[FM2b] may have a time in bytes of either order, within a day", () => {
    const at = 1_763_648_912.25;
    const bytes = (write: (into: Buffer) => void): Buffer => {
      const into = Buffer.alloc(8);
      write(into);
      return into;
    };
    for (const time of [
      bytes((into) => into.writeDoubleBE(at)),
      bytes((into) => into.writeBigInt64LE(BigInt(at * 1e3))),
      bytes((into) => into.writeBigInt64BE(BigInt(at * 1e6))),
    ]) {
      assert.deepEqual(decodingOf().read("lab", time, PAYLOAD), [`lab.a ${at} 1`]);
    }
    assert.deepEqual(decodingOf().read("lab", PAYLOAD, f64(ARRIVED_AT - 86_399)), [`lab.a ${ARRIVED_AT - 86_399} 1`]);
    assert.equal(decodingOf().read("lab", PAYLOAD, f64(ARRIVED_AT - 86_401)), "envelope-wrong");
  });

  it("[FM2g] have a counter no more once ten do not count", () => {
    const decoding = decodingOf();
    for (let i = 0; i < 20; i++) assert.deepEqual(decoding.read("lab", PAYLOAD, u32(i)), ["lab.a now 1"]);
    const outcomes = Array.from({ length: 20 }, () => decoding.read("lab", PAYLOAD, u32(77)));
    assert.equal(outcomes.filter((outcome) => outcome === "envelope-wrong").length, 7);
    assert.equal(outcomes.at(-1), "envelope-wrong");
    assert.deepEqual(decoding.read("lab", PAYLOAD, u32(78)), ["lab.a now 1"], "it counts again");
  });

  it("[FM2m] have no time in eight or four letters", () => {
    for (const name of ["kitchen1", "sensor-7", "13:37:00", "a1b2c3d4", "0x1f2e3d", "ab12"]) {
      assert.equal(decodingOf().read("lab", PAYLOAD, name), "too-many-frames");
      assert.ok(adviceOf("lab", PAYLOAD, name).includes("--frames topic,payload,skip"));
      assert.ok(adviceOf("lab", name, PAYLOAD).includes("--frames topic,skip,payload"));
    }
    const decoding = decodingOf();
    for (let i = 0; i < 9; i++) assert.equal(decoding.read("lab", PAYLOAD, `sensor-${i}`), "too-many-frames");
    // 0x20202020 and what follows are four printable characters.
    for (let i = 0; i < 3; i++) decoding.read("count", PAYLOAD, u32(0x2020_201e + i));
    assert.deepEqual(decoding.read("count", PAYLOAD, u32(0x2020_2021)), ["count.a now 1"]);
  });

  it("[FM2n] say the date of 8 bytes that are a time, but not of today", () => {
    assert.match(
      adviceOf("lab", PAYLOAD, f64(1_700_000_000.5)),
      /2023-11-14 22:13:20.*--frames topic,payload,time:f64/,
    );
    assert.match(adviceOf("lab", PAYLOAD, u64(1_700_000_000_000_000_123n)), /2023-11-14.*topic,payload,time:i64/);
  });

  it("[FM2o] may have a counter of 64 bits, whose neighbours differ by one", () => {
    const numbersOf = (config: readonly string[], first: bigint): (number | undefined)[] => {
      const decoding = decodingOf({ frames: config });
      return [0n, 1n, 2n].map((i) => decoding.messages(["lab", PAYLOAD, u64(first + i)])[0]?.number);
    };
    const frames = ["topic", "payload", "counter:u64"];
    assert.deepEqual(numbersOf(frames, 2n ** 60n + 5n), [5, 6, 7]);
    assert.deepEqual(numbersOf(frames, 2n ** 53n - 1n), [2 ** 53 - 1, 0, 1]);
    const text = decodingOf({ frames: ["topic", "payload", "counter"] });
    assert.deepEqual(
      ["9007199254740993", "9007199254740994", "18446744073709551615"].map(
        (number) => text.messages(["lab", PAYLOAD, number])[0]?.number,
      ),
      [1, 2, 2 ** 53 - 1],
    );
  });
});

it("[FM1j] [FM2a] every layout that a line names reads the message that it was said of", () => {
  const kinds: readonly (string | Buffer)[] = [
    "lab",
    "kitchen1",
    "",
    "7",
    "-2.5",
    "1763648912.25",
    "2025-11-20T14:28:32.25Z",
    '{"seq":1}',
    PAYLOAD,
    u32(5),
    hex("00 00 00 00 00 00 00 05"),
    f64(1_763_648_912.25),
    f64(1_700_000_000.5),
    hex("9f8b3c2a7d6e4f109f8b3c2a7d6e4f10"),
    hex("00 6b 8b 45 67"),
    hex("81 a1 61 01"),
  ];
  let advised = 0;
  for (const first of kinds) {
    for (const second of kinds) {
      for (const third of [undefined, ...kinds]) {
        const frames = third === undefined ? [first, second] : [first, second, third];
        const outcome = decodingOf().read(...frames);
        if (typeof outcome !== "string" || !/^(?:envelope-wrong|too-many-frames)$/.test(outcome)) continue;
        const layouts = [...adviceOf(...frames).matchAll(/--frames ([a-z0-9:,]*[a-z0-9])/g)].map(
          ([, words]) => words ?? "",
        );
        assert.ok(layouts.length > 0, `no advice for ${JSON.stringify(frames.map(String))}`);
        for (const words of layouts) {
          const read = decodingOf({ frames: words.split(",") }).read(...frames);
          assert.notEqual(read, "envelope-wrong", `${words} for ${JSON.stringify(frames.map(String))}`);
          advised++;
        }
      }
    }
  }
  assert.ok(advised > 1000, `${advised}`);
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { delivered, type Frames } from "../../../support/end-to-end.ts";
import { hex } from "../../../support/preset.ts";
import { encode, noise } from "../../../support/samples.ts";

/** What each format's bytes are is told in formats-*.test.ts. */
const FORMATS: readonly {
  format: string;
  sent: readonly Frames[];
  series: Record<string, number[]>;
  /** Whether `auto` knows it as well. */
  isFound?: boolean;
}[] = [
  { format: "json", sent: [['{"x":1,"y":2}'], ["lab", '{"t":3,"a":{"b":4}}']], series: { y: [2], "lab.a.b": [4] } },
  { format: "ndjson", sent: [['{"t":1,"a":1}\n{"t":2,"a":2}\n']], series: { a: [1, 2] } },
  { format: "msgpack", sent: [[hex("82 a7 636f6d70616374 c3 a6 736368656d61 00")]], series: { schema: [0] } },
  {
    format: "cbor",
    sent: [["lab", hex("bf 61 61 01 61 62 9f 02 03 ff ff")]],
    series: { "lab.a": [1], "lab.b.0": [2], "lab.b.1": [3] },
  },
  { format: "csv", sent: [["t,a\r\n1,5\r\n2,6\r\n"], ["3,7"]], series: { a: [5, 6, 7] } },
  { format: "csv", sent: [["1.5 2.5 3.5"]], series: { "0": [1.5], "1": [2.5], "2": [3.5] } },
  { format: "numbers", sent: [["21.5"], ["lab", "22.5"]], series: { y: [21.5], lab: [22.5] } },
  ...["f32", "f32be", "f64", "f64be", "i16", "i16be", "i32", "i32be", "u8"].map((format) => ({
    format,
    sent: Array.from({ length: 10 }, (_, m) => [encode(format, ramp(m))]),
    series: { y: Array.from({ length: 10 }, (_, m) => ramp(m)).flat() },
  })),
  // Few bytes tell the width of these, but not which signs they have.
  { format: "i8", sent: [[hex("ff 01")]], series: { y: [-1, 1] }, isFound: false },
  { format: "u16be", sent: [[hex("ff ff")]], series: { y: [65_535] }, isFound: false },
  { format: "u32", sent: [[hex("ff ff ff ff")]], series: { y: [4_294_967_295] }, isFound: false },
  { format: "i64", sent: [[hex("ff ff ff ff ff ff ff ff")]], series: { y: [-1] }, isFound: false },
  { format: "u64be", sent: [[hex("00 00 00 01 00 00 00 00")]], series: { y: [2 ** 32] }, isFound: false },
  {
    format: "i16x2@1k",
    sent: [[hex("01 00 02 00 03 00 04 00")]],
    series: { "0": [1, 3], "1": [2, 4] },
    isFound: false,
  },
  { format: "f32:iq", sent: [[hex("00 00 80 3f 00 00 00 40")]], series: { re: [1], im: [2] }, isFound: false },
];

function ramp(message: number): number[] {
  return Array.from({ length: 32 }, (_, i) => ((32 * message + i) % 100) + 20);
}

/** A time beside a plain number has to be of today. */
const TODAY = Math.floor(Date.now() / 1000) - 60.5;

/** What another publisher sends between a publisher's messages, of which none must be read otherwise for it. */
const SPOILING: readonly {
  name: string;
  good: (i: number) => Frames;
  series: string[];
  between: Frames;
  refused: Record<string, number>;
}[] = [
  {
    name: "[FM2] a time in the third frame of another topic",
    good: (i) => ["good", `{"y":${i}}`, Buffer.from([i, 1, 0, 0])],
    series: ["good"],
    between: ["bad", "5", String(TODAY)],
    refused: {},
  },
  {
    name: "[FM4] a line with a late date",
    good: (i) => [`${1_764_360_000 + i},${i}`],
    series: ["y"],
    between: ["4080000000,5"],
    refused: {},
  },
  {
    name: "[FM4] a line of names",
    good: (i) => [`${i}.5,${i}`],
    series: ["0", "1"],
    between: ["x,hacked"],
    refused: { "not-csv": 1 },
  },
];

describe("through the whole bridge", () => {
  for (const { name, good, series, between, refused } of SPOILING) {
    it(`${name} changes nothing of what a publisher's are read as`, async () => {
      const sent = [...Array.from({ length: 20 }, (_, i) => good(i)), between];
      for (let i = 20; i < 60; i++) sent.push(good(i));
      const arrived = await delivered({}, sent, 60 * series.length);
      assert.deepEqual(arrived.refused, refused);
      for (const each of series) {
        const values = (arrived.series[each] ?? []).map(Math.floor).filter((y, i) => i !== 20 || y !== 5);
        assert.deepEqual(
          values,
          Array.from({ length: 60 }, (_, i) => i),
        );
      }
    });
  }

  for (const { format, sent, series, isFound = true } of FORMATS) {
    const count = Object.values(series).flat().length;
    it(`[FM3] --format ${format} comes as it was sent`, async () => {
      assert.deepEqual((await delivered({ format }, sent, count)).series, series);
    });
    if (!isFound) continue;
    it(`[FM9a] ${format} is found out`, async () => {
      const found = await delivered({}, sent, count);
      assert.deepEqual(found.series, series);
      assert.ok(
        found.log.some((line) => line.includes(`taken for ${format === "numbers" ? "json" : format}`)),
        found.log.join("\n"),
      );
    });
  }

  for (const [name, bytes, inflate] of [
    ["zlib", deflateSync('{"x":1,"a":2}'), "auto"],
    ["gzip", gzipSync('{"x":1,"a":2}'), "auto"],
    ["zstd", zstdCompressSync('{"x":1,"a":2}'), "auto"],
    ["raw deflate", deflateRawSync('{"x":1,"a":2}'), "raw"],
  ] as const) {
    it(`[FM8] ${name} is inflated`, async () => {
      assert.deepEqual((await delivered({ inflate }, [[bytes]], 1)).series, { a: [2] });
    });
  }

  it("[FM2] envelopes are opened: a time, a counter that tells a loss, a delimiter, bytes to skip", async () => {
    const timed = await delivered({}, [["lab", "5", String(TODAY)]], 1);
    assert.deepEqual([timed.series, timed.xs], [{ lab: [5] }, [TODAY]]);
    const counted = await delivered(
      { frames: ["topic", "payload", "counter:u32"] },
      [1, 2, 5].map((number) => ["lab", "[1,2]", Buffer.from([number, 0, 0, 0])]),
      3,
    );
    assert.deepEqual(counted.gaps, ["publisher-dropped"]);
    assert.deepEqual((await delivered({ topicDelimiter: "|" }, [["lab|5"]], 1)).series, { lab: [5] });
    assert.deepEqual((await delivered({ skipBytes: 4 }, [['1234{"a":5}']], 1)).series, { a: [5] });
  });

  it("[FM9d] what is held back keeps the time of its arrival, and comes after a second", async () => {
    const { series, xs, sentBetween } = await delivered({}, [[hex("cd 01 00")], [hex("cd 01 01")]], 2);
    assert.deepEqual(series, { y: [256, 257] });
    assert.ok(
      xs.every((x) => x > sentBetween[0] && x < sentBetween[1] - 1.5),
      String(xs.map((x) => sentBetween[1] - x)),
    );
  });

  it("[FM9d] every message that was held and is refused is counted, and takes no other with it", async () => {
    const values = noise(3 * 999, 5).map((value) => Math.floor((value + 1) * 128));
    const random = [0, 1, 2].map((i) => ["bad", Buffer.from(values.slice(999 * i, 999 * (i + 1)))]);
    const good = ["good", encode("f32", [1, 2, 3])];
    const { series, refused } = await delivered({}, [...random, good], 3);
    assert.deepEqual(series, { good: [1, 2, 3] });
    assert.deepEqual(refused, { "format-unknown": 3 });
  });
});

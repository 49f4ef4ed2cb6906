import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { decisionLog } from "../../../../../bridge/observability/decisions.ts";
import { createLog } from "../../../../../bridge/observability/log.ts";
import { decodingOf, faultOf, hex } from "../../../../support/decoding.ts";
import { encode, noise } from "../../../../support/samples.ts";

/** What ten messages are taken for, all of them read. */
function taken(messages: readonly (string | Buffer)[]): string {
  const decoding = decodingOf();
  const points = messages.map((message) => decoding.read(message));
  assert.ok(points.every(Array.isArray), JSON.stringify(points));
  return decoding.decisions.map(({ format, wrapping }) => format + (wrapping ? ` in ${wrapping}` : "")).join(", ");
}

const ten = <T>(make: (i: number) => T): T[] => Array.from({ length: 10 }, (_, i) => make(i));

describe("auto", () => {
  it("[FM9b] knows text formats from the first message", () => {
    for (const [format, make] of [
      ["json", (i: number) => JSON.stringify({ x: i, y: i })],
      ["json", (i: number) => JSON.stringify([i, i / 2])],
      ["json", (i: number) => JSON.stringify({ t: [i, i + 1], a: [1, 2] })],
      ["json", (i: number) => `${i / 2}`],
      ["json", (i: number) => `lab/temp ${i}`],
      ["ndjson", (i: number) => `{"a":${i}}\n{"a":${i + 0.5}}\n`],
      ["csv", (i: number) => `${i},${i / 2}`],
      ["csv", (i: number) => `${i} ${i / 2} ${i / 3}`],
      ["csv", (i: number) => `time;temp\n${1_763_648_912 + i};2,5`],
      ["csv", (i: number) => `+${i}`],
    ] as const) {
      assert.equal(taken([make(3)]), format, make(3));
      assert.equal(taken(ten((i) => make(i + 1))), format, make(3));
    }
  });

  it("[FM9b] knows packed formats with names of fields from the first message, others from the first ten", () => {
    const fields = (i: number) => hex(`82 a1 61 ${byte(i)} a1 62 ca 3f 80 00 00`);
    assert.equal(taken([fields(1)]), "msgpack");
    for (const [format, make] of [
      ["msgpack", fields],
      ["msgpack", (i: number) => hex(`81 01 ${byte(i)}`)],
      ["msgpack", (i: number) => hex(`92 ${byte(i)} 05`)],
      ["msgpack", (i: number) => hex(`93 ${byte(i)} cb 3f f8 00 00 00 00 00 00 05`)],
      ["msgpack", (i: number) => hex(`cb 3f f8 00 00 00 00 00 ${byte(i)}`)],
      ["msgpack", (i: number) => hex(`cd 01 ${byte(i)}`)],
      ["cbor", (i: number) => hex(`a1 61 61 ${byte(i)}`)],
      ["cbor", (i: number) => hex(`bf 61 61 ${byte(i)} ff`)],
      ["cbor", (i: number) => hex(`83 01 02 ${byte(i)}`)],
      ["cbor", (i: number) => hex(`fb 3f f1 99 99 99 99 99 ${byte(i)}`)],
      ["cbor", (i: number) => hex(`d8 51 48 3f 80 00 ${byte(i)} c0 00 00 00`)],
    ] as const) {
      assert.equal(decisionOf(ten(make)), format, make(1).toString("hex"));
    }
  });

  it("[FM9] knows what the presets' publishers send in plain formats", () => {
    for (const [format, message] of [
      // EDDN: zlib JSON. MISP, Monero and LECO-like: a word and JSON. PlotJuggler: JSON, msgpack or CBOR.
      [
        "json in zlib",
        deflateSync('{"$schemaRef":"https://eddn.edcd.io/schemas/journal/1","message":{"StarPos":[1,2,3]}}'),
      ],
      ["json in gzip", gzipSync('{"a":1}')],
      ["json in zstd", zstdCompressSync('{"a":1}')],
      ["json", 'misp_json_self {"status":"And when you\'re dead I will be still alive.","uptime":54}'],
      ["json", '{"timestamp":1763648912.1,"data":{"cos":0.75,"sin":0.65}}'],
    ] as const) {
      assert.equal(taken([message]), format);
    }
  });

  it("[FM9g] shows a message that can be told by itself at once, and holds back no more than a second of others", () => {
    const decoding = decodingOf();
    for (const message of ['{"a":1}', "21.5", "lab 5", "1,2", hex("81 a1 61 01"), deflateSync("5")]) {
      assert.ok(decoding.read(message).length > 0);
    }
    const binary = decodingOf();
    assert.deepEqual(binary.readAt(100, hex("00 00 80 3f 00 00 00 40")), []);
    assert.deepEqual(binary.readAt(100.5, hex("00 00 40 40 00 00 80 40")), []);
    assert.deepEqual(binary.tick(100.9), []);
    assert.deepEqual(valuesIn(binary.tick(101)), [1, 2, 3, 4]);
    assert.deepEqual(binary.tick(102), [], "once");
  });

  it("[FM9g] holds nothing longer where the clock was set, and set back", () => {
    const binary = decodingOf();
    assert.deepEqual(binary.readAt(100, hex("00 00 80 3f 00 00 00 40")), []);
    assert.deepEqual(binary.readAt(200, hex("00 00 40 40 00 00 80 40")), []);
    assert.deepEqual(valuesIn(binary.tick(100.5)), [1, 2, 3, 4]);
  });

  it("[FM9d] held messages come in order, at the times of their own arrival, by time and at the end", () => {
    for (const release of ["tick", "end"] as const) {
      const decoding = decodingOf();
      for (let i = 0; i < 5; i++)
        assert.deepEqual(decoding.readAt(100 + i / 10, hex(`92 cb 40 59 00 00 00 00 00 00 ${byte(i)}`)), []);
      const points = release === "tick" ? decoding.tick(200) : decoding.end();
      assert.deepEqual(
        points,
        [0, 1, 2, 3, 4].map((i) => `y 100 ${i}`),
        "[100, i]",
      );
      const numbers = decodingOf();
      for (let i = 0; i < 5; i++) numbers.readAt(100 + i / 10, hex(`cd 01 ${byte(i)}`));
      assert.deepEqual(
        release === "tick" ? numbers.tick(200) : numbers.end(),
        [0, 1, 2, 3, 4].map((i) => `y ${100 + i / 10} ${256 + i}`),
      );
    }
    const samples = decodingOf();
    const out = Array.from({ length: 10 }, (_, i) => samples.readAt(100 + i / 10, encode("f32", [i])));
    assert.deepEqual(out.slice(0, 9).flat(), []);
    const points = out[9] ?? "";
    assert.ok(Array.isArray(points));
    assert.deepEqual(
      points,
      ten((i) => `y ${100 + i / 10} ${i}`),
    );
  });

  it("[FM9] takes each topic for what it is", () => {
    const decoding = decodingOf();
    for (let i = 0; i < 10; i++) {
      decoding.read("a", `{"v":${i}}`);
      decoding.read("b", hex(`81 a1 76 ${byte(i)}`));
      decoding.read("c", encode("i16be", [100 * i, 100 * i + 50]));
      decoding.read("d", encode("f64", [Math.sqrt(i), Math.sin(i)]));
      decoding.read("e", `${i};2`);
    }
    assert.deepEqual(decoding.decisions.map(({ topic, format }) => `${topic} ${format}`).sort(), [
      "a json",
      "b msgpack",
      "c i16be",
      "d f64x2",
      "e csv",
    ]);
  });

  it("[FM9g] reads each message of a topic with two publishers by its own format, and says so once", () => {
    const told: string[] = [];
    const log = createLog("text", "info", (line) => told.push(line));
    const said = decisionLog("main", log);
    for (const other of [hex("81 a1 62 02"), Buffer.from("7;8"), deflateSync('{"b":2}'), hex("a1 61 62 02")]) {
      const decoding = decodingOf();
      for (let i = 0; i < 50; i++) {
        assert.deepEqual(decoding.read("t", '{"a":1}'), ["t.a now 1"]);
        assert.equal(decoding.read("t", other).length, other.length === 3 ? 2 : 1);
      }
      for (const decision of decoding.decisions) said(decision);
    }
    assert.ok(told.length > 0 && told.length <= 4, told.join("\n"));
    const lines = decodingOf();
    assert.deepEqual(lines.read("1,2.5"), ["0 now 1", "1 now 2.5"]);
    assert.deepEqual(lines.read('lab {"a":1}'), ["lab.a now 1"], "no line of names");
    const mixed = decodingOf();
    for (let i = 0; i < 10; i++) mixed.read("t", encode("f32", noise(64, i)));
    assert.deepEqual(mixed.read("t", '{"a":1}'), ["t.a now 1"], "beside samples");
    assert.equal(mixed.read("t", encode("f32", noise(64, 1))).length, 64);
  });

  it("[FM9] finds out anew what a topic's publisher sends that has changed to samples", () => {
    const decoding = decodingOf();
    assert.deepEqual(decoding.read('{"a":1}'), ["a now 1"]);
    const points = ten((i) => decoding.read(encode("f32", noise(64, i))));
    assert.equal(points.flat().length, 640);
    assert.deepEqual(decoding.read('{"a":1}'), ["a now 1"]);
  });

  it("[FM9] one damaged message is not taken for samples", () => {
    const decoding = decodingOf();
    assert.deepEqual(decoding.readAt(100, '{"a":1}'), ["a 100 1"]);
    assert.deepEqual(decoding.readAt(100, hex("01 02 ff 80")), []);
    const fault = faultOf(() => decoding.tick(102));
    assert.equal(fault.code, "format-unknown");
    assert.deepEqual(decoding.readAt(103, '{"a":1}'), ["a 103 1"]);
  });

  it("[FM9h] text that is nothing is refused at once, with what it is not", () => {
    for (const [message, code] of [
      ["hello world", "format-unknown"],
      ["{'a': 1}", "not-json"],
      ['{"a":1', "not-json"],
      ["[1,2", "not-json"],
      ['"a', "not-json"],
      ["12:30", "format-unknown"],
      ["<a>1</a>", "format-unknown"],
      ["", "format-unknown"],
      [Buffer.from('{"Zürich": 1}', "latin1"), "not-json"],
    ] as const) {
      assert.equal(decodingOf().read(message), code, String(message));
    }
  });

  it("[FM9e] takes small packed numbers for that among larger ones; a byte a message is nothing", () => {
    const cbor = decodingOf();
    for (const bytes of ["17", "18 18", "16", "18 19"]) assert.deepEqual(cbor.readAt(100, hex(bytes)), []);
    assert.deepEqual(valuesIn(cbor.tick(102)), [23, 24, 22, 25]);
    assert.equal(cbor.decisions[0]?.sure, false);
    const msgpack = decodingOf();
    for (const bytes of ["05", "cc c8", "e0"]) assert.deepEqual(msgpack.readAt(100, hex(bytes)), []);
    assert.deepEqual(valuesIn(msgpack.tick(102)), [5, 200, -32]);
    const single = decodingOf();
    for (let i = 1; i < 9; i++) assert.deepEqual(single.readAt(100, Buffer.from([i])), []);
    assert.match(faultOf(() => single.tick(102)).explain?.() ?? "", /--format u8, i8, msgpack or cbor/);
  });

  it("[FM9m] a word of a length that no samples had is no samples", () => {
    const decoding = decodingOf();
    for (let i = 0; i < 10; i++) decoding.read(encode("f32", noise(64, i)));
    for (const word of ["lost", "warn", "OFF", "on"]) assert.equal(decoding.read(word), "format-unknown", word);
    assert.equal(decoding.read(encode("f32", [1.5])).length, 1);
    assert.equal(decoding.read("lost").length, 1, "four bytes were samples");
  });

  it("[FM9f] binary that is nothing is refused and counted, every message; what others hold is not lost by it", () => {
    const decoding = decodingOf();
    // Compressed by something unknown, as good as random.
    const random = ten((i) => Buffer.from(noise(999, i + 1).map((value) => Math.floor((value + 1) * 128))));
    const results = random.slice(0, 9).map((bytes) => decoding.read("a", bytes));
    assert.deepEqual(results.flat(), []);
    const fault = faultOf(() => decoding.rows(["a", random[9] ?? ""]));
    assert.ok("messages" in fault);
    assert.deepEqual([fault.code, fault.messages], ["format-unknown", 10]);

    const both = decodingOf();
    both.readAt(100, "bad", random[0] ?? "");
    both.readAt(100, "bad", random[1] ?? "");
    both.readAt(100, "good", encode("f32", [1, 2, 3]));
    const partly = faultOf(() => both.tick(101));
    assert.ok("messages" in partly);
    assert.deepEqual([partly.messages, partly.others.length, partly.others[0]?.topic], [2, 1, "good"]);
    assert.deepEqual(both.tick(102), []);
  });

  it("[FM9c] holds a bounded number of topics and bytes", () => {
    const decoding = decodingOf();
    let points = 0;
    for (let i = 0; i < 300; i++) points += decoding.readAt(100, `t${i}`, encode("f32", [1, 2, 3])).length;
    assert.equal(points, 3 * (300 - 256));
    const large = decodingOf();
    const bytes = encode("f32", noise(200_000, 1));
    const messages = Array.from({ length: 60 }, (_, i) => large.messages([`t${i}`, bytes], 100).length);
    assert.deepEqual(
      messages,
      messages.map((_, i) => (i < 41 ? 0 : 1)),
      "of 800,000 bytes 41 are within 32 MiB",
    );
  });
});

function decisionOf(messages: readonly Buffer[]): string {
  const decoding = decodingOf();
  for (const message of messages) decoding.read(message);
  return decoding.decisions.map(({ format }) => format).join(", ");
}

function valuesIn(points: readonly string[]): number[] {
  return points.map((point) => Number(point.split(" ")[2]));
}

function byte(value: number): string {
  return value.toString(16).padStart(2, "0");
}

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DecodeConfig } from "../../../../../bridge/config/config.ts";
import { createReader } from "../../../../../bridge/presets/reader.ts";
import { decodingOf } from "../../../../support/decoding.ts";

/** The points of one message without a topic, and what of it is left out. */
function leftOutOf(config: Partial<DecodeConfig>, text: string): { points: string[] | string; leftOut: string[] } {
  const leftOut: string[] = [];
  const reader = createReader({ format: "auto", skipBytes: 0, inflate: "auto", ...config }, undefined, (part) => {
    leftOut.push(`${part.reason} in ${part.place}: ${part.sample}`);
  });
  reader.read([Buffer.from(text)], 0);
  return { points: decodingOf(config).read(text), leftOut };
}

function csv(...texts: string[]): (string[] | string)[] {
  const decoding = decodingOf({ format: "csv" });
  return texts.map((text) => decoding.read(text));
}

describe("lines of numbers", () => {
  it("[FM4a] are read between commas, semicolons, tabs and spaces", () => {
    const three = ["0 now 1", "1 now -2.5", "2 now 3000"];
    for (const text of ["1,-2.5,3e3", "1;-2.5;3e3", "1\t-2.5\t3e3", "1 -2.5 3e3", " 1  -2.5 3e3\r\n", "1, -2.5, 3e3"]) {
      assert.deepEqual(csv(text), [three], JSON.stringify(text));
    }
    assert.deepEqual(csv("1,5;2,25"), [["0 now 1.5", "1 now 2.25"]], "a comma may be a point");
  });

  it("[FM4] a plain number is a value at its arrival", () => {
    for (const format of ["numbers", "csv", "auto"]) {
      assert.deepEqual(decodingOf({ format }).read("21.5"), ["y now 21.5"], format);
      assert.deepEqual(decodingOf({ format }).read("lab/temp", "21.5\n"), ["lab/temp now 21.5"], format);
      assert.deepEqual(decodingOf({ format }).read("temp", "21.5\u0000"), ["temp now 21.5"], "C's NUL");
      assert.deepEqual(decodingOf({ format }).read("+.5"), ["y now 0.5"], format);
    }
  });

  it("[FM4] one number a line is that many values: two lines are not x and y", () => {
    assert.deepEqual(csv("1\n2"), [["y now 1", "y now 2"]]);
    assert.deepEqual(csv("1\r\n2\r\n3\r\n"), [["y now 1", "y now 2", "y now 3"]]);
  });

  it("[FM4b] have names from a line of names, which holds for later messages too", () => {
    // RFC 4180, 2.3: "There maybe an optional header line appearing as the first line".
    assert.deepEqual(csv("time,temp,hum\r\n1,21.5,40\r\n2,22,41\r\n", "3,23,42"), [
      ["temp 1 21.5", "hum 1 40", "temp 2 22", "hum 2 41"],
      ["temp 3 23", "hum 3 42"],
    ]);
    assert.deepEqual(csv("temp hum", "1 2"), [[], ["temp now 1", "hum now 2"]], "a line of names has no points");
    assert.deepEqual(
      csv("a,b\n1,2", "1,2,3")[1],
      ["0 now 1", "1 now 2", "2 now 3"],
      "of other columns it says nothing",
    );
  });

  it("[FM4a] may have quotes (RFC 4180, 2.5 to 2.7)", () => {
    assert.deepEqual(csv('"aaa","b,bb","c""c"\r\n1,2,3'), [["aaa now 1", "b,bb now 2", 'c"c now 3']]);
    assert.deepEqual(decodingOf().read('"aaa","b,bb"\n1,2'), ["aaa now 1", "b,bb now 2"], "found out, too");
  });

  it("[FM4e] have a time first if it is a date: unix time in any unit, or ISO 8601", () => {
    assert.deepEqual(csv("1763648912.25,5"), [["y 1763648912.25 5"]]);
    assert.deepEqual(csv("1763648912250 5 6"), [["1 1763648912.25 5", "2 1763648912.25 6"]]);
    assert.deepEqual(csv("2025-11-20T14:28:32Z,5"), [["y 1763648912 5"]]);
    assert.deepEqual(csv("433920000,-50"), [["0 now 433920000", "1 now -50"]], "a frequency is none");
    assert.deepEqual(csv("1763648912,5", "1763648911,6")[1], ["y 1763648911 6"], "also one that falls");
  });

  it("[FM4k] have missing values; a line of nothing else is passed over", () => {
    assert.deepEqual(csv("1,,3"), [["0 now 1", "2 now 3"]]);
    assert.deepEqual(csv("nan,2,N/A"), [["1 now 2"]]);
    assert.deepEqual(csv("1\nnan\n3"), [["y now 1", "y now 3"]]);
    assert.deepEqual(csv("t,a\n,5"), [["a now 5"]], "a time that is missing is the arrival");
    assert.deepEqual(csv("nan"), [["y now NaN"]]);
    assert.deepEqual(csv("nan,nan\n,"), [["y now NaN"]]);
    assert.deepEqual(csv("1e999,2"), [["1 now 2"]]);
  });

  it("[FM4] are refused where nothing is a number", () => {
    assert.deepEqual(csv("x,2", "", "1 : 2"), ["not-csv", "not-csv", "not-csv"]);
    assert.equal(decodingOf({ format: "csv" }).read(Buffer.from([0xff, 0x31])), "not-csv");
    assert.deepEqual(csv(`${"1,".repeat(4096)}1`, "1\n".repeat(100_001)), ["not-csv", "not-csv"]);
    const [named] = csv("__proto__,a\n1,2");
    assert.deepEqual(named, ["__proto__ now 1", "a now 2"]);
  });

  it("[FM4] of any length are found out", () => {
    const values = Array.from({ length: 2000 }, (_, i) => i);
    assert.equal(decodingOf().read(values.join(" ")).length, 2000);
    assert.equal(decodingOf().read(values.map((value) => `${value},1.5`).join("\n")).length, 4000);
  });
});

// https://github.com/ndjson/ndjson-spec
describe("JSON, a line each", () => {
  const ndjson = (text: string) => decodingOf({ format: "ndjson" }).read(text);

  it("[FM3b] has a value of any shape on each line", () => {
    // The specification's example, with its empty last line, and with CRLF.
    assert.deepEqual(decodingOf().read('{"some":"thing","x":1,"a":2}\r\n{"foo":17,"bar":false}\n'), [
      "a 1 2",
      "foo now 17",
    ]);
    assert.deepEqual(ndjson('[1,2]\n{"x":3,"y":4}\n5\n\n'), ["y 1 2", "y 3 4", "y now 5"]);
    assert.deepEqual(ndjson('[{"x":1,"y":2},{"x":3,"y":4}]\n[5,6]'), ["y 1 2", "y 3 4", "y 5 6"]);
    assert.deepEqual(ndjson("5\n6"), ["y now 5", "y now 6"], "two values are not x and y");
    assert.deepEqual(ndjson("[1,2]"), ["y 1 2"]);
    assert.deepEqual(ndjson('{"__proto__": {"a": 1}}\n{"b":2}'), ["__proto__.a now 1", "b now 2"]);
  });

  it("[FM3d] a line that is not JSON is left out, and the others are taken", () => {
    assert.deepEqual(leftOutOf({ format: "ndjson" }, '{"a":1}\n{"b":\n{"c":3}'), {
      points: ["a now 1", "c now 3"],
      leftOut: ['record-unreadable in line 2: {"b":'],
    });
    assert.deepEqual(leftOutOf({ format: "ndjson" }, 'INFO sent\r\n{"a":1}\r\n\r\nnan\r\n'), {
      points: ["a now 1"],
      leftOut: ["record-unreadable in line 1: INFO sent", "record-unreadable in line 4: nan"],
    });
    assert.equal(ndjson('{"a":\n{"b":'), "not-json", "none is JSON");
    assert.equal(ndjson(""), "no-number");
  });

  it("[FM3d] JSON of several lines is one value, though a line of it is JSON", () => {
    assert.deepEqual(leftOutOf({ format: "ndjson" }, '{"a":\n[1,2]\n}'), {
      points: ["a.0 now 1", "a.1 now 2"],
      leftOut: [],
    });
  });

  it("[FM3d] with 1,000 lines that are none it is read, with 1,001 refused", () => {
    assert.equal(leftOutOf({ format: "ndjson" }, `{"a":1}${"\n{".repeat(1000)}`).leftOut.length, 1000);
    assert.equal(ndjson(`{"a":1}${"\n{".repeat(1001)}`), "not-json");
  });

  it("[FM3e] is found out though its first or last line was cut", () => {
    for (const [text, points] of [
      ['":0}\n{"a":1}\n{"a":2}\n', ["a now 1", "a now 2"]],
      ['{"a":1}\r\n{"a":2}\r\n{"a"', ["a now 1", "a now 2"]],
      ['":0}\n{"a":1}', ["a now 1"]],
      ['\n\n{"a":1}\n{"a', ["a now 1"]],
      ['{"a":1}\r{"a":2}', ["a now 1", "a now 2"]],
      [`${'{"a":1}\n'.repeat(20)}{"a`, Array.from({ length: 20 }, () => "a now 1")],
    ] as const) {
      assert.deepEqual(leftOutOf({}, text).points, points, JSON.stringify(text));
    }
  });

  it("[FM3e] JSON of several lines that was cut is no lines", () => {
    assert.equal(decodingOf().read('{"a":\n{"b":1}\n'), "not-json");
    assert.equal(decodingOf().read("[\n[1,2],\n[3,4]\n"), "not-json");
  });
});

describe("what is around text", () => {
  it("[FM14a] a mark of the order of bytes before JSON, lines of it, numbers and a topic", () => {
    assert.deepEqual(decodingOf().read('\ufeff{"a":1}'), ["a now 1"]);
    assert.deepEqual(decodingOf().read('\ufeff{"a":1}\r\n{"a":2}'), ["a now 1", "a now 2"]);
    assert.deepEqual(decodingOf().read("\ufeff21.5"), ["y now 21.5"]);
    assert.deepEqual(decodingOf().read("\ufefftemp,hum\n1,2"), ["temp now 1", "hum now 2"]);
    assert.deepEqual(decodingOf().read('\ufefflab {"a":1}'), ["lab.a now 1"]);
    assert.deepEqual(decodingOf({ format: "json" }).read('\ufeff{"a":1}'), ["a now 1"]);
  });

  it("[FM14b] NULs behind it, as in char buf[64]", () => {
    const padded = (text: string, size = 64): string => text.padEnd(size, "\u0000");
    assert.deepEqual(decodingOf().read(padded('{"a":1}')), ["a now 1"]);
    assert.deepEqual(decodingOf().read(padded('lab {"a":1}')), ["lab.a now 1"]);
    assert.deepEqual(decodingOf().read(padded('{"a":1}\n{"a":2}\n')), ["a now 1", "a now 2"]);
    assert.deepEqual(decodingOf().read("lab", padded("21.5")), ["lab now 21.5"]);
    assert.deepEqual(decodingOf().read("lab", padded("21,22.5", 16)), ["lab.0 now 21", "lab.1 now 22.5"]);
    assert.deepEqual(decodingOf({ format: "numbers" }).read("lab", padded("5", 4)), ["lab now 5"]);
    assert.equal(decodingOf().read(padded('{"a":1, "b')), "not-json");
  });

  it("[FM14c] what was in the buffer before is left out", () => {
    for (const [config, text, points] of [
      [{}, '{"a":1}\u0000"b":2}\u0000\u0000', ["a now 1"]],
      [{}, "21.53\u00007\u0000\u0001\u0002", ["y now 21.53"]],
      [{ format: "json" }, "21\u0000xyz", ["y now 21"]],
      [{ format: "numbers" }, "21\u00005", ["y now 21"]],
      [{ format: "ndjson" }, '{"a":1}\u0000\u0002', ["a now 1"]],
    ] as const) {
      const { points: read, leftOut } = leftOutOf(config, text);
      assert.deepEqual(read, points, JSON.stringify(text));
      assert.match(leftOut.join(), /^record-unreadable in (?:byte|line) \d+: /);
    }
    const garbage = Buffer.concat([Buffer.from('{"a":1}\u0000'), Buffer.from("fffe80", "hex")]);
    assert.deepEqual(decodingOf().read(garbage), ["a now 1"]);
  });

  it("[FM14d] values of JSON that each end with a NUL are all read", () => {
    assert.deepEqual(leftOutOf({}, '{"a":1}\u0000{"a":2}\u0000'), { points: ["a now 1", "a now 2"], leftOut: [] });
    assert.deepEqual(leftOutOf({ format: "json" }, "[1,2]\u0000[3,4]"), { points: ["y 1 2", "y 3 4"], leftOut: [] });
  });

  it("[FM14e] a few bytes that could be a whole number are not taken for padded text, nor an id before a value", () => {
    for (const hex of [
      "35000000",
      "3231000000000000",
      "3530300000000000",
      "343200000000000000a4c441",
      "7b0022007d00",
    ]) {
      const points = decodingOf().read(Buffer.from(hex, "hex"));
      assert.ok(points.length === 0 || typeof points === "string", `${hex}: ${points}`);
    }
  });

  it("[FM9h] JSON with a fault is none of the samples that its topic has", () => {
    const decoding = decodingOf();
    let at = 0;
    const samples = (): Buffer => {
      const bytes = Buffer.alloc(800);
      for (let i = 0; i < 200; i++) bytes.writeFloatLE(Math.sin(at++ / 10), 4 * i);
      return bytes;
    };
    for (let i = 0; i < 12; i++) decoding.read(samples());
    assert.equal(decoding.read(samples()).length, 200);
    for (const text of ['{"y": .5, "z": 1}', "{'y': 12}...", 'lab {"y": .50', '{"abc": nan}']) {
      assert.equal(decoding.read(text.padEnd(20, " ")), "not-json", text);
    }
    assert.equal(decoding.read(samples()).length, 200);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodingOf } from "../../../../support/decoding.ts";

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
    assert.deepEqual(csv('"aaa","b,bb","c""c"\r\n"1",2,"3"'), [["aaa now 1", "b,bb now 2", 'c"c now 3']]);
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
    assert.deepEqual(csv("nan"), ["no-number"]);
    assert.deepEqual(csv("nan,nan\n,"), ["no-number"]);
    assert.deepEqual(csv("1e999,2"), [["1 now 2"]]);
  });

  it("[FM4] are refused whole where anything is no number", () => {
    assert.deepEqual(csv("1,2\n3,x", "", "1 : 2"), ["not-csv", "not-csv", "not-csv"]);
    assert.equal(decodingOf({ format: "csv" }).read(Buffer.from([0xff, 0x31])), "not-csv");
    assert.deepEqual(csv(`${"1,".repeat(4096)}1`, "1\n".repeat(100_001)), ["not-csv", "not-csv"]);
    const [named] = csv("__proto__,a\n1,2");
    assert.deepEqual(named, ["__proto__ now 1", "a now 2"]);
  });

  it("[FM4] of any length are found out", () => {
    const values = Array.from({ length: 2000 }, (_, i) => i);
    assert.equal(decodingOf().read(values.join(" ")).length, 2000);
    assert.equal(decodingOf().read(values.map((value) => `${value},1`).join("\n")).length, 4000);
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

  it("[FM3b] is taken whole or refused whole", () => {
    assert.equal(ndjson('{"a":1}\n{"b":'), "not-json");
    assert.equal(ndjson(""), "no-number");
  });
});

/** What lines of numbers remember of a topic, and that no other line changes what a publisher's columns are read as. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { valueOfCsv } from "../../../../../bridge/decode/formats/csv/csv.ts";
import type { CsvMemory } from "../../../../../bridge/decode/formats/csv/csv-memory.ts";
import { FirstColumn } from "../../../../../bridge/decode/formats/csv/first-column.ts";
import { ARRIVED_AT, decodingOf, faultOf } from "../../../../support/decoding.ts";

const T = ARRIVED_AT - 600;
/** A recording of long before. */
const PAST = 1_263_648_912;

function csv(...texts: string[]): (string[] | string)[] {
  const decoding = decodingOf({ format: "csv" });
  return texts.map((text) => decoding.read(text));
}

/** What becomes of the first column of each line: `time`, `value` or `refused`. */
function columns(firsts: readonly (number | string | null)[], column = new FirstColumn()): string[] {
  return firsts.map((first) => {
    try {
      return column.isTime(first, ARRIVED_AT) ? "time" : "value";
    } catch (error) {
      assert.equal(Object(error).code, "not-csv");
      return "refused";
    }
  });
}

function times(count: number, of: (i: number) => number): number[] {
  return Array.from({ length: count }, (_, i) => of(i));
}

describe("the first of several columns without names", () => {
  it("[FM4e] [FM4f] stays the time when the publisher's clock is set back or shows one wrong date", () => {
    for (const start of [T, PAST]) {
      for (const format of ["csv", "auto"]) {
        const decoding = decodingOf({ format });
        for (let i = 0; i < 200; i++) {
          const t = i === 50 ? 4_085_000_000 : start + i - (i >= 100 ? 5 : 0);
          assert.deepEqual(decoding.read(`${t},${i}`), [`y ${t} ${i}`], `line ${i}`);
        }
      }
    }
  });

  it("[FM4f] stays the time whatever one line of another publisher has there", () => {
    for (const bad of ["4080000000,1", "5,1", "0,1", "-1e9,1"]) {
      for (const start of [T, PAST]) {
        const decoding = decodingOf({ format: "auto" });
        for (let i = 0; i < 20; i++) decoding.read(`${start + i},${i}`);
        const isRefused = !bad.startsWith("4080000000");
        if (isRefused) assert.equal(decoding.read(bad), "not-csv", bad);
        else decoding.read(bad);
        for (let i = 20; i < 60; i++) assert.deepEqual(decoding.read(`${start + i},${i}`), [`y ${start + i} ${i}`]);
      }
    }
    assert.match(
      faultOf(() => {
        const decoding = decodingOf({ format: "csv" });
        decoding.rows([`${T},1`]);
        decoding.rows(["5,1"]);
      }).message,
      /was the time, and 5 is none.*a line of names/,
    );
  });

  it("[FM4f] is a time within a day of now, whatever was there before", () => {
    const day = 86_400;
    const values = times(30, (i) => i);
    assert.deepEqual(columns([...values, ARRIVED_AT - day + 1, ARRIVED_AT + day - 1]).slice(-2), ["time", "time"]);
    assert.deepEqual(columns([...values, ARRIVED_AT - day]).slice(-1), ["refused"]);
    assert.deepEqual(columns([...values, ARRIVED_AT + day]).slice(-1), ["refused"]);
    const [, ...later] = csv("5;1", `${T};2`, "6;3", `${T};4`);
    assert.deepEqual(
      later,
      [[`y ${T} 2`], ["0 now 6", "1 now 3"], [`y ${T} 4`]],
      "publishers by turns are each theirs",
    );
  });

  it("[FM4] that is missing leaves the arrival where it is the time", () => {
    assert.deepEqual(csv(`${T},5`, "nan,6", `${T},1,2`, ",3,4").slice(1), [
      ["y now 6"],
      [`1 ${T} 1`, `2 ${T} 2`],
      ["1 now 3", "2 now 4"],
    ]);
    assert.deepEqual(csv("nan,6"), [["1 now 6"]]);
  });

  it("[FM4h] is revised by 20 lines more against it than for it, or three times as many as decided it", () => {
    const established = [...times(30, (i) => PAST + i), ...times(19, () => 5)];
    assert.deepEqual(
      columns(established).slice(-19),
      Array.from({ length: 19 }, () => "refused"),
    );
    const one = columns([...established, 5, 6]);
    assert.deepEqual(one.slice(-2), ["refused", "value"], "the one that revises it is refused, and says so");
    assert.deepEqual(columns([...established, PAST + 40, 5, 5, 6]).slice(-3), ["refused", "refused", "value"]);
    assert.deepEqual(columns([PAST, 5, 5, 5, 5]), ["time", "refused", "refused", "refused", "value"]);
    assert.deepEqual(columns([5, PAST, PAST + 1, PAST + 2, PAST + 3]), [
      "value",
      "refused",
      "refused",
      "refused",
      "time",
    ]);
    const byTurns = columns(times(400, (i) => (i % 2 === 0 ? PAST + i : 5)));
    assert.ok(byTurns.every((what, i) => what === (i % 2 === 0 ? "time" : "refused")));
    const column = new FirstColumn();
    columns([PAST, 5, 5], column);
    assert.throws(() => column.isTime(5, ARRIVED_AT), /taken for a value from now on/);
  });

  it("[FM4g] that grows into what looks like a date stays a value, if by a tenth a line or less", () => {
    assert.deepEqual(columns([910_000_000, 1_001_000_000, 1_500_000_000]), ["value", "value", "value"]);
    assert.deepEqual(columns([910_000_000, 1_001_000_001, 1_001_000_001]), ["value", "refused", "refused"]);
    assert.deepEqual(columns([600_000_000, PAST, PAST + 1]), ["value", "refused", "refused"]);
  });

  it("[FM4m] of dates to come that go up and down is found to be a value", () => {
    const read = columns(times(100, (i) => 2.4e9 + ((i * 7919) % 101) * 1e6));
    const at = read.indexOf("refused");
    assert.ok(at > 0 && at < 60, `refused at ${at}`);
    assert.ok(read.slice(at + 1).every((what) => what === "value"));
  });

  it("[FM4f] is decided for each number of columns by itself", () => {
    assert.deepEqual(csv(`${T},5`, "1,2,3"), [[`y ${T} 5`], ["0 now 1", "1 now 2", "2 now 3"]]);
  });
});

describe("names of columns", () => {
  it("[FM4b] hold only if they come before the first line without names", () => {
    const decoding = decodingOf({ format: "auto" });
    assert.deepEqual(decoding.read("3.5,1.25"), ["0 now 3.5", "1 now 1.25"]);
    assert.equal(decoding.read("x,hacked"), "not-csv");
    assert.equal(decoding.read("t,hacked\n1,2"), "not-csv", "said of a message with lines, too");
    for (let i = 0; i < 3; i++) assert.deepEqual(decoding.read("t,hacked\n1,2"), ["hacked 1 2"], "its own, once said");
    assert.deepEqual(decoding.read("3.5,1.25"), ["0 now 3.5", "1 now 1.25"]);
  });

  it("[FM4c] that came first are not changed by later ones", () => {
    const decoding = decodingOf({ format: "csv" });
    decoding.read("temp,hum");
    assert.deepEqual(decoding.read("3.5,1.25"), ["temp now 3.5", "hum now 1.25"]);
    assert.equal(decoding.read("x,hacked"), "not-csv");
    assert.deepEqual(decoding.read("temp,hum"), [], "the same again are welcome");
    assert.deepEqual(decoding.read("3.5,1.25"), ["temp now 3.5", "hum now 1.25"]);
    assert.match(faultOf(() => decoding.rows(["x,hacked"])).message, /named temp, hum.*start the bridge anew/);
  });

  it("[FM4c] may change while no line has been read by them, and with each message that has its own", () => {
    assert.deepEqual(csv("a,b", "c,d", "1,2"), [[], [], ["c now 1", "d now 2"]]);
    assert.deepEqual(csv("a,b\n1,2", "c,d\n1,2", "a,b\n1,2").flat().length, 6);
  });

  it("[FM4i] are remembered for four numbers of columns; one of ten lines goes for no other", () => {
    const line = (columns: number) => Array.from({ length: columns }, () => "1").join(",");
    const head = (columns: number) => Array.from({ length: columns }, (_, i) => `n${i}`).join(",");
    for (const [lines, isKept] of [
      [9, false],
      [10, true],
    ] as const) {
      const decoding = decodingOf({ format: "csv" });
      for (let columns = 2; columns <= 5; columns++) {
        decoding.read(head(columns));
        for (let i = 0; i < lines; i++) assert.match(String(decoding.read(line(columns))[0]), /^n0 /);
      }
      for (let columns = 6; columns < 20; columns++) decoding.read(head(columns));
      assert.equal(String(decoding.read(line(2))[0]).startsWith("n0 "), isKept, `${lines} lines`);
    }
  });

  it("[FM4] are forgotten of the topic heard of least recently, if there are more than 4,096", () => {
    const decoding = decodingOf({ format: "csv" });
    for (const topic of ["used", "unused"]) decoding.read(topic, "a,b");
    for (let i = 0; i < 4095; i++) {
      decoding.read(`flood${i}`, "1");
      if (i % 1000 === 0) decoding.read("used", "1,2");
    }
    assert.deepEqual(decoding.read("used", "1,2"), ["used.a now 1", "used.b now 2"]);
    assert.deepEqual(decoding.read("unused", "1;2"), ["unused.0 now 1", "unused.1 now 2"], "4,097 with the flood");
  });

  it("[FM4i] have 4,096 characters in all; what is more holds for its own message", () => {
    const memory: CsvMemory = {};
    const read = (text: string) => ({ ...Object(valueOfCsv(text, memory, ARRIVED_AT)) });
    read(`a,${"b".repeat(3995)}\n1,2`);
    assert.deepEqual(read(`c,d,${"e".repeat(99)}\n1,2,3`), { c: 1, d: 2, ["e".repeat(99)]: 3 });
    assert.deepEqual(read("1,2,3"), { 0: 1, 1: 2, 2: 3 }, "4,097 in all");
    read(`f,g,h,${"i".repeat(97)}\n1,2,3,4`);
    assert.deepEqual(read("1,2,3,4"), { f: 1, g: 2, h: 3, ["i".repeat(97)]: 4 }, "4,096 in all");
    assert.deepEqual(read("1,2"), { a: 1, ["b".repeat(3995)]: 2 });
  });
});

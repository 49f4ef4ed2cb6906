/** Lines of numbers: what is a name, what a comma is, which column is the time, and what becomes of the rest. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CsvConfig } from "../../../../../bridge/config/config.ts";
import { looksLikeCsv, valueOfCsv } from "../../../../../bridge/decode/formats/csv/csv.ts";
import type { CsvMemory } from "../../../../../bridge/decode/formats/csv/csv-memory.ts";
import { WaitingNames } from "../../../../../bridge/decode/formats/csv/waiting-names.ts";
import { DecodeError } from "../../../../../bridge/decode/message.ts";
import type { LeftOut } from "../../../../../bridge/observability/left-out.ts";
import { cpuMsOf } from "../../../../support/cpu.ts";

/** 2026-11-28 14:00:00 UTC. */
const ARRIVED_AT = 1_795_874_400;
const REFUSED = "not-csv";

/** Values of one topic's messages, in order. */
function reading(csv: CsvConfig = {}) {
  const told: LeftOut[] = [];
  const onLeftOut = (part: LeftOut): number => told.push(part);
  const waiting = new WaitingNames(onLeftOut);
  const memory: CsvMemory = { csv: { ...csv, waiting } };
  const read = (text: string, arrivedAt = ARRIVED_AT): unknown => {
    try {
      const value = valueOfCsv(text, memory, arrivedAt, { topic: "lab", onLeftOut });
      // Without its prototype, it is equal to none that has one.
      return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
    } catch (error) {
      if (error instanceof DecodeError) return error.code;
      throw error;
    }
  };
  return { read, told, waiting, reasons: () => told.map(({ reason }) => reason) };
}

function all(texts: readonly string[], csv: CsvConfig = {}): unknown[] {
  const { read } = reading(csv);
  return texts.map((text) => read(text));
}

function faultIn(...texts: string[]): string {
  const memory: CsvMemory = {};
  for (const text of texts.slice(0, -1)) valueOfCsv(text, memory, ARRIVED_AT);
  try {
    valueOfCsv(texts.at(-1) ?? "", memory, ARRIVED_AT);
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
  throw new assert.AssertionError({ message: "it was read" });
}

it("[FM4a] a quote that nothing closes is none: the line was cut, and the number behind it is left out and counted", () => {
  const { read, reasons } = reading();
  assert.deepEqual(read("a,b,t\n1,2,1795874399"), { a: 1, b: 2, t: 1_795_874_399 });
  assert.deepEqual(read('1,2,179587439"'), { a: 1, b: 2 });
  assert.equal(read('1,"2,1795874399'), REFUSED);
  assert.deepEqual(read('1,"2",1795874399'), { a: 1, b: "2", t: 1_795_874_399 });
  assert.ok(reasons().length >= 1, reasons().join());
});

describe("a line of words", () => {
  it("[FM4n] is names above numbers in as many columns, and nothing else", () => {
    assert.deepEqual(all(["a,b\n1,2"]), [{ a: 1, b: 2 }]);
    assert.deepEqual(all(["a,b\n1,2,3", "a,b\non,off", "a\nb"]), [REFUSED, REFUSED, REFUSED]);
    assert.deepEqual(all(["1.5,3", "sensor,lost", "2.5,3"]), [{ 0: 1.5, 1: 3 }, REFUSED, { 0: 2.5, 1: 3 }]);
    assert.deepEqual(all(["1 2 3", "foo bar", "foo bar baz", "4 5 6"]).slice(1, 3), [REFUSED, REFUSED]);
  });

  it("[FM4n] alone is two names or more, of which none holds a value", () => {
    assert.deepEqual(all(["temp,press", "1,2"]), [undefined, { temp: 1, press: 2 }]);
    for (const text of ["temp:1,press:2", "a=1;b=2", "Hello there, all is well!", '{"a":1},b', "a,a", "temp"]) {
      assert.notEqual(all([text])[0], undefined, text);
    }
  });

  it("[FM4n] of one cell is a value of another form, and what to do is said", () => {
    for (const [text, says] of [
      ["temp:21.5", /--topic-delimiter/],
      ["21.5C", /unit/],
      ["55%", /unit/],
      ["0x1F", /0x/],
      ["1_000", /digits 0 to 9/],
    ] as const) {
      assert.match(faultIn(text), says);
      assert.match(faultIn("1", "2", text), says);
    }
  });

  it("[FM4n] of one word may be a state: the mapping knows", () => {
    assert.deepEqual(all(["ON", "1,2,3", "off"]), ["ON", { 0: 1, 1: 2, 2: 3 }, "off"]);
  });

  it("[FM4o] alone is told of when no numbers follow for ten seconds, or other names do", () => {
    const { read, told, waiting } = reading();
    read("a,b");
    waiting.tick(ARRIVED_AT + 9.9);
    assert.equal(told.length, 0);
    waiting.tick(ARRIVED_AT + 10);
    assert.deepEqual([told.length, told[0]?.topic, told[0]?.sample], [1, "lab", "a, b"]);
    assert.deepEqual(read("1,2"), { a: 1, b: 2 }, "the names hold all the same");
    read("c,d,e");
    read("c,d,f");
    assert.equal(told.length, 2);
    read("1,2,3");
    waiting.tick(Number.POSITIVE_INFINITY);
    assert.equal(told.length, 2);
  });

  it("[FM4o] alone is told of when a line of as many columns has names of its own above it", () => {
    const { read, told, waiting } = reading();
    read("a,b,c");
    assert.deepEqual(read("t,temp,hum\n1763648912.5,21.5,40"), { t: 1763648912.5, temp: 21.5, hum: 40 });
    assert.deepEqual([told.length, told[0]?.sample], [1, "a, b, c"]);
    read("d,e,f");
    read("d,e,f\n1,2,3");
    waiting.tick(Number.POSITIVE_INFINITY);
    assert.equal(told.length, 1, "those are the same names");
  });

  it("[FM4o] waits for 256 topics at most", () => {
    const told: LeftOut[] = [];
    const waiting = new WaitingNames((part) => told.push(part));
    for (let i = 0; i < 300; i++) waiting.add({}, { topic: `t${i}`, names: ["a", "b"], since: 0 });
    assert.deepEqual([told.length, told[0]?.topic], [44, "t0"]);
  });

  it("[FM4p] with a name that held before is the publisher's that began anew", () => {
    assert.deepEqual(all(["t,a", "5.5,1", "t,b", "6.5,2"]).slice(2), [undefined, { t: 6.5, b: 2 }]);
    assert.deepEqual(all(["t,a\n5.5,1\nt,b\n6.5,2"]), [
      [
        { t: 5.5, a: 1 },
        { t: 6.5, b: 2 },
      ],
    ]);
    const turns = all(["t,a", "5.5,1", "t,b", "6.5,2", "t,a", "7.5,3", "t,b\n8.5,4"]);
    assert.deepEqual(
      turns.slice(4),
      [REFUSED, REFUSED, REFUSED],
      "two publishers, said once of each message's own names",
    );
  });

  it("[FM4q] below names is their units; a comment can be names", () => {
    const { read, reasons } = reading();
    assert.deepEqual(read("t,a\nms,V\n1500,2"), { t: 1.5, a: 2 });
    assert.deepEqual(reasons(), ["record-unreadable"]);
    assert.deepEqual(all(["# t,a\n1,2", "# t a\n1 2"]), [
      { t: 1, a: 2 },
      { t: 1, a: 2 },
    ]);
    assert.deepEqual(all(["# note\n7"]), [7]);
    assert.deepEqual(all(["# volts amps\n1 2.5"]), [{ 0: 1, 1: 2.5 }]);
  });

  it("[FM4r] with a name twice, or none", () => {
    assert.deepEqual(all(["a,a,a.2,a\n1,2,3,4", ",a\n1,2"]), [
      { a: 1, "a.3": 2, "a.2": 3, "a.4": 4 },
      { 0: 1, a: 2 },
    ]);
    const many = Array.from({ length: 4096 }, () => "a").join(",");
    const ms = cpuMsOf(() => {
      assert.equal(Object.keys(Object(all([`${many}\n${many.replaceAll("a", "1")}`])[0])).length, 4096);
    });
    assert.ok(ms < 2000, `${ms} ms`);
  });
});

describe("what cannot be read", () => {
  it("[FM4s] costs its cell or its line, and is told of", () => {
    const { read, told } = reading();
    assert.deepEqual(read("a,b,c\n1,2,3\n4,0x5,6\n7,8\n9,10,11,12\nx,y,z\n13,14,15,"), [
      { a: 1, b: 2, c: 3 },
      { a: 4, c: 6 },
      { a: 13, b: 14, c: 15 },
    ]);
    assert.deepEqual(
      told.map(({ reason, place }) => `${reason} ${place}`),
      ["text b, line 3", "record-unreadable line 4", "record-unreadable line 5", "record-unreadable line 6"],
    );
  });

  it("[FM4s] leaves words to the mapping, where the line is one of numbers", () => {
    assert.deepEqual(all(["t,pump\n1,on"]), [{ t: 1, pump: "on" }]);
    assert.deepEqual(all(["1.5,on", "1.5,3", "2.5,ERR", "ERR,3"]), [
      REFUSED,
      { 0: 1.5, 1: 3 },
      { 0: 2.5, 1: "ERR" },
      REFUSED,
    ]);
  });

  it("[FM4t] is a line of a number of columns that is not the topic's", () => {
    assert.deepEqual(all(["a,b", "1,2", "1,2,3"])[2], REFUSED);
    const { read } = reading();
    for (let i = 0; i < 10; i++) read("1;2;3");
    for (let i = 0; i < 10; i++) assert.equal(read("1;2"), REFUSED, `line ${i}`);
    assert.deepEqual(read("1;2"), { 0: 1, 1: 2 }, "then there are two publishers");
    assert.deepEqual(read("1;2;3;4;5"), { 0: 1, 1: 2, 2: 3, 3: 4, 4: 5 });
  });

  it("[FM4t] is no line where the topic's lines have several lengths", () => {
    const { read } = reading();
    for (const columns of [3, 4, 3, 5, 4, 3, 6, 7, 8, 3, 4, 9]) {
      const line = Array.from({ length: columns }, () => "1").join(" ");
      assert.equal(Object.keys(Object(read(line))).length, columns);
    }
  });

  it("[FM12b] is a number beyond float64, or a time", () => {
    const { read, reasons } = reading();
    assert.deepEqual(read("time,a\nsoon,2"), { a: 2 });
    assert.deepEqual(read("time,a\n1e999,2"), { a: 2 });
    assert.deepEqual(read("b,a\n1e999,2"), { a: 2 });
    assert.deepEqual(reasons(), ["time-unreadable", "time-unreadable", "not-finite"]);
  });

  it("[FM12a] is what has other digits or marks", () => {
    assert.deepEqual(all(["-5", "\u22125.5", "+.5", "1e-3", "1\u20191000"]).slice(0, 4), [-5, -5.5, 0.5, 0.001]);
    assert.deepEqual(
      all(["\u0661\u0662", "\u221e", "1_000", "0x1F", "1e", "--5"]).every((each) => each === REFUSED),
      true,
    );
    assert.deepEqual(all(['"21.5"', 'a,b\n"1",2']), [{ y: "21.5" }, { a: "1", b: 2 }]);
  });
});

describe("a comma", () => {
  it("with nothing after it before an exponent is none: 1013,e5 is not 1013 × 10^5", () => {
    assert.deepEqual(all(["temp;druck\n21,5;1013,e5"]), [{ temp: 21.5, druck: "1013,e5" }], "which is text");
    assert.deepEqual(all(["1013,e5", "1013,5e2"], { decimalComma: true }), [REFUSED, 101_350]);
  });

  it("[FM4u] that may be in one number or between columns is refused", () => {
    for (const text of [
      "21,5",
      "-0,5",
      "0,05",
      ",5",
      "21,",
      "1.234,50",
      "1,234.5",
      "1 234,5",
      "1,234,567",
      "100,200,300",
    ]) {
      assert.deepEqual(all([text]), [REFUSED], text);
      assert.match(faultIn(text), /--decimal-comma .* --no-decimal-comma/);
    }
    assert.deepEqual(all(["21", "21,5", "22"]), [21, REFUSED, 22]);
    assert.deepEqual(all(["21\n21,5\n22"]), [[{ y: 21 }, { y: 22 }]]);
  });

  it("[FM4u] is between columns for sure in other lines, and then in those", () => {
    for (const sure of ["3.5,1", "1, 2", "1,-2", "1,nan"])
      assert.deepEqual(all([sure, "3,1"])[1], { 0: 3, 1: 1 }, sure);
    assert.deepEqual(all(["1,2\n3,-4"]), [
      [
        { 0: 1, 1: 2 },
        { 0: 3, 1: -4 },
      ],
    ]);
    assert.deepEqual(all([`${ARRIVED_AT},5`]), [{ t: ARRIVED_AT, y: 5 }]);
    assert.deepEqual(all(["1,2,3", "4,5"])[1], REFUSED, "of as many columns");
    assert.deepEqual(all(["21", "3.5,1", "21,5"])[2], REFUSED, "single numbers come too");
  });

  it("[FM4u] below one name is in one number", () => {
    assert.deepEqual(all(["temp\n21,37", "22,4"]), [{ temp: 21.37 }, { temp: 22.4 }]);
    assert.deepEqual(all(["temp,hum\n21,37"]), [{ temp: 21, hum: 37 }]);
  });

  it("[FM4v] is the decimal mark where something else separates, unless it may be between thousands", () => {
    assert.deepEqual(all(["1,5;2", "1,234;5", "21,5 40,2", "21,5\t1.234,5"]), [
      { 0: 1.5, 1: 2 },
      { 0: 1.234, 1: 5 },
      { 0: 21.5, 1: 40.2 },
      { 0: 21.5, 1: 1234.5 },
    ]);
    assert.deepEqual(all(["a\n1,234", "a\n1,2345", "a\n1,234"]), [REFUSED, { a: 1.2345 }, { a: 1.234 }]);
    assert.deepEqual(all(["1.234;5,5"]), [{ 1: 5.5 }], "1.234 may be a thousand and more");
    assert.deepEqual(all(["1'234.5", "1\u2019234"]), [1234.5, 1234]);
  });

  it("[FM4w] is what the configuration says", () => {
    assert.deepEqual(
      all(["21,5", "1.234,50", "1\u202f234,5", "1.234", "1.5", "1 234,5", "1,5 2,5"], { decimalComma: true }),
      [21.5, 1234.5, 1234.5, REFUSED, 1.5, REFUSED, { 0: 1.5, 1: 2.5 }],
    );
    assert.deepEqual(all(["21,5", "1,234.5", "1,5;2"], { decimalComma: false }), [
      { 0: 21, 1: 5 },
      { 0: 1, 1: 234.5 },
      { 1: 2 },
    ]);
  });
});

describe("the time", () => {
  const AT = "2026-11-28T13:37:00";

  it("[FM4d] has a name in any letters, with a unit or without", () => {
    assert.deepEqual(all(["Time,a\n5,2", "TIMESTAMP;a\n5;2", "Time (ms),a\n1500,2", "t [s],a\n5,2", "time,a\n5,2"]), [
      { t: 5, a: 2 },
      { t: 5, a: 2 },
      { t: 1.5, a: 2 },
      { t: 5, a: 2 },
      { time: 5, a: 2 },
    ]);
    assert.deepEqual(all(["date,time,t\n2026-11-28,13:37:00,3", "time,time\n1,2"]), [
      { t: AT, "t.2": 3 },
      { time: 1, "time.2": 2 },
    ]);
    assert.deepEqual(all(["T,P\n21.5,3", "t [K],P\n300,3", `T,P\n${ARRIVED_AT},3`]), [
      { T: 21.5, P: 3 },
      { "t [K]": 300, P: 3 },
      { t: ARRIVED_AT, P: 3 },
    ]);
    assert.deepEqual(all(["Time (ms),a\n1500,2"], { isTimeGiven: true }), [{ "Time (ms)": 1500, a: 2 }]);
  });

  it("[FM4x] may have the day or the month first, where that is sure", () => {
    for (const [text, expected] of [
      ["28.11.2026 13:37:00;5", `${AT}`],
      ["5.11.2026 13:37:00;5", "2026-11-05T13:37:00"],
      ["28/11/2026 13:37;5", `${AT}`],
      ["11/28/2026 1:37 PM;5", `${AT}`],
      ["11/28/2026;5", "2026-11-28"],
      ["05/11/2026 13:37:00;5", undefined],
      ["31.02.2026 13:37:00;5", undefined],
      ["28.11.26 13:37:00;5", undefined],
      ["Sat 28.11.2026 13:37:00;5", undefined],
    ] as const) {
      assert.deepEqual(all([text]), [expected === undefined ? REFUSED : { t: expected, y: 5 }], text);
    }
    assert.deepEqual(all(["28/11/2026;5", "01/12/2026;6"])[1], { t: "2026-12-01", y: 6 }, "as the dates before");
    const { read } = reading();
    assert.deepEqual(read("12/01/2026;5", 1_796_126_400), { t: "2026-12-01", y: 5 }, "the day of the arrival");
  });

  it("[FM4y] may be in two columns; a half of it is none", () => {
    assert.deepEqual(all(["2026-11-28,13:37:00,20.5", "2026-11-28 13:37:01 21.5"]), [
      { t: AT, y: 20.5 },
      { t: "2026-11-28T13:37:01", y: 21.5 },
    ]);
    assert.deepEqual(all(["v,date,time\n20.5,28.11.2026,13:37:00"]), [{ t: AT, v: 20.5 }]);
    assert.deepEqual(all(["2026-11-28,25:61:00,20.5"]), [REFUSED]);
    assert.deepEqual(all(["date,time,v\n2026-11-28,133700,20.5", "2026-11-28,133700,20.5"]), [REFUSED, REFUSED]);
    const { read, reasons } = reading();
    assert.deepEqual([read("13:37:00,20.5"), reasons()], [{ y: 20.5 }, ["time-unreadable"]]);
  });

  it("[FM4z] is the one column with a date", () => {
    assert.deepEqual(
      all(["v,Zeitstempel\n20.5,2026-11-28T13:37:00Z", `v,when\n20.5,${ARRIVED_AT}000`, "20.5;2026-11-28T13:37:00Z;1"]),
      [
        { t: `${AT}Z`, v: 20.5 },
        { t: ARRIVED_AT * 1000, v: 20.5 },
        { t: `${AT}Z`, 0: 20.5, 2: 1 },
      ],
    );
    assert.deepEqual(all(["v,bytes\n20.5,1500000000", `v,a,b\n1,${ARRIVED_AT},${ARRIVED_AT}`]), [
      { v: 20.5, bytes: 1_500_000_000 },
      { v: 1, a: ARRIVED_AT, b: ARRIVED_AT },
    ]);
  });
});

describe("auto", () => {
  it("[FM9b] takes for lines of numbers what is that, whatever else is in some of them", () => {
    for (const text of ["1,2,3", "21,5", "a,b\n1,2\n3,x", "temp,press", "13:37:00 20.5", "# t,a\n1,2"]) {
      assert.ok(looksLikeCsv(text), text);
    }
    for (const text of [
      "temp:21.5",
      "a=1;b=2",
      "temp press",
      "ON",
      "5 apples",
      "servers.a 42 1795872979",
      "$GPGGA,1,N",
      "a,b\nc,d",
    ]) {
      assert.ok(!looksLikeCsv(text), text);
    }
  });
});

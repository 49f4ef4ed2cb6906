import assert from "node:assert/strict";
import { test } from "node:test";
import type { Row } from "../../../../protocol/frame/frame-builder.ts";
import type { PointFault } from "../../../../protocol/json/point-error.ts";
import { pointText } from "../../../../protocol/json/point-text.ts";
import { rowsOfJson } from "../../../../protocol/json/points.ts";
import { MAX_COLUMNS } from "../../../../protocol/limits.ts";

const ARRIVED_AT = 1_700_000_000.25;

/** Each point as `series x y`, with `now` for the time of arrival. */
function read(json: string, topic = ""): string[] {
  return pointsOf(rowsOfJson(json, { arrivedAt: ARRIVED_AT, topic }));
}

function pointsOf(rows: readonly Row[]): string[] {
  return rows.flatMap(({ x, arrival, names, values }) => {
    assert.ok(!arrival || x === ARRIVED_AT);
    assert.ok(names.length === values.length && names.length > 0 && names.length <= MAX_COLUMNS);
    return names.map((name, i) => `${name} ${arrival ? "now" : x} ${values[i]}`);
  });
}

function reads(rule: string, what: string, json: string, points: string[], topic?: string): void {
  test(`[${rule}] ${what}: ${json.slice(0, 60)}`, () => assert.deepEqual(read(json, topic), points));
}

/** What is left out, by reason, while the points are taken. */
function leaves(what: string, json: string, points: string[], leftOut: Readonly<Record<string, number>>): void {
  test(`[PT7b] of ${what} the rest is taken: ${json.slice(0, 60)}`, () => {
    const counts: Record<string, number> = {};
    const rows = rowsOfJson(json, {
      arrivedAt: ARRIVED_AT,
      topic: "",
      leftOut: ({ reason, count }) => {
        counts[reason] = (counts[reason] ?? 0) + count;
      },
    });
    assert.deepEqual({ points: pointsOf(rows), leftOut: counts }, { points, leftOut });
  });
}

function refuses(code: PointFault, what: string, json: string): void {
  test(`[PT7c] ${what} is ${code}: ${json.slice(0, 60)}`, () => {
    assert.throws(() => read(json), { name: "PointError", code });
  });
}

reads("PT1a", "x and y are a point of y", '{"x":5,"y":2.5}', ["y 5 2.5"]);
reads("PT1b", "a number is a value at the time of arrival", "21.5", ["y now 21.5"]);
reads("PT1c", "two numbers are x and y", "[5,2]", ["y 5 2"]);
reads("PT1a", "zero is a number", '{"x":0,"y":0}', ["y 0 0"]);
reads("PT1a", "a negative and a tiny number are read as they are", '{"x":-5,"y":-5e-324}', ["y -5 -5e-324"]);

reads("PT2a", "t comes before all others", '{"x":1,"timestamp":2,"ts":3,"time":4,"t":5}', [
  ..."x 5 1,timestamp 5 2,ts 5 3,time 5 4".split(","),
]);
reads("PT2a", "time comes second", '{"x":1,"timestamp":2,"ts":3,"time":4}', "x 4 1,timestamp 4 2,ts 4 3".split(","));
reads("PT2a", "ts comes third", '{"x":1,"timestamp":2,"ts":3}', ["x 3 1", "timestamp 3 2"]);
reads("PT2a", "timestamp comes fourth", '{"x":1,"timestamp":2}', ["x 2 1"]);
reads("PT2b", "without a time it is that of arrival", '{"y":1}', ["y now 1"]);
reads("PT2c", "every field with a number is a series", '{"t":1,"a":2,"b":3}', ["a 1 2", "b 1 3"]);
reads("PT2d", "a nested field is a series by its path", '{"temp":{"motor":1,"case":{"x":2,"t":3}}}', [
  ..."temp.motor now 1,temp.case.x now 2,temp.case.t now 3".split(","),
]);
reads("PT2d", "an element of an array is a series by its index", '{"accel":[7,[8,9]]}', [
  ..."accel.0 now 7,accel.1.0 now 8,accel.1.1 now 9".split(","),
]);
reads("PT2e", "other fields are left aside", '{"y":1,"s":"text","b":true,"n":null,"o":{},"a":[]}', ["y now 1"]);
reads("PT7a", "NaN and the infinities are null", '{"t":1,"good":1,"a":NaN,"b":{"c":Infinity,"d":-Infinity},"NaN":2}', [
  ..."good 1 1,NaN 1 2".split(","),
]);
reads("PT2c", "keys of Object's own are names as any others", '{"__proto__":1,"constructor":{"prototype":2}}', [
  ..."__proto__ now 1,constructor.prototype now 2".split(","),
]);
reads("PT2d", "a nested __proto__ is a name too", '{"__proto__":{"t":5,"polluted":1}}', [
  ..."__proto__.t now 5,__proto__.polluted now 1".split(","),
]);
reads("PT2a", "an inherited field is not a time", '{"__proto__":{"x":5},"y":1}', ["__proto__.x now 5", "y now 1"]);

reads("PT3a", "an array of objects is all of them", '[{"x":1,"y":2},{"x":3,"b":4}]', ["y 1 2", "b 3 4"]);
reads("PT3b", "three numbers are three values", "[1,2,3]", ["y now 1", "y now 2", "y now 3"]);
reads("PT3a", "one number in an array is one value", "[7]", ["y now 7"]);
reads("PT3a", "an array of pairs is all of them", "[[1,2],[3,4]]", ["y 1 2", "y 3 4"]);
reads("PT3a", "an array may mix them", '[5,[1,2],{"b":3}]', ["y now 5", "y 1 2", "b now 3"]);
reads("PT3a", "columns may stand in an array", '[{"x":[1,2],"y":[3,4]}]', ["y 1 3", "y 2 4"]);

reads("PT4a", "arrays beside an array for time are columns", '{"t":[1,2],"a":[3,4],"b":[5,6]}', [
  ..."a 1 3,b 1 5,a 2 4,b 2 6".split(","),
]);
reads("PT4c", "null is a missing value", '{"x":[1,2,3],"a":[null,4,5],"b":[6,null,7]}', [
  ..."b 1 6,a 2 4,a 3 5,b 3 7".split(","),
]);
reads("PT4d", "a row of nulls breaks the line", '{"x":[1,2],"a":[null,4]}', ["a 1 NaN", "a 2 4"]);
reads("PT4b", "nested columns are series by their path", '{"t":[1,2],"sig":{"a":[1,null],"b":{"t":[4,5]}},"r":[7,8]}', [
  ..."sig.a 1 1,sig.b.t 1 4,r 1 7,sig.b.t 2 5,r 2 8".split(","),
]);
reads(
  "PT4",
  "a nested field without numbers stands aside",
  '{"t":[1],"y":[2],"of":{"unit":["V"],"gain":3,"tags":[{"a":"b"}]}}',
  ["y 1 2"],
);
reads("PT4c", "NaN is a missing value", '{"x":[1,2,3],"a":[NaN,4,NaN],"b":[6,-Infinity,NaN]}', [
  ..."b 1 6,a 2 4,a 3 NaN,b 3 NaN".split(","),
]);
reads("PT4e", "what is no column stands aside", '{"x":[1],"y":[2],"unit":"V","gain":3}', ["y 1 2"]);
reads("PT6a", "times in columns have every unit", '{"t":[1700000000000,"2023-11-14T22:13:21Z"],"y":[1,2]}', [
  ..."y 1700000000 1,y 1700000001 2".split(","),
]);

reads("PT5a", "a topic names y", '{"y":1}', ["lab now 1"], "lab");
reads("PT5a", "a topic names a bare number", "1", ["lab now 1"], "lab");
reads("PT5a", "a topic names a pair", "[5,1]", ["lab 5 1"], "lab");
reads("PT5b", "a topic prefixes other fields", '{"temp":1,"a":{"y":2}}', ["lab.temp now 1", "lab.a.y now 2"], "lab");
reads("PT5b", "a topic prefixes nested columns", '{"x":[1],"a":{"y":[2]}}', ["lab.a.y 1 2"], "lab");
reads("PT5b", "a topic prefixes columns", '{"x":[1],"y":[2],"b":[3]}', ["lab 1 2", "lab.b 1 3"], "lab");

const INSTANT = 1_700_000_000.5;
for (const [unit, text] of Object.entries({
  seconds: "1700000000.5",
  milliseconds: "1700000000500",
  microseconds: "1700000000500000",
  nanoseconds: "1700000000500000000",
  "ISO text": '"2023-11-14T22:13:20.5Z"',
  "ISO text with an offset": '"2023-11-14T23:13:20.500+01:00"',
  "ISO text with a space": '"2023-11-14 22:13:20.500Z"',
})) {
  reads("PT6", `a time in ${unit}`, `{"x":${text},"y":1}`, [`y ${INSTANT} 1`]);
}
const STAMPS = ["sec nanosec 1e9", "secs nsecs 1e9", "sec nsec 1e9", "sec usec 1e6", "seconds nanos 1e9"];
for (const form of [...STAMPS, "sec ns 1e9", "seconds nanoseconds 1e9", "tv_sec tv_nsec 1e9", "tv_sec tv_usec 1e6"]) {
  const [whole, part, perSecond] = form.split(" ");
  const stamp = `{"${whole}":1700000000,"${part}":${Number(perSecond) / 2}}`;
  reads("PT6d", `an object of ${whole} and ${part} is a time`, `{"t":${stamp},"y":1}`, [`y ${INSTANT} 1`]);
}
reads(
  "PT6d",
  "objects of seconds are times in columns, too",
  '{"t":[{"sec":1,"nanosec":0},{"sec":2,"nanosec":5e8}],"y":[3,4]}',
  ["y 1 3", "y 2.5 4"],
);
leaves(
  "a whole second as a fraction",
  '{"t":{"sec":1,"nanosec":1000000000},"y":1}',
  ["t.sec now 1", "t.nanosec now 1000000000", "y now 1"],
  {},
);
leaves("seconds without a fraction", '{"t":{"sec":1},"y":1}', ["t.sec now 1", "y now 1"], {});
reads(
  "PT6e",
  "header.stamp is the time, and x a coordinate",
  '{"header":{"seq":7,"stamp":{"secs":1,"nsecs":5e8},"frame_id":"map"},"x":3}',
  ["header.seq 1.5 7", "x 1.5 3"],
);
reads("PT6e", "stamp is the time", '{"stamp":{"sec":1,"nanosec":5e8},"x":3}', ["x 1.5 3"]);
reads("PT6e", "t comes before a stamp", '{"t":9,"stamp":{"sec":1,"nanosec":0}}', [
  "stamp.sec 9 1",
  "stamp.nanosec 9 0",
]);
reads("PT6e", "a stamp that is a number is a series", '{"stamp":1,"y":2}', ["stamp now 1", "y now 2"]);
reads("PT6b", "a date alone is ISO 8601 too", '{"x":"2023-11-14","y":1}', ["y 1699920000 1"]);
reads("PT6a", "the largest number that is seconds", "[99999999999,1]", ["y 99999999999 1"]);
for (const [unit, perSecond] of Object.entries({ milliseconds: 1e3, microseconds: 1e6, nanoseconds: 1e9 })) {
  reads("PT6a", `the first date in ${unit}`, `[${1e9 * perSecond},1]`, ["y 1000000000 1"]);
  reads("PT6a", `the last date in ${unit}`, `[${2_115_576_000 * perSecond - perSecond},1]`, ["y 2115575999 1"]);
  reads("PT6i", `a number beyond it in ${unit} is no date`, `[${2_115_576_000 * perSecond},1]`, [
    `y ${2_115_576_000 * perSecond} 1`,
  ]);
}
reads("PT6m", "without a memory each number is taken by itself", "[[999999999999,1],[1000000000000,1]]", [
  "y 999999999999 1",
  "y 1000000000 1",
]);
reads("PT6i", "a number before the first date in milliseconds is none", "[999999999999,1]", ["y 999999999999 1"]);
reads("PT6i", "the largest number that is no date", "[99999999999999980000,1]", ["y 99999999999999980000 1"]);

refuses("not-json", "text", "hello");
refuses("not-json", "NaN in a text that is none for other reasons", '{"y":NaN');
refuses("not-json", "nothing", "");
refuses("not-json", "JSON cut short", '{"y":1');
refuses("no-number", "a number in quotes", '{"y":"1"}');
refuses("no-number", "quoted text", '"1"');
leaves("null", "null", ["y now NaN"], {});
leaves("NaN and nothing else", '{"y":NaN}', ["y now NaN"], {});
leaves("-Infinity and nothing else", '{"y":-Infinity}', ["y now NaN"], {});
leaves("x and NaN", "[5,NaN]", ["y 5 NaN"], {});
refuses("no-number", "true", "true");
refuses("no-number", "an empty object", "{}");
refuses("no-number", "an empty array", "[]");
leaves("an array that holds an empty one", "[1,[]]", ["y now 1"], { "record-unreadable": 1 });
refuses("no-number", "a time and nothing else", '{"x":1}');
leaves("an array of which one is no point", '[{"y":1},{"y":"2"}]', ["y now 1"], { "quoted-number": 1 });
refuses("no-number", "columns without values", '{"x":[1,2]}');
refuses("no-number", "empty columns", '{"x":[],"y":[]}');
leaves("columns of nothing but null", '{"x":[1],"y":[null]}', ["y 1 NaN"], {});
leaves("text in a column", '{"x":[1,2],"y":[1,"2"]}', ["y 1 1", "y 2 NaN"], { "quoted-number": 1 });
refuses("not-finite", "a number too large", '{"y":1e999}');
leaves("one too small", '{"a":{"b":-1e999},"y":1}', ["y now 1"], { "not-finite": 1 });
leaves("a time too large", '{"x":1e999,"y":1}', ["y now 1"], { "time-unreadable": 1 });
leaves("a column that holds one", '{"x":[1],"y":[1e999]}', ["y 1 NaN"], { "not-finite": 1 });
refuses("not-finite", "a bare one", "1e400");
leaves("a time that is text", '{"x":"noon","y":1}', ["y now 1"], { "time-unreadable": 1 });
leaves("a number in quotes for time", '{"x":"17","y":1}', ["y now 1"], { "time-unreadable": 1 });
leaves("a date that is none", '{"x":"2023-13-45T00:00:00Z","y":1}', ["y now 1"], { "time-unreadable": 1 });
leaves("a time that is a date in no unit", '{"x":1e20,"y":1}', ["y now 1"], { "time-unreadable": 1 });
leaves("a time as long ago", '{"x":-1e20,"y":1}', ["y now 1"], { "time-unreadable": 1 });
reads("PT6c", "the least number that is a time", "[-99999999999999983616,1]", ["y -99999999999999980000 1"]);
leaves("x that is one", "[1e300,1]", ["y now 1"], { "time-unreadable": 1 });
leaves("one in a column of times", '{"t":[1,1e21],"y":[1,2]}', ["y 1 1"], { "time-unreadable": 1 });
leaves("null for time", '{"x":null,"y":1}', ["y now 1"], { "time-unreadable": 1 });
leaves("an object for time", '{"x":{"a":1},"y":1}', ["x.a now 1", "y now 1"], {});
leaves("null in a column of times", '{"x":[1,null],"y":[1,2]}', ["y 1 1"], { "time-unreadable": 1 });
leaves("NaN for time", '{"x":NaN,"y":1}', ["y now 1"], { "time-unreadable": 1 });
refuses("columns-differ", "columns of different length", '{"x":[1,2],"y":[1]}');
leaves(
  "a nested column of another length",
  '{"t":[1,2],"sig":{"a":[1,2],"b":[1,2,3]},"r":[7,8]}',
  ["sig.a 1 1", "r 1 7", "sig.a 2 2", "r 2 8"],
  { "columns-differ": 3 },
);
leaves("a column of arrays", '{"t":[1,2],"accel":[[1,2],[3,4]],"r":[7,8]}', ["r 1 7", "r 2 8"], { "column-nested": 2 });
leaves("a nested column of objects", '{"t":[1,2],"sig":{"a":[{"v":1},{"v":2}]},"r":[7,8]}', ["r 1 7", "r 2 8"], {
  "column-nested": 2,
});
refuses("too-deep", "columns nine levels deep", `{"t":[1],"a":${'{"a":'.repeat(9)}[1]${"}".repeat(9)}}`);
refuses("too-deep", "nine levels", `${'{"a":'.repeat(10)}1${"}".repeat(10)}`);
refuses("too-deep", "a hundred thousand levels", `${'{"a":'.repeat(1e5)}1${"}".repeat(1e5)}`);
refuses("too-deep", "a hundred thousand arrays", `{"a":${"[".repeat(1e5)}1${"]".repeat(1e5)}}`);
refuses("series-name-invalid", "no name", '{"":1}');
refuses("series-name-invalid", "a control character", '{"a\\nb":1}');
refuses("series-name-invalid", "half a surrogate pair", '{"\\ud800":1}');
refuses("series-name-invalid", "257 bytes", JSON.stringify({ ["a".repeat(257)]: 1 }));
refuses("series-name-invalid", "257 bytes of fewer characters", JSON.stringify({ [`${"é".repeat(128)}a`]: 1 }));

reads("PT2f", "null without a number breaks the line of each field", '{"t":5,"a":null,"b":null,"s":"x"}', [
  ..."a 5 NaN,b 5 NaN".split(","),
]);
reads("PT2f", "null beside a number makes no series", '{"a":1,"b":null}', ["a now 1"]);
reads("PT2g", "a time in capitals is the time", '{"TIMESTAMP":5,"v":1}', ["v 5 1"]);
reads("PT2g", "T and TS may be anything", '{"T":5,"TS":6}', ["T now 5", "TS now 6"]);
for (const name of [
  "when",
  "created_at",
  "datetime",
  "sampleTime",
  "@timestamp",
  "time_ms",
  "date-utc",
  "Ts",
  "recordedAt",
]) {
  reads("PT2h", "a date in a field that is named like a time", `{"v":1,"${name}":"2023-11-14T22:13:20.5Z"}`, [
    `v ${INSTANT} 1`,
  ]);
  reads("PT2h", "a number that is a date in such a field", `{"v":1,"${name}":1700000000500}`, [`v ${INSTANT} 1`]);
}
for (const name of [
  "expires_at",
  "last_time",
  "uptime",
  "startTime",
  "end_timestamp",
  "note",
  "heat",
  "updated_at",
  "timeout",
]) {
  reads("PT2h", "a date in a field of another name", `{"v":1,"${name}":"2023-11-14T22:13:20.5Z"}`, ["v now 1"]);
}
reads("PT2h", "a number below a date in such a field", '{"v":1,"time_ms":999999999}', [
  "v now 1",
  "time_ms now 999999999",
]);
reads("PT2h", "a number above a date in such a field", '{"v":1,"when":4100000000}', ["v now 1", "when now 4100000000"]);
reads("PT2h", "a number a day before the arrival", '{"v":1,"when":1699913600}', ["v now 1", "when now 1699913600"]);
reads("PT2h", "a number less than that before it", '{"v":1,"when":1699913601}', ["v 1699913601 1"]);
reads("PT2h", "a day alone", '{"v":1,"when":"2023-11-14"}', ["v now 1"]);
reads("PT2h", "two of them", '{"v":1,"when":"2023-11-14T22:13:20Z","created_at":"2023-11-14T22:13:20Z"}', ["v now 1"]);
reads("PT2h", "one beside x", '{"x":1,"when":"2023-11-14T22:13:20.5Z"}', [`x ${INSTANT} 1`]);
reads("PT2h", "one beside x that is a date", '{"x":1700000000,"v":1,"when":"2023-11-14T22:13:20.5Z"}', [
  "v 1700000000 1",
]);
reads("PT2h", "a column of them", '{"v":[1,2],"when":["2023-11-14T22:13:20.5Z","2023-11-14T22:13:21.5Z"]}', [
  ...`v ${INSTANT} 1,v ${INSTANT + 1} 2`.split(","),
]);
reads("PT2i", "an object that is no time", '{"t":{"motor":61},"v":1}', ["t.motor now 61", "v now 1"]);
reads("PT3c", "x and null", "[5,null]", ["y 5 NaN"]);
reads("PT3c", "x and null in a list", "[[5,1],[6,null]]", ["y 5 1", "y 6 NaN"]);
refuses("no-number", "x and a number in quotes", '[5,"2"]');
reads("PT3d", "a date and two values", "[1700000000.5,20.5,55]", [`1 ${INSTANT} 20.5`, `2 ${INSTANT} 55`]);
reads("PT3d", "a date as text and a value", '["2023-11-14T22:13:20.5Z",20.5]', [`y ${INSTANT} 20.5`]);
reads("PT3d", "a date in quotes and two values", '["1700000000.5",20.5,55]', [`1 ${INSTANT} 20.5`, `2 ${INSTANT} 55`]);
reads("PT3d", "a date, null and a value", "[1700000000.5,null,55]", [`2 ${INSTANT} 55`]);
reads("PT3d", "two of these", "[[1700000000.5,1,2],[1700000001.5,3,4]]", [
  ...`1 ${INSTANT} 1,2 ${INSTANT} 2,1 ${INSTANT + 1} 3,2 ${INSTANT + 1} 4`.split(","),
]);
reads("PT3d", "three numbers like dates are values", "[1700000000,1700000001,1700000002]", [
  ..."y now 1700000000,y now 1700000001,y now 1700000002".split(","),
]);
reads("PT3d", "less than a date", "[999999999,1,2]", ["y now 999999999", "y now 1", "y now 2"]);
reads("PT3e", "a clock that is not set", "[[1700000000.5,1,2],[5,3,4],[null,5,6]]", [
  ...`1 ${INSTANT} 1,2 ${INSTANT} 2,1 now 3,2 now 4,1 now 5,2 now 6`.split(","),
]);
reads("PT3f", "a date and an object", '["2023-11-14T22:13:20.5Z",{"a":1,"b":{"c":2}}]', [
  `a ${INSTANT} 1`,
  `b.c ${INSTANT} 2`,
]);
refuses("no-number", "[PT3g] a name and a value", '["temp",20.5]');
refuses("no-number", "[PT3g] a name and an object", '["lab",{"a":1}]');
refuses("no-number", "[PT3g] a date, a name and a value", '[1700000000.5,"temp",20.5]');
leaves(
  "[PT4e] columns, text and numbers",
  '{"t":[1],"y":[2],"unit":"V","rate":3,"tags":["a","b"],"of":[{"a":1}]}',
  ["y 1 2"],
  {
    text: 3,
    "beside-columns": 1,
    "column-nested": 1,
  },
);
leaves(
  "[PT4f] columns, a row without a time and a cell that is none",
  '{"t":[1,"x",3],"a":[4,5,6],"b":[7,8,"9"]}',
  [..."a 1 4,b 1 7,a 3 6".split(",")],
  { "time-unreadable": 2, "quoted-number": 1 },
);
leaves(
  "[PT7d] an object with a field that is nested too deep",
  `{"v":1,"d":${'{"a":'.repeat(9)}1${"}".repeat(9)}}`,
  ["v now 1"],
  {
    "too-deep": 1,
  },
);
leaves("[PT10] fields that would be one series", '{"a.b":1,"a":{"b":2,"c":3}}', ["a.b now 1", "a.c now 3"], {
  doubled: 1,
});
leaves("[PT7e] a date in quotes", '{"t":"1700000000.5","y":1}', [`y ${INSTANT} 1`], {});
leaves(
  "[PT8] a whole number beyond 2^53",
  '{"a":9007199254740993,"b":9007199254740991,"c":6.02e23}',
  [..."a now 9007199254740992,b now 9007199254740991,c now 6.02e+23".split(",")],
  { digits: 1 },
);

test("[PT7d] eight levels are not too deep", () => {
  assert.deepEqual(read(`${'{"a":'.repeat(9)}1${"}".repeat(9)}`), [`${"a.".repeat(8)}a now 1`]);
});

test("[PT2c] a thousand fields are a thousand series at one x", () => {
  const fields = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`f${i}`, i]));
  assert.deepEqual(
    read(JSON.stringify({ x: 5, ...fields })),
    Object.keys(fields).map((name, i) => `${name} 5 ${i}`),
  );
});

test("[PT4a] a thousand columns are a thousand series", () => {
  const columns = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`f${i}`, [i, i]]));
  assert.equal(read(JSON.stringify({ x: [1, 2], ...columns })).length, 2000);
});

test("[VW5a] [RT5c] a point's text reads back as the same number, and names its series where that is not y", () => {
  assert.equal(pointText("y", 1.5, -0), '{"x":1.5,"y":-0}');
  assert.equal(pointText('a"b\u2028', 1e21, 5e-324), `{"series":${JSON.stringify('a"b\u2028')},"x":1e+21,"y":5e-324}`);
  assert.ok(Object.is(JSON.parse(pointText("y", 1, -0)).y, -0));
});

test("[PT6b] a time without an offset is UTC wherever this runs, a date alone and one with an offset too", () => {
  const { TZ } = process.env;
  try {
    for (const [zone, minutes] of [
      ["Asia/Kolkata", -330],
      ["America/New_York", 300],
    ] as const) {
      process.env.TZ = zone;
      assert.equal(new Date("2023-11-14T12:00:00").getTimezoneOffset(), minutes, "the zone was not taken");
      assert.deepEqual(read('{"t":"2023-11-14T22:13:20.5","y":1}'), ["y 1700000000.5 1"]);
      assert.deepEqual(read('{"t":"2023-11-14 22:13:20","y":1}'), ["y 1700000000 1"]);
      assert.deepEqual(read('{"t":"2023-11-14","y":1}'), ["y 1699920000 1"]);
      assert.deepEqual(read('{"t":"2023-11-14T23:13:20+01:00","y":1}'), ["y 1700000000 1"]);
      assert.deepEqual(read('{"t":["2023-11-14T22:13:20","2023-11-14T22:13:21Z"],"y":[1,2]}'), [
        "y 1700000000 1",
        "y 1700000001 2",
      ]);
    }
  } finally {
    if (TZ === undefined) delete process.env.TZ;
    else process.env.TZ = TZ;
  }
});

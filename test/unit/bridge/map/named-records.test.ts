import assert from "node:assert/strict";
import { test } from "node:test";
import { createMapper } from "../../../../bridge/map/mapper.ts";
import { outcomeOf } from "../../../corpus/run.ts";
import { mapped, mapWith, messageOf } from "../../../support/mapping.ts";

test("[MP5c] a series is named by what a field of the record, or what is around it, says", () => {
  const value = {
    device: "a",
    readings: [
      { id: 1, v: 2 },
      { device: "b", id: true, v: 3 },
    ],
  };
  assert.deepEqual(mapped({ records: "readings", series: "{device}.{id}.{field}" }, value), [
    "a.1.v now 2",
    "b.true.v now 3",
  ]);
  for (const path of ["constructor", "__proto__", "toString.name"]) {
    assert.equal(mapped({ series: `{${path}}` }, { v: 1 }), "series-name-invalid", path);
  }
  assert.deepEqual(mapped({ series: "{__proto__}" }, JSON.parse('{"__proto__":"a","v":1}')), ["a now 1"]);
});

test("[MP5c] of two fields that would be one series the first is taken, and each message anew", () => {
  const map = createMapper({ series: "{d}" });
  for (let i = 0; i < 3; i++) assert.deepEqual(mapWith(map, messageOf({ d: "a", v: i, w: 9 })), [`a now ${i}`]);
});

test("[MP5d] an item has its own time, else that of what is around it, else the envelope's", () => {
  const map = { records: "p", series: "{n}" };
  const items = [
    { n: "a", v: 1, t: 1_763_648_900 },
    { n: "b", v: 2 },
  ];
  assert.deepEqual(mapped(map, { time: 1_763_648_901, p: items }), ["a 1763648900 1", "b 1763648901 2"]);
  assert.deepEqual(mapped(map, { p: items }, { time: 1_763_648_902 }), ["a 1763648900 1", "b 1763648902 2"]);
});

test("[MP5d] lists in lists end somewhere, and a million records are refused", () => {
  let deep: unknown = { n: "a", v: 1 };
  for (let i = 0; i < 1000; i++) deep = [deep];
  assert.deepEqual(mapped({ records: "p", series: "{n}" }, { p: deep }), ["a now 1"]);
  const many = Array.from({ length: 131_073 }, () => ({ n: "a", v: 1 }));
  assert.equal(mapped({ series: "{n}" }, many), "message-too-large");
});

test("[MP5e] that messages are of several devices is said once a topic, with the template", () => {
  const send = Array.from({ length: 6 }, (_, i) => ["lab", JSON.stringify({ device_id: `d${i % 3}`, v: i })]);
  const { lines } = outcomeOf({ name: "", send, points: [] });
  const said = lines.filter((line) => line.includes("--series '{device_id}.{field}'"));
  assert.equal(said.length, 1);
  assert.match(said[0] ?? "", /of the topic "lab" are of several things: "device_id" is "d0", then "d1"/);
});

test("[PS19] what a preset knows by its shape is refused without a mapping, and read with one", () => {
  const value = { updates: [{ values: [{ path: "a.b", value: 3.5 }] }] };
  assert.equal(mapped({}, value), "preset-needed");
  assert.deepEqual(mapped({ records: "updates.values", series: "{path}" }, value), ["a.b now 3.5"]);
});

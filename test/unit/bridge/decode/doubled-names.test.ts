import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DoubledNames, doubledNameIn } from "../../../../bridge/decode/formats/doubled-names.ts";

describe("names that stand twice in an object", () => {
  it("[PT11] finds the first, and how many values are lost", () => {
    assert.deepEqual(doubledNameIn('{"a":1,"a":2}'), { name: "a", sample: "1", count: 1 });
    assert.deepEqual(doubledNameIn('{"a": 1, "b": {"c": 1, "c": 2}, "a": 3, "a" : 4}'), {
      name: "c",
      sample: "1",
      count: 3,
    });
    assert.deepEqual(doubledNameIn('[{"a":1},{"b":"x","b":"y"}]'), { name: "b", sample: '"x"', count: 1 });
  });

  for (const text of [
    '{"a":1,"b":2}',
    '{"a":{"a":1},"b":{"a":2}}',
    '[{"a":1},{"a":2}]',
    '{"a":1}\n{"a":2}',
    '{"a":"a","b":"a:1","c":"\\"a\\":1"}',
    '{"a":["a","a"]}',
    "a:1 a:2",
    '"a":1,"a":2',
    "",
  ]) {
    it(`[PT11] finds none in ${JSON.stringify(text)}`, () => assert.equal(doubledNameIn(text), undefined));
  }

  it("[PT11] looks at the first 16 messages and each 64th, and at all once it has found one", () => {
    const names = new DoubledNames();
    const twice = '{"a":1,"a":2}';
    for (let i = 1; i <= 16; i++) assert.equal(names.look("{}"), undefined);
    for (let i = 17; i < 64; i++) assert.equal(names.look(twice), undefined, String(i));
    assert.equal(names.look(twice)?.count, 1, "64");
    for (let i = 65; i < 70; i++) assert.equal(names.look(twice)?.count, 1, String(i));
    const early = new DoubledNames();
    for (let i = 1; i < 16; i++) early.look("{}");
    assert.equal(early.look(twice)?.count, 1, "16");
  });
});

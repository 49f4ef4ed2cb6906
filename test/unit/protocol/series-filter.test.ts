/** Which series a filter has. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { hasSeries } from "../../../protocol/frame/frame.ts";
import { SeriesFilter } from "../../../protocol/series-filter.ts";
import { frameOfRows, rowOf } from "../../support/publish.ts";

for (const [wanted, has, hasNot] of [
  [[], ["", "a", "a.b"], []],
  [["a"], ["a"], ["", "A", "ab", "b.a"]],
  [["a.*"], ["a.", "a.b", "a.b.c", "a.\u{1f600}"], ["a", "ab", "b.a."]],
  [
    ["*.x", "y"],
    [".x", "a.x", "a.x.x", "y"],
    ["x", "a.x.y"],
  ],
  [["a*b*c"], ["abc", "a1b2c", "abbc", "abcbc"], ["ab", "acb", "abc1"]],
  [["**"], ["", "a"], []],
  [["*"], ["", "a", "*"], []],
  [["a*"], ["a*", "a"], []],
  [["a*b"], ["a*b", "ab", "a1b"], ["a*", "a*bc"]],
  [["a.b"], ["a.b"], ["axb"]],
  [["*a*"], ["a", "bab"], ["", "b"]],
  [["(a|b)+[c]^$\\*"], ["(a|b)+[c]^$\\", "(a|b)+[c]^$\\9"], ["ac"]],
] as const) {
  test(`[RT5r] [TR5] ${JSON.stringify(wanted)}`, () => {
    const filter = new SeriesFilter(wanted);
    // What was found out before says the same again.
    for (let i = 0; i < 2; i++) {
      for (const name of has) assert.ok(filter.has(name), name);
      for (const name of hasNot) assert.ok(!filter.has(name), name);
    }
  });
}

test("[RT5r] [TR5] a name that many patterns of many stars nearly fit takes no time that grows with their stars", () => {
  const patterns = Array.from({ length: 16 }, (_, i) => `${"*a".repeat(100)}*b${i}`);
  const filter = new SeriesFilter(patterns);
  for (let i = 0; i < 100; i++) assert.ok(!filter.has(`${"a".repeat(250)}${i}`));
});

test("[RT5r] it forgets what it found out of 4,096 names, and finds it out again", () => {
  const filter = new SeriesFilter(["*7"]);
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 5000; i++) assert.equal(filter.has(`s${i}`), i % 10 === 7);
  }
});

test("[RD3g] a frame is known by a pattern without being decoded", () => {
  const frame = frameOfRows("00000000000000aa", 1, [rowOf(1, { other: 1 }), rowOf(2, { "lab.a": 1, "lab.b": 2 })]);
  for (const [wanted, has] of [
    ["lab.*", true],
    ["*b", true],
    ["other", true],
    ["lab.c*", false],
  ] as const) {
    assert.equal(hasSeries(frame, new SeriesFilter([wanted])), has, wanted);
  }
});

/** Which channels a pattern means, and which patterns lie within another. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { coversPattern, matchesPattern, patternFault } from "../../../../protocol/access/channel-pattern.ts";

for (const [pattern, matched, others] of [
  ["lab", ["lab"], ["lab/x", "labs", "la"]],
  ["lab/**", ["lab", "lab/x", "lab/x/y"], ["labs", "labs/x", "x/lab"]],
  ["**", ["a", "a/b/c"], []],
  ["*", ["a", "rig-1"], ["a/b"]],
  ["lab/*", ["lab/x"], ["lab", "lab/x/y"]],
  ["lab/*/raw", ["lab/x/raw"], ["lab/raw", "lab/x/y/raw"]],
  ["rig-*", ["rig-", "rig-7"], ["rig", "arig-7", "rig-7/x"]],
  ["a*a", ["aa", "aba"], ["a", "ab"]],
  ["*.raw/**", [".raw", "x.raw/y"], ["raw", "x.raws"]],
  ["a.b", ["a.b"], ["aXb"]],
] as const) {
  test(`[AC2a] ${pattern} matches ${matched.join(", ")}, and not ${others.join(", ") || "nothing"}`, () => {
    assert.equal(patternFault(pattern), undefined);
    for (const name of matched) assert.ok(matchesPattern(pattern, name), name);
    for (const name of others) assert.ok(!matchesPattern(pattern, name), name);
  });
}

for (const [text, fault] of [
  ["", /empty/],
  ["/", /empty segment/],
  ["lab/", /empty segment/],
  ["/lab", /empty segment/],
  ["lab//x", /empty segment/],
  ["**/x", /last segment/],
  ["lab/**/x", /last segment/],
  ["a**", /more than one/],
  ["*a*", /more than one/],
  ["***", /more than one/],
  ["..", /no channel has/],
  ["a/../b", /no channel has/],
  ["lab x", /character/],
  ["läb", /character/],
  ["lab?", /character/],
  ["[ab]", /character/],
  ["^lab$", /character/],
  ["x".repeat(129), /128/],
] as const) {
  test(`[AC2b] ${JSON.stringify(text.slice(0, 20))} is no pattern`, () => {
    assert.match(patternFault(text) ?? "", fault);
  });
}

for (const [outer, inner, covers] of [
  ["**", "**", true],
  ["**", "lab/*", true],
  ["lab/**", "lab", true],
  ["lab/**", "lab/x/**", true],
  ["lab/x/**", "lab/**", false],
  ["lab/*", "lab/**", false],
  ["lab/*", "lab/x*", true],
  ["lab/x*", "lab/*", false],
  ["lab/a*c", "lab/ab*c", true],
  ["lab/ab*c", "lab/a*c", false],
  ["aa*aa", "aa*a", false],
  ["a*a", "a*", false],
  ["*", "**", false],
] as const) {
  test(`[AC6c] ${outer} ${covers ? "covers" : "does not cover"} ${inner}`, () => {
    assert.equal(coversPattern(outer, inner), covers);
  });
}

test("[AC6c] what covers a pattern matches whatever that matches", () => {
  const segment = fc.stringMatching(/^[ab]{0,2}\*?[ab]{0,2}$/).filter((text) => text !== "");
  const pattern = fc
    .tuple(fc.array(segment, { minLength: 1, maxLength: 3 }), fc.boolean())
    .map(([segments, isOpen]) => [...segments, ...(isOpen ? ["**"] : [])].join("/"));
  const name = fc
    .array(fc.stringMatching(/^[ab]{1,4}$/), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join("/"));
  fc.assert(
    fc.property(pattern, pattern, fc.array(name, { minLength: 20, maxLength: 20 }), (outer, inner, names) => {
      if (!coversPattern(outer, inner)) return;
      for (const each of names) if (matchesPattern(inner, each)) assert.ok(matchesPattern(outer, each), each);
    }),
    { numRuns: 3000 },
  );
});

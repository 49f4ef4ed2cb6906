/** Rights as the variable ACCESS_RIGHTS has them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRightsText } from "../../../../worker/auth/rights-text.ts";

for (const [text, rights] of [
  ["**=watch+history", { "**": ["watch", "history"] }],
  ["**=watch+history lab/**=publish", { "**": ["watch", "history"], "lab/**": ["publish"] }],
  [" a=watch,\n b/*=admin, ", { a: ["watch"], "b/*": ["admin"] }],
  ["__proto__=watch", JSON.parse('{"__proto__":["watch"]}')],
] as const) {
  test(`[AC8] ${JSON.stringify(text)} are rights`, () => {
    const parsed = parseRightsText(text);
    assert.ok("rights" in parsed, JSON.stringify(parsed));
    assert.deepEqual(Object.entries(parsed.rights), Object.entries(rights));
  });
}

for (const [text, fault] of [
  ["", /no rights/],
  ["watch", /"watch" is no pattern/],
  ["**=watch=history", /no pattern with what may be done/],
  ["**=", /must be a list of some of/],
  ["**=watch+", /must be a list of some of/],
  ["**=fly", /must be a list of some of/],
  ["=watch", /is empty/],
  ["a=watch **/b=watch", /last segment/],
  ["a=watch a=publish", /"a" is there twice/],
  [Array.from({ length: 65 }, (_, i) => `p${i}=watch`).join(" "), /64 patterns/],
] as const) {
  test(`[AC8] ${JSON.stringify(text.slice(0, 30))} are none, and it is said why`, () => {
    const parsed = parseRightsText(text);
    assert.ok("fault" in parsed);
    assert.match(parsed.fault, fault);
  });
}

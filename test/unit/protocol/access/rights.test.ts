/** Rights as they come in a token, or in a request for one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { capabilitiesFor, coversRights, includesRight, parseRights } from "../../../../protocol/access/rights.ts";

test("[AC2a] rights of several patterns add up", () => {
  const parsed = parseRights({ "lab/**": ["watch"], "lab/rig": ["publish", "publish"], "*": ["admin"] });
  assert.ok("rights" in parsed);
  assert.deepEqual(capabilitiesFor(parsed.rights, "lab/rig"), ["watch", "publish"]);
  assert.deepEqual(capabilitiesFor(parsed.rights, "lab"), ["watch", "admin"]);
  assert.deepEqual(capabilitiesFor(parsed.rights, "x/y"), []);
  assert.ok(includesRight(parsed.rights, "publish", "lab/rig"));
  assert.ok(!includesRight(parsed.rights, "publish", "lab/rig/x"));
});

for (const [value, fault] of [
  [undefined, /object/],
  [null, /object/],
  ["lab/**", /object/],
  [["lab/**"], /object/],
  [{}, /no rights/],
  [{ "lab/**": "watch" }, /list/],
  [{ "lab/**": [] }, /list/],
  [{ "lab/**": ["watch", "fly"] }, /list of some of watch, history/],
  [{ "lab/**": [["watch"]] }, /list/],
  [{ "lab/**": { 0: "watch" } }, /list/],
  [{ "lab//x": ["watch"] }, /empty segment/],
  [JSON.parse('{"__proto__":["watch"],"a":["fly"]}'), /For a/],
  [Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`c${i}`, ["watch"]])), /64/],
] as const) {
  test(`[AC2b] [AC2c] ${JSON.stringify(value)?.slice(0, 60)} are no rights`, () => {
    const parsed = parseRights(value);
    assert.ok("fault" in parsed);
    assert.match(parsed.fault, fault);
  });
}

test("[AC2b] __proto__ is a channel like another", () => {
  const parsed = parseRights(JSON.parse('{"__proto__":["watch"]}'));
  assert.ok("rights" in parsed);
  assert.deepEqual(capabilitiesFor(parsed.rights, "__proto__"), ["watch"]);
  assert.deepEqual(capabilitiesFor(parsed.rights, "toString"), []);
});

for (const [asker, asked, covers] of [
  [{ "**": ["admin"] }, { "lab/**": ["watch"], x: ["publish"] }, true],
  [{ "lab/**": ["admin"] }, { "lab/rig": ["watch"] }, true],
  [{ "lab/**": ["admin"] }, { "lab/rig": ["watch"], other: ["watch"] }, false],
  [{ "lab/**": ["publish", "watch"] }, { "lab/rig": ["watch"] }, false],
  [{}, { lab: ["watch"] }, false],
] as const) {
  test(`[AC6c] ${JSON.stringify(asker)} ${covers ? "may" : "may not"} give ${JSON.stringify(asked)}`, () => {
    assert.equal(coversRights(asker, "admin", asked), covers);
  });
}

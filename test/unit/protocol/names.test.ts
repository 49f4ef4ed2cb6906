import assert from "node:assert/strict";
import { test } from "node:test";
import { isChannelName, isSeriesName } from "../../../protocol/names.ts";

const SERVED = ["a", "main", "lab/rig-2/temp.motor", "...", "A_b.c-9", "a/.b/c..", "a".repeat(128)];
for (const name of SERVED) test(`"${name.slice(0, 30)}" is a channel name`, () => assert.ok(isChannelName(name)));

const NOT_SERVED = [
  "",
  ".",
  "..",
  "a/..",
  "./a",
  "a//b",
  "/a",
  "a/",
  "a b",
  "ü",
  "a%2Fb",
  "a\n",
  "a?b",
  "a\\b",
  "a".repeat(129),
];
for (const name of NOT_SERVED) {
  test(`[RT8a] ${JSON.stringify(name).slice(0, 30)} is no channel name`, () => assert.ok(!isChannelName(name)));
}

for (const name of ["y", "temp.motor", "ü€😀", " ", "a".repeat(256), "€".repeat(85), "__proto__"]) {
  test(`[FR1g] "${name.slice(0, 30)}" of ${name.length} is a series name`, () => assert.ok(isSeriesName(name)));
}

for (const name of ["", "\u0000", "a\tb", "\u007f", "\ud800", "a".repeat(257), "€".repeat(86), "😀".repeat(65)]) {
  test(`[FR1g] ${JSON.stringify(name).slice(0, 30)} of ${name.length} is no series name`, () =>
    assert.ok(!isSeriesName(name)));
}

/** The lists of reasons in SPEC.md are those of the types, both ways. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { PartFault } from "../../protocol/json/part-fault.ts";
import type { PointFault } from "../../protocol/json/point-error.ts";
import { DECODE_FAULTS } from "../fuzz/check.ts";

const spec = readFileSync(new URL("../../SPEC.md", import.meta.url), "utf8");

const PARTS = {
  "quoted-number": true,
  text: true,
  boolean: true,
  "time-unreadable": true,
  "name-invalid": true,
  "not-finite": true,
  "too-deep": true,
  "record-unreadable": true,
  "word-in-list": true,
  "columns-differ": true,
  "column-nested": true,
  "beside-columns": true,
  unnamed: true,
  "nested-records": true,
  doubled: true,
  digits: true,
} satisfies Record<PartFault, true>;
const POINTS = {
  "not-json": true,
  "no-number": true,
  "not-finite": true,
  "time-not-a-number": true,
  "columns-differ": true,
  "too-deep": true,
  "series-name-invalid": true,
} satisfies Record<PointFault, true>;
const MESSAGES = Object.fromEntries(
  Object.keys(DECODE_FAULTS).flatMap((code) => (code in POINTS ? [] : [[code, true]])),
);

/** What stands in backticks from some words to an empty line; in a table, in its first cells. */
function codesFrom(words: string): string[] {
  const begin = spec.indexOf(words);
  assert.ok(begin >= 0, words);
  const text = spec.slice(begin, spec.indexOf("\n\n", begin));
  const cells = text.startsWith("|") ? text.split("\n").map((line) => line.split("|")[1] ?? "") : [text];
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, found = ""]) => found)).sort();
}

for (const [name, words, known] of [
  ["what is left out", "| reason | what is left out |", PARTS],
  ["why points are none", "| code | meaning |\n| --- | --- |\n| `not-json` |", POINTS],
  ["why a message is refused", "Reasons for which a message is refused, beside those of PT7:", MESSAGES],
] as const) {
  test(`SPEC.md lists every reason that there is, and no other: ${name}`, () => {
    assert.deepEqual(codesFrom(words), Object.keys(known).sort());
  });
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { nameHint, namePart } from "../../../../../page/lazy/access/name-part.ts";
import { isShareFor } from "../../../../../protocol/messages/named-tokens.ts";

for (const [text, part] of [
  ["anna", "anna"],
  ["  Anna K. ", "Anna-K."],
  ["Jürgen & Zoë", "Jurgen-Zoe"],
  ["a/b\\c", "a-b-c"],
  ["-x-", "x"],
  ["", ""],
  ["  ", ""],
  ["田中", ""],
  ["9".repeat(41), "9".repeat(40)],
  [`${"9".repeat(39)} x`, "9".repeat(39)],
] as const) {
  test(`[PG91i] of ${JSON.stringify(text)} a link's name has ${JSON.stringify(part)}`, () => {
    assert.equal(namePart(text), part);
    assert.equal(isShareFor(part), part !== "");
  });
}

for (const [text, hint] of [
  ["", ""],
  ["  ", ""],
  ["Anna", "Its name will begin with share-Anna."],
  ["Zoë (night shift)", "Its name will begin with share-Zoe-night-shift."],
  ["山田", "A name has only A–Z, a–z, 0–9, “.”, “_” and “-”: it will have nothing of this."],
  ["x".repeat(40), `Its name will begin with share-${"x".repeat(40)}.`],
  ["x".repeat(41), `Its name will begin with share-${"x".repeat(40)}: it takes 40 characters of this.`],
] as const) {
  test(`[PG91i] of "${text}" it is said before: ${hint}`, () => assert.equal(nameHint(text), hint));
}

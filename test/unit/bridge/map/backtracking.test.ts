/** Texts for which a pattern could be tried for ever: each of these takes minutes where one is, and no time where none is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { matcherOf, patternFault } from "../../../../bridge/config/syntax/pattern.ts";
import { mayHaveMade } from "../../../../bridge/config/syntax/template.ts";
import { valueOfCsv } from "../../../../bridge/decode/formats/csv/csv.ts";
import { createMapper } from "../../../../bridge/map/mapper.ts";
import { createReader } from "../../../../bridge/presets/reader.ts";
import { parseJson } from "../../../../protocol/json/json.ts";
import { timeOf } from "../../../../protocol/json/time.ts";

const LONG = 2 ** 20;

test("[MP2] a path with many stars is compared in a time that no field's name makes long", () => {
  for (const pattern of [
    "*a".repeat(30),
    "a*a*a*a*a*a*a*a*b",
    `${"*.".repeat(20)}**x**y**z**b`,
    "**a**a**a**a**a**a**a**b",
  ]) {
    if (patternFault(pattern) !== undefined) continue;
    const matches = matcherOf(pattern);
    for (const path of ["a".repeat(1024), `${"a".repeat(1023)}c`, "a.".repeat(512), "ab".repeat(512)]) matches(path);
  }
  assert.ok(matcherOf("*a".repeat(30))("a".repeat(1024)));
  assert.ok(!matcherOf("*a".repeat(30))(`${"a".repeat(1000)}b`));
});

test("[MP2] any path fits any pattern exactly where a regular expression says so", () => {
  const letter = fc.constantFrom("a", "b", ".", "*", "**", "+", "(");
  const path = fc.array(fc.constantFrom("a", "b", ".", "+", "(", "é"), { maxLength: 8 }).map((chars) => chars.join(""));
  fc.assert(
    fc.property(
      fc.array(letter, { minLength: 1, maxLength: 6 }).map((all) => all.join("")),
      path,
      (pattern, text) => {
        const source = pattern
          .split(/(\*+)/)
          .map((piece) => (piece.startsWith("*") ? (piece === "*" ? "[^.]*" : ".*") : piece.replace(/[.+(]/g, "\\$&")))
          .join("");
        const expected = pattern.includes("*") ? new RegExp(`^${source}$`, "su").test(text) : pattern === text;
        assert.equal(matcherOf(pattern)(text), expected);
      },
    ),
    { numRuns: 3000 },
  );
});

test("[MP2] a message whose fields' names are made for the pattern is read", () => {
  const mapper = createMapper({ fields: [{ field: "a*a*a*a*a*a*a*a*b" }] });
  const value = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${"a".repeat(200 + i)}c`, i]));
  const message = (content: object) => ({ topic: "", content: { kind: "value", value: content } }) as const;
  assert.throws(() => mapper.map(message(value), 1), { code: "no-number" });
  assert.equal(mapper.map(message({ ...value, aaaaaaaab: 1 }), 1).length, 1);
});

test("[MP5] a channel's name is compared with a template of many places in little time", () => {
  assert.ok(!mayHaveMade("lab/{1}-{2}-{3}-{4}-{5}-{6}-{7}-{8}x", `lab/${"-".repeat(120)}`));
  assert.ok(mayHaveMade("lab/{1}-{2}-{3}-{4}-{5}-{6}-{7}-{8}x", `lab/${"-".repeat(110)}x`));
  assert.ok(mayHaveMade("lab/{1}", "lab/a/b"));
  assert.ok(mayHaveMade("lab/{1}", "lab"));
  assert.ok(!mayHaveMade("lab/{1}", "hall/a"));
});

test("[FM4] [FM9] text of one long word, number or run of signs is read or refused at once", () => {
  const parts = [
    "1",
    "1.",
    ".",
    "-",
    "e",
    "1e",
    ";",
    ",",
    "\t",
    " ",
    '"',
    '""',
    "a",
    "a ",
    "\r",
    "{",
    "[",
    "\\",
    "NaN",
    "0",
    "x1",
  ];
  for (const part of parts) {
    for (const end of ["", "x", "\n1", '"', " 1"]) {
      const text = `${part.repeat(Math.ceil(LONG / part.length)).slice(0, LONG)}${end}`;
      for (const read of [() => valueOfCsv(text, {}, 0), () => parseJson(text)]) {
        try {
          read();
        } catch (error) {
          assert.ok(error instanceof Error);
        }
      }
    }
  }
});

test("[FM9] the same as messages, with topics like them", () => {
  const reader = createReader({ format: "auto", skipBytes: 0, inflate: "auto" }, () => undefined);
  for (const part of ["1", "/", ":", " ", "a ", "a/", "{", '"', "[1,", "1,", "9."]) {
    const text = Buffer.from(part.repeat(LONG / 8).slice(0, LONG / 8));
    for (const frames of [
      [text],
      [text, Buffer.from("1")],
      [Buffer.from("t"), text],
      [text, text],
      [Buffer.from("t"), Buffer.from("1"), text],
    ]) {
      try {
        reader.read(frames, 1_763_648_912);
      } catch (error) {
        assert.ok(error instanceof Error);
      }
    }
  }
});

test("[PT6b] a time that is long text is refused at once", () => {
  for (const part of ["0", ":", " ", "Z", "+00:00", "T", "-"]) {
    assert.throws(() => timeOf(`2026-01-01T${part.repeat(LONG / part.length)}x`, 0), { code: "time-not-a-number" });
  }
});

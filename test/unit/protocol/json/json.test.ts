import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { nullForNonFinite, parseJson } from "../../../../protocol/json/json.ts";

/** A JSON value as Python writes it, and as JSON.stringify does. */
interface Spelled {
  python: string;
  json: string;
}

const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(fc.constantFrom("NaN", "Infinity", "-", '"', "\\", "\n", " ", "null", ",", "😀"), { maxLength: 6 })
    .map((parts) => parts.join("")),
);
const space = fc.constantFrom("", " ", "\n\t");
const { value } = fc.letrec<{ value: Spelled }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom("NaN", "Infinity", "-Infinity").map((python) => ({ python, json: "null" })),
    fc
      .oneof(text, fc.double({ noNaN: true }), fc.boolean(), fc.constant(null))
      .map((leaf) => same(JSON.stringify(leaf))),
    fc.tuple(fc.array(tie("value"), { maxLength: 4 }), space).map(([items, gap]) => joined("[", items, `,${gap}`, "]")),
    fc.tuple(fc.array(fc.tuple(text, tie("value")), { maxLength: 4 }), space).map(([fields, gap]) =>
      joined(
        "{",
        fields.map(([key, field]) => joined(`${JSON.stringify(key)}:${gap}`, [field], "", "")),
        ",",
        "}",
      ),
    ),
  ),
}));

function same(json: string): Spelled {
  return { python: json, json };
}

function joined(before: string, parts: Spelled[], between: string, after: string): Spelled {
  const join = (key: keyof Spelled): string => before + parts.map((part) => part[key]).join(between) + after;
  return { python: join("python"), json: join("json") };
}

test("[PT7a] NaN and the infinities are null wherever a value may stand, and stay what they are in strings", () => {
  fc.assert(
    fc.property(value, ({ python, json }) => {
      assert.equal(nullForNonFinite(python), json);
      assert.deepEqual(parseJson(python), JSON.parse(json));
    }),
    { numRuns: 2000 },
  );
});

test("[PT7a] no text becomes JSON by anything but these three words as values", () => {
  for (const wrong of [
    "-NaN",
    "NaNs",
    "1NaN",
    "--Infinity",
    "+Infinity",
    "nan",
    "{NaN:1}",
    '"NaN',
    '"a\\"NaN',
    "[NaN",
  ]) {
    assert.throws(() => parseJson(wrong), SyntaxError, wrong);
  }
});

test("[PT7a] sixteen megabytes of quotes or escapes that are no JSON are looked through once", () => {
  for (const part of ['"', '\\"', "\\", "-", "NaN"]) {
    assert.throws(() => parseJson(`NaN${part.repeat((16 * 1024 * 1024) / part.length)}`), SyntaxError);
  }
});

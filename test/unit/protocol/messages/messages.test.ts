/** Walks over every message that there is, with the examples of test/vectors/messages.json. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { MESSAGES } from "../../../../protocol/messages/registry.ts";
import { type MessageVector, messageVectors } from "../../../vectors/read.ts";

const SPEC = readFileSync(new URL("../../../../SPEC.md", import.meta.url), "utf8");
const vectors = messageVectors();

test("each message has examples of its own, and each example a message", () => {
  const keyOf = ({ name, from, to, rule }: Omit<MessageVector, "examples" | "malformed">): string =>
    `${name}: ${from} to ${to}, ${rule}`;
  assert.deepEqual(vectors.map(keyOf), MESSAGES.map(keyOf));
});

for (const { name, rule, parse } of MESSAGES) {
  const { examples = [], malformed = [], unknownTypes = [] } = vectors.find((vector) => vector.name === name) ?? {};

  test(`${name}: its rule ${rule} is in SPEC.md`, () => assert.match(SPEC, new RegExp(`^\\| ${rule}[a-z]? \\|`, "m")));

  test(`[${rule}] ${name}: its examples are read with all their fields, and others are left aside`, () => {
    assert.ok(examples.length > 0);
    for (const text of examples) {
      const parsed = parse(text);
      assert.ok(parsed.kind === "message", `${text} is ${JSON.stringify(parsed)}`);
      if (!text.startsWith("{")) {
        assert.equal(parsed.message, text);
        continue;
      }
      const sent: object = JSON.parse(text);
      const { message } = parsed;
      if (name === "problem") assert.deepEqual({ type: "about:blank", title: "Not JSON", ...Object(message) }, sent);
      else assert.deepEqual(message, sent);
      // An announcement has no others.
      if (name !== "announcement") assert.deepEqual(parse(text.replace(/\}$/, ',"more":1}')), parsed);
    }
  });

  test(`[${rule}] ${name}: what is broken is malformed, and the field is named`, () => {
    assert.ok(malformed.length > 0);
    for (const { text, field } of malformed) assert.deepEqual(parse(text), { kind: "malformed", field }, text);
  });

  test(`[${rule}] ${name}: each field that is missing is named`, () => {
    const optional = new Set(["series", "text", "duplicates", "repeats", "build"]);
    // A Channel of before does not say them.
    if (name === "hello") for (const field of ["scales", "arrangement"]) optional.add(field);
    for (const text of examples.filter((example) => example.startsWith("{"))) {
      const sent: object = JSON.parse(text);
      const isOptional = (field: string): boolean =>
        optional.has(field) && !(["hello", "layout"].includes(name) && field === "series");
      for (const field of Object.keys(sent).filter((each) => !isOptional(each))) {
        assert.deepEqual(parse(JSON.stringify({ ...sent, [field]: undefined })), { kind: "malformed", field });
      }
    }
  });

  test(`[${rule}] ${name}: a type that is not known is neither a message nor malformed`, () => {
    for (const text of unknownTypes) {
      const { type } = JSON.parse(text);
      assert.deepEqual(parse(text), { kind: "unknown-type", type });
    }
  });
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { readDocument, withTables } from "../corpus/table.ts";

test("docs/INPUTS.md says what the corpus says: else run node test/corpus/table.ts", () => {
  const document = readDocument();
  assert.equal(withTables(document), document);
});

/** SPEC.md and the tests agree: every rule is cited by a test, and every citation is a rule. */
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";

const root = new URL("../../", import.meta.url);
const spec = await readFile(new URL("SPEC.md", root), "utf8");
/** `CH3a`: line a of the rule CH3. */
const rules = [...spec.matchAll(/^\| ([A-Z]{2,3}[1-9][0-9]*[a-z]?) \|/gm)].map(([, rule = ""]) => rule);
const wholeOf = (rule: string): string => rule.replace(/[a-z]$/, "");

/** Rules that are named in the files of a folder, in the brackets of a test's name or as a word. */
async function citations(folder: string, pattern: RegExp): Promise<Map<string, string>> {
  const cited = new Map<string, string>();
  for (const entry of await readdir(new URL(folder, root), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(ts|md)$/.test(entry.name)) continue;
    const file = `${entry.parentPath}/${entry.name}`;
    for (const [, rule = ""] of (await readFile(file, "utf8")).matchAll(pattern)) cited.set(rule, file);
  }
  return cited;
}

const cited = await citations("test/", /\[([A-Z]{2,3}[1-9][0-9]*[a-z]?)\]/g);

test("every rule of SPEC.md has a number of its own, and no rule is both whole and in lines", () => {
  assert.deepEqual(
    rules.filter((rule, i) => rules.indexOf(rule) !== i),
    [],
  );
  assert.deepEqual(
    rules.filter((rule) => wholeOf(rule) !== rule && rules.includes(wholeOf(rule))),
    [],
  );
});

test("every rule of SPEC.md is cited by a test's name, by itself or as a whole", () => {
  assert.deepEqual(
    rules.filter((rule) => !cited.has(rule) && !cited.has(wholeOf(rule))),
    [],
  );
});

test("every rule that a test cites is in SPEC.md", () => {
  const known = new Set([...rules, ...rules.map(wholeOf)]);
  assert.deepEqual(
    [...cited].filter(([rule]) => !known.has(rule)),
    [],
  );
});

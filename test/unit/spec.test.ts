/** SPEC.md and what names its rules agree: every rule is cited by a test, and every rule that is named anywhere exists. */
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";

const root = new URL("../../", import.meta.url);
const spec = await readFile(new URL("SPEC.md", root), "utf8");
/** `CH3a`: line a of the rule CH3. */
const rules = [...spec.matchAll(/^\| ([A-Z]{2,3}[1-9][0-9]*[a-z]?) \|/gm)].map(([, rule = ""]) => rule);
const wholeOf = (rule: string): string => rule.replace(/[a-z]$/, "");

/** Source, documents and test vectors below a folder. */
async function textsBelow(folder: string, recursive = true): Promise<{ file: string; text: string }[]> {
  const entries = await readdir(new URL(folder, root), { recursive, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.(ts|md|json|py)$/.test(entry.name));
  return await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const file = `${parentPath}/${name}`;
      return { file, text: await readFile(file, "utf8") };
    }),
  );
}

const tests = await textsBelow("test/");
/** In the brackets of a test's name, or given to what puts it there, with the file. */
const cited = new Map<string, string>();
for (const { file, text } of tests) {
  for (const [, named, given] of text.matchAll(
    /\[([A-Z]{2,3}[1-9][0-9]*[a-z]?)\]|(?:reads|refused)\(\s*"([A-Z]{2,3}[1-9][0-9]*[a-z]?)"/g,
  ))
    cited.set(named ?? given ?? "", file);
}

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

const known = new Set([...rules, ...rules.map(wholeOf)]);

test("every rule that a test cites is in SPEC.md", () => {
  assert.deepEqual(
    [...cited].filter(([rule]) => !known.has(rule)),
    [],
  );
});

test("every rule that a comment, a document or a test vector names is in SPEC.md", async () => {
  const kinds = [...new Set(rules.map((rule) => rule.replace(/[0-9].*/, "")))].join("|");
  const named = new RegExp(`\\b(?:${kinds})[1-9][0-9]*[a-z]?\\b`, "g");
  const folders = ["protocol/", "client/", "worker/", "bridge/", "page/", "scripts/", "docs/", "examples/"];
  const texts = [
    ...tests,
    ...(await textsBelow("./", false)),
    ...(await Promise.all(folders.map((at) => textsBelow(at)))).flat(),
  ];
  const unknown = texts
    .filter(({ file }) => !file.endsWith("package-lock.json"))
    .flatMap(({ file, text }) => [...text.matchAll(named)].map(([rule]) => `${rule} in ${file}`))
    .filter((line) => !known.has(line.split(" ")[0] ?? ""));
  assert.deepEqual(unknown, []);
});

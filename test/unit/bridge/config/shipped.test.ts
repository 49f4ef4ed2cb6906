import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { readConfigFile } from "../../../../bridge/config/file.ts";
import type { Key, Keys } from "../../../../bridge/config/key.ts";
import { FILE_KEYS } from "../../../../bridge/config/keys.ts";
import { configSchema } from "../../../../bridge/config/schema.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

describe("the example and the schema", () => {
  const example = readFileSync(join(ROOT, "examples/plotcast.toml"), "utf8");
  const namesOf = (keys: Keys): string[] =>
    keys.flatMap((key: Key) => ("keys" in key ? namesOf(key.keys) : [key.name]));

  it("[CF3a] the example can be read, and shows every key with a comment", () => {
    const { sources } = readConfigFile(join(ROOT, "examples/plotcast.toml"), {});
    assert.deepEqual(
      sources.map(({ name }) => name),
      ["plant", "lab"],
    );
    for (const name of namesOf(FILE_KEYS)) assert.match(example, new RegExp(`^(# )?${name} = .+ # .+`, "m"));
    assert.match(example, /^#:schema \.\.\/schema\/plotcast\.schema\.json\n/);
  });

  it("[CF3a] the documentation has every key and every flag", () => {
    const text = readFileSync(join(ROOT, "docs/CONFIG.md"), "utf8");
    const flagsOf = (keys: Keys): string[] =>
      keys.flatMap((key) =>
        "keys" in key ? flagsOf(key.keys) : key.flag === undefined ? [] : [key.flag.split(" ")[0] ?? ""],
      );
    for (const name of [...namesOf(FILE_KEYS), ...flagsOf(FILE_KEYS)]) assert.ok(text.includes(`\`${name}`), name);
  });

  it("[CF3b] the schema is current: after a change of the keys, `node scripts/build-schema.ts` writes it", () => {
    const shipped: unknown = JSON.parse(readFileSync(join(ROOT, "schema/plotcast.schema.json"), "utf8"));
    assert.deepEqual(shipped, configSchema());
  });
});

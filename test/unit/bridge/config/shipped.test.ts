import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { readConfigFile } from "../../../../bridge/config/file.ts";
import { FILE_TABLE } from "../../../../bridge/config/schema/bridge.ts";
import { configSchema } from "../../../../bridge/config/schema/json-schema.ts";
import { type Key, keysOf } from "../../../../bridge/config/schema/keys.ts";
import { TomlFile } from "../../../../bridge/config/toml.ts";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));

describe("the example and the schema", () => {
  const example = readFileSync(join(ROOT, "examples/plotcast.toml"), "utf8");
  const leaves = (keys: readonly Key[]): Key[] =>
    keys.flatMap((key) => (key.keys.length > 0 ? leaves(key.keys) : [key]));
  const keys = leaves(keysOf(FILE_TABLE));
  const names = keys.map(({ name }) => name);

  it("[CF3a] all keys are looked at", () => {
    assert.deepEqual([keys.length, new Set(names).size], [54, 52]);
  });

  it("[CF3a] the example can be read, and shows every key with a comment", () => {
    const { sources } = readConfigFile(join(ROOT, "examples/plotcast.toml"), {});
    assert.deepEqual(
      sources.map(({ name }) => name),
      ["plant", "lab"],
    );
    for (const name of names) assert.match(example, new RegExp(`^(# )?${name} = .+ # .+`, "m"));
    assert.match(example, /^#:schema \.\.\/schema\/plotcast\.schema\.json\n/);
  });

  it("[CF3a] the documentation has every key and every flag", () => {
    const text = readFileSync(join(ROOT, "docs/CONFIG.md"), "utf8");
    const flags = keys.flatMap(({ notes: { flag } }) => flag?.split(" ")[0] ?? []);
    for (const name of [...names, ...flags]) assert.ok(text.includes(`\`${name}`), name);
  });

  it("[CF3b] the schema is current: after a change of the keys, `node scripts/build-schema.ts` writes it", () => {
    const shipped: unknown = JSON.parse(readFileSync(join(ROOT, "schema/plotcast.schema.json"), "utf8"));
    assert.deepEqual(shipped, configSchema());
  });

  it("[CF3b] the schema says each key's meaning, and its default where it has one", () => {
    const file: unknown = configSchema();
    const at = (...path: string[]): unknown => path.reduce<unknown>((value, part) => Object(value)[part], file);
    const source = ["properties", "source", "items", "properties"];
    assert.deepEqual(at("properties", "to"), {
      default: "http://localhost:8787/c/main",
      type: "string",
      format: "uri",
      description: "The channel. Default: http://localhost:8787/c/main.",
    });
    assert.deepEqual(at(...source, "socket"), {
      default: "sub",
      type: "string",
      enum: ["sub", "xsub", "pull"],
      description: "Sub, xsub (both for PUB) or pull (for PUSH). Default: sub.",
    });
    assert.deepEqual(at(...source, "max_message", "type"), ["string", "integer"]);
    assert.deepEqual(at(...source, "bind", "anyOf"), [
      { type: "string" },
      { type: "array", items: { type: "string" } },
    ]);
    assert.deepEqual(at(...source, "field", "items", "required"), ["field"]);
    const described = JSON.stringify(file).split('"description":').length - 1;
    // Each key, the tables source, field, curve and plain, and the file.
    assert.equal(described, keys.length + 5);
  });

  it("[CF3b] the schema takes the example with all its keys, and nothing that cannot be read", () => {
    const schema = z.fromJSONSchema(z.record(z.string(), z.unknown()).parse(configSchema()));
    // What has no effect there is commented out.
    const whole = example.replace(/^# (?=\w+ = |\[)/gm, "");
    const { root } = new TomlFile(whole, "plotcast.toml");
    assert.deepEqual(z.safeParse(schema, root).error?.issues, undefined);
    for (const line of [
      "formt = 'json'",
      "socket = 'sup'",
      "skip_bytes = 1.5",
      "max_rate = 0",
      "bind = [1]",
      "name = 'ä'",
    ]) {
      const { root: wrong } = new TomlFile(`[[source]]\n${line}`, "plotcast.toml");
      assert.equal(z.safeParse(schema, wrong).success, false, line);
    }
    assert.equal(z.safeParse(schema, {}).success, false, "no source");
  });
});

import type { Key, Keys } from "./key.ts";
import { FILE_KEYS } from "./keys.ts";
import type { JsonSchema } from "./scalars.ts";

/** The schema of plotcast.toml for editors: JSON Schema draft 7, which those for TOML know. */
export function configSchema(): JsonSchema {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "plotcast.toml",
    description: "Configuration of a Plotcast bridge: docs/CONFIG.md.",
    ...tableSchema(FILE_KEYS),
    required: ["source"],
  };
}

function tableSchema(keys: Keys): JsonSchema {
  return {
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(keys.map((key) => [key.name, keySchema(key)])),
  };
}

function keySchema(key: Key): JsonSchema {
  switch (key.shape) {
    case "one":
      return { description: describe(key), ...key.scalar.schema };
    case "many":
      return {
        description: describe(key),
        anyOf: [key.scalar.schema, { type: "array", items: key.scalar.schema }],
      };
    case "table":
      return { description: describe(key), ...tableSchema(key.keys) };
    case "tables": {
      const required = key.name === "field" ? { required: ["field"] } : {};
      return { description: describe(key), type: "array", items: { ...tableSchema(key.keys), ...required } };
    }
  }
}

function describe(key: Key): string {
  const otherwise = "otherwise" in key && key.otherwise !== undefined ? ` Default: ${key.otherwise}.` : "";
  return `${key.summary.charAt(0).toUpperCase()}${key.summary.slice(1)}.${otherwise}`;
}

import * as z from "zod/mini";
import { FILE_TABLE } from "./bridge.ts";
import { notesOf } from "./keys.ts";

/** The schema of plotcast.toml for editors: JSON Schema draft 7, which those for TOML know. */
export function configSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(FILE_TABLE, {
    target: "draft-07",
    io: "input",
    override({ zodSchema, jsonSchema }) {
      const notes = notesOf(zodSchema);
      if (notes !== undefined) jsonSchema.description = describe(notes.summary, notes.otherwise);
    },
  });
  return {
    $schema,
    title: "plotcast.toml",
    description: "Configuration of a Plotcast bridge: docs/CONFIG.md.",
    ...schema,
  };
}

function describe(summary: string, otherwise: string | undefined): string {
  const ending = otherwise === undefined ? "" : ` Default: ${otherwise}.`;
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.${ending}`;
}

import { suggestion } from "../../../protocol/suggestion.ts";
import { parseSampleFormat } from "../samples/sample-format.ts";

/** The formats whose messages are values, with what they are. */
export const VALUE_FORMATS = {
  json: "JSON in any shape (README), or a word (the topic), a space and JSON",
  ndjson: "JSON, a line each",
  msgpack: "MessagePack",
  cbor: "CBOR",
  csv: "lines of numbers between commas, semicolons, tabs or spaces, with or without a line of names before",
  numbers: "plain numbers as text",
} as const;
export type ValueFormat = keyof typeof VALUE_FORMATS;

export function isValueFormat(name: string): name is ValueFormat {
  return Object.hasOwn(VALUE_FORMATS, name);
}

/** What is wrong with what --format says; undefined if nothing is. */
export function formatFault(name: string, hasPreset = true): string | undefined {
  if (name === "auto" || isValueFormat(name)) return undefined;
  try {
    if (parseSampleFormat(name) !== undefined) return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  // What a preset's items are.
  if (name === "pmt") return hasPreset ? undefined : '"pmt" is what --preset gnuradio may read: say both.';
  const names = ["auto", ...Object.keys(VALUE_FORMATS)];
  const hint = suggestion(name, names);
  return `there is no format "${name}"${hint || `; there are ${names.join(", ")}, and binary samples such as f32@48k or i16x2@48k.`}`;
}

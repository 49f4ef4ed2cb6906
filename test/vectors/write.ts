/** Writes the files of vectors anew: `node test/vectors/write.ts`. What they mean, and how to read them, is in README.md. */
import { writeFile } from "node:fs/promises";
import { BODIES } from "./bodies.ts";
import { FRAMES, meaningOf } from "./frames.ts";
import { frameBytes, hexOf } from "./layout.ts";
import { REFUSED_FRAMES } from "./refused-frames.ts";

/** The text of each file, by its name. */
export function vectorFiles(): Map<string, string> {
  return new Map([
    [
      "frames.json",
      linesOf(
        FRAMES.map((frame) => ({
          name: frame.name,
          rule: frame.rule,
          hex: hexOf(frameBytes(frame)),
          ...meaningOf(frame),
        })),
      ),
    ],
    [
      "refused-frames.json",
      linesOf(REFUSED_FRAMES.map(({ name, code, bytes }) => ({ name, code, hex: hexOf(bytes) }))),
    ],
    ["bodies.json", linesOf(BODIES.map(({ bytes, ...body }) => ({ ...body, hex: hexOf(bytes) })))],
  ]);
}

/** A JSON array, one element a line. */
function linesOf(elements: object[]): string {
  return `[\n${elements.map(textOf).join(",\n")}\n]\n`;
}

/** JSON in which NaN is null, and minus 0 is -0.0, which JavaScript and Python read as such. */
function textOf(value: unknown): string {
  if (typeof value === "number") {
    if (Number.isNaN(value)) return "null";
    return Object.is(value, -0) ? "-0.0" : String(value);
  }
  if (Array.isArray(value)) return `[${value.map(textOf).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${textOf(field)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

if (import.meta.main) {
  for (const [name, text] of vectorFiles()) await writeFile(new URL(name, import.meta.url), text);
}

import { replaceControl } from "../../protocol/characters.ts";
import { printable, unicodeEscape } from "../../protocol/printable.ts";

export { duration, escaped, printable } from "../../protocol/printable.ts";

/** Lines with control characters escaped, which stay lines. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

/** JSON with control characters escaped; it means the same. */
export function printableJson(json: string): string {
  return replaceControl(json, unicodeEscape);
}

/** What an error says; anything may be thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `1 point`, `12,345 points`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

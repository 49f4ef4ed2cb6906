import { replaceControl } from "../../protocol/characters.ts";

/** Text of others, made fit for a line of log or a terminal: no control characters, `maxLength` characters at most. */
export function escaped(text: string, maxLength: number): string {
  const safe = printable(text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text);
  return safe.length > maxLength ? `${safe.slice(0, maxLength - 1)}…` : safe;
}

/** Text with control characters escaped, as `\x1b` or `\u202e`: a terminal would obey them. */
export function printable(text: string): string {
  return replaceControl(text, (character) =>
    character < "\u0100" ? `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}` : unicodeEscape(character),
  );
}

/** The same of lines, which stay lines. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

/** JSON with control characters escaped; it means the same. */
export function printableJson(json: string): string {
  return replaceControl(json, unicodeEscape);
}

function unicodeEscape(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}

/** What an error says; anything may be thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `1 point`, `12,345 points`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** `950 ms`, `12 s`, `3 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

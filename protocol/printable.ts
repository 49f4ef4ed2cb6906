import { replaceControl } from "./characters.ts";

/** Text of others, made fit for people: no control characters, `maxLength` characters at most. */
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

export function unicodeEscape(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}

/** `950 ms`, `12 s`, `3 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}

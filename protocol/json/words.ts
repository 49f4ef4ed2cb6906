import type { PartFault } from "./part-fault.ts";

/** Text and booleans where numbers are expected. */

const QUOTED_NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const MISSING = /^(?:|nan|[+-]nan|null|none|[+-]?inf(?:inity)?)$/i;
/** Longer text is no number. */
const MAX_NUMBER_LENGTH = 40;

/** The number that a text is; NaN if it says that there is none; undefined if it is something else. */
export function quotedNumber(text: string): number | undefined {
  if (text.length > MAX_NUMBER_LENGTH) return undefined;
  const trimmed = text.trim();
  if (QUOTED_NUMBER.test(trimmed)) return Number(trimmed);
  return MISSING.test(trimmed) ? Number.NaN : undefined;
}

/** Whether a text is a number in quotes. */
export function isQuotedNumber(text: string): boolean {
  // Most text begins with a letter.
  const first = text.charCodeAt(0);
  if (first > 0x39 && first < 0x80) return false;
  return text.length <= MAX_NUMBER_LENGTH && QUOTED_NUMBER.test(text.trim());
}

/** Why text, or true or false, is no number. */
export function wordFault(word: string | boolean): PartFault {
  if (typeof word === "boolean") return "boolean";
  return isQuotedNumber(word) ? "quoted-number" : "text";
}

export function isWord(value: unknown): value is string | boolean {
  return typeof value === "string" || typeof value === "boolean";
}

import type { LeftOut } from "../observability/left-out.ts";
import { jsonOrUndefined, readableText } from "./text.ts";

/**
 * Text that ends at its first NUL: what programs in C send that send a whole buffer. Behind the NUL are more of them, or what
 * was in the buffer before.
 */

/** Shorter numbers with NULs behind them are as likely small whole numbers in binary: "5\0\0\0" is 53. */
const MIN_NUMBER_LENGTH = 3;
/** The same of an int64. */
const MIN_NUMBER_LENGTH_OF_8 = 5;
const PLAIN_NUMBER = /^\s*[-+]?\d+\s*$/;

export interface PaddedText {
  text: string;
  /** What is behind the first NUL, without NULs at its end. */
  rest: Buffer;
}

/** Undefined if nothing is before a NUL, or that is no text. */
export function paddedText(bytes: Buffer): PaddedText | undefined {
  const at = bytes.indexOf(0);
  if (at < 1) return undefined;
  let end = bytes.length;
  while (bytes[end - 1] === 0) end--;
  const rest = bytes.subarray(at + 1, Math.max(at + 1, end));
  // In UTF-16 every other byte is one.
  if (at === 1 && rest.length > 0) return undefined;
  const text = readableText(bytes.subarray(0, at));
  return text === undefined ? undefined : { text, rest };
}

/** The same, if hardly any bytes are so by chance: JSON's objects and arrays, and numbers of some length. */
export function surelyPaddedText(bytes: Buffer): string | undefined {
  const first = bytes[0] ?? 0;
  // Most of what is binary begins with no letter, digit or bracket.
  if (first < 0x20 || first > 0x7e) return undefined;
  const padded = paddedText(bytes);
  if (padded === undefined) return undefined;
  const { text, rest } = padded;
  if (/[{[]/.test(text)) return text;
  if (text.length < (bytes.length === 8 ? MIN_NUMBER_LENGTH_OF_8 : MIN_NUMBER_LENGTH)) return undefined;
  // A whole number may be an id in a struct, which a value follows.
  return rest.length > 0 && PLAIN_NUMBER.test(text) ? undefined : text;
}

/** Values of JSON, each ended by a NUL; undefined if what is behind the first is anything else. */
export function recordsIn(rest: Buffer): unknown[] | undefined {
  const records: unknown[] = [];
  for (const text of rest.toString().split("\u0000")) {
    if (text === "") continue;
    const value = /^\s*[{[]/.test(text) ? jsonOrUndefined(text) : undefined;
    if (value === undefined) return undefined;
    records.push(value);
  }
  return records;
}

/** What is said of the bytes behind the NUL. */
export function paddingLeftOut({ text, rest }: PaddedText, topic: string): LeftOut {
  return {
    topic,
    reason: "record-unreadable",
    place: `byte ${Buffer.byteLength(text) + 2}`,
    sample: rest.toString("latin1", 0, 40),
    detail:
      `The text ends with a NUL, and ${rest.length.toLocaleString("en")} other bytes follow, as in a buffer that is sent ` +
      "whole: the text is read. Send as many bytes as the text has (strlen).",
  };
}

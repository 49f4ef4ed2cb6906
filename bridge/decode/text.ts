import { isUtf8 } from "node:buffer";
import { parseJson } from "../../protocol/json/json.ts";
import { PointError } from "../../protocol/json/point-error.ts";
import { notJsonText } from "./json-fault.ts";
import { DecodeError } from "./message.ts";
import { checkJsonValues } from "./size.ts";
import { notUtf8Text } from "./utf8-fault.ts";

/** Reading a larger one would hold up everything else for a second or more. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** What JSON may be. Any other message need not be tried as JSON, which costs an exception: ten times the time. */
export const MAY_BE_JSON = /^\s*(?:[-{["0-9]|(?:true|false|null|NaN|Infinity)\s*$)/;
/** What can be nothing but JSON, right or wrong. */
export const IS_MEANT_AS_JSON = /^\s*[{["]/;
/** What can be nothing but what Python's str() or repr() makes of a value. */
export const IS_MEANT_AS_PYTHON = /^\s*(?:[bu]['"]|\(|(?:True|False|None)\s*$)/;
const WORD_AND_REST = /^([^\s{["]\S*)\s+(\S[\s\S]*)$/;
const NUMBER = /^-?\d+(\.\d*)?([eE][-+]?\d+)?$/;
/** A time of day, a date, a number with a fraction: each would be a topic of its own. */
const NO_TOPIC = /^\[?(?:\d{1,2}:\d\d|\d{4}-\d\d-\d\d|[-+]?\d+\.\d*\]?$)/;
/** Signs alone are no topic: `+ 5`, `# of something`, `>>> 5`. */
const HAS_NAME = /[^!-/:-@[-^`{-~]/;
/** How far a look goes that only has to rule text out. */
const LOOK_BYTES = 64;
const MIN_TEXT_BYTES = 8;
/** Longer, the first word of a message is no topic. */
const MAX_WORD_LENGTH = 1024;

/**
 * A word (the topic), a space and the rest, in one frame. Two numbers are none: they are rather x and y than topic and
 * value, and a time taken for a topic would be a new series each message.
 */
export function wordAndRest(text: string): { word: string; rest: string } | undefined {
  const [, word, rest] = WORD_AND_REST.exec(text) ?? [];
  if (word === undefined || rest === undefined || word.length > MAX_WORD_LENGTH) return undefined;
  if (!HAS_NAME.test(word) || NO_TOPIC.test(word) || (NUMBER.test(word) && NUMBER.test(rest.trimEnd())))
    return undefined;
  // "lab: 5" has the same topic as "lab 5".
  return { word: ownText(/.[:|,;=]$/.test(word) ? word.replace(/[:|,;=]{1,3}$/, "") : word), rest };
}

/**
 * The text of a payload, without the NULs that C programs send along, and without the mark (BOM) that Windows programs do.
 * @throws PointError not-json if it is not UTF-8
 */
export function textOf(bytes: Buffer): string {
  const text = textIfUtf8(bytes);
  if (text !== undefined) return text;
  throw new PointError("not-json", "This is not UTF-8, as JSON is.", () => notUtf8Text(bytes));
}

/** The same; undefined if it is not UTF-8. */
export function textIfUtf8(bytes: Buffer): string | undefined {
  let end = bytes.length;
  while (bytes[end - 1] === 0) end--;
  // A mark of the order of bytes, which says nothing in UTF-8: https://www.unicode.org/faq/utf_bom#bom5
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const text = bytes.toString("utf8", start, end);
  return isTextOf(text, bytes) ? text : undefined;
}

/** Whether `text` is what `bytes` say. Bytes that are not UTF-8 become U+FFFD, so most text needs no second look. */
export function isTextOf(text: string, bytes: Buffer): boolean {
  return !text.includes("\uFFFD") || isUtf8(bytes);
}

/**
 * The same text, to be remembered: V8 keeps a part of a text as a reference into the whole, which is then kept too
 * (https://github.com/v8/v8/blob/main/src/objects/string.h, SlicedString).
 */
export function ownText(part: string): string {
  return Buffer.from(part).toString();
}

/** The text of a payload that a person could read: UTF-8 without control characters but tab, CR and LF. */
export function readableText(bytes: Buffer): string | undefined {
  if (!hasReadableStart(bytes)) return undefined;
  const text = textIfUtf8(bytes);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  return text === undefined || /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text) ? undefined : text;
}

/** Rules most of what is binary out, at the cost of a few bytes. */
function hasReadableStart(bytes: Buffer): boolean {
  const end = Math.min(bytes.length - 1, LOOK_BYTES);
  for (let i = 0; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return false;
  }
  return true;
}

/** Whether what is no {@link readableText} was meant as JSON: control characters in it, or letters in another encoding. */
export function isMeantAsJson(bytes: Buffer): boolean {
  const closing = bytes[0] === 0x7b ? 0x7d : bytes[0] === 0x5b ? 0x5d : undefined;
  if (closing === undefined) return false;
  // Few bytes are UTF-8 by chance.
  return bytes.length >= MIN_TEXT_BYTES ? isUtf8(bytes) || hasEnds(bytes, closing) : hasEnds(bytes, closing);
}

/** What is wrong in what is {@link isMeantAsJson}. */
export function meantAsJsonText(bytes: Buffer): string {
  const text = textIfUtf8(bytes);
  return text === undefined ? notUtf8Text(bytes) : notJsonText(text);
}

function hasEnds(bytes: Buffer, closing: number): boolean {
  return bytes[bytes.length - 1] === closing && hasReadableStart(bytes);
}

/**
 * The value of JSON text, in which NaN and the infinities are null.
 * @throws PointError not-json, DecodeError message-too-large
 */
export function valueOfBoundedJson(text: string): unknown {
  checkJsonValues(text);
  try {
    return parseJson(text);
  } catch {
    throw notJson(text);
  }
}

export function notJson(text: string): PointError {
  return new PointError("not-json", "This is not JSON.", () => notJsonText(text));
}

/**
 * The same; undefined if it is no JSON: there is no JSON that means undefined.
 * @throws DecodeError message-too-large
 */
export function jsonOrUndefined(text: string): unknown {
  try {
    return valueOfBoundedJson(text);
  } catch (error) {
    if (error instanceof DecodeError) throw error;
    return undefined;
  }
}

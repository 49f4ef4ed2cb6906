import { secondsOfText } from "../../../protocol/json/date-text.ts";
import { unixSeconds } from "../../../protocol/json/time.ts";
import { cborTop, msgpackTop } from "../formats/structure.ts";
import { isDate } from "../layout.ts";
import { DAY_SECONDS } from "./look.ts";

/** What stands before a payload in its frame. */
export type Front =
  /** A topic, as the bytes to `end`, and what ends it. */
  | { kind: "topic"; end: number; delimiter: string; at: number }
  /** Unix seconds. */
  | { kind: "time"; time: number; at: number }
  /** A time of day without its date. */
  | { kind: "clock"; word: string; at: number }
  /** A number that is no date; whole ones before a blank may be topics. */
  | { kind: "number"; word: string; delimiter: string; mayBeTopic: boolean };

/** Of a topic and what ends it. */
const MAX_FRONT_BYTES = 1024 + 16;
/** A topic may have brackets of its own. */
const MAX_BRACKETS = 4;
/** Of a time or a number and what is behind it. */
const MAX_STAMP_BYTES = 64;
const MAX_NUMBER_LINE = 300;
const BRACKET = /[{[]/g;
/** What ends a topic: signs that names do not end with. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a NUL ends topics, too
const SIGNS = /[\u0000!#$%&*+,\-./:;<=>?@\\^|~`]{1,3}$/;
const TOPIC = /^[^\s"'{}]{1,1024}$/;
const CLOCK = /^\[?\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?\]?$/;
const DECIMAL = /^[-+]?\d{1,20}(?:\.\d{0,20})?$/;
const ISO_TIME = /^\d{4}-?\d\d-?\d\d[T ]\d/;
const WORD_AND_NUMBER =
  /^([A-Za-z_/$\u0080-\u00ff][^\s"'{}=]{0,200}?)([|,;/])[ \t]{0,4}[-+]?(?:\d{1,25}(?:\.\d{0,25})?|\.\d{1,25})(?:[eE][-+]?\d{1,3})?\s{0,2}$/;
/** A single number behind it: of several, lines of numbers (CSV) say what they are. */
const CLOCK_AND_NUMBER =
  /^(\[?\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?\]?)[ \t]{0,4}\|[ \t]{0,4}[-+]?[\d.]{1,40}\s{0,2}$/;
/** A blank within the time, or a bar behind it, is what lines of numbers do not have. */
const TIME_AND_NUMBER =
  /^(\d{4}-\d\d-\d\d \d\d:\d\d[\d:.,]{0,16}(?:[Zz]|[-+]\d\d(?::?\d\d)?)?(?=[ \t|])|[\dTZ:.+-]{10,40}(?=[ \t]{0,2}\|))[ \t|]{1,4}[-+]?[\d.]{1,40}\s{0,2}$/;
const FRACTION_IN_PATH = /\/[-+]?\d{0,20}\.\d{1,20}(?:\/|$)/;
/** The comma may be within the number: `temp;21,5`. */
const HALF_A_NUMBER = /[|;/][-+]?\d{1,20},\d+\s*$/;
const PAIR_INSIDE = /:[-+.\d]/;
const MISSING = /^(?:nan|null|none|na|inf|infinity|true|false|on|off)$/i;

/**
 * What stands before JSON, before a plain number, or before an object of msgpack or CBOR. It costs little where nothing does,
 * and what is found need not be a payload yet: JSON is known by its ends alone.
 * @returns undefined if nothing does, or a blank ends a topic, which is understood anyway (BR2b)
 */
export function frontOf(frame: Buffer, arrivedAt: number): Front | undefined {
  const first = frame[0] ?? 0;
  const isLetter = isNameStart(first);
  const isDigit = first >= 0x30 && first <= 0x39;
  if (isLetter ? isWordBeforeJson(frame) : !(isDigit && hasFrontSign(frame))) return undefined;
  const text = frame.toString("latin1", 0, MAX_FRONT_BYTES);
  const json = beforeJson(frame, text, arrivedAt);
  if (json !== undefined) return json;
  if (!isLetter) return stampBeforeNumber(text, arrivedAt);
  return beforeNumber(text) ?? beforePacked(frame, text);
}

/** Whether a word in ASCII, a blank and JSON begin here: most who send a topic in front send it so, and it ends by itself. */
function isWordBeforeJson(frame: Buffer): boolean {
  const end = Math.min(frame.length - 1, MAX_FRONT_BYTES);
  for (let i = 1; i < end; i++) {
    const byte = frame[i] ?? 0;
    if (byte === 0x20) return frame[i + 1] === 0x7b || frame[i + 1] === 0x5b;
    if (byte < 0x20 || byte > 0x7e || byte === 0x7b || byte === 0x5b) return false;
  }
  return false;
}

/** What a time or a number has behind it, or in it, that plain numbers and lines of them have not. */
function hasFrontSign(frame: Buffer): boolean {
  const end = Math.min(frame.length, MAX_STAMP_BYTES);
  for (let i = 1; i < end; i++) {
    const byte = frame[i];
    if (byte === 0x3a || byte === 0x7b || byte === 0x7c || byte === 0x5b) return true;
  }
  return false;
}

/** Where the payload begins behind a topic that this delimiter ends; undefined if it is not there. */
export function endOfTopic(frame: Buffer, delimiter: Buffer): number | undefined {
  const first = frame.indexOf(delimiter);
  if (first < 0) return undefined;
  const text = frame.toString("latin1", 0, MAX_FRONT_BYTES);
  const sign = delimiter.toString("latin1");
  // Parts of a topic are separated by the same sign.
  let last = first;
  for (let at = first; at >= 0; at = text.indexOf(sign, at + sign.length)) {
    if (!TOPIC.test(text.slice(0, at)) && at !== first) break;
    last = at;
    const next = text[at + sign.length] ?? "";
    if (next === "{" || next === "[" || next > "\u007f") return at;
  }
  return sign === "/" ? last : first;
}

function isNameStart(byte: number): boolean {
  const letter = byte | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || byte === 0x5f || byte === 0x2f || byte === 0x24 || byte >= 0xc3;
}

function beforeJson(frame: Buffer, text: string, arrivedAt: number): Front | undefined {
  BRACKET.lastIndex = 0;
  for (let i = 0; i < MAX_BRACKETS; i++) {
    const at = BRACKET.exec(text)?.index;
    // A topic has no brace, and a blank before JSON ends one anyway, but not a time.
    if (at === undefined || (isNameStart(frame[0] ?? 0) && text.charCodeAt(at - 1) === 0x20)) return undefined;
    if (!endsAsItBegins(frame, at)) {
      if (frame[at] === 0x7b) return undefined;
      continue;
    }
    const before = text.slice(0, at);
    const bare = before.trimEnd();
    const [signs = ""] = SIGNS.exec(bare) ?? [];
    const word = bare.slice(0, bare.length - signs.length);
    const stamp = stampOf(word, signs, before.length > bare.length ? " " : "", arrivedAt, at);
    if (stamp !== undefined) return stamp;
    if (signs === "" || before.length > bare.length || !isTopic(word)) {
      if (frame[at] === 0x7b) return undefined;
      continue;
    }
    return { kind: "topic", end: word.length, delimiter: signs, at };
  }
  return undefined;
}

/** A time or a number in front. */
function stampOf(word: string, signs: string, blank: string, arrivedAt: number, at: number): Front | undefined {
  if (!/^\d/.test(word) || (signs === "" && blank === "")) return undefined;
  if (CLOCK.test(word)) return { kind: "clock", word, at };
  const time = timeOf(word, arrivedAt);
  if (time !== undefined) return { kind: "time", time, at };
  if (!DECIMAL.test(word)) return undefined;
  return { kind: "number", word, delimiter: signs || blank, mayBeTopic: signs === "" && /^\d+$/.test(word) };
}

function timeOf(word: string, arrivedAt: number): number | undefined {
  if (ISO_TIME.test(word)) return secondsOfText(word);
  if (!DECIMAL.test(word)) return undefined;
  const number = Number(word);
  if (!isDate(number)) return undefined;
  const time = unixSeconds(number);
  return Math.abs(time - arrivedAt) < DAY_SECONDS || word.includes(".") ? time : undefined;
}

function stampBeforeNumber(text: string, arrivedAt: number): Front | undefined {
  // A bar is behind all of them but a date that has a blank within.
  if (text.length > MAX_NUMBER_LINE || (text.charAt(10) !== " " && !text.includes("|"))) return undefined;
  const [, clock] = CLOCK_AND_NUMBER.exec(text) ?? [];
  const at = text.search(/[-+]?[\d.]+\s*$/);
  if (clock !== undefined) return { kind: "clock", word: clock, at };
  const [, stamp] = TIME_AND_NUMBER.exec(text) ?? [];
  const time = stamp === undefined ? undefined : timeOf(stamp, arrivedAt);
  if (stamp === undefined || time === undefined) return undefined;
  return { kind: "time", time, at };
}

function beforeNumber(text: string): Front | undefined {
  const last = text.charCodeAt(text.length - 1);
  // A digit, a point or a line end.
  if (text.length > MAX_NUMBER_LINE || last > 0x39 || (last > 0x20 && last < 0x2e)) return undefined;
  const [, word, delimiter] = WORD_AND_NUMBER.exec(text) ?? [];
  if (word === undefined || delimiter === undefined || !isTopic(word) || PAIR_INSIDE.test(word)) return undefined;
  if (delimiter === "," && HALF_A_NUMBER.test(text)) return undefined;
  // Numbers with a fraction are values, and each message would be of another topic.
  if (delimiter === "/" ? FRACTION_IN_PATH.test(word) : word.includes(delimiter)) return undefined;
  return { kind: "topic", end: word.length, delimiter, at: word.length + 1 };
}

function beforePacked(frame: Buffer, text: string): Front | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for what is no ASCII
  const at = text.search(/[^\u0000-\u007f]/);
  if (at < 2) return undefined;
  const end = at - 1;
  const delimiter = text.charAt(end);
  if (!/[ \t]/.test(delimiter) && !SIGNS.test(delimiter)) return undefined;
  if (!isTopic(text.slice(0, end))) return undefined;
  const rest = frame.subarray(at);
  if (msgpackTop(rest, true) !== "fields" && cborTop(rest, true) !== "fields") return undefined;
  return { kind: "topic", end, delimiter, at };
}

function isTopic(word: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a topic has none
  return TOPIC.test(word) && !/[\u0000-\u001f\u007f]/.test(word) && !MISSING.test(word);
}

/** Whether the brackets at both ends are a pair. */
function endsAsItBegins(frame: Buffer, at: number): boolean {
  let end = frame.length - 1;
  while (end > at && (frame[end] ?? 0) <= 0x20) end--;
  return frame[end] === (frame[at] === 0x7b ? 0x7d : 0x5d);
}

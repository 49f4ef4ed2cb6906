import { secondsOfText } from "../../protocol/json/date-text.ts";
import { MAX_TIME, unixSeconds } from "../../protocol/json/time.ts";
import { decimalOf } from "./decimal-text.ts";

/** What a frame of a message is. */
export type FrameField =
  | { kind: "topic" }
  | { kind: "payload" }
  | { kind: "skip" }
  /** @property type undefined: found out, by {@link readTime} and {@link readCounter} */
  | { kind: "time"; type: NumberType | undefined }
  | { kind: "counter"; type: NumberType | undefined };

/** How a number is written in a frame: decimal text, or so many bits, least byte first unless it says `be`. */
export type NumberType = (typeof NUMBER_TYPES)[number];

const NUMBER_TYPES = [
  "text",
  "u16",
  "u16be",
  "u32",
  "u32be",
  "u64",
  "u64be",
  "i32",
  "i32be",
  "i64",
  "i64be",
  "f64",
  "f64be",
] as const;
const WORDS = "topic, payload, time, counter and skip";
/** Nobody sends more frames; a layout of more is a mistake. */
const MAX_FRAMES = 64;
const DIGITS = /^\d{1,20}$/;
/** A day alone is rather the name of a topic. */
const ISO_TIME = /^\d{4}-?\d\d-?\d\d[T ]\d/;
/** A float64 tells neighbours apart up to this many bits. */
const COUNTER_BITS = 53;
/** Longer text is no number. */
const MAX_NUMBER_BYTES = 40;

/**
 * @param words of --frames: what each frame of a message is, `["topic", "payload", "time:f64"]`
 * @throws RangeError with a sentence for people
 */
export function parseLayout(words: readonly string[]): FrameField[] {
  if (words.length > MAX_FRAMES) throw new RangeError(`A message has ${MAX_FRAMES} frames at most.`);
  const fields = words.map(parseWord);
  if (!fields.some(({ kind }) => kind === "payload")) {
    throw new RangeError("One of the frames must be the payload: topic payload.");
  }
  for (const only of ["topic", "time", "counter"] as const) {
    if (fields.filter(({ kind }) => kind === only).length > 1) {
      throw new RangeError(`Only one of the frames can be the ${only}; use skip for one that is to be left out.`);
    }
  }
  return fields;
}

/** What is wrong with what --frames says; undefined if nothing is. */
export function layoutFault(words: readonly string[]): string | undefined {
  try {
    parseLayout(words);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The layout as its words. */
export function layoutText(fields: readonly FrameField[]): string {
  return fields.map((field) => ("type" in field && field.type ? `${field.kind}:${field.type}` : field.kind)).join(" ");
}

function parseWord(word: string): FrameField {
  const [kind = "", type] = word.trim().split(/:(.*)/s);
  switch (kind) {
    case "topic":
    case "payload":
    case "skip":
      if (type === undefined) return { kind };
      throw new RangeError(`"${kind}" has no type: write ${kind} alone.`);
    case "time":
      return { kind, type: parseType(word, type) };
    case "counter": {
      const counted = parseType(word, type);
      if (counted !== "f64" && counted !== "f64be") return { kind, type: counted };
      throw new RangeError("A counter is a whole number: counter:u32.");
    }
    default:
      throw new RangeError(`"${word}" is not what a frame can be: there are ${WORDS}.`);
  }
}

function parseType(word: string, type: string | undefined): NumberType | undefined {
  if (type === undefined) return undefined;
  const found = NUMBER_TYPES.find((name) => name === type);
  if (found !== undefined) return found;
  throw new RangeError(`"${word}" has no type that is known: there are ${NUMBER_TYPES.join(", ")}.`);
}

const WIDTHS: Readonly<Record<Exclude<NumberType, "text">, number>> = {
  u16: 2,
  u16be: 2,
  u32: 4,
  u32be: 4,
  u64: 8,
  u64be: 8,
  i32: 4,
  i32be: 4,
  i64: 8,
  i64be: 8,
  f64: 8,
  f64be: 8,
};

/** A number as it is written in a frame; undefined if the frame does not hold one. */
export function readNumber(type: NumberType, bytes: Buffer): number | undefined {
  if (type === "text") {
    if (bytes.length > MAX_NUMBER_BYTES) return undefined;
    return decimalOf(textIn(bytes).trim());
  }
  if (bytes.length !== WIDTHS[type]) return undefined;
  switch (type) {
    case "u16":
      return bytes.readUInt16LE();
    case "u16be":
      return bytes.readUInt16BE();
    case "u32":
      return bytes.readUInt32LE();
    case "u32be":
      return bytes.readUInt32BE();
    case "u64":
      return Number(bytes.readBigUInt64LE());
    case "u64be":
      return Number(bytes.readBigUInt64BE());
    case "i32":
      return bytes.readInt32LE();
    case "i32be":
      return bytes.readInt32BE();
    case "i64":
      return Number(bytes.readBigInt64LE());
    case "i64be":
      return Number(bytes.readBigInt64BE());
    case "f64":
      return finiteOr(bytes.readDoubleLE());
    case "f64be":
      return finiteOr(bytes.readDoubleBE());
  }
}

/** Without the NUL that C programs send along. */
function textIn(bytes: Buffer): string {
  const { length } = bytes;
  return bytes.toString("latin1", 0, bytes[length - 1] === 0 ? length - 1 : length);
}

function finiteOr(number: number): number | undefined {
  return Number.isFinite(number) ? number : undefined;
}

/**
 * @param secondsOf of a number, what finds out its unit
 * @returns unix seconds, from any unit that PT6 knows, or ISO 8601; undefined if the frame does not hold such a time
 */
export function readTime(
  type: NumberType | undefined,
  bytes: Buffer,
  secondsOf: (number: number) => number = unixSeconds,
): number | undefined {
  const found = type ?? timeTypeOf(bytes) ?? "text";
  const number = readNumber(found, bytes);
  if (number !== undefined) return Math.abs(number) >= MAX_TIME ? undefined : secondsOf(number);
  return found === "text" ? isoTime(bytes) : undefined;
}

function isoTime(bytes: Buffer): number | undefined {
  if (bytes.length > MAX_NUMBER_BYTES) return undefined;
  const text = textIn(bytes).trim();
  return ISO_TIME.test(text) ? secondsOfText(text) : undefined;
}

/**
 * A count of messages. Of one with more than 53 bits, the lower ones count on by themselves: neighbours differ by one, and
 * after the greatest comes 0.
 * @returns undefined if the frame does not hold a whole number
 */
export function readCounter(type: NumberType | undefined, bytes: Buffer): number | undefined {
  const found = type ?? counterTypeOf(bytes) ?? "text";
  if (found === "text") return counterIn(bytes.toString("latin1", 0, MAX_NUMBER_BYTES).replace(/\0$/, "").trim());
  if (bytes.length === 8) {
    if (found === "u64") return lowerBits(bytes.readBigUInt64LE());
    if (found === "u64be") return lowerBits(bytes.readBigUInt64BE());
    if (found === "i64" || found === "i64be") {
      const counter = found === "i64" ? bytes.readBigInt64LE() : bytes.readBigInt64BE();
      return counter < 0n ? undefined : lowerBits(counter);
    }
  }
  const number = readNumber(found, bytes);
  return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** The same of text. */
export function counterIn(text: string): number | undefined {
  if (!DIGITS.test(text)) return undefined;
  return text.length < 16 ? Number(text) : lowerBits(BigInt(text));
}

export function lowerBits(counter: bigint): number {
  return Number(BigInt.asUintN(COUNTER_BITS, counter));
}

/** How a time is written, if it can be seen: as text, or as 8 bytes that make a date from 2001 to 2100. */
function timeTypeOf(bytes: Buffer): NumberType | undefined {
  if (readNumber("text", bytes) !== undefined || isoTime(bytes) !== undefined) return "text";
  if (bytes.length !== 8 || isAscii(bytes)) return undefined;
  // What is a float64 of this size would be too large a number for a date as an integer, and the other way round.
  if (isDate(bytes.readDoubleLE())) return "f64";
  return isDate(Number(bytes.readBigInt64LE())) ? "i64" : undefined;
}

/** Letters, digits and signs alone. Eight of them would be a date in nanoseconds, of 2082 or so. */
export function isAscii(bytes: Buffer): boolean {
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x20 || byte >= 0x7f) return false;
  }
  return true;
}

function counterTypeOf(bytes: Buffer): NumberType | undefined {
  if (bytes.length > 0 && bytes.length <= MAX_NUMBER_BYTES && DIGITS.test(bytes.toString("latin1"))) return "text";
  if (bytes.length === 4) return "u32";
  return bytes.length === 8 ? "u64" : undefined;
}

/** Whether it is a time from 2001 to 2100, in any unit that PT6 knows. */
export function isDate(time: number): boolean {
  if (!(Math.abs(time) < MAX_TIME)) return false;
  const seconds = unixSeconds(time);
  return seconds >= 1e9 && seconds < 4.1e9;
}

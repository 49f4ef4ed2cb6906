import { isJsonFrame } from "../arrays/array-header.ts";
import { cborTop, msgpackTop, type Top } from "../formats/structure.ts";
import { wrappingOf } from "../inflate.ts";
import { isDate, type NumberType, readNumber, readTime } from "../layout.ts";
import { isTextOf } from "../text.ts";

/** What one frame looks like by itself, whatever stands beside it. */
export type FrameLook =
  | { kind: "empty" }
  /** A time within a day of the arrival. */
  | { kind: "time"; type: NumberType }
  /** Another time: ISO 8601, or a number with a fraction or in a small unit, from 2001 to 2100. */
  | { kind: "date"; type: NumberType }
  /** A whole number: it may count, or be a value. */
  | { kind: "count"; type: NumberType }
  /** Another number as text, or several between commas, semicolons or blanks. */
  | { kind: "number" }
  /** Text without a blank, as topics, ids and names are. */
  | { kind: "word" }
  /** Other text. */
  | { kind: "text" }
  /** A few bytes that are not text: an id, one value, a number that is too large for a count. */
  | { kind: "bytes" }
  /** What can be nothing but a payload: objects, arrays, what is compressed, many bytes. */
  | { kind: "data" };

export const DAY_SECONDS = 86_400;
/** The longest id or hash that anybody sends as bytes. */
const MAX_ID_BYTES = 64;
const MAX_WORD_BYTES = 1024;
const MAX_NUMBER_BYTES = 40;
/** The smallest number that is a date: 2001 in seconds. */
const MIN_DATE = 1_000_000_000n;
/** An id of fewer bytes may be an array by chance. */
const MIN_PACKED_BYTES = 4;
/** A bracket, a brace, and what is compressed begin so. */
const FIRST_OF_DATA: ReadonlySet<number> = new Set([0x1f, 0x28, 0x5b, 0x78, 0x7b]);
const NUMBERS = /^[-+.\deE]+(?:[,;\s]+[-+.\deE]+)+$/;
const DIGITS = /^\d{1,20}$/;
const BINARY_TIMES: Partial<Record<number, readonly NumberType[]>> = {
  4: ["u32", "u32be"],
  8: ["f64", "i64", "f64be", "i64be"],
};

export function lookOf(bytes: Buffer, arrivedAt: number): FrameLook {
  const [first] = bytes;
  if (first === undefined) return { kind: "empty" };
  if (wrappingOf(bytes) !== undefined) return { kind: "data" };
  if (!isText(bytes)) return lookOfBytes(bytes, arrivedAt);
  return first === 0x7b || first === 0x5b ? { kind: "data" } : lookOfText(bytes, arrivedAt);
}

/** The same of the first frame, where a topic may begin with a brace or a bracket, too. */
export function lookOfFirst(bytes: Buffer, arrivedAt: number): FrameLook {
  const [first] = bytes;
  if ((first !== 0x7b && first !== 0x5b) || isJsonFrame(bytes)) return lookOf(bytes, arrivedAt);
  return isText(bytes) ? lookOfText(bytes, arrivedAt) : lookOfBytes(bytes, arrivedAt);
}

/** As which number it is a time within a day of the arrival; undefined if it is none. */
export function nearTimeType(bytes: Buffer, arrivedAt: number): NumberType | undefined {
  if (bytes.length <= MAX_NUMBER_BYTES && mayBeNumberText(bytes) && isNearTo(readTime("text", bytes), arrivedAt)) {
    return "text";
  }
  const types = BINARY_TIMES[bytes.length];
  if (types === undefined) return undefined;
  for (const type of types) if (isNearTo(readTime(type, bytes), arrivedAt)) return type;
  return undefined;
}

/** Whether bytes begin as a number or a date as text does: with a digit, a sign, a point or white space. */
function mayBeNumberText(bytes: Buffer): boolean {
  const first = bytes[0] ?? 0;
  return first <= 0x39 || first === 0xa0;
}

/** As which number text or 8 bytes are a time since 2001 that is over; undefined if they are none, or rather count. */
export function pastTimeType(bytes: Buffer, arrivedAt: number): NumberType | undefined {
  if (isDigits(bytes)) {
    const number = readNumber("text", bytes) ?? Number.NaN;
    return isDate(number) && (readTime("text", bytes) ?? Number.NaN) < arrivedAt ? "text" : undefined;
  }
  if (bytes.length !== 8) return undefined;
  const [little, big] = [bytes.readBigUInt64LE(), bytes.readBigUInt64BE()];
  if (little < MIN_DATE || big < MIN_DATE) return undefined;
  return BINARY_TIMES[8]?.find((type) => {
    const time = readTime(type, bytes) ?? Number.NaN;
    return isDate(time) && time < arrivedAt;
  });
}

/** As which number bytes may be a count of messages that need not be seen to go on: one that leaves the upper bits unused. */
export function smallCountType(bytes: Buffer): NumberType | undefined {
  if (bytes.length === 4) {
    const [little, big] = [bytes.readUInt32LE(), bytes.readUInt32BE()];
    return Math.min(little, big) >= 2 ** 28 ? undefined : little <= big ? "u32" : "u32be";
  }
  if (bytes.length !== 8) return undefined;
  const [little, big] = [bytes.readBigUInt64LE(), bytes.readBigUInt64BE()];
  const isLittle = little <= big;
  if ((isLittle ? little : big) >= 2n ** 48n) return undefined;
  return isLittle ? "u64" : "u64be";
}

/** Whether a frame begins as most topics do, and as no number or time does. */
export function beginsAsName(frame: Buffer): boolean {
  const first = frame[0] ?? 0;
  return (first >= 0x61 && first <= 0x7a) || (first >= 0x41 && first <= 0x5a) || first === 0x2f || first === 0x5f;
}

/** Whether a frame begins with a digit, as no object, array or compressed payload does. */
export function beginsAsNumber(frame: Buffer): boolean {
  const first = frame[0] ?? 0;
  return first >= 0x30 && first <= 0x39;
}

/**
 * Whether a frame of a number's length is surely nothing that can only be a payload.
 * @param arrivedAt unix seconds
 */
export function isShortStamp(frame: Buffer, arrivedAt: number): boolean {
  if (BINARY_TIMES[frame.length] === undefined) return false;
  const first = frame[0] ?? 0;
  // Arrays and objects of msgpack and CBOR, and tags of CBOR, or what is in this set.
  const mayBeData = (first >= 0x80 && first <= 0xdf) || FIRST_OF_DATA.has(first);
  return !mayBeData || lookOf(frame, arrivedAt).kind !== "data";
}

export function isDigits(bytes: Buffer): boolean {
  return beginsAsNumber(bytes) && bytes.length <= 20 && DIGITS.test(bytes.toString("latin1"));
}

/** Text in UTF-8 without control characters but tabs and line ends, looked for at the beginning. */
function isText(bytes: Buffer): boolean {
  const end = Math.min(bytes.length, MAX_ID_BYTES);
  for (let i = 0; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte >= 0x20 ? byte !== 0x7f : byte === 0x09 || byte === 0x0a || byte === 0x0d) continue;
    // The NUL that C programs send along, or several, but of a number's length it is rather a number.
    return (
      byte === 0 && i > 0 && BINARY_TIMES[bytes.length] === undefined && bytes.subarray(i).every((each) => each === 0)
    );
  }
  if (bytes.length <= MAX_ID_BYTES) return isTextOf(bytes.toString(), bytes);
  // The last character may be cut.
  return !bytes.toString("utf8", 0, MAX_ID_BYTES).slice(0, -1).includes("\uFFFD");
}

function isNearTo(time: number | undefined, arrivedAt: number): boolean {
  return time !== undefined && Math.abs(time - arrivedAt) < DAY_SECONDS;
}

function lookOfText(bytes: Buffer, arrivedAt: number): FrameLook {
  if (beginsAsName(bytes)) return lookOfWords(bytes.toString("utf8", 0, MAX_WORD_BYTES), bytes.length);
  if (nearTimeType(bytes, arrivedAt) === "text") return { kind: "time", type: "text" };
  if (isDigits(bytes)) return { kind: "count", type: "text" };
  const number = bytes.length <= MAX_NUMBER_BYTES ? readNumber("text", bytes) : undefined;
  if (number !== undefined) {
    return isDate(number) && (number >= 1e11 || !Number.isInteger(number))
      ? { kind: "date", type: "text" }
      : { kind: "number" };
  }
  if (bytes.length <= MAX_NUMBER_BYTES && readTime("text", bytes) !== undefined) return { kind: "date", type: "text" };
  const text = bytes.toString("utf8", 0, MAX_WORD_BYTES);
  return NUMBERS.test(text.trimEnd()) ? { kind: "number" } : lookOfWords(text, bytes.length);
}

function lookOfWords(text: string, length: number): FrameLook {
  return length > MAX_WORD_BYTES || /[\s"]/.test(text.trimEnd()) ? { kind: "text" } : { kind: "word" };
}

function lookOfBytes(bytes: Buffer, arrivedAt: number): FrameLook {
  if (bytes.length > MAX_ID_BYTES) return { kind: "data" };
  const time = nearTimeType(bytes, arrivedAt);
  if (time !== undefined) return { kind: "time", type: time };
  // A key in letters tells an object from a count.
  if (msgpackTop(bytes, true) === "fields" || cborTop(bytes, true) === "fields") return { kind: "data" };
  const count = smallCountType(bytes);
  if (count !== undefined) return { kind: "count", type: count };
  return isPacked(bytes) ? { kind: "data" } : { kind: "bytes" };
}

/** An object or an array of msgpack or CBOR, to the last byte. */
function isPacked(bytes: Buffer): boolean {
  if (bytes.length < MIN_PACKED_BYTES) return false;
  const isHolder = (top: Top | undefined): boolean => top === "map" || top === "array";
  return isHolder(msgpackTop(bytes, true)) || isHolder(cborTop(bytes, true));
}

import { isUtf8 } from "node:buffer";
import { MAX_MESSAGE_VALUES, tooManyValues } from "../size.ts";

/**
 * What a packed message claims, checked before anything is made of it: a few bytes can claim an array of billions, for
 * which a decoder would take the memory at once.
 */

/** Deeper is refused anyway: a decoder would run out of stack. */
const MAX_DEPTH = 64;
/**
 * The msgpack extensions that are numbers or times: timestamps (-1), msgpackr's big integers (B), typed arrays (t) and
 * undefined (0). Its others are references, with which a hundred bytes can mean an object of any size, records, for
 * which it writes functions, errors and regular expressions: https://github.com/kriszyp/msgpackr, unpack.js.
 */
export const EXTENSIONS: ReadonlySet<number> = new Set([0x00, 0x42, 0x74, 0xff]);
const REFUSED_EXTENSIONS: ReadonlySet<number> = new Set([0x62, 0x65, 0x69, 0x70, 0x72, 0x73, 0x78]);
/**
 * The CBOR tags that cbor-x takes for the like (https://github.com/kriszyp/cbor-x, decode.js): references and packed
 * values (6, 28, 29, 51), bundled strings (14, 15), objects of a class (27), records (105, 0xdff9 and on).
 */
const REFUSED_TAGS: ReadonlySet<number> = new Set([6, 14, 15, 27, 28, 29, 51, 105]);
const FIRST_RECORD_TAG = 0xdff9;
const LAST_RECORD_TAG = 0xffff;
/** A float64 has 1,024 bits at most. Reading a longer integer takes time by the square of its length. */
const MAX_INTEGER_BYTES = 128;

/** The formats whose messages are packed values. */
export type Packing = "msgpack" | "cbor";

/** What a value is. */
export type Top = "fields" | "map" | "array" | "number" | "other";

/** What is sure of so many bytes, and of a map with names, is hardly so by chance. */
const MIN_SURE_BYTES = 32;
/** An array that is at least this long has a float64 in it, or as much of other values. */
const MIN_ARRAY_BYTES = 9;
/** Bytes that are text are short; more need not be looked through. */
const MAX_TEXT_BYTES = 1024;

/**
 * What a message is at its top, when its claims fit its bytes to the last one. Several values, one after another, are
 * fields if each is, or if the first are and have 32 bytes; and an array if none is shorter than a float64 in an array is.
 * @param isStrict whether text must be UTF-8, as other bytes taken for msgpack by chance are not
 * @returns undefined if these bytes are not msgpack (https://github.com/msgpack/msgpack/blob/master/spec.md)
 * @throws DecodeError message-too-large: more values than a message may hold, keys counted
 */
export function msgpackTop(bytes: Buffer, isStrict = false): Top | undefined {
  return topOfAll("msgpack", bytes, isStrict);
}

/**
 * @returns undefined if these bytes are not CBOR (RFC 8949)
 * @throws DecodeError message-too-large, as {@link msgpackTop}
 */
export function cborTop(bytes: Buffer, isStrict = false): Top | undefined {
  return topOfAll("cbor", bytes, isStrict);
}

function topOfAll(packing: Packing, bytes: Buffer, isStrict: boolean): Top | undefined {
  const first = skip(packing, bytes, isStrict, { at: 0, values: 0 });
  if (first === undefined) return undefined;
  const top = topAt(packing, bytes, 0);
  if (first === bytes.length) return top;
  // Cheap to see, so that samples are not walked through.
  if (top !== "fields" && (top !== "array" || first < MIN_ARRAY_BYTES)) return undefined;
  const { starts, end } = packedValues(packing, bytes, isStrict);
  const tops = starts.map((start) => topAt(packing, bytes, start));
  if (tops.every((each) => each === "fields") && end === bytes.length) return "fields";
  const others = tops.findIndex((each) => each !== "fields");
  if (top === "fields") return (others < 0 ? end : (starts[others] ?? 0)) >= MIN_SURE_BYTES ? "fields" : undefined;
  if (end < bytes.length || tops.some((each) => each !== "array" && each !== "fields")) return undefined;
  return starts.every((start, i) => (starts[i + 1] ?? end) - start >= MIN_ARRAY_BYTES) ? "array" : undefined;
}

/** What the value is that begins at a place, and is whole. */
export function topAt(packing: Packing, bytes: Buffer, at: number): Top {
  const first = bytes[at] ?? 0;
  if (packing === "msgpack") {
    if ((first & 0xf0) === 0x80 || first === 0xde || first === 0xdf) {
      const key = at + (first === 0xde ? 3 : first === 0xdf ? 5 : 1);
      return first !== 0x80 && isName(bytes, msgpackHead(bytes, key)) ? "fields" : "map";
    }
    if ((first & 0xf0) === 0x90 || first === 0xdc || first === 0xdd) return "array";
    return first >= 0xca && first <= 0xd3 ? "number" : "other";
  }
  const major = first >> 5;
  const info = first & 0x1f;
  if (major === 5) {
    const key = at + (info < 24 || info === 31 ? 1 : 1 + 2 ** (info - 24));
    return info !== 0 && isName(bytes, cborHead(bytes, key)) ? "fields" : "map";
  }
  // A tag, such as that of typed arrays (RFC 8746) or of CBOR itself, is in front of what it is about.
  if (major === 4 || major === 6) return "array";
  return major < 2 ? (info > 23 ? "number" : "other") : info > 24 && major === 7 ? "number" : "other";
}

/** Whether a key is text that is not empty, or bytes that are. */
function isName(bytes: Buffer, key: Head | undefined): boolean {
  if (key === undefined || (key.text < 0 && key.bytes < 0)) return false;
  return key.text >= 0 ? key.next > key.text : key.next > key.bytes && isText(bytes, key);
}

/** Bytes that are text: Python 2, and packers without `use_bin_type`, send names and text so. */
function isText(bytes: Buffer, { bytes: start, next }: Head): boolean {
  if (next - start > MAX_TEXT_BYTES || !isUtf8(bytes.subarray(start, next))) return false;
  for (let i = start; i < next; i++) {
    const byte = bytes[i] ?? 0;
    if ((byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || byte === 0x7f) return false;
  }
  return true;
}

/** The values of a message, as far as they are whole. */
export interface PackedValues {
  /** Where each begins. */
  starts: readonly number[];
  /** Where the last of them ends. */
  end: number;
  /** Byte strings that are names or text: where their heads are, and where their bytes are. */
  texts: readonly ByteString[];
}

export interface ByteString {
  at: number;
  start: number;
  end: number;
  isKey: boolean;
}

/** @throws DecodeError message-too-large, as {@link msgpackTop} */
export function packedValues(packing: Packing, bytes: Buffer, isStrict = false): PackedValues {
  const starts: number[] = [];
  const walk = { at: 0, values: 0, texts: [] as ByteString[] };
  let end = 0;
  while (end < bytes.length) {
    walk.at = end;
    const texts = walk.texts.length;
    const next = skip(packing, bytes, isStrict, walk);
    if (next === undefined) {
      walk.texts.length = texts;
      break;
    }
    starts.push(end);
    end = next;
  }
  return { starts, end, texts: walk.texts };
}

/** What is in a value: nothing, values, names and values, or what a tag or parts of text belong to. */
type Kind = "leaf" | "array" | "map" | "tag";

/** All have one shape: a million of them are made of a message. */
interface Head {
  /** Where what follows the head begins. */
  next: number;
  /** Values in it; -1: until the end mark comes. */
  children: number;
  kind: Kind;
  /** Where text, or bytes, in it begin, which end at `next`; -1: it is none. */
  text: number;
  bytes: number;
}

function head(next: number, children = 0, kind: Kind = "leaf", text = -1, bytes = -1): Head {
  return { next, children, kind, text, bytes };
}

const END: Head = head(-1);
/** Where it ends, its first byte says. */
const SCALAR: Head = head(-1);

interface Walk {
  /** Where the value begins. */
  at: number;
  /** How many were walked over. */
  values: number;
  /** Is given the byte strings that are names or text. */
  texts?: ByteString[];
}

const NUMBER_WIDTHS: ReadonlyMap<number, number> = new Map([
  [0xc0, 1],
  [0xc2, 1],
  [0xc3, 1],
  [0xca, 5],
  [0xcb, 9],
  [0xcc, 2],
  [0xcd, 3],
  [0xce, 5],
  [0xcf, 9],
  [0xd0, 2],
  [0xd1, 3],
  [0xd2, 5],
  [0xd3, 9],
]);

/** Of a map of unknown length: a name comes next, or its value. */
const NAME_NEXT = -1;
const VALUE_NEXT = -2;

/** @returns where the value ends that begins at `walk.at`; undefined if it does not fit */
function skip(packing: Packing, bytes: Buffer, isStrict: boolean, walk: Walk): number | undefined {
  const headAt = packing === "msgpack" ? msgpackHead : cborHead;
  /** How many values are still to come, for each level, and what that is. */
  const left = [1];
  const kinds: Kind[] = ["array"];
  let { at } = walk;
  while (left.length > 0) {
    const level = left.length - 1;
    const count = left[level] ?? 0;
    if (count === 0) {
      left.pop();
      kinds.pop();
      continue;
    }
    if (at >= bytes.length) return undefined;
    // Most values in msgpack are these: nothing is made for them.
    const width = packing === "msgpack" ? (SCALAR_WIDTHS[bytes[at] ?? 0xc1] ?? 0) : 0;
    const isScalar = width > 0 && (!isStrict || !isFixStr(bytes[at] ?? 0));
    const found = isScalar ? SCALAR : headAt(bytes, at);
    if (found === undefined) return undefined;
    if (++walk.values > MAX_MESSAGE_VALUES) throw tooManyValues();
    if (found === END) {
      if (count > 0) return undefined;
      left.pop();
      kinds.pop();
      at++;
      continue;
    }
    const kind = kinds[level];
    if (count > 0) left[level] = count - 1;
    else if (kind === "map") left[level] = count === NAME_NEXT ? VALUE_NEXT : NAME_NEXT;
    const { children } = found;
    const next = isScalar ? at + width : found.next;
    // Each takes a byte at least.
    if (next > bytes.length || children > bytes.length - next) return undefined;
    if (isStrict && found.text >= 0 && !isUtf8(bytes.subarray(found.text, next))) return undefined;
    if (found.bytes >= 0 && kind !== "tag") {
      const isKey = kind === "map" && (count > 0 ? count % 2 === 0 : count === NAME_NEXT);
      if (isKey || isText(bytes, found)) walk.texts?.push({ at, start: found.bytes, end: next, isKey });
    }
    at = next;
    if (children !== 0) {
      if (left.push(children) > MAX_DEPTH) return undefined;
      kinds.push(found.kind);
    }
  }
  return at;
}

function msgpackHead(bytes: Buffer, at: number): Head | undefined {
  const byte = bytes[at] ?? 0;
  if (byte <= 0x7f || byte >= 0xe0) return head(at + 1);
  if (byte <= 0x8f) return head(at + 1, 2 * (byte & 0x0f), "map");
  if (byte <= 0x9f) return head(at + 1, byte & 0x0f, "array");
  if (byte <= 0xbf) return head(at + 1 + (byte & 0x1f), 0, "leaf", at + 1);
  // The length of what has one; what has no room for it does not fit.
  const width = LENGTH_WIDTHS[byte - 0xc0] ?? 0;
  const start = at + 1 + width;
  if (start > bytes.length) return undefined;
  const length = width === 0 ? 0 : bytes.readUIntBE(at + 1, width);
  switch (byte) {
    case 0xc0:
    case 0xc2:
    case 0xc3:
      return head(start);
    // bin 8, 16, 32
    case 0xc4:
    case 0xc5:
    case 0xc6:
      return head(start + length, 0, "leaf", -1, start);
    // ext 8, 16, 32: a type, and what it is of
    case 0xc7:
    case 0xc8:
    case 0xc9:
      return isExtension(bytes, start) ? head(start + 1 + length) : undefined;
    case 0xcc:
    case 0xd0:
      return head(start + 1);
    case 0xcd:
    case 0xd1:
      return head(start + 2);
    case 0xca:
    case 0xce:
    case 0xd2:
      return head(start + 4);
    case 0xcb:
    case 0xcf:
    case 0xd3:
      return head(start + 8);
    // fixext: a type, and 1 to 16 bytes
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return isExtension(bytes, start) ? head(start + 1 + 2 ** (byte - 0xd4)) : undefined;
    // str 8, 16, 32
    case 0xd9:
    case 0xda:
    case 0xdb:
      return head(start + length, 0, "leaf", start);
    case 0xdc:
    case 0xdd:
      return head(start, length, "array");
    case 0xde:
    case 0xdf:
      return head(start, 2 * length, "map");
    default:
      return undefined;
  }
}

/** From 0xc0 on: how many bytes tell a length. */
const LENGTH_WIDTHS = [
  0, 0, 0, 0, 1, 2, 4, 1, 2, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 2, 4, 2, 4,
] as const;

/** By its first byte, how many bytes a value of msgpack has that is nothing but a number, a short text, null, true or false. */
const SCALAR_WIDTHS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte <= 0x7f || byte >= 0xe0) return 1;
  return isFixStr(byte) ? 1 + (byte & 0x1f) : (NUMBER_WIDTHS.get(byte) ?? 0);
});

function isFixStr(byte: number): boolean {
  return byte >= 0xa0 && byte <= 0xbf;
}

/** @param at where the extension's type is */
function isExtension(bytes: Buffer, at: number): boolean {
  return !REFUSED_EXTENSIONS.has(bytes[at] ?? 0x72);
}

function cborHead(bytes: Buffer, at: number): Head | undefined {
  const byte = bytes[at] ?? 0;
  if (byte === 0xff) return END;
  const major = byte >> 5;
  const info = byte & 0x1f;
  const width = info < 24 ? 0 : 2 ** (info - 24);
  // Parts of text or bytes belong to each other, as what is behind a tag does to the tag.
  if (info === 31) return major < 2 || major > 5 ? undefined : head(at + 1, -1, PARTS[major - 2]);
  if (info > 27 || at + 1 + width > bytes.length) return undefined;
  const next = at + 1 + width;
  const value =
    width === 0 ? info : width === 8 ? Number(bytes.readBigUInt64BE(at + 1)) : bytes.readUIntBE(at + 1, width);
  switch (major) {
    case 2:
      return head(next + value, 0, "leaf", -1, next);
    case 3:
      return head(next + value, 0, "leaf", next);
    case 4:
      return head(next, value, "array");
    case 5:
      return head(next, 2 * value, "map");
    case 6:
      return isPlainTag(value, bytes, next) ? head(next, 1, "tag") : undefined;
    default:
      return head(next);
  }
}

/** What a value of unknown length has in it, by its major type from 2 on. */
const PARTS: readonly Kind[] = ["tag", "tag", "array", "map"];

/** @param next where what the tag is about begins */
function isPlainTag(tag: number, bytes: Buffer, next: number): boolean {
  if (tag === 2 || tag === 3) return isShortByteString(bytes, next);
  return !REFUSED_TAGS.has(tag) && !(tag >= FIRST_RECORD_TAG && tag <= LAST_RECORD_TAG);
}

function isShortByteString(bytes: Buffer, at: number): boolean {
  const head = bytes[at] ?? 0;
  return (head >= 0x40 && head <= 0x57) || (head === 0x58 && (bytes[at + 1] ?? 0xff) <= MAX_INTEGER_BYTES);
}

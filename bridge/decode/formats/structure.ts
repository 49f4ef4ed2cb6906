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

/** What a message is at its top, when its claims fit its bytes to the last one. */
export type Top = "fields" | "map" | "array" | "number" | "other";

/**
 * @param isStrict whether text must be UTF-8, as other bytes taken for msgpack by chance are not
 * @returns undefined if these bytes are not one msgpack value (https://github.com/msgpack/msgpack/blob/master/spec.md)
 * @throws DecodeError message-too-large: more values than a message may hold, keys counted
 */
export function msgpackTop(bytes: Buffer, isStrict = false): Top | undefined {
  const end = skip(bytes, msgpackHead, isStrict);
  if (end !== bytes.length) return undefined;
  const first = bytes[0] ?? 0;
  if ((first & 0xf0) === 0x80 || first === 0xde || first === 0xdf) {
    const key = bytes[first === 0xde ? 3 : first === 0xdf ? 5 : 1] ?? 0;
    return (key > 0xa0 && key < 0xc0) || (key >= 0xd9 && key <= 0xdb) ? "fields" : "map";
  }
  if ((first & 0xf0) === 0x90 || first === 0xdc || first === 0xdd) return "array";
  return first >= 0xca && first <= 0xd3 ? "number" : "other";
}

/**
 * @returns undefined if these bytes are not one CBOR value (RFC 8949)
 * @throws DecodeError message-too-large, as {@link msgpackTop}
 */
export function cborTop(bytes: Buffer, isStrict = false): Top | undefined {
  const end = skip(bytes, cborHead, isStrict);
  if (end !== bytes.length) return undefined;
  const first = bytes[0] ?? 0;
  const major = first >> 5;
  const info = first & 0x1f;
  if (major === 5) {
    const key = bytes[info < 24 || info === 31 ? 1 : 1 + 2 ** (info - 24)] ?? 0;
    return key > 0x60 && key < 0x7c ? "fields" : "map";
  }
  // A tag, such as that of typed arrays (RFC 8746) or of CBOR itself, is in front of what it is about.
  if (major === 4 || major === 6) return "array";
  return major < 2 ? (info > 23 ? "number" : "other") : info > 24 && major === 7 ? "number" : "other";
}

interface Head {
  /** Where what follows the head begins. */
  next: number;
  /** Values in it; -1: until the end mark comes. */
  children: number;
  /** Where text in it begins, which ends at `next`. */
  text?: number;
}

const END: Head = { next: -1, children: 0 };

/** @returns where the value at the beginning ends; undefined if it does not fit */
function skip(
  bytes: Buffer,
  headAt: (bytes: Buffer, at: number) => Head | undefined,
  isStrict: boolean,
): number | undefined {
  /** How many values are still to come, for each level. */
  const left = [1];
  let at = 0;
  let values = 0;
  while (left.length > 0) {
    const level = left.length - 1;
    const count = left[level] ?? 0;
    if (count === 0) {
      left.pop();
      continue;
    }
    if (at >= bytes.length) return undefined;
    const head = headAt(bytes, at);
    if (head === undefined) return undefined;
    if (++values > MAX_MESSAGE_VALUES) throw tooManyValues();
    if (head === END) {
      if (count > 0) return undefined;
      left.pop();
      at++;
      continue;
    }
    if (count > 0) left[level] = count - 1;
    at = head.next;
    // Each takes a byte at least.
    if (at > bytes.length || head.children > bytes.length - at) return undefined;
    if (isStrict && head.text !== undefined && !isUtf8(bytes.subarray(head.text, at))) return undefined;
    if (head.children !== 0 && left.push(head.children) > MAX_DEPTH) return undefined;
  }
  return at;
}

function msgpackHead(bytes: Buffer, at: number): Head | undefined {
  const byte = bytes[at] ?? 0;
  const leaf = (size: number): Head => ({ next: at + 1 + size, children: 0 });
  const sized = (width: 1 | 2 | 4): Head | undefined => {
    if (at + 1 + width > bytes.length) return undefined;
    return leaf(width + bytes.readUIntBE(at + 1, width));
  };
  const text = (width: 0 | 1 | 2 | 4): Head | undefined => {
    const head = width === 0 ? leaf(byte & 0x1f) : sized(width);
    return head && { ...head, text: at + 1 + width };
  };
  const extension = (width: 1 | 2 | 4): Head | undefined => {
    if (at + 2 + width > bytes.length) return undefined;
    return isExtension(bytes, at + 1 + width) ? leaf(width + 1 + bytes.readUIntBE(at + 1, width)) : undefined;
  };
  const counted = (width: 2 | 4, each: number): Head | undefined => {
    if (at + 1 + width > bytes.length) return undefined;
    return { next: at + 1 + width, children: each * bytes.readUIntBE(at + 1, width) };
  };
  if (byte <= 0x7f || byte >= 0xe0) return leaf(0);
  if (byte <= 0x8f) return { next: at + 1, children: 2 * (byte & 0x0f) };
  if (byte <= 0x9f) return { next: at + 1, children: byte & 0x0f };
  if (byte <= 0xbf) return text(0);
  switch (byte) {
    case 0xc0:
    case 0xc2:
    case 0xc3:
      return leaf(0);
    case 0xc4:
      return sized(1);
    case 0xc5:
      return sized(2);
    case 0xc6:
      return sized(4);
    case 0xd9:
      return text(1);
    case 0xda:
      return text(2);
    case 0xdb:
      return text(4);
    case 0xc7:
      return extension(1);
    case 0xc8:
      return extension(2);
    case 0xc9:
      return extension(4);
    case 0xcc:
    case 0xd0:
      return leaf(1);
    case 0xcd:
    case 0xd1:
      return leaf(2);
    case 0xca:
    case 0xce:
    case 0xd2:
      return leaf(4);
    case 0xcb:
    case 0xcf:
    case 0xd3:
      return leaf(8);
    // fixext: a type, and 1 to 16 bytes
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return isExtension(bytes, at + 1) ? leaf(1 + 2 ** (byte - 0xd4)) : undefined;
    case 0xdc:
      return counted(2, 1);
    case 0xdd:
      return counted(4, 1);
    case 0xde:
      return counted(2, 2);
    case 0xdf:
      return counted(4, 2);
    default:
      return undefined;
  }
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
  if (info === 31) return major >= 2 && major <= 5 ? { next: at + 1, children: -1 } : undefined;
  if (info > 27 || at + 1 + width > bytes.length) return undefined;
  const next = at + 1 + width;
  const value =
    width === 0 ? info : width === 8 ? Number(bytes.readBigUInt64BE(at + 1)) : bytes.readUIntBE(at + 1, width);
  switch (major) {
    case 2:
      return { next: next + value, children: 0 };
    case 3:
      return { next: next + value, children: 0, text: next };
    case 4:
      return { next, children: value };
    case 5:
      return { next, children: 2 * value };
    case 6:
      return isPlainTag(value, bytes, next) ? { next, children: 1 } : undefined;
    default:
      return { next, children: 0 };
  }
}

/** @param next where what the tag is about begins */
function isPlainTag(tag: number, bytes: Buffer, next: number): boolean {
  if (tag === 2 || tag === 3) return isShortByteString(bytes, next);
  return !REFUSED_TAGS.has(tag) && !(tag >= FIRST_RECORD_TAG && tag <= LAST_RECORD_TAG);
}

function isShortByteString(bytes: Buffer, at: number): boolean {
  const head = bytes[at] ?? 0;
  return (head >= 0x40 && head <= 0x57) || (head === 0x58 && (bytes[at + 1] ?? 0xff) <= MAX_INTEGER_BYTES);
}

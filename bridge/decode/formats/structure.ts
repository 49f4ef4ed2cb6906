import { isUtf8 } from "node:buffer";
import { MAX_MESSAGE_VALUES, tooManyValues } from "../size.ts";
import { cborHead, END, type Head, head, isFixStr, type Kind, msgpackHead, SCALAR_WIDTHS } from "./packed-heads.ts";

/**
 * What a packed message claims, checked before anything is made of it: a few bytes can claim an array of billions, for
 * which a decoder would take the memory at once.
 */

/** Deeper is refused anyway: a decoder would run out of stack. */
const MAX_DEPTH = 64;

/** The formats whose messages are packed values. */
export type Packing = "msgpack" | "cbor";

/** Maps and arrays begin with this or more in both; so do most numbers of msgpack, and no text in ASCII. */
export const FIRST_OBJECT = 0x80;

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
  return topOf("msgpack", bytes, isStrict);
}

/**
 * @returns undefined if these bytes are not CBOR (RFC 8949)
 * @throws DecodeError message-too-large, as {@link msgpackTop}
 */
export function cborTop(bytes: Buffer, isStrict = false): Top | undefined {
  return topOf("cbor", bytes, isStrict);
}

/** The same of either. */
export function topOf(packing: Packing, bytes: Buffer, isStrict = false): Top | undefined {
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

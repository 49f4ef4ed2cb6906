/** Where values of msgpack and CBOR begin and end, as their first bytes claim. */

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

/** What is in a value: nothing, values, names and values, or what a tag or parts of text belong to. */
export type Kind = "leaf" | "array" | "map" | "tag";

/** All have one shape: a million of them are made of a message. */
export interface Head {
  /** Where what follows the head begins. */
  next: number;
  /** Values in it; -1: until the end mark comes. */
  children: number;
  kind: Kind;
  /** Where text, or bytes, in it begin, which end at `next`; -1: it is none. */
  text: number;
  bytes: number;
}

export function head(next: number, children = 0, kind: Kind = "leaf", text = -1, bytes = -1): Head {
  return { next, children, kind, text, bytes };
}

export const END: Head = head(-1);

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

export function msgpackHead(bytes: Buffer, at: number): Head | undefined {
  const byte = bytes[at] ?? 0;
  const scalar = SCALAR_WIDTHS[byte] ?? 0;
  if (scalar > 0) return head(at + scalar, 0, "leaf", isFixStr(byte) ? at + 1 : -1);
  if (byte <= 0x8f) return head(at + 1, 2 * (byte & 0x0f), "map");
  if (byte <= 0x9f) return head(at + 1, byte & 0x0f, "array");
  // The length of what has one; what has no room for it does not fit.
  const width = LENGTH_WIDTHS[byte - 0xc0] ?? 0;
  const start = at + 1 + width;
  if (start > bytes.length) return undefined;
  const length = width === 0 ? 0 : bytes.readUIntBE(at + 1, width);
  switch (byte) {
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
export const SCALAR_WIDTHS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte <= 0x7f || byte >= 0xe0) return 1;
  return isFixStr(byte) ? 1 + (byte & 0x1f) : (NUMBER_WIDTHS.get(byte) ?? 0);
});

export function isFixStr(byte: number): boolean {
  return byte >= 0xa0 && byte <= 0xbf;
}

/** @param at where the extension's type is */
function isExtension(bytes: Buffer, at: number): boolean {
  return !REFUSED_EXTENSIONS.has(bytes[at] ?? 0x72);
}

export function cborHead(bytes: Buffer, at: number): Head | undefined {
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

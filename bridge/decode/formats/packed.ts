import { isUtf8 } from "node:buffer";
import { addExtension as addTag, Decoder, Tag } from "cbor-x/decode";
import { addExtension, Unpackr } from "msgpackr/unpack";
import { PointError } from "../../../protocol/json/point-error.ts";
import { MAX_NESTING } from "../../../protocol/limits.ts";
import { counted } from "../../observability/printable.ts";
import { DecodeError } from "../message.ts";
import { MAX_MESSAGE_VALUES, tooManyValues } from "../size.ts";
import { IS_MEANT_AS_JSON, readableText } from "../text.ts";
import { numpyValueOf } from "./numpy-value.ts";
import { EXTENSIONS } from "./packed-heads.ts";
import { timeOfCborNumber, timeOfCborText, timeOfMsgpack } from "./packed-times.ts";
import { type ByteString, type Packing, packedValues } from "./structure.ts";

const msgpack = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: "number" });
const cbor = new Decoder({ useRecords: false, mapsAsObjects: true });
/** What is nested deeper than fields may be is left out when points are made; this bounds the stack. */
const MAX_DEPTH = 64;

// An application's extension is no value, and no fault.
for (let type = 0; type <= 0xff; type++) if (!EXTENSIONS.has(type)) addExtension({ type, unpack: () => null });
addExtension({ type: 0xff, unpack: timeOfMsgpack });
for (const [tag, decode] of [timeOfCborText, timeOfCborNumber].entries()) {
  // Its types are those of an encoder, too.
  addTag<unknown, unknown>({ tag, decode, Class: Object, encode: () => Buffer.alloc(0) });
}

/** What each packing is called, and what reads it. */
const PACKINGS = {
  msgpack: {
    name: "msgpack",
    fault: "not-msgpack",
    array: 0xdd,
    decode: (bytes: Buffer): unknown => msgpack.unpack(bytes),
  },
  cbor: { name: "CBOR", fault: "not-cbor", array: 0x9a, decode: (bytes: Buffer): unknown => cbor.decode(bytes) },
} as const;

/** What JSON could hold of a msgpack message. @throws DecodeError not-msgpack, message-too-large, PointError too-deep */
export function valueOfMsgpack(bytes: Buffer): unknown {
  return valueOfPacked("msgpack", bytes);
}

/** What JSON could hold of a CBOR message. @throws DecodeError not-cbor, message-too-large, PointError too-deep */
export function valueOfCbor(bytes: Buffer): unknown {
  return valueOfPacked("cbor", bytes);
}

function valueOfPacked(packing: Packing, bytes: Buffer): unknown {
  const values = packedValues(packing, bytes);
  if (values.starts.length !== 1 || values.end !== bytes.length) throw notPacked(packing, bytes);
  return decoded(packing, withTexts(packing, bytes, values.texts), { left: MAX_MESSAGE_VALUES });
}

/** What is kept while values are made. */
export interface Made {
  /** How many elements typed arrays may still have. */
  left: number;
  /** Fields that are bytes, which nobody says the type of: the first, and how many there are. */
  bytes?: { name: string; first: Uint8Array; count: number };
}

/**
 * What JSON could hold of one whole value. A field that is bytes is none.
 * @throws as {@link valueOfMsgpack}
 */
export function decoded(packing: Packing, bytes: Buffer, made: Made): unknown {
  try {
    return plain(PACKINGS[packing].decode(bytes), MAX_DEPTH, made);
  } catch (error) {
    if (error instanceof PointError || error instanceof DecodeError) throw error;
    throw notPacked(packing, bytes);
  }
}

/**
 * Several whole values, as they are decoded: as the items of one array, since a decoder takes its time to begin.
 * @throws DecodeError if one of them cannot be decoded
 */
export function rawValues(packing: Packing, bytes: Buffer, count: number): unknown[] {
  const head = Buffer.from([PACKINGS[packing].array, 0, 0, 0, 0]);
  head.writeUInt32BE(count, 1);
  try {
    const values = PACKINGS[packing].decode(Buffer.concat([head, bytes]));
    if (Array.isArray(values)) return values;
  } catch {
    // Of which of them it is, nothing is known.
  }
  throw notPacked(packing, bytes);
}

/** @throws as {@link decoded} */
export function plainValue(value: unknown, made: Made): unknown {
  return plain(value, MAX_DEPTH, made);
}

/** The same message with the byte strings that are names or text as text, which has a head of the same size. */
export function withTexts(packing: Packing, bytes: Buffer, texts: readonly ByteString[]): Buffer {
  if (texts.length === 0) return bytes;
  const copy = Buffer.from(bytes);
  for (const { at, start, end, isKey } of texts) {
    // bin 8, 16, 32 → str 8, 16, 32; major type 2 → 3.
    copy[at] = (copy[at] ?? 0) + (packing === "msgpack" ? 0x15 : 0x20);
    // A name that is no text names no series: with control characters in it, it is told as one that cannot.
    if (isKey && !isUtf8(bytes.subarray(start, end))) {
      for (let i = start; i < end; i++) if ((copy[i] ?? 0) >= 0x80) copy[i] = 1 + ((copy[i] ?? 0) & 0x0f);
    }
  }
  return copy;
}

export function notPacked(packing: Packing, bytes: Buffer): DecodeError {
  const { name, fault } = PACKINGS[packing];
  return new DecodeError(fault, `This is not one ${name} value from its first byte to its last.`, 1, [], () =>
    notPackedText(name, packing, bytes),
  );
}

/** What is wrong in what is no message of a packing. */
function notPackedText(name: string, packing: Packing, bytes: Buffer): string {
  const text = readableText(bytes);
  if (text !== undefined && text !== "") {
    const seems = IS_MEANT_AS_JSON.test(text) ? 'JSON (format = "json")' : "text";
    return `This is not ${name}: it looks like ${seems}.`;
  }
  const { starts, end } = packedValues(packing, bytes);
  const size = counted(bytes.length, "byte");
  if (starts.length === 0) {
    return (
      `This is not ${name}: its ${size} are not one whole value. Was the message cut, or is something before it ` +
      "(skip_bytes)?"
    );
  }
  if (end < bytes.length) return `This is not one ${name} value: after ${end} of its ${size} comes something else.`;
  return (
    `This is ${counted(starts.length, `${name} value`)}, one after another: such are records only if each is a map or ` +
    "an array."
  );
}

/** Numbers that are not finite become null, arrays of numbers arrays; what JSON has not becomes null. */
function plain(value: unknown, levels: number, made: Made): unknown {
  if (typeof value === "number") return finiteOrNull(value);
  // Beyond the range of a float64 it is infinite, as 1e999 is in JSON.
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object" || value === null) return value === undefined ? null : value;
  if (levels < 0) throw new PointError("too-deep", `Fields are nested deeper than ${MAX_NESTING} levels.`);
  if (Array.isArray(value)) return value.map((item) => plain(item, levels - 1, made));
  if (isNumbers(value)) {
    // Its elements are bytes to who checks the structure.
    made.left -= value.length;
    if (made.left < 0) throw tooManyValues();
    return Array.from(value, (item) => plain(item, levels - 1, made));
  }
  // What a number is said to be besides, such as its unit, does not change it.
  if (value instanceof Tag) return typeof value.value === "number" ? plain(value.value, levels, made) : null;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return null;
  const array = "nd" in value ? numpyValueOf({ ...value }, made) : undefined;
  if (array !== undefined) return array;
  // Without a prototype, no key is special: `__proto__` is a field like others.
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, field] of Object.entries(value)) {
    if (field instanceof Uint8Array) noteBytes(key, field, made);
    else object[key] = plain(field, levels - 1, made);
  }
  return object;
}

function noteBytes(name: string, first: Uint8Array, made: Made): void {
  made.bytes ??= { name, first, count: 0 };
  made.bytes.count++;
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** A typed array of CBOR (RFC 8746); bytes are bytes. */
function isNumbers(value: object): value is ArrayLike<number | bigint> & object {
  return ArrayBuffer.isView(value) && !(value instanceof Uint8Array) && !(value instanceof DataView);
}

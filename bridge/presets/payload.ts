import { isUtf8 } from "node:buffer";
import { Decoder } from "cbor-x/decode";
import { Unpackr } from "msgpackr/unpack";
import { MAX_NESTING } from "../../worker/protocol/limits.ts";
import { PointError, valueOfJson as valueOfText } from "../../worker/protocol/points.ts";
import { DecodeError } from "../decode/message.ts";

/** What the presets' payloads are packed in. */

/** Reading a larger one would hold up everything else for a second or more. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

const msgpack = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: "number" });
const cbor = new Decoder({ useRecords: false, mapsAsObjects: true });

/** @throws DecodeError message-too-large */
export function checkSize(frames: readonly Buffer[]): void {
  let bytes = 0;
  for (const frame of frames) bytes += frame.length;
  if (bytes <= MAX_MESSAGE_BYTES) return;
  throw new DecodeError("message-too-large", `A message has ${MAX_MESSAGE_BYTES} bytes at most; this has ${bytes}.`);
}

/** @returns undefined if it is not UTF-8 */
export function textOf(bytes: Buffer): string | undefined {
  const text = bytes.toString();
  // What is not UTF-8 becomes U+FFFD, so most text needs no second look.
  return !text.includes("\uFFFD") || isUtf8(bytes) ? text : undefined;
}

/** @throws PointError not-json */
export function valueOfJson(bytes: Buffer): unknown {
  const text = textOf(bytes);
  if (text === undefined) throw new PointError("not-json", "This is not UTF-8, as JSON is.");
  return valueOfText(text);
}

/** What JSON could hold of it. @throws DecodeError not-msgpack, PointError too-deep */
export function valueOfMsgpack(bytes: Buffer): unknown {
  try {
    return plain(msgpack.unpack(bytes), 0);
  } catch (error) {
    if (error instanceof PointError) throw error;
    throw new DecodeError("not-msgpack", "This is not one msgpack value.");
  }
}

/** What JSON could hold of it. @throws DecodeError not-cbor, PointError too-deep */
export function valueOfCbor(bytes: Buffer): unknown {
  try {
    return plain(cbor.decode(bytes), 0);
  } catch (error) {
    if (error instanceof PointError) throw error;
    throw new DecodeError("not-cbor", "This is not one CBOR value.");
  }
}

/** Whether it begins as JSON's objects and arrays do. */
export function mayBeJson(bytes: Buffer): boolean {
  for (const byte of bytes) {
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) continue;
    return byte === 0x7b || byte === 0x5b;
  }
  return false;
}

/** Whether it begins as a msgpack map does: a fixmap that is not empty, map 16, map 32. */
export function mayBeMsgpackMap(bytes: Buffer): boolean {
  const first = bytes[0] ?? 0;
  return (first > 0x80 && first <= 0x8f) || first === 0xde || first === 0xdf;
}

/** Whether it begins as Python's pickle does: PROTO, then the protocol (Lib/pickle.py of CPython), which is 2 or later. */
export function isPickle(bytes: Buffer): boolean {
  const protocol = bytes[1] ?? 0;
  return bytes[0] === 0x80 && protocol >= 2 && protocol <= 5;
}

/** Numbers that are not finite become null; what JSON has not, such as bytes and dates, becomes null or is left out. */
function plain(value: unknown, depth: number): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object" || value === null) return value;
  // Numbers deeper are refused anyway; the rest is not worth walking.
  if (depth > MAX_NESTING) throw new PointError("too-deep", `Fields are nested deeper than ${MAX_NESTING} levels.`);
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return null;
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, field] of Object.entries(value)) object[key] = plain(field, depth + 1);
  return object;
}

import { isUtf8 } from "node:buffer";
import { MAX_NESTING } from "../../worker/protocol/limits.ts";
import { PointError, valueOfJson as valueOfText } from "../../worker/protocol/points.ts";
import { valueOfCbor as cborOf, valueOfMsgpack as msgpackOf } from "../decode/formats/packed.ts";
import { DecodeError } from "../decode/message.ts";

/** What the presets' payloads are packed in. */

/** Reading a larger one would hold up everything else for a second or more. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

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
  return msgpackOf(bytes, MAX_NESTING);
}

/** What JSON could hold of it. @throws DecodeError not-cbor, PointError too-deep */
export function valueOfCbor(bytes: Buffer): unknown {
  return cborOf(bytes, MAX_NESTING);
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

import { DecodeError } from "../decode/message.ts";
import { MAX_MESSAGE_BYTES, textIfUtf8, textOf, valueOfBoundedJson } from "../decode/text.ts";

/** What the presets' payloads are packed in. */

/** @throws DecodeError message-too-large */
export function checkSize(frames: readonly Buffer[]): void {
  let bytes = 0;
  for (const frame of frames) bytes += frame.length;
  if (bytes <= MAX_MESSAGE_BYTES) return;
  throw new DecodeError("message-too-large", `A message has ${MAX_MESSAGE_BYTES} bytes at most; this has ${bytes}.`);
}

/**
 * The payload of a message of one frame, or of two of which the first is the topic.
 * @param wrong makes the preset's refusal of what is wrong
 * @throws DecodeError
 */
export function topicAndPayload(
  frames: readonly Buffer[],
  wrong: (what: string) => DecodeError,
): { topic: string; payload: Buffer } {
  checkSize(frames);
  const [first, second, third] = frames;
  if (first === undefined || third !== undefined) throw wrong(`this has ${frames.length} frames`);
  const topic = second === undefined ? "" : textIfUtf8(first);
  if (topic === undefined) throw wrong("its topic is not UTF-8");
  return { topic, payload: second ?? first };
}

/** @throws PointError not-json, DecodeError message-too-large */
export function valueOfJsonBytes(bytes: Buffer): unknown {
  return valueOfBoundedJson(textOf(bytes));
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

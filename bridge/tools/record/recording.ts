import { crc32 } from "node:zlib";
import { isObject } from "../../../protocol/json/json.ts";

/**
 * A recording: ZeroMQ messages as they came, in one file that is only ever appended to. All numbers are little-endian.
 *
 *     file    = head record*
 *     head    = "PLOTREC\n"  u32 version (1)  u32 bytes of info  u32 CRC-32 of info  info
 *     info    = JSON in UTF-8: {"startedAt": ISO 8601, "sources": [{"name", "addresses"}]}
 *     record  = u32 bytes of body  u32 CRC-32 of body  body
 *     body    = u8 kind  u8 0  u16 source  u32 frames  u64 time  then, by kind:
 *       1 a message:   for each frame: u32 bytes, and these
 *       2 left out:    u64 messages that came here and could not be kept (frames is 0)
 *       3 the end:     u64 messages in the file (frames is 0)
 *
 * `source` counts from 0 in `sources`; `time` is the arrival in microseconds since 1970, by a clock that nobody sets while
 * recording, so distances are true. A reader skips kinds that it does not know. A file without an end was cut off (SIGKILL,
 * power, a full disk) and is read up to its last whole record. A file named `….gz` is the same, as gzip members one
 * after the other.
 */

export interface RecordingInfo {
  startedAt: string;
  sources: readonly { name: string; addresses: readonly string[] }[];
}

export type RecordingEntry =
  | { kind: "message"; source: number; atUs: number; frames: readonly Uint8Array[] }
  | { kind: "left-out"; atUs: number; messages: number }
  | { kind: "end"; atUs: number; messages: number };

/** A file that is no recording, in a sentence. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";
}

export const RECORDING_MAGIC = Buffer.from("PLOTREC\n", "latin1");
export const VERSION = 1;
/** Of magic, version, size and sum; the info follows. */
export const HEAD_BYTES = 20;
export const MAX_INFO_BYTES = 2 ** 20;
/** Of size and sum; the body follows. */
export const RECORD_BYTES = 8;
const BODY_BYTES = 16;
/** A length beyond is damage and not a message: it is more than a recorder lets wait for the disk. */
export const MAX_ENTRY_BODY_BYTES = 2 ** 26;
/** Each costs memory, however short it is. */
export const MAX_FRAMES = 2 ** 16;
const MAX_SOURCES = 1024;
export const END_RECORD_BYTES = RECORD_BYTES + BODY_BYTES + 8;

const Kind = { message: 1, leftOut: 2, end: 3 } as const;
const TWO_32 = 2 ** 32;

export function encodeHead(info: RecordingInfo): Buffer {
  const json = Buffer.from(JSON.stringify(info));
  const head = Buffer.alloc(HEAD_BYTES);
  RECORDING_MAGIC.copy(head);
  head.writeUInt32LE(VERSION, 8);
  head.writeUInt32LE(json.length, 12);
  head.writeUInt32LE(crc32(json), 16);
  return Buffer.concat([head, json]);
}

/** What {@link writeEntry} takes in the file. */
export function entryBytes(entry: RecordingEntry): number {
  if (entry.kind !== "message") return END_RECORD_BYTES;
  let bytes = RECORD_BYTES + BODY_BYTES;
  for (const frame of entry.frames) bytes += 4 + frame.length;
  return bytes;
}

/** Writes one record, and returns where the next one begins. */
export function writeEntry(into: Buffer, offset: number, entry: RecordingEntry): number {
  const bodyAt = offset + RECORD_BYTES;
  into.writeUInt32LE(entry.kind === "message" ? entry.frames.length : 0, bodyAt + 4);
  writeUint64(into, bodyAt + 8, entry.atUs);
  let end = bodyAt + BODY_BYTES;
  if (entry.kind === "message") {
    into.writeUInt16LE(Kind.message, bodyAt);
    into.writeUInt16LE(entry.source, bodyAt + 2);
    for (const frame of entry.frames) {
      into.writeUInt32LE(frame.length, end);
      into.set(frame, end + 4);
      end += 4 + frame.length;
    }
  } else {
    into.writeUInt16LE(entry.kind === "end" ? Kind.end : Kind.leftOut, bodyAt);
    into.writeUInt16LE(0, bodyAt + 2);
    writeUint64(into, end, entry.messages);
    end += 8;
  }
  into.writeUInt32LE(end - bodyAt, offset);
  into.writeUInt32LE(crc32(into.subarray(bodyAt, end)), offset + 4);
  return end;
}

/** @returns the entry; `unknown` for a kind of later versions; undefined if this is no body, whatever its sum says */
export function readEntryBody(body: Buffer): RecordingEntry | "unknown" | undefined {
  if (body.length < BODY_BYTES) return undefined;
  const kind = body[0];
  const atUs = readUint64(body, 8);
  if (kind === Kind.message) {
    const frames = framesIn(body, body.readUInt32LE(4));
    return frames === undefined ? undefined : { kind: "message", source: body.readUInt16LE(2), atUs, frames };
  }
  if (kind !== Kind.leftOut && kind !== Kind.end) return "unknown";
  if (body.length < BODY_BYTES + 8) return undefined;
  return { kind: kind === Kind.end ? "end" : "left-out", atUs, messages: readUint64(body, BODY_BYTES) };
}

function framesIn(body: Buffer, count: number): Buffer[] | undefined {
  if (count > MAX_FRAMES) return undefined;
  const frames: Buffer[] = [];
  let offset = BODY_BYTES;
  for (let i = 0; i < count; i++) {
    if (offset + 4 > body.length) return undefined;
    const end = offset + 4 + body.readUInt32LE(offset);
    if (end > body.length) return undefined;
    frames.push(body.subarray(offset + 4, end));
    offset = end;
  }
  return offset === body.length && count > 0 ? frames : undefined;
}

/** The info of a head, whose sum has been looked at. */
export function readInfo(json: Buffer): RecordingInfo | undefined {
  let info: unknown;
  try {
    info = JSON.parse(json.toString());
  } catch {
    return undefined;
  }
  if (!isObject(info) || !Array.isArray(info.sources) || typeof info.startedAt !== "string") return undefined;
  if (info.sources.length > MAX_SOURCES) return undefined;
  const sources = info.sources.map((source: unknown) => {
    const { name, addresses } = isObject(source) ? source : {};
    return {
      name: typeof name === "string" ? name : "",
      addresses: Array.isArray(addresses) ? addresses.filter((address) => typeof address === "string") : [],
    };
  });
  return { startedAt: info.startedAt, sources };
}

/** Whole numbers up to 2 ** 53, without the cost of a BigInt. */
function writeUint64(into: Buffer, offset: number, value: number): void {
  into.writeUInt32LE(value % TWO_32, offset);
  into.writeUInt32LE(Math.floor(value / TWO_32), offset + 4);
}

function readUint64(from: Buffer, offset: number): number {
  return from.readUInt32LE(offset) + from.readUInt32LE(offset + 4) * TWO_32;
}

import { crc32, gzipSync } from "node:zlib";
import { encodeHead, type RecordingEntry } from "../../../bridge/tools/record/recording.ts";
import { encoded, INFO, message } from "../../support/recording.ts";
import type { Row } from "../table.ts";

/** A file that is said to be a recording. */
export interface RecordingRow extends Row {
  bytes: Buffer;
  /** The sentence that refuses it, or how it ends and how many messages are read before. */
  is: RegExp | { ending: "whole" | "cut-off" | "damaged"; messages: number };
}

const HEAD = encodeHead(INFO);
const FIRST = encoded([message(1, "a", "one")]);
const MIB = 1 << 20;

const none = (name: string, bytes: Buffer | string, says = /is no recording/): RecordingRow => ({
  name,
  bytes: Buffer.from(bytes),
  is: says,
});
const read = (
  ending: "whole" | "cut-off" | "damaged",
  messages: number,
  name: string,
  ...parts: Buffer[]
): RecordingRow => ({
  name,
  bytes: Buffer.concat(parts),
  is: { ending, messages },
});
/** Behind a head and a message that is whole. */
const damaged = (name: string, ...parts: Buffer[]): RecordingRow => read("damaged", 1, name, HEAD, FIRST, ...parts);
const cut = (name: string, ...parts: Buffer[]): RecordingRow => read("cut-off", 1, name, HEAD, FIRST, ...parts);

/** A head of this text, with its sum. */
function headOf(json: string, version = 1): Buffer {
  const head = Buffer.from(encodeHead(INFO).subarray(0, 20));
  head.writeUInt32LE(version, 8);
  head.writeUInt32LE(Buffer.byteLength(json), 12);
  head.writeUInt32LE(crc32(json), 16);
  return Buffer.concat([head, Buffer.from(json)]);
}

/** A record of this body, with its sum, and the length that it says it has. */
function recordOf(body: Buffer, length = body.length): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(length, 0);
  head.writeUInt32LE(crc32(body), 4);
  return Buffer.concat([head, body]);
}

function bodyOf(kind: number, frames: number, ...rest: Buffer[]): Buffer {
  const body = Buffer.alloc(16);
  body[0] = kind;
  body.writeUInt32LE(frames, 4);
  return Buffer.concat([body, ...rest]);
}

function changed(bytes: Buffer, change: (bytes: Buffer) => unknown): Buffer {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

const END: RecordingEntry = { kind: "end", atUs: 2, messages: 1 };

export const RECORDINGS: RecordingRow[] = [
  none("nothing", ""),
  none("one byte", "P", /ends within its head/),
  none("the magic alone", "PLOTREC\n", /ends within its head/),
  none("the magic in small letters", "plotrec\n".padEnd(100)),
  none("text", '{"y":1}\n'.repeat(100)),
  none("zeros", Buffer.alloc(4096)),
  none("noise", Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 167 + 13) % 256))),
  none("a tarball", gzipSync(Buffer.alloc(10_240))),
  none("gzip of nothing", gzipSync("")),
  none("the head of gzip", Buffer.from([0x1f, 0x8b])),
  none("gzip of gzip", gzipSync(gzipSync(HEAD))),
  none("version 0", headOf("{}", 0), /of version 0/),
  none("version 2^32 - 1", headOf("{}", 2 ** 32 - 1), /of version 4294967295/),
  none(
    "an info of 2^32 - 1 bytes",
    changed(HEAD, (bytes) => bytes.writeUInt32LE(2 ** 32 - 1, 12)),
    /head is damaged/,
  ),
  none("an info of 2 MiB", headOf(`{"startedAt":"","sources":[]${" ".repeat(2 * MIB)}}`), /head is damaged/),
  none(
    "an info with a wrong sum",
    changed(HEAD, (bytes) => bytes.writeUInt32LE(1, 16)),
    /head is damaged/,
  ),
  none("an info that is cut off", HEAD.subarray(0, -1), /head is damaged/),
  none("an info that is no JSON", headOf("nonsense"), /head is damaged/),
  none("an info of null", headOf("null"), /head is damaged/),
  none("an info of an array", headOf("[]"), /head is damaged/),
  none("an info without sources", headOf('{"startedAt":""}'), /head is damaged/),
  none("an info whose sources are an object", headOf('{"startedAt":"","sources":{"length":9e9}}'), /head is damaged/),
  none("an info of 100,000 arrays in each other", headOf("[".repeat(100_000)), /head is damaged/),
  none(
    "an info of 1,025 sources",
    headOf(JSON.stringify({ startedAt: "", sources: new Array(1025).fill({}) })),
    /head is damaged/,
  ),
  read(
    "whole",
    1,
    "sources that are none",
    headOf('{"startedAt":"","sources":[null,1,{"name":1,"addresses":"x"}]}'),
    FIRST,
    encoded([END]),
  ),
  read("cut-off", 0, "a head and no more", HEAD),
  read("cut-off", 1, "no end", HEAD, FIRST),
  read("cut-off", 1, "messages behind the end", HEAD, encoded([END]), FIRST),
  cut("a byte of a record", Buffer.alloc(1)),
  cut("a record without its body", Buffer.concat([u32(100), u32(0)])),
  cut("a record that says it has 64 MiB", Buffer.concat([u32(64 * MIB), u32(0), Buffer.alloc(1000)])),
  damaged(
    "a record that says it has 64 MiB and a byte",
    Buffer.concat([u32(64 * MIB + 1), u32(0), Buffer.alloc(1000)]),
  ),
  damaged("a record that says it has 2^32 - 1 bytes", Buffer.concat([u32(2 ** 32 - 1), u32(0), Buffer.alloc(1000)])),
  damaged("zeros behind a message", Buffer.alloc(1000)),
  damaged(
    "a wrong sum",
    changed(FIRST, (bytes) => bytes.writeUInt32LE(1, 4)),
    FIRST,
  ),
  damaged(
    "a bit of a payload",
    changed(FIRST, (bytes) => bytes.writeUInt8((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1)),
    FIRST,
  ),
  damaged("a body of no bytes", recordOf(Buffer.alloc(0))),
  damaged("a body of 15 bytes", recordOf(Buffer.alloc(15))),
  damaged("a message of no frames", recordOf(bodyOf(1, 0))),
  damaged("a message of fewer frames than it says", recordOf(bodyOf(1, 2, u32(1), Buffer.from("x")))),
  damaged("a message of more frames than it says", recordOf(bodyOf(1, 1, u32(1), Buffer.from("x"), u32(0)))),
  damaged("a message of 2^32 - 1 frames", recordOf(bodyOf(1, 2 ** 32 - 1, Buffer.alloc(4096)))),
  damaged("a message of 65,537 empty frames", recordOf(bodyOf(1, 65_537, Buffer.alloc(4 * 65_537)))),
  damaged("a frame that reaches past its message", recordOf(bodyOf(1, 1, u32(1000), Buffer.from("x")))),
  damaged("a frame of 2^32 - 1 bytes", recordOf(bodyOf(1, 1, u32(2 ** 32 - 1), Buffer.from("x")))),
  damaged("an end without its number", recordOf(bodyOf(3, 0))),
  read("cut-off", 2, "a kind of later versions", HEAD, FIRST, recordOf(bodyOf(200, 7)), FIRST),
  read("cut-off", 1, "gzip that is cut off", gzipSync(Buffer.concat([HEAD, FIRST, Buffer.alloc(3)])).subarray(0, -8)),
  read(
    "damaged",
    1,
    "gzip of 256 MiB of zeros behind a message",
    gzipSync(Buffer.concat([HEAD, FIRST, Buffer.alloc(256 * MIB)])),
  ),
  read(
    "cut-off",
    1,
    "gzip of 60 MiB that say they are a message",
    gzipSync(Buffer.concat([HEAD, FIRST, u32(64 * MIB), u32(0), Buffer.alloc(60 * MIB)])),
  ),
  read("whole", 1, "what was recorded", HEAD, FIRST, encoded([END])),
  read("whole", 1, "what was recorded, in gzip members", gzipSync(HEAD), gzipSync(FIRST), gzipSync(encoded([END]))),
];

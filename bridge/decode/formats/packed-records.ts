import { PointError } from "../../../protocol/json/point-error.ts";
import type { LeftOut, OnLeftOut } from "../../observability/left-out.ts";
import { counted } from "../../observability/printable.ts";
import { DecodeError } from "../message.ts";
import type { Payload } from "../payload.ts";
import { MAX_MESSAGE_VALUES } from "../size.ts";
import { listOf } from "./json-lines.ts";
import { decoded, type Made, notPacked, plainValue, rawValues, withTexts } from "./packed.ts";
import { type PackedValues, type Packing, packedValues, topAt } from "./structure.ts";

/** Of what is left out, so much is shown. */
const MAX_SAMPLE_BYTES = 12;
/** Each costs an exception: with more, the message is refused. */
const MAX_FAULTS = 1000;
const NO_RECORD = "Beside the records stands what is none: neither a map nor an array.";

/**
 * A message that is one packed value, or several, one after another, which are records: all maps or arrays up to the last
 * byte. Beside maps with names, what is no record is left out, and what the end of the message has cut.
 * @throws DecodeError, PointError
 */
export function readPacked(packing: Packing, { topic, bytes }: Payload, onLeftOut: OnLeftOut): unknown {
  const all = packedValues(packing, bytes);
  const { starts, end, texts } = all;
  const made: Made = { left: MAX_MESSAGE_VALUES };
  const packed = withTexts(packing, bytes, texts);
  if (starts.length === 1 && end === bytes.length) {
    const value = decoded(packing, packed, made);
    if (made.bytes !== undefined) onLeftOut(bytesLeftOut(made.bytes, topic));
    return value;
  }
  const isRecord = recordsIn(packing, bytes, all);
  if (isRecord === undefined) throw notPacked(packing, bytes);
  const raw = rawValues(packing, packed.subarray(0, end), starts.length);
  const parts: LeftOut[] = [];
  const values: unknown[] = [];
  let others: LeftOut | undefined;
  let fault: unknown;
  let faults = 0;
  for (const [i, start] of starts.entries()) {
    if (isRecord[i] !== true) {
      others ??= { ...partAt(bytes, start, topic), count: 0, detail: NO_RECORD };
      others.count = (others.count ?? 0) + 1;
      continue;
    }
    try {
      values.push(plainValue(raw[i], made));
    } catch (error) {
      const isPart =
        error instanceof PointError || (error instanceof DecodeError && error.code !== "message-too-large");
      if (!isPart || ++faults > MAX_FAULTS) throw error;
      fault ??= error;
      parts.push({ ...partAt(bytes, start, topic), detail: error.message });
    }
  }
  if (values.length === 0) throw fault;
  if (others !== undefined) parts.push(others);
  if (end < bytes.length) {
    const detail = `The last ${counted(bytes.length - end, "byte")} are not one whole value. Was the message cut?`;
    parts.push({ ...partAt(bytes, end, topic), detail });
  }
  if (made.bytes !== undefined) parts.push(bytesLeftOut(made.bytes, topic));
  for (const part of parts) onLeftOut(part);
  return listOf(values);
}

/** Of each value whether it is a record; undefined if they are not taken for records. */
function recordsIn(packing: Packing, bytes: Buffer, { starts, end }: PackedValues): boolean[] | undefined {
  const tops = starts.map((start) => topAt(packing, bytes, start));
  const isRecord = tops.map((top) => top === "fields" || top === "map" || top === "array");
  if (!isRecord.includes(true)) return undefined;
  if (end === bytes.length && !isRecord.includes(false)) return isRecord;
  // What is not whole is a message of something else rather, unless maps with names show what it is.
  return tops[0] === "fields" && tops.every((top) => top !== "map" && top !== "array") ? isRecord : undefined;
}

function bytesLeftOut({ name, first, count }: NonNullable<Made["bytes"]>, topic: string): LeftOut {
  const size = counted(first.length, "byte");
  const detail =
    `These are ${size}, and nothing says of which type: send a list of numbers (numpy: array.tolist()), or a header with dtype and shape ` +
    "in a frame of its own and the bytes in the next.";
  const sample = `0x${Buffer.from(first.subarray(0, MAX_SAMPLE_BYTES)).toString("hex")}`;
  return { topic, reason: "record-unreadable", place: name, sample, count, detail };
}

function partAt(bytes: Buffer, at: number, topic: string): LeftOut {
  const sample = `0x${bytes.toString("hex", at, at + MAX_SAMPLE_BYTES)}`;
  return { topic, reason: "record-unreadable", place: `byte ${at + 1}`, sample };
}

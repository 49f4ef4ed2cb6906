import { isObject } from "../../../protocol/json/json.ts";
import { DecodeError } from "../../decode/message.ts";
import { numberFrom } from "../../decode/number.ts";
import type { ElementType } from "../../decode/samples/sample-format.ts";

/** The first frame of a message. */
export interface MainHeader {
  pulseId: number | undefined;
  /** Unix seconds; undefined if there is none. */
  time: number | undefined;
  /** Of the data header; "" if there is none. */
  hash: string;
  /** Of the data header: `none`, `lz4`, `bitshuffle_lz4`. */
  compression: string;
}

/** A channel of the data header; its value and its time are two frames. */
export interface BsreadChannel {
  name: string;
  /** Undefined: text, or a type that nothing is known of; it is left aside. */
  element: ElementType | undefined;
  isBoolean: boolean;
  bigEndian: boolean;
  compression: string;
}

/** bsread/data/serialization.py, channel_type_deserializer_mapping. */
const ELEMENTS: ReadonlyMap<string, ElementType> = new Map([
  ["int8", "i8"],
  ["uint8", "u8"],
  ["int16", "i16"],
  ["uint16", "u16"],
  ["int32", "i32"],
  ["uint32", "u32"],
  ["int64", "i64"],
  ["uint64", "u64"],
  ["float32", "f32"],
  ["float64", "f64"],
  ["bool", "u8"],
]);
const MAX_CHANNELS = 4096;
const NANOSECONDS = 1e9;

/** @throws DecodeError not-json, envelope-wrong */
export function readMainHeader(frame: Buffer): MainHeader {
  const header = parse(frame, "main");
  if (!isObject(header) || typeof header.htype !== "string" || !header.htype.startsWith("bsr_m-")) {
    throw wrongBsread('its main header has no "htype" of bsr_m');
  }
  return {
    pulseId: numberFrom(header.pulse_id),
    time: timeOf(header.global_timestamp),
    hash: typeof header.hash === "string" ? header.hash : "",
    compression: compressionOf(header.dh_compression),
  };
}

/** @throws DecodeError not-json, envelope-wrong */
export function readDataHeader(frame: Buffer): BsreadChannel[] {
  const header = parse(frame, "data");
  if (!isObject(header) || typeof header.htype !== "string" || !header.htype.startsWith("bsr_d-")) {
    throw wrongBsread('its data header has no "htype" of bsr_d');
  }
  const { channels } = header;
  if (!Array.isArray(channels)) throw wrongBsread('its data header has no "channels"');
  if (channels.length > MAX_CHANNELS)
    throw wrongBsread(`it has ${channels.length} channels; ${MAX_CHANNELS} are read at most`);
  return channels.map(channelOf);
}

/** Defaults: float64, little endian (bsread/sender.py, class BsreadChannel). */
function channelOf(channel: unknown): BsreadChannel {
  if (!isObject(channel) || typeof channel.name !== "string") throw wrongBsread("a channel of it has no name");
  const type = typeof channel.type === "string" ? channel.type.toLowerCase() : "float64";
  return {
    name: channel.name,
    element: ELEMENTS.get(type),
    isBoolean: type === "bool",
    bigEndian: channel.encoding === "big",
    compression: compressionOf(channel.compression),
  };
}

/** Why this is no message of bsread. */
export function wrongBsread(why: string): DecodeError {
  return new DecodeError("envelope-wrong", `This is no message of bsread: ${why}. Is another program publishing here?`);
}

/** `epoch` is what older senders write for `sec` (bsread/handlers/compact.py). */
function timeOf(stamp: unknown): number | undefined {
  if (!isObject(stamp)) return undefined;
  const seconds = stamp.sec ?? stamp.epoch;
  const { ns } = stamp;
  if (typeof seconds !== "number" || !(seconds > 0) || !Number.isFinite(seconds)) return undefined;
  return seconds + (typeof ns === "number" && ns >= 0 && ns < NANOSECONDS ? ns / NANOSECONDS : 0);
}

function compressionOf(value: unknown): string {
  return typeof value === "string" ? value : "none";
}

function parse(frame: Buffer, which: string): unknown {
  try {
    return JSON.parse(frame.toString());
  } catch {
    throw new DecodeError("not-json", `The ${which} header of this message is not JSON, as that of bsread is.`);
  }
}

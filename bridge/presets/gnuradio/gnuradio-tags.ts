import { DecodeError } from "../../decode/message.ts";
import { PmtError, PmtReader } from "./gnuradio-pmt.ts";

/**
 * What stands before the items if "Pass Tags" is on: magic, version, the number of items sent before, the number of tags,
 * then for each tag its offset and three PMTs (key, value, source). The integers are of the publisher's own byte order,
 * which is taken to be little endian. Source: gnuradio/gnuradio, gr-zeromq/lib/tag_headers.cc.
 */
export interface TagHeader {
  /** Items that the block had taken in before this message: those that were never sent count too. */
  offset: number;
  /** Where the items begin, in bytes. */
  length: number;
}

/** 0x5FF0 in little endian, and version 1. */
const MAGIC = [0xf0, 0x5f, 0x01] as const;
const HEADER_BYTES = 19;
const MAX_TAGS = 65_536;

/**
 * @returns undefined if there is none. Items of any value may look like one at first; what then follows tells.
 * @throws DecodeError envelope-wrong if there is one that cannot be read
 */
export function readTagHeader(payload: Buffer): TagHeader | undefined {
  if (payload.length < HEADER_BYTES || MAGIC.some((byte, i) => payload[i] !== byte)) return undefined;
  const offset = Number(payload.readBigUInt64LE(3));
  const tags = Number(payload.readBigUInt64LE(11));
  if (offset > Number.MAX_SAFE_INTEGER || tags > MAX_TAGS) return undefined;
  const reader = new PmtReader(payload, HEADER_BYTES);
  try {
    for (let i = 0; i < tags; i++) {
      reader.offset += 8;
      for (let part = 0; part < 3; part++) reader.read();
    }
  } catch (error) {
    if (!(error instanceof PmtError)) throw error;
    throw new DecodeError(
      "envelope-wrong",
      `The tags of this GNU Radio message cannot be read: ${error.message} Turn "Pass Tags" off in the sink.`,
    );
  }
  return { offset, length: reader.offset };
}

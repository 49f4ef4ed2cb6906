import { isUtf8 } from "node:buffer";
import { DecodeError, type Message, type MessageReader } from "../../decode/message.ts";
import { parseSampleFormat } from "../../decode/samples/sample-format.ts";
import { createSampleReader } from "../../decode/samples/sample-reader.ts";
import type { Preset } from "../preset.ts";
import { createPmtMessageReader } from "./gnuradio-message.ts";
import { readTagHeader } from "./gnuradio-tags.ts";

/** What a block sends whose type is not told. */
const DEFAULT_FORMAT = "f32";
/** For the message blocks. */
const PMT_FORMAT = "pmt";
const MAX_KEY_BYTES = 1024;
const TRAILING_SEPARATORS = /[/:. ]+$/;

/**
 * GNU Radio's PUB Sink, PUSH Sink and their message blocks. Items are raw, of the type that --format says (a complex
 * stream is `f32:iq`); before them may stand a key, as a frame of its own, and the header of tags, which is passed over.
 * Its count of items places them in time: items that did not come leave a hole. It numbers items, not messages, so
 * it is no {@link Message.number}. Source: gnuradio/gnuradio, gr-zeromq/lib/base_impl.cc (send_message).
 */
export const gnuradio: Preset = {
  name: "gnuradio",
  summary:
    "GNU Radio ZMQ PUB and PUSH Sink: items as --format says (f32, f32:iq@2.4M, i16x2@48k), and with --format pmt their Message Sinks; series y, or re and im",
  /** @throws RangeError with a sentence if the format is none */
  create({ format = DEFAULT_FORMAT }): MessageReader {
    const read = format === PMT_FORMAT ? createPmtMessageReader() : undefined;
    if (read !== undefined) return { read: (frames, arrivedAt) => read(bodyOf(frames).payload, arrivedAt) };
    const sampleFormat = parseSampleFormat(format);
    if (sampleFormat === undefined) {
      throw new RangeError(
        `"${format}" is no format of GNU Radio's items: f32, f32:iq@2.4M, i16x2@48k or the like; or pmt, for Message Sinks.`,
      );
    }
    const samples = createSampleReader(sampleFormat);
    return {
      read(frames, arrivedAt): Message[] {
        const { topic, payload } = bodyOf(frames);
        const header = readTagHeader(payload);
        if (header === undefined) return [samples.read(topic, payload, arrivedAt)];
        return [samples.read(topic, payload.subarray(header.length), arrivedAt, header.offset)];
      },
    };
  },
};

function bodyOf(frames: readonly Buffer[]): { topic: string; payload: Buffer } {
  const [first, second] = frames;
  if (first === undefined || frames.length > 2) {
    throw new DecodeError(
      "envelope-wrong",
      `A message of GNU Radio is its items, or a key and its items; this has ${frames.length} frames. Is another program publishing here?`,
    );
  }
  if (second === undefined) return { topic: "", payload: first };
  if (first.length > MAX_KEY_BYTES || !isUtf8(first)) {
    throw new DecodeError(
      "envelope-wrong",
      `The first of two frames is the key, UTF-8 of ${MAX_KEY_BYTES} bytes at most.`,
    );
  }
  return { topic: first.toString().replace(TRAILING_SEPARATORS, ""), payload: second };
}

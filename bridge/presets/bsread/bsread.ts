import { DecodeError, type Message, type MessageReader } from "../../decode/message.ts";
import { numbersOf } from "../../decode/samples/sample-columns.ts";
import { elementBytes } from "../../decode/samples/sample-format.ts";
import { checkSize } from "../payload.ts";
import type { Preset } from "../preset.ts";
import { type BsreadChannel, readDataHeader, readMainHeader, wrongBsread } from "./bsread-header.ts";
import { Pulses } from "./bsread-pulses.ts";

/** Longer arrays are waveforms and images: of these a plot against time has the mean and the extremes. */
const MAX_ELEMENTS = 16;
/** Data headers remembered by their hash: as many as sources that push to one socket. */
const MAX_HEADERS = 16;
/** A hash is one of 32 hexadecimal digits (bsread/sender.py); with a longer text, no header is remembered. */
const MAX_HASH_LENGTH = 128;
const HEADER_FRAMES = 2;

/**
 * bsread, PSI's beam synchronous data: a main header and a data header in JSON, then a value and a time for each channel. A
 * channel is the series of its name; an array of 16 elements at most is `name.0`, `name.1` …, a longer one `name.mean`,
 * `name.min` and `name.max`; a boolean is 0 or 1, and text is left aside. The time is that of the pulse
 * (`global_timestamp`), the same for all channels. Source: paulscherrerinstitute/bsread_python, bsread/sender.py,
 * bsread/handlers/compact.py and bsread/data/.
 */
export const bsread: Preset = {
  name: "bsread",
  summary:
    "PSI bsread: each channel's value at the time of its pulse; of waveforms and images mean, min and max; nothing compressed",
  isNumbered: true,
  create: () => new BsreadReader(),
};

class BsreadReader implements MessageReader {
  readonly #headers = new Map<string, readonly BsreadChannel[]>();
  readonly #pulses = new Pulses();

  read(frames: readonly Buffer[]): Message[] {
    const [first, second] = frames;
    if (first === undefined || second === undefined) {
      throw wrongBsread(`it has ${frames.length} frames, not a main header, a data header and channels`);
    }
    checkSize(frames);
    const { pulseId, time, hash, compression } = readMainHeader(first);
    if (compression !== "none")
      throw unsupported(`data header is compressed (${compression})`, "data_header_compression");
    const channels = this.#channelsOf(hash, second);
    const value = valuesOf(channels, frames);
    const number = pulseId === undefined ? undefined : this.#pulses.number(pulseId);
    return [
      {
        topic: "",
        ...(time === undefined ? {} : { time }),
        ...(number === undefined ? {} : { number }),
        content: { kind: "value", value },
      },
    ];
  }

  #channelsOf(hash: string, frame: Buffer): readonly BsreadChannel[] {
    const known = hash === "" ? undefined : this.#headers.get(hash);
    if (known !== undefined) return known;
    const channels = readDataHeader(frame);
    if (hash.length > MAX_HASH_LENGTH) return channels;
    this.#headers.set(hash, channels);
    if (this.#headers.size > MAX_HEADERS) {
      const [oldest] = this.#headers.keys();
      if (oldest !== undefined) this.#headers.delete(oldest);
    }
    return channels;
  }
}

/** Each channel's value by its name. Compressed channels are left aside where others can be read. */
function valuesOf(channels: readonly BsreadChannel[], frames: readonly Buffer[]): unknown {
  const expected = HEADER_FRAMES + 2 * channels.length;
  if (frames.length !== expected) {
    throw wrongBsread(`its ${channels.length} channels need ${expected} frames, and it has ${frames.length}`);
  }
  const values: [string, unknown][] = [];
  let compressed: BsreadChannel | undefined;
  for (const [i, channel] of channels.entries()) {
    const data = frames[HEADER_FRAMES + 2 * i];
    // A channel that has no value for this pulse is two empty frames.
    if (channel.element === undefined || data === undefined || data.length === 0) continue;
    if (channel.compression === "none") values.push([channel.name, plainOf(channel, data)]);
    else compressed ??= channel;
  }
  if (compressed !== undefined && values.length === 0) {
    throw unsupported(`channel "${compressed.name}" is compressed (${compressed.compression})`, "data_compression");
  }
  // fromEntries sets own fields only, whatever they are called.
  return Object.fromEntries(values);
}

function plainOf({ name, element, isBoolean, bigEndian }: BsreadChannel, data: Buffer): unknown {
  if (element === undefined) return null;
  const width = elementBytes(element);
  if (data.length % width !== 0) {
    throw new DecodeError(
      "not-samples",
      `Channel "${name}" has ${data.length} bytes of data, its elements have ${width} each.`,
    );
  }
  const numbers = numbersOf(data, element, bigEndian);
  if (numbers.length > MAX_ELEMENTS) return summaryOf(numbers);
  const values = Array.from(numbers, (value) => {
    if (!Number.isFinite(value)) return null;
    return isBoolean && value !== 0 ? 1 : value;
  });
  // Whatever its shape says, as in bsread/data/serialization.py (deserialize_number).
  return values.length === 1 ? values[0] : values;
}

/** Of the finite elements; null if there is none. */
function summaryOf(numbers: ArrayLike<number>): { mean: number; min: number; max: number } | null {
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    count++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return count === 0 || !Number.isFinite(sum) ? null : { mean: sum / count, min, max };
}

function unsupported(what: string, option: string): DecodeError {
  return new DecodeError(
    "unsupported",
    `The ${what}, which is not read. Let it be sent plain: Sender(${option}=None) in Python, or request_stream(…, disable_compression=True) of its dispatcher.`,
  );
}

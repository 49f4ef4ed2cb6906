import { isDate, type NumberType, readCounter, readNumber, readTime, timeTypeOf } from "./layout.ts";
import { DecodeError } from "./message.ts";
import { MAX_TOPICS_REMEMBERED } from "./topic.ts";

/** What a third frame says. */
export interface Stamp {
  time?: number | undefined;
  number?: number | undefined;
}

type Found = { kind: "time" | "counter"; type: NumberType };

const COUNTERS: Partial<Record<number, readonly NumberType[]>> = { 4: ["u32", "u32be"], 8: ["u64", "u64be"] };
/** Pairs of messages of one topic of which one must show that the third frame counts. */
const MAX_PAIRS = 10;
const DAY_SECONDS = 86_400;
const NO_STAMP: Stamp = {};

/**
 * Finds out what the frame after topic and payload is, for one source. PlotJuggler's publishers append the time as text
 * (PlotJuggler: plotjuggler_plugins/DataStreamZMQ/datastream_zmq.cpp, "seconds since the epoch as a string"), Bitcoin
 * Core a number of 4 bytes, least first, that goes up by one with each message of a topic (bitcoin: doc/zmq.md).
 */
export class ThirdFrame {
  #found: Found | undefined;
  #pairs = 0;
  /** The frame of each topic's last message, until it is found. */
  readonly #last = new Map<string, Buffer>();

  /** @throws DecodeError too-many-frames, envelope-wrong */
  read(topic: string, bytes: Buffer, arrivedAt: number): Stamp {
    this.#found ??= timeIn(bytes, arrivedAt) ?? this.#counterIn(topic, bytes);
    if (this.#found === undefined) return NO_STAMP;
    const { kind, type } = this.#found;
    const value = kind === "time" ? readTime(type, bytes) : readCounter(type, bytes);
    if (value !== undefined) return kind === "time" ? { time: value } : { number: value };
    throw new DecodeError(
      "envelope-wrong",
      `The third frame was a ${kind} (${type}) before, and is none here. Say with --frames what each frame is, ` +
        "and read publishers of another kind by a source of their own.",
    );
  }

  #counterIn(topic: string, bytes: Buffer): Found | undefined {
    const types = /^\d{1,16}$/.test(bytes.toString("latin1", 0, 17)) ? (["text"] as const) : COUNTERS[bytes.length];
    if (types === undefined) {
      throw new DecodeError(
        "too-many-frames",
        `A message is a payload, or a topic and a payload, perhaps with a time or a counter after them; the third ` +
          `frame of this has ${bytes.length} bytes. Say what each frame is, such as --frames topic,skip,payload, or ` +
          "use the --preset of the publisher.",
      );
    }
    const before = this.#last.get(topic);
    if (before === undefined) {
      if (this.#last.size >= MAX_TOPICS_REMEMBERED) this.#last.clear();
    } else {
      const type = types.find((name) => (readNumber(name, before) ?? Number.NaN) + 1 === readNumber(name, bytes));
      if (type !== undefined) {
        this.#last.clear();
        return { kind: "counter", type };
      }
      this.#pairs++;
    }
    this.#last.set(topic, Buffer.from(bytes));
    if (this.#pairs < MAX_PAIRS) return undefined;
    throw new DecodeError(
      "envelope-wrong",
      `The third frame (${bytes.length} bytes) is no time, and it does not count the messages. Say what each frame ` +
        "is, such as --frames topic,payload,skip.",
    );
  }
}

/** A time that can be told at the first sight. */
function timeIn(bytes: Buffer, arrivedAt: number): Found | undefined {
  const isNow = (time: number | undefined): boolean => time !== undefined && Math.abs(time - arrivedAt) < DAY_SECONDS;
  if (bytes.length === 4 && isNow(bytes.readUInt32LE())) return { kind: "time", type: "u32" };
  const type = timeTypeOf(bytes);
  if (type === undefined) return undefined;
  const time = readNumber(type, bytes) ?? Number.NaN;
  // Whole seconds may be a count: these have to be of today. No count is as large as a time in smaller units.
  const isTime = type === "f64" || time >= 1e11 || !Number.isInteger(time) ? isDate(time) : isNow(time);
  return isTime ? { kind: "time", type } : undefined;
}

import { isDate, type NumberType, readCounter, readNumber, readTime, timeTypeOf } from "./layout.ts";
import { DecodeError } from "./message.ts";

/** What a third frame says. */
export interface Stamp {
  time?: number | undefined;
  number?: number | undefined;
}

type Types = readonly NumberType[];

const TEXT: Types = ["text"];
const COUNTERS: Partial<Record<number, Types>> = { 4: ["u32", "u32be"], 8: ["u64", "u64be"] };
/** Messages of one topic that follow another of the same kind, of which one must show that the third frame counts. */
const MAX_PAIRS = 10;
/** Several publishers may have one topic, each with a count of its own: a frame may follow any of the last few. */
const MAX_RECENT = 4;
const DAY_SECONDS = 86_400;
const NO_STAMP: Stamp = {};

/**
 * Finds out what the frame after topic and payload is, for one topic. PlotJuggler's publishers append the time as text
 * (PlotJuggler: plotjuggler_plugins/DataStreamZMQ/datastream_zmq.cpp, "seconds since the epoch as a string"), Bitcoin
 * Core a number of 4 bytes, least first, that goes up by one with each message of a topic (bitcoin: doc/zmq.md).
 *
 * A frame is a time if it shows that by itself, whatever the others are. What was found never makes a frame of another
 * kind unreadable: several publishers may have one topic.
 */
export class ThirdFrame {
  readonly #times = new Set<NumberType>();
  readonly #counters = new Set<NumberType>();
  #pairs = 0;
  /** The last few that may count: as each type of its kind the number. */
  #recent: { types: Types; numbers: (number | undefined)[] }[] = [];

  /** @throws DecodeError too-many-frames, envelope-wrong */
  read(bytes: Buffer, arrivedAt: number): Stamp {
    const types = mayCount(bytes);
    const goesOn = this.#typeThatGoesOn(types, bytes);
    if (goesOn === undefined || !this.#counters.has(goesOn)) {
      const time = this.#timeIn(bytes, arrivedAt);
      if (time !== undefined) return { time };
    }
    if (goesOn !== undefined) {
      this.#counters.add(goesOn);
      this.#pairs = 0;
    }
    const known = goesOn ?? types.find((type) => this.#counters.has(type) && readCounter(type, bytes) !== undefined);
    const isPair = this.#recent.some((recent) => recent.types === types);
    if (types.length > 0) this.#remember(types, bytes);
    if (known !== undefined) return { number: readCounter(known, bytes) };
    if (types.length === 0) throw noStamp(bytes);
    if (isPair && this.#pairs < MAX_PAIRS) this.#pairs++;
    if (this.#pairs >= MAX_PAIRS) {
      throw new DecodeError(
        "envelope-wrong",
        `The third frame (${bytes.length} bytes) is no time, and it does not count the messages. Say what each frame ` +
          "is, such as --frames topic,payload,skip.",
      );
    }
    // A publisher's time that is none for once must not make its message one of now.
    if (this.#times.size === 0) return NO_STAMP;
    throw new DecodeError(
      "envelope-wrong",
      `The third frame was a time (${[...this.#times].join(", ")}) in messages of this topic before, and is none ` +
        "here, nor does it count. Say with --frames what each frame is, and give publishers of another kind a topic of " +
        "their own.",
    );
  }

  #timeIn(bytes: Buffer, arrivedAt: number): number | undefined {
    const type = timeTypeIn(bytes, arrivedAt) ?? this.#knownTimeType(bytes);
    if (type === undefined) return undefined;
    this.#times.add(type);
    return readTime(type, bytes);
  }

  /** Where times have been seen, whole seconds need not be of today. */
  #knownTimeType(bytes: Buffer): NumberType | undefined {
    const type = timeTypeOf(bytes);
    return type !== undefined && this.#times.has(type) && isDate(readNumber(type, bytes) ?? Number.NaN)
      ? type
      : undefined;
  }

  #typeThatGoesOn(types: Types, bytes: Buffer): NumberType | undefined {
    return types.find((type, i) => {
      const before = (readCounter(type, bytes) ?? Number.NaN) - 1;
      return this.#recent.some((recent) => recent.types === types && recent.numbers[i] === before);
    });
  }

  #remember(types: Types, bytes: Buffer): void {
    this.#recent.push({ types, numbers: types.map((type) => readCounter(type, bytes)) });
    if (this.#recent.length > MAX_RECENT) this.#recent.shift();
  }
}

/** As which numbers it may count messages; none if it cannot. */
function mayCount(bytes: Buffer): Types {
  if (/^\d{1,16}$/.test(bytes.toString("latin1", 0, 17))) return TEXT;
  return COUNTERS[bytes.length] ?? [];
}

/** As what it is a time that can be told at the first sight. */
function timeTypeIn(bytes: Buffer, arrivedAt: number): NumberType | undefined {
  const isNow = (time: number | undefined): boolean => time !== undefined && Math.abs(time - arrivedAt) < DAY_SECONDS;
  if (bytes.length === 4 && isNow(bytes.readUInt32LE())) return "u32";
  const type = timeTypeOf(bytes);
  if (type === undefined) return undefined;
  const time = readNumber(type, bytes) ?? Number.NaN;
  // Whole seconds may be a count: these have to be of today. No count is as large as a time in smaller units.
  const isTime = type === "f64" || time >= 1e11 || !Number.isInteger(time) ? isDate(time) : isNow(time);
  return isTime ? type : undefined;
}

function noStamp(bytes: Buffer): DecodeError {
  return new DecodeError(
    "too-many-frames",
    `A message is a payload, or a topic and a payload, perhaps with a time or a counter after them; the third ` +
      `frame of this has ${bytes.length} bytes. Say what each frame is, such as --frames topic,skip,payload, or ` +
      "use the --preset of the publisher.",
  );
}

import { isAscii, isDate, type NumberType, readCounter, readNumber, readTime } from "../layout.ts";
import { isDigits, lookOf, nearTimeType, pastTimeType, smallCountType } from "./look.ts";

/** What a frame beside topic and payload says. */
export interface Stamp {
  time?: number | undefined;
  number?: number | undefined;
}

/** Why a frame says neither. */
export type StampFault =
  /** It can be neither. */
  | { kind: "neither" }
  /** A date, but not of today: what it is has to be said. */
  | { kind: "past"; type: NumberType }
  /** It could count, and does not. */
  | { kind: "still" }
  /** It was a time in messages before, and is none. */
  | { kind: "was-time"; types: readonly NumberType[] };

type Types = readonly NumberType[];

const TEXT: Types = ["text"];
const COUNTERS: Partial<Record<number, Types>> = { 4: ["u32", "u32be"], 8: ["u64", "u64be"] };
/** Messages that follow another of the same kind, of which one must show that the frame counts. */
const MAX_PAIRS = 10;
/** Several publishers may have one topic, each with a count of its own: a frame may follow any of the last few. */
const MAX_RECENT = 4;
/** Of what is known to count, so many messages may be missing. */
const MAX_MISSING = 1 << 20;
const NO_STAMP: Stamp = {};

/**
 * Finds out what a frame beside topic and payload is, for one topic. PlotJuggler's publishers append the time as text
 * (PlotJuggler: plotjuggler_plugins/DataStreamZMQ/datastream_zmq.cpp, "seconds since the epoch as a string"), Bitcoin
 * Core a number of 4 bytes, least first, that goes up by one with each message of a topic (bitcoin: doc/zmq.md).
 *
 * A frame is a time if it shows that by itself, whatever the others are. What was found never makes a frame of another
 * kind unreadable: several publishers may have one topic. And it is forgotten once ten messages in a row are otherwise.
 */
export class StampFrame {
  readonly #times = new Set<NumberType>();
  /** What counts, and for how many messages it has not. */
  readonly #counters = new Map<NumberType, number>();
  #pairs = 0;
  /** The last few that may count: as each type of its kind the number. */
  #recent: { types: Types; numbers: (number | undefined)[] }[] = [];

  read(bytes: Buffer, arrivedAt: number): Stamp | StampFault {
    const types = mayCount(bytes);
    const goesOn = this.#typeThatGoesOn(types, bytes);
    if (goesOn === undefined || !this.#counters.has(goesOn)) {
      const type = this.#timeTypeIn(bytes, arrivedAt);
      if (type !== undefined) {
        this.#times.add(type);
        return { time: readTime(type, bytes) };
      }
    }
    // A second a message goes on by one, too.
    if (types === TEXT && !this.#counters.has("text") && pastTimeType(bytes, arrivedAt) !== undefined) {
      return { kind: "past", type: "text" };
    }
    const known = goesOn ?? this.#typeThatIsKnown(types, bytes);
    if (goesOn !== undefined) {
      this.#counters.set(goesOn, 0);
      this.#pairs = 0;
    }
    const isPair = this.#recent.some((recent) => recent.types === types);
    if (types.length > 0) this.#remember(types, bytes);
    if (known !== undefined) return { number: readCounter(known, bytes) };
    if (types.length === 0) return { kind: "neither" };
    const past = pastTimeType(bytes, arrivedAt);
    if (past !== undefined) return { kind: "past", type: past };
    // What is no small number must go on by one first.
    if (types !== TEXT && smallCountType(bytes) === undefined) return { kind: "neither" };
    if (isPair && this.#pairs < MAX_PAIRS) this.#pairs++;
    if (this.#pairs >= MAX_PAIRS) return { kind: "still" };
    // A publisher's time that is none for once must not make its message one of now.
    if (this.#times.size === 0) return NO_STAMP;
    return { kind: "was-time", types: [...this.#times] };
  }

  #timeTypeIn(bytes: Buffer, arrivedAt: number): NumberType | undefined {
    const near = nearTimeType(bytes, arrivedAt);
    // Four letters may be today's seconds by chance.
    if (near !== undefined && (near === "text" || this.#times.has(near) || !isAscii(bytes))) return near;
    const look = lookOf(bytes, arrivedAt);
    if (look.kind === "date") return look.type;
    // Where times have been seen, whole seconds need not be of today.
    const isKnown = this.#times.has("text") && isDate(readNumber("text", bytes) ?? Number.NaN);
    return isKnown ? "text" : undefined;
  }

  #typeThatGoesOn(types: Types, bytes: Buffer): NumberType | undefined {
    // "sensor-7" and "sensor-8" are neighbours, too.
    const isName = types !== TEXT && isAscii(bytes);
    return types.find((type, i) => {
      if (isName && !this.#counters.has(type)) return false;
      const before = (readCounter(type, bytes) ?? Number.NaN) - 1;
      return this.#recent.some((recent) => recent.types === types && recent.numbers[i] === before);
    });
  }

  /** What has counted so far, though it does not go on by one: messages may be missing, or it begins anew. */
  #typeThatIsKnown(types: Types, bytes: Buffer): NumberType | undefined {
    return types.find((type, i) => {
      const missed = this.#counters.get(type);
      const number = readCounter(type, bytes);
      if (missed === undefined || number === undefined) return false;
      const goesUp = this.#recent.some((recent) => {
        const before = recent.types === types ? recent.numbers[i] : undefined;
        return before !== undefined && number > before && number - before <= MAX_MISSING;
      });
      if (goesUp) return true;
      // A count begins anew with a small number.
      if (types !== TEXT && smallCountType(bytes) !== type) return false;
      this.#counters.set(type, missed + 1);
      if (missed + 1 < MAX_PAIRS) return true;
      this.#counters.delete(type);
      this.#pairs = MAX_PAIRS;
      return false;
    });
  }

  #remember(types: Types, bytes: Buffer): void {
    this.#recent.push({ types, numbers: types.map((type) => readCounter(type, bytes)) });
    if (this.#recent.length > MAX_RECENT) this.#recent.shift();
  }
}

/** As which numbers it may count messages; none if it cannot. */
function mayCount(bytes: Buffer): Types {
  if (isDigits(bytes)) return TEXT;
  return COUNTERS[bytes.length] ?? [];
}

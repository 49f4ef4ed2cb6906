import { InputError } from "../../protocol/input-error.ts";
import { PointError, type PointFault } from "../../protocol/json/point-error.ts";
import { errorText } from "../observability/printable.ts";

/** Between a ZeroMQ message and rows: what a publisher said, whatever it was packed in. */
export interface Message {
  /** As the publisher wrote it; "" for none. It names or prefixes series (PT5), and mapping takes its parts. */
  topic: string;
  /** When it was, in unix seconds, if its envelope says so; else its fields may, or the arrival does. */
  time?: number;
  /** The publisher's own number of this message, counted for each topic by itself. */
  number?: number;
  /** When it arrived, in unix seconds, if that was before now: it was kept to find out what it is. */
  arrivedAt?: number;
  content: Content;
}

export type Content =
  /** What JSON could hold: numbers, text, arrays, objects (SPEC.md, "Points as JSON"). */
  | { kind: "value"; value: unknown }
  /** What says its names and times beside its values. */
  | { kind: "records"; records: readonly DataRecord[] }
  | { kind: "samples"; samples: Samples };

/**
 * Values by the names of their series. None is a time because of how it is called, so that the x of `x:1,y:2,z:3` stays a value.
 */
export interface DataRecord {
  /** When it was: a number in a unit that shows by its size, or ISO 8601 text. */
  time?: number | string;
  /** By the names of series: numbers, and text where there is some. */
  fields: Readonly<Record<string, FieldValue>>;
}

/** null is a missing value. */
export type FieldValue = number | string | boolean | null;

/** Values at equal distances in time. */
export interface Samples {
  /** Of the first sample: unix seconds. */
  x0: number;
  /** Seconds between two. */
  dx: number;
  /** Whether x0 comes from the arrival. */
  arrival: boolean;
  /** One for each column; "" is the topic's own series. */
  names: readonly string[];
  /** All of one length; NaN is a missing value. */
  columns: readonly Float64Array[];
}

/** Reads the messages of one source. It may remember what came before: one object for each source. */
export interface MessageReader {
  /**
   * @param frames of one ZeroMQ message, as received; they may be kept
   * @param arrivedAt unix seconds
   * @param refuse told of a payload that cannot be read where the message has others: these are returned. Without it, that is thrown
   * @returns what it says: usually one message, or several, or none
   * @throws DecodeError, PointError if it cannot be read; the next message is read all the same
   */
  read(frames: readonly Buffer[], arrivedAt: number, refuse?: (fault: unknown) => void): Message[];
  /**
   * What is due by time and not by a message, such as counts and rates. To be called about once a second.
   * @param refuse told of what was kept to find out what it is, and cannot be read: what else is due, is returned. Without it, that is thrown
   */
  tick?(now: number, refuse?: (fault: DecodeError) => void): Message[];
  /** What was kept to find out what it is; nothing comes after. */
  end?(refuse?: (fault: DecodeError) => void): Message[];
}

/** Why a ZeroMQ message holds no points. The codes are stable; SPEC.md lists them. */
export type DecodeFault =
  | PointFault
  | "topic-not-text"
  | "topic-too-long"
  | "too-many-frames"
  | "message-too-large"
  | "decode-failed"
  /** Nothing that `auto` knows; or not what --format says. */
  | "format-unknown"
  | "not-msgpack"
  | "not-cbor"
  | "not-csv"
  /** No line is in the line format that it should be in. */
  | "not-lines"
  /** What a preset knows, and is wrong when it is read as any JSON. */
  | "preset-needed"
  | "not-samples"
  | "inflate-failed"
  /** Inflated, it is larger than a message may be. */
  | "inflate-too-large"
  /** The frames are not those of --frames or of the preset. */
  | "envelope-wrong"
  /** Known, and not read for a reason that the detail names: pickle, lz4. */
  | "unsupported"
  /** The topic makes no name of a channel. */
  | "channel-name-invalid"
  | "too-many-channels"
  | "too-many-series"
  /** It is for the channel's room, and cannot be read. */
  | "control-message";

/** Why a message cannot be read, in a sentence that says what to do. */
export class DecodeError extends InputError {
  override readonly name = "DecodeError";
  readonly code: DecodeFault;
  /** How many messages it speaks of: those that were kept to find out what they are go together. */
  readonly messages: number;
  /** Messages that were kept with those, or of other topics, and are read all the same. */
  readonly others: readonly Message[];
  /** As {@link PointError.explain} and {@link PointError.topic}. */
  readonly explain: (() => string) | undefined;
  topic: string | undefined;
  constructor(
    code: DecodeFault,
    message: string,
    messages = 1,
    others: readonly Message[] = [],
    explain?: () => string,
  ) {
    super(message);
    this.code = code;
    this.messages = messages;
    this.others = others;
    this.explain = explain;
  }

  /** The same fault of several messages, with those that are read all the same. */
  of(messages: number, others: readonly Message[] = []): DecodeError {
    return withTopic(new DecodeError(this.code, this.message, messages, others, this.explain), this.topic);
  }
}

/** The same error, with the topic of the message that was refused, unless it has one. */
export function withTopic<E>(error: E, topic: string | undefined): E {
  if (error instanceof DecodeError || error instanceof PointError) error.topic ??= topic;
  return error;
}

/** What is counted and said of what cannot be read. */
export interface Refusal {
  reason: DecodeFault;
  /** How many it is. */
  messages: number;
  /** Messages that were kept with it and are read all the same. */
  others: readonly Message[];
  topic: string | undefined;
  /** Why, in a sentence that says what to do: worked out only when it is said. */
  detail: () => string;
}

/** What was thrown as a message was read; what is none of our errors is `decode-failed`. */
export function refusalOf(error: unknown): Refusal {
  const isDecode = error instanceof DecodeError;
  const { messages, others } = isDecode ? error : { messages: 1, others: [] };
  if (!isDecode && !(error instanceof PointError))
    return { reason: "decode-failed", messages, others, topic: undefined, detail: () => errorText(error) };
  return { reason: error.code, messages, others, topic: error.topic, detail: () => error.explain?.() ?? error.message };
}

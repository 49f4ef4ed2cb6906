import { isUtf8 } from "node:buffer";
import type { Row } from "../../worker/protocol/builder.ts";
import { isSeriesName } from "../../worker/protocol/limits.ts";
import { DEFAULT_SERIES, PointError, rowsOf, unixSeconds, valueOfJson } from "../../worker/protocol/points.ts";
import { numberFrom } from "../collect/sequence.ts";
import type { DecodeFault } from "./message.ts";

export type Decoded = ({ ok: true; rows: Row[] } | { ok: false; reason: DecodeFault; detail: string }) & {
  /** What the publisher numbered the message, and its topic; undefined if it did not, or nobody asked. */
  numbered?: { topic: string; number: number };
};

interface Topic {
  name: string;
  /** The one series of a message that names none; undefined if the topic cannot name a series. */
  series: readonly [string] | undefined;
}

/** Reading a larger one would hold up everything else for a second or more. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** Topics are few, or there are too many to remember. */
const MAX_TOPICS_REMEMBERED = 4096;
/** Longer is no name of a series, whatever is trimmed; trimming would be quadratic, and remembering costly. */
const MAX_TOPIC_LENGTH = 1024;
const TRAILING_SEPARATORS = /[/:. ]+$/;
/** What JSON may be. Any other message need not be tried as JSON, which costs an exception: ten times the time. */
const MAY_BE_JSON = /^\s*(?:[-{["0-9]|(?:true|false|null|NaN|Infinity)\s*$)/;
const WORD_AND_REST = /^([^\s{["]\S*)\s+(\S[\s\S]*)$/;
const NUMBER = /^-?\d+(\.\d*)?([eE][-+]?\d+)?$/;

/** Reads messages as points: SPEC.md, "Points as JSON" and BR2. Remembers topics, so it is one object per bridge. */
export class Decoder {
  readonly #topics = new Map<string, Topic>();
  readonly #sequenceField: string | undefined;

  /** @param sequenceField the field of an object that has the publisher's own number: it is taken out, not plotted */
  constructor(sequenceField?: string) {
    this.#sequenceField = sequenceField;
  }

  /**
   * @param frames the ZeroMQ frames of one message: a payload, or a topic and a payload
   * @param arrivedAt in unix seconds: x of values that come without a time
   * @returns every row of the message, or why it has none; it never throws
   */
  decode(frames: readonly Buffer[], arrivedAt: number): Decoded {
    const [first, second] = frames;
    if (first === undefined || frames.length > 2) {
      return refused(
        "too-many-frames",
        `A message is a payload, or a topic and a payload; this has ${frames.length} frames.`,
      );
    }
    const bytes = first.length + (second?.length ?? 0);
    if (bytes > MAX_MESSAGE_BYTES) {
      return refused(
        "message-too-large",
        `A message has ${MAX_MESSAGE_BYTES} bytes at most; this has ${bytes}. Send several.`,
      );
    }
    try {
      if (second === undefined) return this.#decodeSingle(textOf(first), arrivedAt);
      const text = first.toString();
      if (!isText(text, first))
        return refused("topic-not-text", "The first of two frames is the topic; this is not UTF-8.");
      return this.#read(textOf(second), this.#topicOf(text), arrivedAt);
    } catch (error) {
      return refusedFor(error);
    }
  }

  /** One frame: JSON, or else a word, a space and JSON. */
  #decodeSingle(text: string, arrivedAt: number): Decoded {
    let fault: unknown;
    if (MAY_BE_JSON.test(text)) {
      try {
        return this.#read(text, this.#topicOf(""), arrivedAt);
      } catch (error) {
        if (!(error instanceof PointError && error.code === "not-json")) throw error;
        fault = error;
      }
    }
    const [, word, rest] = WORD_AND_REST.exec(text) ?? [];
    // Two numbers are rather x and y than topic and value: a time taken for a topic would be a new series each message.
    if (word === undefined || rest === undefined || (NUMBER.test(word) && NUMBER.test(rest.trimEnd()))) {
      throw fault ?? new PointError("not-json", "This is neither JSON nor a word (the topic), a space and JSON.");
    }
    return this.#read(rest, this.#topicOf(word), arrivedAt);
  }

  #read(text: string, topic: Topic, arrivedAt: number): Decoded {
    const value = valueOfJson(text);
    if (this.#sequenceField === undefined) return { ok: true, rows: rowsIn(value, topic, arrivedAt) };
    const number = takeNumber(value, this.#sequenceField);
    if (number === undefined) return { ok: true, rows: rowsIn(value, topic, arrivedAt) };
    const numbered = { topic: topic.name, number };
    try {
      return { ok: true, rows: rowsIn(value, topic, arrivedAt), numbered };
    } catch (error) {
      // It has arrived all the same: its number is not missing.
      return { ...refusedFor(error), numbered };
    }
  }

  #topicOf(text: string): Topic {
    if (text.length > MAX_TOPIC_LENGTH) return { name: text, series: undefined };
    let topic = this.#topics.get(text);
    if (topic === undefined) {
      const name = text.replace(TRAILING_SEPARATORS, "");
      const series = name === "" ? DEFAULT_SERIES : name;
      topic = { name, series: isSeriesName(series) ? [series] : undefined };
      if (this.#topics.size >= MAX_TOPICS_REMEMBERED) this.#topics.clear();
      this.#topics.set(text, topic);
    }
    return topic;
  }
}

/** `{"x": number, "y": number}`, or an array of these, by the short way: a third of the time of looking at every field. */
function commonestRows(value: unknown, { series }: Topic): Row[] | undefined {
  if (series === undefined) return undefined;
  if (!Array.isArray(value)) {
    const row = commonestRow(value, series);
    return row === undefined ? undefined : [row];
  }
  const rows: Row[] = [];
  for (const item of value) {
    const row = commonestRow(item, series);
    if (row === undefined) return undefined;
    rows.push(row);
  }
  return rows.length === 0 ? undefined : rows;
}

function commonestRow(value: unknown, names: readonly [string]): Row | undefined {
  if (typeof value !== "object" || value === null || !("x" in value) || !("y" in value)) return undefined;
  const { x, y } = value;
  if (typeof x !== "number" || typeof y !== "number" || !Number.isFinite(x) || !Number.isFinite(y)) return undefined;
  let fields = 0;
  for (const _ in value) fields++;
  return fields === 2 ? { x: unixSeconds(x), arrival: false, names, values: [y] } : undefined;
}

function rowsIn(value: unknown, topic: Topic, arrivedAt: number): Row[] {
  return commonestRows(value, topic) ?? rowsOf(value, { topic: topic.name, arrivedAt });
}

/** Takes the publisher's number out of an object; undefined, and nothing is taken, if there is none. */
function takeNumber(value: unknown, field: string): number | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value) || !Object.hasOwn(value, field)) {
    return undefined;
  }
  const number = numberFrom(Reflect.get(value, field));
  if (number !== undefined) Reflect.deleteProperty(value, field);
  return number;
}

function textOf(bytes: Buffer): string {
  const text = bytes.toString();
  if (isText(text, bytes)) return text;
  throw new PointError("not-json", "This is not UTF-8, as JSON is.");
}

/** Whether `text` is what `bytes` say. Bytes that are not UTF-8 become U+FFFD, so most text needs no second look. */
function isText(text: string, bytes: Buffer): boolean {
  return !text.includes("\uFFFD") || isUtf8(bytes);
}

function refusedFor(error: unknown): Decoded {
  if (error instanceof PointError) return refused(error.code, error.message);
  return refused("decode-failed", error instanceof Error ? error.message : "The message cannot be read.");
}

function refused(reason: DecodeFault, detail: string): Decoded {
  return { ok: false, reason, detail };
}

import type { Decision } from "../../observability/decisions.ts";
import type { OnLeftOut } from "../../observability/left-out.ts";
import { escaped } from "../../observability/printable.ts";
import { FIRST_OBJECT } from "../formats/structure.ts";
import { DecodeError, withTopic } from "../message.ts";
import { jsonOrUndefined } from "../text.ts";
import { CountingTopics } from "./counting-topics.ts";
import { shown } from "./describe.ts";
import { type Front, frontOf } from "./front.ts";

/** So many messages of a source show what ends its topics. */
const MESSAGES_TO_LEARN = 10;
const MAX_DELIMITERS = 8;
const NO_DATE =
  "A time of day without a date is none. What follows has the time of its arrival: send unix seconds, or ISO 8601 such as 2026-11-28T13:37:00Z.";
const MAX_TOPIC_LENGTH = 40;
const BRACKETS = new Set([0x7b, 0x5b]);

export type Glued = { topic: Buffer; payload: Buffer } | { time: number | undefined; payload: Buffer };

/** Finds a topic or a time that stands before the payload in one frame. */
export class GluedTopics {
  readonly #onDecision: (decision: Decision) => void;
  readonly #onLeftOut: OnLeftOut;
  readonly #counting = new CountingTopics();
  /** Of each delimiter, how many messages had it. */
  readonly #seen = new Map<string, number>();

  readonly #isBinary: boolean;

  /** @param isBinary payloads are msgpack or CBOR: text behind a topic is none, though each of its bytes may be a number there */
  constructor(onDecision: (decision: Decision) => void, onLeftOut: OnLeftOut, isBinary = false) {
    this.#onDecision = onDecision;
    this.#onLeftOut = onLeftOut;
    this.#isBinary = isBinary;
  }

  /**
   * @returns undefined if there is none, or a blank ends it
   * @throws DecodeError format-unknown, until it is known what ends topics
   */
  open(frame: Buffer, arrivedAt: number): Glued | undefined {
    const front = frontOf(frame, arrivedAt);
    switch (front?.kind) {
      case undefined:
        return undefined;
      case "time":
        return { time: front.time, payload: frame.subarray(front.at) };
      case "clock":
        this.#onLeftOut({ topic: "", reason: "time-unreadable", place: "", sample: front.word, detail: NO_DATE });
        return { time: undefined, payload: frame.subarray(front.at) };
      case "number":
        if (!front.mayBeTopic) throw numberFault(front.word, front.delimiter);
        this.#counting.check(
          front.word,
          'If they are topics, say --topic-delimiter " "; if not, send them as a field.',
        );
        return undefined;
      case "topic":
        return this.#openTopic(frame, front);
    }
  }

  #openTopic(frame: Buffer, { end, delimiter, at }: Front & { kind: "topic" }): Glued | undefined {
    const payload = frame.subarray(at);
    if (this.#isBinary && (payload[0] ?? 0) < FIRST_OBJECT) return undefined;
    const seen = this.#seen.get(delimiter) ?? 0;
    if (seen < MESSAGES_TO_LEARN) {
      if (BRACKETS.has(payload[0] ?? 0) && jsonOrUndefined(payload.toString()) === undefined) return undefined;
      this.#see(delimiter, seen + 1);
      throw topicFault(frame.subarray(0, end), delimiter);
    }
    return { topic: frame.subarray(0, end), payload };
  }

  #see(delimiter: string, seen: number): void {
    if (seen === 1 && this.#seen.size >= MAX_DELIMITERS) {
      const unknown = [...this.#seen].find(([, times]) => times < MESSAGES_TO_LEARN);
      if (unknown === undefined) return;
      this.#seen.delete(unknown[0]);
    }
    this.#seen.set(delimiter, seen);
    if (seen < MESSAGES_TO_LEARN) return;
    this.#onDecision({
      topic: "",
      format: `a topic, ${JSON.stringify(delimiter)} and the payload in one frame`,
      sure: false,
      because: `${MESSAGES_TO_LEARN} were so, and were refused; the next are read`,
      option: "--topic-delimiter",
    });
  }
}

/** For a shell, or for the file where no shell can say it. */
function delimiterOption(delimiter: string): string {
  if (delimiter.includes("\u0000")) return `topic_delimiter = ${JSON.stringify(delimiter)} in the configuration file`;
  return delimiter === "\t" ? "--topic-delimiter $'\\t'" : `--topic-delimiter '${delimiter}'`;
}

function topicFault(topic: Buffer, delimiter: string): DecodeError {
  return unknown(
    topic.toString(),
    `Before the payload stands ${shownTopic(topic)}, perhaps the topic. If it is, say ${delimiterOption(delimiter)}. After ` +
      `${MESSAGES_TO_LEARN} such messages that is done by itself.`,
  );
}

function numberFault(word: string, delimiter: string): DecodeError {
  return unknown(
    "",
    `Before the payload stands a number that is no time ("${word}"). Send it as a field. If it is the topic all the same, say ` +
      `${delimiterOption(delimiter)}.`,
  );
}

/** @param topic "" for what is said once for the source */
function unknown(topic: string, message: string): DecodeError {
  return withTopic(new DecodeError("format-unknown", message), topic);
}

function shownTopic(topic: Buffer): string {
  const text = topic.toString();
  return text.includes("\uFFFD") ? shown(topic) : `"${escaped(text, MAX_TOPIC_LENGTH)}"`;
}

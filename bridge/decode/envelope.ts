import type { DecodeConfig } from "../config/config.ts";
import { type FrameField, layoutText, parseLayout, readCounter, readTime } from "./layout.ts";
import { DecodeError } from "./message.ts";
import { type Stamp, ThirdFrame } from "./third-frame.ts";
import type { Topic, Topics } from "./topic.ts";

/** A message taken out of its frames. */
export interface OpenedMessage<T> extends Stamp {
  topic: Topic<T>;
  payload: Buffer;
  /** Payloads beside the first. */
  more?: readonly Buffer[];
  /** One frame of which nobody has said what it is: its topic may stand before the payload. */
  isBare: boolean;
}

/** What is remembered of a topic for its envelope. */
export interface EnvelopeMemory {
  third?: ThirdFrame;
}

export interface Envelope<T> {
  /**
   * @param arrivedAt unix seconds
   * @throws DecodeError, PointError
   */
  open(frames: readonly Buffer[], arrivedAt: number): OpenedMessage<T>;
}

/** @throws RangeError if what is configured is no layout */
export function createEnvelope<T extends EnvelopeMemory>(config: DecodeConfig, topics: Topics<T>): Envelope<T> {
  const { frames, topicDelimiter } = config;
  if (topicDelimiter === "") throw new RangeError("What ends the topic must have at least one character.");
  const delimiter = topicDelimiter === undefined ? undefined : Buffer.from(topicDelimiter);
  if (frames === undefined) return new FoundEnvelope(topics, delimiter);
  const fields = parseLayout(frames);
  if (delimiter !== undefined && fields.some(({ kind }) => kind === "topic")) {
    throw new RangeError("The topic is a frame of its own, or ends with a delimiter: not both.");
  }
  return new GivenEnvelope(fields, topics, delimiter);
}

/** Frames as --frames says. */
class GivenEnvelope<T> implements Envelope<T> {
  readonly #fields: readonly FrameField[];
  readonly #topics: Topics<T>;
  readonly #delimiter: Buffer | undefined;

  constructor(fields: readonly FrameField[], topics: Topics<T>, delimiter: Buffer | undefined) {
    this.#fields = fields;
    this.#topics = topics;
    this.#delimiter = delimiter;
  }

  open(frames: readonly Buffer[]): OpenedMessage<T> {
    const fields = this.#fields;
    if (frames.length !== fields.length) {
      throw wrong(`--frames says ${fields.length} (${layoutText(fields)}), and this message has ${frames.length}`);
    }
    let topic: Topic<T> | undefined;
    let time: number | undefined;
    let number: number | undefined;
    const payloads: Buffer[] = [];
    for (const [i, field] of fields.entries()) {
      const frame = frames[i];
      if (frame === undefined) continue;
      switch (field.kind) {
        case "topic":
          topic = this.#topics.ofFrame(frame);
          break;
        case "payload":
          payloads.push(frame);
          break;
        case "time":
          time = readTime(field.type, frame);
          if (time === undefined) throw wrong(`frame ${i + 1} is no time (${field.type ?? "text or 8 bytes"})`);
          break;
        case "counter":
          number = readCounter(field.type, frame);
          if (number === undefined) throw wrong(`frame ${i + 1} is no counter (${field.type ?? "text, 4 or 8 bytes"})`);
          break;
        case "skip":
          break;
      }
    }
    const [payload = Buffer.alloc(0), ...more] = payloads;
    const stamp = { time, number, more, isBare: false };
    if (this.#delimiter !== undefined) return { ...stamp, ...splitAt(payload, this.#delimiter, this.#topics) };
    return { ...stamp, topic: topic ?? this.#topics.of(""), payload };
  }
}

/** Frames of which nobody has said what they are. */
class FoundEnvelope<T extends EnvelopeMemory> implements Envelope<T> {
  readonly #topics: Topics<T>;
  readonly #delimiter: Buffer | undefined;

  constructor(topics: Topics<T>, delimiter: Buffer | undefined) {
    this.#topics = topics;
    this.#delimiter = delimiter;
  }

  open(received: readonly Buffer[], arrivedAt: number): OpenedMessage<T> {
    // Stacks with REQ or ROUTER sockets put an empty frame before what is meant: https://rfc.zeromq.org/spec/28/
    const frames = received.length > 2 ? received.filter((frame, i) => i === 0 || frame.length > 0) : received;
    const [first, second, third] = frames;
    if (first === undefined || frames.length > 3) {
      throw new DecodeError(
        "too-many-frames",
        `A message is a payload, or a topic and a payload; this has ${frames.length} frames. Say what each is, such ` +
          "as --frames topic,skip,payload,time, or use the --preset of the publisher.",
      );
    }
    if (second === undefined) {
      if (this.#delimiter === undefined) return { topic: this.#topics.of(""), payload: first, isBare: true };
      return { ...splitAt(first, this.#delimiter, this.#topics), isBare: false };
    }
    const topic = this.#topics.ofFrame(first);
    if (third === undefined) return { topic, payload: second, isBare: false };
    topic.memory.third ??= new ThirdFrame();
    const { time, number } = topic.memory.third.read(third, arrivedAt);
    return { topic, payload: second, isBare: false, time, number };
  }
}

function splitAt<T>(bytes: Buffer, delimiter: Buffer, topics: Topics<T>): { topic: Topic<T>; payload: Buffer } {
  const at = bytes.indexOf(delimiter);
  if (at < 0) throw wrong("what ends the topic (--topic-delimiter) is not in this message");
  return { topic: topics.ofFrame(bytes.subarray(0, at)), payload: bytes.subarray(at + delimiter.length) };
}

function wrong(what: string): DecodeError {
  return new DecodeError("envelope-wrong", `The frames are not as they should be: ${what}.`);
}

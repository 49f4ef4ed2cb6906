import type { DecodeConfig } from "../config/config.ts";
import type { Decision } from "../observability/decisions.ts";
import type { OnLeftOut } from "../observability/left-out.ts";
import { FIRST_OBJECT } from "./formats/structure.ts";
import { CountingTopics } from "./frames/counting-topics.ts";
import { isSubscription } from "./frames/describe.ts";
import { cannotTell, noTopic, notAStamp, subscriptionFault, tooMany, twoTimes } from "./frames/faults.ts";
import { FrameMemory } from "./frames/frame-memory.ts";
import { endOfTopic } from "./frames/front.ts";
import { GluedTopics } from "./frames/glued-topics.ts";
import {
  beginsAsName,
  beginsAsNumber,
  type FrameLook,
  isDigits,
  isShortStamp,
  lookOf,
  lookOfFirst,
} from "./frames/look.ts";
import { candidatesOf, type Roles, rolesOf } from "./frames/roles.ts";
import type { Stamp } from "./frames/stamp-frame.ts";
import { type FrameField, isAscii, layoutText, parseLayout, readCounter, readTime } from "./layout.ts";
import { DecodeError, withTopic } from "./message.ts";
import { TimeField } from "./time-field.ts";
import type { Topic, Topics } from "./topic.ts";

/** A message taken out of its frames. */
export interface OpenedMessage<T> extends Stamp {
  topic: Topic<T>;
  payload: Buffer;
  /** Payloads beside the first. */
  more?: readonly Buffer[];
  /** One frame of which nobody has said what it is: its topic may stand before the payload. */
  isBare: boolean;
  /** What stands before the payload shows that it is text. */
  isText?: boolean;
}

/** What is remembered of a topic for its envelope. */
export interface EnvelopeMemory {
  frames?: FrameMemory;
  /** What unit the numbers in a frame for the time are of. */
  time?: TimeField;
}

export interface Envelope<T> {
  /**
   * @param arrivedAt unix seconds
   * @throws DecodeError, PointError
   */
  open(frames: readonly Buffer[], arrivedAt: number): OpenedMessage<T>;
}

/** Formats whose payloads tell what stands before them. */
const MAY_BE_GLUED: ReadonlySet<string> = new Set(["auto", "json", "msgpack", "cbor"]);

/**
 * @param onDecision what the one frame of messages is taken for, as that is found out
 * @throws RangeError if what is configured is no layout
 */
export function createEnvelope<T extends EnvelopeMemory>(
  config: DecodeConfig,
  topics: Topics<T>,
  onDecision: (decision: Decision) => void = () => undefined,
  onLeftOut: OnLeftOut = () => undefined,
): Envelope<T> {
  const { frames, topicDelimiter } = config;
  if (topicDelimiter === "") throw new RangeError("What ends the topic must have at least one character.");
  const delimiter = topicDelimiter === undefined ? undefined : Buffer.from(topicDelimiter);
  if (frames === undefined) {
    const mayBeGlued = delimiter === undefined && config.skipBytes === 0 && MAY_BE_GLUED.has(config.format);
    const isBinary = config.format === "msgpack" || config.format === "cbor";
    return new FoundEnvelope(
      topics,
      delimiter,
      mayBeGlued ? new GluedTopics(onDecision, onLeftOut, isBinary) : undefined,
    );
  }
  const fields = parseLayout(frames);
  if (delimiter !== undefined && fields.some(({ kind }) => kind === "topic")) {
    throw new RangeError("The topic is a frame of its own, or ends with a delimiter: not both.");
  }
  return new GivenEnvelope(fields, topics, delimiter);
}

/** Frames as --frames says. */
class GivenEnvelope<T extends EnvelopeMemory> implements Envelope<T> {
  readonly #fields: readonly FrameField[];
  readonly #topics: Topics<T>;
  readonly #delimiter: Buffer | undefined;

  constructor(fields: readonly FrameField[], topics: Topics<T>, delimiter: Buffer | undefined) {
    this.#fields = fields;
    this.#topics = topics;
    this.#delimiter = delimiter;
  }

  open(frames: readonly Buffer[], arrivedAt: number): OpenedMessage<T> {
    const fields = this.#fields;
    if (frames.length !== fields.length) {
      throw wrong(`--frames says ${fields.length} (${layoutText(fields)}), and this message has ${frames.length}`);
    }
    let given: Topic<T> | undefined;
    let timeAt = -1;
    let number: number | undefined;
    const payloads: Buffer[] = [];
    for (const [i, field] of fields.entries()) {
      const frame = frames[i];
      if (frame === undefined) continue;
      switch (field.kind) {
        case "topic":
          given = this.#topics.ofFrame(frame);
          break;
        case "payload":
          payloads.push(frame);
          break;
        case "time":
          timeAt = i;
          break;
        case "counter":
          number = readCounter(field.type, frame);
          if (number === undefined) throw wrong(`frame ${i + 1} is no counter (${field.type ?? "text, 4 or 8 bytes"})`);
          break;
        case "skip":
          break;
      }
    }
    const [all = Buffer.alloc(0), ...more] = payloads;
    const { topic, payload } =
      this.#delimiter === undefined
        ? { topic: given ?? this.#topics.of(""), payload: all }
        : splitAt(all, this.#delimiter, this.#topics);
    const time = timeAt < 0 ? undefined : this.#timeIn(frames[timeAt], timeAt, topic.memory, arrivedAt);
    return { topic, payload, more, time, number, isBare: false };
  }

  #timeIn(frame: Buffer | undefined, at: number, memory: EnvelopeMemory, arrivedAt: number): number | undefined {
    const field = this.#fields[at];
    if (frame === undefined || field?.kind !== "time") return undefined;
    memory.time ??= new TimeField();
    const unit = memory.time;
    const time = readTime(field.type, frame, (number) => unit.secondsOf(number, arrivedAt));
    if (time === undefined) throw wrong(`frame ${at + 1} is no time (${field.type ?? "text or 8 bytes"})`);
    return time;
  }
}

const NO_BYTES = Buffer.alloc(0);
const NO_LOOK: FrameLook = { kind: "empty" };
const TOPIC_PAYLOAD_STAMP: Roles = { topic: 0, payload: 1, stamps: [2] };
/** More are never looked at one by one. */
const MAX_FOUND_FRAMES = 16;

/** Frames of which nobody has said what they are. */
class FoundEnvelope<T extends EnvelopeMemory> implements Envelope<T> {
  readonly #topics: Topics<T>;
  readonly #delimiter: Buffer | undefined;
  readonly #glued: GluedTopics | undefined;
  readonly #counting = new CountingTopics();

  constructor(topics: Topics<T>, delimiter: Buffer | undefined, glued: GluedTopics | undefined) {
    this.#topics = topics;
    this.#delimiter = delimiter;
    this.#glued = glued;
  }

  open(frames: readonly Buffer[], arrivedAt: number): OpenedMessage<T> {
    const [first, second] = frames;
    if (first === undefined) throw new DecodeError("too-many-frames", "This message has no frame.");
    if (frames.length > 2) return this.#openSeveral(frames, arrivedAt);
    if (second !== undefined) return this.#openTwo(first, second, arrivedAt);
    if (this.#delimiter !== undefined) return { ...splitAt(first, this.#delimiter, this.#topics), isBare: false };
    return this.#openOne(first, arrivedAt);
  }

  #openOne(frame: Buffer, arrivedAt: number): OpenedMessage<T> {
    if (this.#glued !== undefined) {
      if ((frame[0] ?? 0xff) <= 1 && isSubscription(frame)) throw subscriptionFault(frame);
      const glued = this.#glued.open(frame, arrivedAt);
      if (glued !== undefined) {
        const { payload } = glued;
        const isText = (payload[0] ?? 0) < FIRST_OBJECT;
        if ("topic" in glued) return { topic: this.#topics.ofFrame(glued.topic), payload, isBare: false, isText };
        return { topic: this.#topics.of(""), payload, isBare: false, isText, time: glued.time };
      }
    }
    return { topic: this.#topics.of(""), payload: frame, isBare: true };
  }

  #openTwo(first: Buffer, second: Buffer, arrivedAt: number): OpenedMessage<T> {
    if (beginsAsName(first)) return { topic: this.#topics.ofFrame(first), payload: second, isBare: false };
    const looks = [lookOfFirst(first, arrivedAt), lookOf(second, arrivedAt)];
    const [look = NO_LOOK, next = NO_LOOK] = looks;
    const { kind } = look;
    const nextKind = next.kind;
    if (kind === "empty" || kind === "word" || kind === "text") {
      return { topic: this.#topics.ofFrame(first), payload: second, isBare: false };
    }
    if (isDigits(first) && kind === "count" && nextKind !== "time") {
      this.#counting.check(
        first.toString("latin1"),
        "Say --frames counter,payload or time,payload; if they are topics, topic,payload.",
      );
      return { topic: this.#topics.ofFrame(first), payload: second, isBare: false };
    }
    const topic = this.#topics.of("");
    if ((kind === "time" || kind === "date") && nextKind !== "time") {
      return { topic, payload: second, isBare: false, time: timeIn(look, first) };
    }
    const isPayload =
      nextKind === "time"
        ? kind !== "time" && kind !== "date" && !isDigits(first)
        : nextKind === "empty" && kind === "data";
    if (isPayload) {
      return { topic, payload: first, isBare: false, time: timeIn(next, second) };
    }
    // It may be text with control characters, or no text at all: that has its own sentence.
    if (kind === "bytes") this.#topics.ofFrame(first);
    throw withTopic(noTopic([first, second], looks), "");
  }

  #openSeveral(frames: readonly Buffer[], arrivedAt: number): OpenedMessage<T> {
    if (frames.length > MAX_FOUND_FRAMES) throw tooMany(frames.length);
    const [first = NO_BYTES, second = NO_BYTES, third = NO_BYTES] = frames;
    // What most publishers of three frames send needs no second look.
    if (frames.length === 3 && beginsAsName(first)) {
      if (isBraced(second) && beginsAsNumber(third)) {
        return this.#stamped(frames, [], TOPIC_PAYLOAD_STAMP, this.#topics.ofFrame(first), arrivedAt);
      }
      if (isBraced(second) && isAscii(first) && isShortStamp(third, arrivedAt)) {
        const topic = this.#topics.ofFrame(first);
        const opened = this.#stamped(frames, [], TOPIC_PAYLOAD_STAMP, topic, arrivedAt);
        topic.memory.frames?.shows(3, 1, opened.number !== undefined);
        return opened;
      }
      if (second.length === 0 && isBraced(third) && isAscii(first)) {
        const topic = this.#topics.ofFrame(first);
        topic.memory.frames?.shows(3, 2, false);
        return { topic, payload: third, isBare: false };
      }
    }
    const looks = looksOf(frames, arrivedAt);
    const { topic: topicAt, payloads } = candidatesOf(looks);
    const topic = topicAt === undefined ? this.#topics.of("") : this.#topics.ofFrame(frames[topicAt] ?? NO_BYTES);
    // Stacks with REQ or ROUTER sockets put an empty frame before what is meant: https://rfc.zeromq.org/spec/28/
    if (payloads.length === 0) return { topic, payload: NO_BYTES, isBare: false };
    topic.memory.frames ??= new FrameMemory();
    const memory = topic.memory.frames;
    const payloadAt = memory.payload(frames, looks, payloads);
    if (payloadAt === undefined) throw withTopic(cannotTell(looks, topicAt, payloads), topic.name);
    return this.#stamped(frames, looks, rolesOf(looks, topicAt, payloadAt), topic, arrivedAt);
  }

  /** @param looks empty: nobody has looked yet */
  #stamped(
    frames: readonly Buffer[],
    looks: readonly FrameLook[],
    roles: Roles,
    topic: Topic<T>,
    arrivedAt: number,
  ): OpenedMessage<T> {
    topic.memory.frames ??= new FrameMemory();
    const opened: OpenedMessage<T> = { topic, payload: frames[roles.payload] ?? NO_BYTES, isBare: false };
    for (const at of roles.stamps) {
      const stamp = topic.memory.frames.stamp(at).read(frames[at] ?? NO_BYTES, arrivedAt);
      if ("kind" in stamp) {
        const looked = looks.length > 0 ? looks : looksOf(frames, arrivedAt);
        throw withTopic(notAStamp(frames, looked, roles, at, stamp), topic.name);
      }
      if (opened.time !== undefined && stamp.time !== undefined) throw withTopic(twoTimes(looks, roles), topic.name);
      opened.time ??= stamp.time;
      opened.number ??= stamp.number;
    }
    return opened;
  }
}

function looksOf(frames: readonly Buffer[], arrivedAt: number): FrameLook[] {
  return frames.map((frame, i) => (i === 0 ? lookOfFirst : lookOf)(frame, arrivedAt));
}

/** Whether it begins and ends as an object of JSON does. */
function isBraced(frame: Buffer): boolean {
  return frame[0] === 0x7b && frame[frame.length - 1] === 0x7d;
}

function timeIn(look: FrameLook, frame: Buffer): number | undefined {
  return look.kind === "time" || look.kind === "date" ? readTime(look.type, frame) : undefined;
}

function splitAt<T>(bytes: Buffer, delimiter: Buffer, topics: Topics<T>): { topic: Topic<T>; payload: Buffer } {
  const at = endOfTopic(bytes, delimiter);
  if (at === undefined) throw wrong("what ends the topic (--topic-delimiter) is not in this message");
  return { topic: topics.ofFrame(bytes.subarray(0, at)), payload: bytes.subarray(at + delimiter.length) };
}

function wrong(what: string): DecodeError {
  return new DecodeError("envelope-wrong", `The frames are not as they should be: ${what}.`);
}

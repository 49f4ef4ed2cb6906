import type { Decision } from "../../observability/decisions.ts";
import type { OnLeftOut } from "../../observability/left-out.ts";
import type { EnvelopeMemory } from "../envelope.ts";
import { foreignStreamFault } from "../foreign/foreign.ts";
import type { ValueFormat } from "../formats/formats.ts";
import { type Packing, topAt, topOf } from "../formats/structure.ts";
import { readValue, type Value, type ValueMemory } from "../formats/values.ts";
import { isLineFormat, lineFormatOf } from "../lines/lines.ts";
import { type Content, DecodeError, type Message, withTopic } from "../message.ts";
import type { Payload } from "../payload.ts";
import { parseSampleFormat } from "../samples/sample-format.ts";
import { createSampleReader, type SampleReader } from "../samples/sample-reader.ts";
import { readableText, textIfUtf8 } from "../text.ts";
import { edgeBytes } from "./edges.ts";
import { guessOf } from "./guess.ts";
import { MAX_STRUCT_BYTES } from "./no-record.ts";
import { guessSamples } from "./samples-guess.ts";
import { formatBesidePacked, mayBeText } from "./text-beside-packed.ts";
import { isTextRatherThan } from "./text-beside-samples.ts";

export interface TopicMemory extends ValueMemory, EnvelopeMemory {
  /** What messages were that could be told one by one. */
  values?: ValueFormat;
  /** Packed numbers were among them: each is a value by itself. */
  hasPackedNumbers?: boolean;
  /** What reads those that could not. */
  samples?: SampleReader;
  /** As what {@link samples} reads them. */
  format?: string;
  /** Lengths below 8 bytes that samples have had, a bit each. */
  shortLengths?: number;
  /** Binary messages that wait for more of their kind. */
  held?: Held[];
  /** Short messages that did not tell for sure: the next ones are looked at together with these. */
  seen?: readonly Buffer[];
}

interface Held {
  payload: Payload;
  /** What it is too, perhaps by chance. */
  perhaps: Packing | undefined;
}

/** What becomes of held messages. */
interface Released {
  messages: Message[];
  refused: number;
  fault?: DecodeError;
}

/** So many tell what they are; no more is kept back of a topic. */
const MAX_HELD = 10;
const MAX_HELD_BYTES = 1 << 20;
const MAX_HELD_SECONDS = 1;
/** Of all topics together; past that those that have waited longest go. */
const MAX_HOLDING_TOPICS = 256;
const MAX_HOLDING_BYTES = 32 << 20;
/** What is larger is hardly one packed value among samples, and costs too much to look at. */
const MAX_LOOK_BYTES = 1 << 16;

/**
 * Finds out what messages are, topic by topic, and reads them. What can be told of a message by itself is never kept
 * back, and is read as what it is whatever the topic's others are: two publishers may have one topic.
 */
export class Auto {
  readonly #onDecision: (decision: Decision) => void;
  readonly #onLeftOut: OnLeftOut;
  /** Topics that hold something back, and how many bytes; the one that began first is the first. */
  readonly #holding = new Map<TopicMemory, number>();

  constructor(onDecision: (decision: Decision) => void, onLeftOut: OnLeftOut = () => undefined) {
    this.#onDecision = onDecision;
    this.#onLeftOut = onLeftOut;
  }

  /** @throws DecodeError, PointError */
  read(payload: Payload, memory: TopicMemory): Message[] {
    const { values, samples } = memory;
    if (samples !== undefined) {
      const guess = payload.bytes.length < MAX_LOOK_BYTES ? guessOf(payload.bytes, payload.isBare) : undefined;
      if (guess?.kind === "sure") return this.#readAs(guess.format, payload, memory);
      if (guess?.kind === "none" && isTextRatherThan(samples.itemBytes, payload.bytes)) throw guess.fault;
      // A word of a length that no samples had is no samples.
      const short = shortLengthOf(payload.bytes);
      if (short !== 0 && guess?.kind === "none" && ((memory.shortLengths ?? 0) & short) === 0) throw guess.fault;
      if (short !== 0 && guess?.kind === "binary") memory.shortLengths = (memory.shortLengths ?? 0) | short;
      // Text that was meant as JSON has no samples in it.
      if (guess?.kind === "none" && guess.fault.code === "not-json" && hasQuotedText(payload.bytes)) throw guess.fault;
      if (memory.seen !== undefined && this.#isRefuted(memory, memory.seen, payload.bytes)) {
        return this.#hold({ payload, perhaps: undefined }, memory);
      }
      return [readSamples(samples, payload)];
    }
    if (values === undefined || (values !== "json" && isOtherLines(values, payload)))
      return this.#readNew(payload, memory);
    if ((values === "msgpack" || values === "cbor") && mayBeText(payload.bytes)) {
      const format = formatBesidePacked(values, payload, memory.hasPackedNumbers === true && payload.isText !== true);
      return this.#readAs(format, payload, memory);
    }
    try {
      return this.#readAs(values, payload, memory);
    } catch (error) {
      const guess = guessOf(payload.bytes, payload.isBare);
      // Beside JSON, what is no JSON at all is no JSON that is wrong.
      if (guess.kind === "none") throw values === "json" && guess.fault.code === "format-unknown" ? guess.fault : error;
      if (guess.kind === "sure" && guess.format === values) throw error;
      return this.#readNew(payload, memory);
    }
  }

  /**
   * Reads what was held back for long enough.
   * @param refuse told of each topic's messages that cannot be read: what else was held is read all the same
   */
  tick(now: number, refuse?: (fault: DecodeError) => void): Message[] {
    // Any of them, not the first alone: a clock that was set, and set back, must not hold anything for long.
    const due = [...this.#holding.keys()].filter(({ held = [] }) =>
      held.some(({ payload }) => Math.abs(now - payload.arrivedAt) >= MAX_HELD_SECONDS),
    );
    const released = due.map((memory) => this.#release(memory));
    if (refuse === undefined) return outOf(released);
    for (const { fault, refused } of released) {
      if (fault !== undefined) refuse(fault.of(refused));
    }
    return released.flatMap(({ messages }) => messages);
  }

  #readNew(payload: Payload, memory: TopicMemory): Message[] {
    const guess = guessOf(payload.bytes, payload.isBare);
    switch (guess.kind) {
      case "none":
        // Among binary ones, a few bytes may happen to be letters.
        if (memory.held === undefined || guess.fault.code !== "format-unknown") throw guess.fault;
        return this.#hold({ payload, perhaps: undefined }, memory);
      case "sure": {
        const messages = this.#readAs(guess.format, payload, memory);
        memory.values = guess.format;
        const { topic, wrapping } = payload;
        this.#onDecision({ topic, wrapping, format: guess.format, sure: true, because: guess.because });
        return messages;
      }
      case "binary":
        return this.#hold({ payload, perhaps: guess.perhaps }, memory);
    }
  }

  /** What few messages were taken for is looked at again as soon as there are ten. */
  #isRefuted(memory: TopicMemory, seen: readonly Buffer[], bytes: Buffer): boolean {
    const all = [...seen, ...copiesOf([bytes])];
    memory.seen = all;
    if (all.length < MAX_HELD) return false;
    delete memory.seen;
    if (foreignStreamFault(all) === undefined && guessSamples(all)?.format === memory.format) return false;
    memory.seen = all.slice(1);
    delete memory.samples;
    return true;
  }

  #readAs(format: ValueFormat, payload: Payload, memory: TopicMemory): Message[] {
    const read = readValue(format, payload, memory, this.#onLeftOut);
    return read === undefined ? [] : [messageOf(read, payload)];
  }

  #hold(held: Held, memory: TopicMemory): Message[] {
    memory.held ??= [];
    memory.held.push(held);
    const bytes = (this.#holding.get(memory) ?? 0) + held.payload.bytes.length;
    this.#holding.set(memory, bytes);
    const released: Released[] = [];
    if (memory.held.length >= MAX_HELD || bytes >= MAX_HELD_BYTES) released.push(this.#release(memory));
    let total = 0;
    for (const each of this.#holding.values()) total += each;
    const [oldest] = this.#holding.keys();
    if (oldest !== undefined && (this.#holding.size > MAX_HOLDING_TOPICS || total > MAX_HOLDING_BYTES)) {
      released.push(this.#release(oldest));
    }
    return outOf(released);
  }

  #release(memory: TopicMemory): Released {
    const held = memory.held ?? [];
    delete memory.held;
    this.#holding.delete(memory);
    const [first] = held;
    if (first === undefined) return { messages: [], refused: 0 };
    const { topic, wrapping } = first.payload;
    const packing = packingOf(held);
    if (packing !== undefined) {
      memory.values = packing;
      memory.hasPackedNumbers ||= held.some(({ payload }) => topAt(packing, payload.bytes, 0) === "number");
      const sure = held.length > 1 && held.every(({ perhaps }) => perhaps === packing);
      this.#onDecision({ topic, wrapping, format: packing, sure, because: "each is one value of it" });
      return readEach(held, (payload) => {
        const [message] = this.#readAs(packing, payload, memory);
        return message && { ...message, arrivedAt: payload.arrivedAt };
      });
    }
    const bytes = [...(memory.seen ?? []), ...held.map(({ payload }) => payload.bytes)];
    const foreign = foreignStreamFault(bytes);
    if (foreign !== undefined) {
      memory.seen = copiesOf(bytes);
      return { messages: [], refused: held.length, fault: withTopic(foreign, topic) };
    }
    // A small number of msgpack or CBOR is one byte, and a larger one several.
    const guess = bytes.every(({ length }) => length === 1) ? undefined : guessSamples(bytes);
    const format = guess === undefined ? undefined : parseSampleFormat(guess.format);
    // One damaged message is no stream of samples.
    const isStray = memory.values !== undefined && held.length < MAX_HELD && guess?.sure !== true;
    if (guess === undefined || format === undefined || isStray) {
      memory.seen = copiesOf(bytes);
      return { messages: [], refused: held.length, fault: withTopic(formatUnknown(bytes), topic) };
    }
    const reader = createSampleReader(format);
    memory.samples = reader;
    memory.format = guess.format;
    memory.shortLengths = bytes.reduce(
      (all, each) => (readableText(each) === undefined ? all | shortLengthOf(each) : all),
      0,
    );
    delete memory.seen;
    // Few short messages may be anything's.
    if (bytes.length < MAX_HELD && !guess.sure) memory.seen = copiesOf(bytes);
    this.#onDecision({ topic, wrapping, ...guess });
    return readEach(held, (payload) => {
      const { bytes, isBare } = payload;
      const guess = isTextRatherThan(reader.itemBytes, bytes) ? guessOf(bytes, isBare) : undefined;
      if (guess?.kind === "none") throw guess.fault;
      return readSamples(reader, payload);
    });
  }
}

/** As what all held messages are one packed value each; small numbers, of one byte, may be anything's but that of the others. */
function packingOf(held: readonly Held[]): Packing | undefined {
  const packing = held.find(({ perhaps }) => perhaps !== undefined)?.perhaps;
  if (packing === undefined) return undefined;
  const isOne = ({ perhaps, payload: { bytes } }: Held): boolean =>
    perhaps === packing || (bytes.length === 1 && topOf(packing, bytes) !== undefined);
  return held.every(isOne) ? packing : undefined;
}

/** A bit for each length below 8 bytes, of which text may be samples; 0 for others. */
function shortLengthOf({ length }: Buffer): number {
  return length < 8 ? 1 << length : 0;
}

/** Whether it is lines of another format than before: some of them may be of both. */
function isOtherLines(before: ValueFormat, { bytes }: Payload): boolean {
  if (!isLineFormat(before)) return false;
  const found = lineFormatOf(textIfUtf8(bytes) ?? "");
  return found !== undefined && found !== before;
}

/** The last short ones; of others a second of them tells enough. */
function copiesOf(messages: readonly Buffer[]): Buffer[] {
  return messages
    .filter(({ length }) => length <= MAX_STRUCT_BYTES)
    .slice(1 - MAX_HELD)
    .map((bytes) => Buffer.from(bytes));
}

function hasQuotedText(bytes: Buffer): boolean {
  return /["']/.test(readableText(bytes) ?? "");
}

function readEach(held: readonly Held[], read: (payload: Payload) => Message | undefined): Released {
  const released: Released = { messages: [], refused: 0 };
  for (const { payload } of held) {
    try {
      const message = read(payload);
      if (message !== undefined) released.messages.push(message);
    } catch (error) {
      released.refused++;
      released.fault ??= withTopic(error instanceof DecodeError ? error : formatUnknown(), payload.topic);
    }
  }
  return released;
}

/** @throws DecodeError for those that cannot be read, with those that can */
function outOf(all: readonly Released[]): Message[] {
  const messages = all.flatMap((released) => released.messages);
  const fault = all.find((released) => released.fault !== undefined)?.fault;
  if (fault === undefined) return messages;
  const refused = all.reduce((sum, released) => sum + released.refused, 0);
  throw fault.of(refused, messages);
}

function readSamples(reader: SampleReader, payload: Payload): Message {
  return stamped(reader.read(payload.topic, payload.bytes, payload.arrivedAt), payload);
}

/** What to do is worked out only if it is said: it takes another look at all of them. */
function formatUnknown(messages: readonly Buffer[] = []): DecodeError {
  return new DecodeError("format-unknown", "This is binary in no format that is known.", 1, [], () =>
    unknownBinary(messages),
  );
}

function unknownBinary(messages: readonly Buffer[]): string {
  const { before, after } = edgeBytes(messages);
  const edges = before > 0 ? `${before} bytes before them (--skip-bytes ${before})` : `${after} bytes after them`;
  const length = messages[0]?.length ?? 0;
  const isRecord = messages.length > 0 && messages.every((message) => message.length === length);
  if (isRecord && length === 1) {
    return "Each message is one byte: a sample, or a small number of msgpack or CBOR. Say which: --format u8, i8, msgpack or cbor.";
  }
  const hint =
    before + after > 0
      ? `It looks like samples with ${edges}.`
      : isRecord && length <= MAX_STRUCT_BYTES
        ? `Each message has ${length} bytes, as a struct of several fields has: send its fields as JSON or msgpack.`
        : "It is encrypted, compressed, or a format that is not known.";
  return (
    `This is binary, and neither msgpack nor CBOR, nor numbers that move as measured values do. ${hint} If it is samples, ` +
    "say which, such as --format f32@48k; if something stands before the payload, --skip-bytes or --frames."
  );
}

export function messageOf(read: Value, payload: Payload): Message {
  const content: Content =
    "records" in read ? { kind: "records", records: read.records } : { kind: "value", value: read.value };
  return stamped({ topic: read.topic ?? payload.topic, content }, payload);
}

/** With what the envelope said. */
export function stamped(message: Message, { time, number }: Payload): Message {
  if (time === undefined && number === undefined) return message;
  return { ...message, ...(time === undefined ? {} : { time }), ...(number === undefined ? {} : { number }) };
}

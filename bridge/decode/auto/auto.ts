import type { CsvMemory } from "../formats/csv.ts";
import type { ValueFormat } from "../formats/formats.ts";
import { readValue, type Value } from "../formats/values.ts";
import type { Wrapping } from "../inflate.ts";
import { DecodeError, type Message } from "../message.ts";
import { parseSampleFormat } from "../samples/format.ts";
import { createSampleReader, type SampleReader } from "../samples/reader.ts";
import { guessOf } from "./guess.ts";
import { guessSamples } from "./samples.ts";

/** What messages were taken for. */
export interface Decision {
  topic: string;
  /** For --format. */
  format: string;
  /** How it was compressed. */
  wrapping?: Wrapping | undefined;
  sure: boolean;
  because: string;
}

/** A payload on its way to be read. */
export interface Payload {
  topic: string;
  bytes: Buffer;
  /** One frame, in which a topic may stand before the payload. */
  isBare: boolean;
  arrivedAt: number;
  time: number | undefined;
  number: number | undefined;
  wrapping?: Wrapping;
}

export interface TopicMemory extends CsvMemory {
  decided?: ValueFormat | SampleReader;
  /** Binary messages that wait for more of their kind. */
  held?: Payload[];
}

/** So many tell what samples they are; no more is kept back. */
const MAX_HELD = 10;
const MAX_HELD_BYTES = 1 << 20;
const MAX_HELD_SECONDS = 1;
/** Of all topics together; past it the oldest is decided with what there is. */
const MAX_ALL_HELD_BYTES = 32 << 20;

/** Finds out what messages are, topic by topic, and reads them. */
export class Auto {
  readonly #told: (decision: Decision) => void;
  /** Topics that hold something back, and how many bytes. */
  readonly #holding = new Map<TopicMemory, number>();
  #heldBytes = 0;

  constructor(told: (decision: Decision) => void) {
    this.#told = told;
  }

  /** @throws DecodeError, PointError */
  read(payload: Payload, memory: TopicMemory): Message[] {
    const { decided } = memory;
    if (decided === undefined) return this.#readNew(payload, memory);
    if (typeof decided !== "string") {
      // Samples read anything of the right length; another publisher on the same topic is only seen by what is sure.
      const guess = payload.bytes.length < 1 << 16 ? guessOf(payload.bytes, payload.isBare) : undefined;
      if (guess?.kind === "sure") return this.#readAs(guess.format, payload, memory);
      return [stamped(decided.read(payload.topic, payload.bytes, payload.arrivedAt), payload)];
    }
    try {
      return this.#readAs(decided, payload, memory);
    } catch (error) {
      const guess = guessOf(payload.bytes, payload.isBare);
      if (guess.kind !== "sure" || guess.format === decided) throw error;
      return this.#readNew(payload, memory);
    }
  }

  /**
   * Reads what was held back for long enough, or is too much.
   * @param refuse told of each topic of which nothing can be read: what others held is read all the same
   */
  tick(now: number, refuse: (fault: DecodeError) => void = rethrow): Message[] {
    const messages: Message[] = [];
    for (const memory of [...this.#holding.keys()]) {
      const since = memory.held?.[0]?.arrivedAt ?? now;
      if (Math.abs(now - since) < MAX_HELD_SECONDS) continue;
      try {
        messages.push(...this.#release(memory));
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error;
        refuse(error);
      }
    }
    return messages;
  }

  #readNew(payload: Payload, memory: TopicMemory): Message[] {
    const guess = guessOf(payload.bytes, payload.isBare);
    switch (guess.kind) {
      case "none":
        throw guess.fault;
      case "sure": {
        const messages = this.#readAs(guess.format, payload, memory);
        memory.decided = guess.format;
        const { topic, wrapping } = payload;
        this.#told({ topic, wrapping, format: guess.format, sure: true, because: guess.because });
        return messages;
      }
      case "binary":
        return this.#hold(payload, memory);
    }
  }

  #readAs(format: ValueFormat, payload: Payload, memory: TopicMemory): Message[] {
    const read = readValue(format, payload.bytes, payload.isBare, memory);
    return read === undefined ? [] : [messageOf(read, payload)];
  }

  #hold(payload: Payload, memory: TopicMemory): Message[] {
    memory.held ??= [];
    memory.held.push(payload);
    const bytes = (this.#holding.get(memory) ?? 0) + payload.bytes.length;
    this.#holding.set(memory, bytes);
    this.#heldBytes += payload.bytes.length;
    if (memory.held.length >= MAX_HELD || bytes >= MAX_HELD_BYTES) return this.#release(memory);
    if (this.#heldBytes <= MAX_ALL_HELD_BYTES) return [];
    const [oldest = memory] = this.#holding.keys();
    return this.#release(oldest);
  }

  /** @throws DecodeError format-unknown for all of them */
  #release(memory: TopicMemory): Message[] {
    const held = memory.held ?? [];
    delete memory.held;
    this.#heldBytes -= this.#holding.get(memory) ?? 0;
    this.#holding.delete(memory);
    const guess = guessSamples(held.map(({ bytes }) => bytes));
    const format = guess === undefined ? undefined : parseSampleFormat(guess.format);
    if (guess === undefined || format === undefined) {
      throw new DecodeError(
        "format-unknown",
        "This is binary, and neither msgpack nor CBOR, nor numbers that move as measured values do. If it is samples, " +
          "say which, such as --format f32@48k; if something stands before the payload, --skip-bytes or --frames.",
        held.length,
      );
    }
    const reader = createSampleReader(format);
    memory.decided = reader;
    this.#told({ topic: held[0]?.topic ?? "", wrapping: held[0]?.wrapping, ...guess });
    return held.map((payload) => stamped(reader.read(payload.topic, payload.bytes, payload.arrivedAt), payload));
  }
}

function rethrow(fault: DecodeError): never {
  throw fault;
}

export function messageOf({ value, topic }: Value, payload: Payload): Message {
  return stamped({ topic: topic ?? payload.topic, content: { kind: "value", value } }, payload);
}

/** With what the envelope said. */
export function stamped(message: Message, { time, number }: Payload): Message {
  if (time === undefined && number === undefined) return message;
  return { ...message, ...(time === undefined ? {} : { time }), ...(number === undefined ? {} : { number }) };
}

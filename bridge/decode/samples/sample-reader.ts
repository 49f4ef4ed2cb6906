import { DecodeError, type Message } from "../message.ts";
import { SampleClock } from "./sample-clock.ts";
import { columnsOf } from "./sample-columns.ts";
import { itemBytes, type SampleFormat } from "./sample-format.ts";
import { type Placing, Spread } from "./spread.ts";

export interface SampleReader {
  /** Of one item: a payload is a whole number of them. */
  readonly itemBytes: number;
  /**
   * @param topic names or prefixes the series, and has a clock of its own
   * @param payload items of the reader's format, one or more
   * @param arrivedAt unix seconds
   * @param position the publisher's count of items before this message, if it has one: what is missing is passed over
   * @throws DecodeError not-samples, message-too-large
   */
  read(topic: string, payload: Buffer, arrivedAt: number, position?: number): Message;
}

/** Each is a row on its own further on, of 100 bytes and more. */
const MAX_ITEMS = 1 << 20;
const MAX_VALUES = 1 << 22;
/** Past that the topic heard of least recently is forgotten: its next message is its first. */
export const MAX_CLOCKS = 1024;

/** Reads messages of binary samples. One object for each source: it keeps a clock for each topic. */
export function createSampleReader(format: SampleFormat): SampleReader {
  const { rate, names } = format;
  const clocks = new Map<string, Placing>();
  const bytes = itemBytes(format);
  let lastTopic: string | undefined;
  let lastClock: Placing | undefined;

  function clockOf(topic: string): Placing {
    if (lastClock !== undefined && topic === lastTopic) return lastClock;
    const clock = clocks.get(topic) ?? (rate === undefined ? new Spread() : new SampleClock(rate));
    clocks.delete(topic);
    clocks.set(topic, clock);
    if (clocks.size > MAX_CLOCKS) {
      const [oldest] = clocks.keys();
      if (oldest !== undefined) clocks.delete(oldest);
    }
    lastTopic = topic;
    lastClock = clock;
    return clock;
  }

  return {
    itemBytes: bytes,
    read(topic, payload, arrivedAt, position) {
      const items = payload.length / bytes;
      if (items === 0 || !Number.isInteger(items)) throw notSamples(payload.length, bytes);
      throwIfTooMany(items, names.length);
      const columns = columnsOf(payload, format);
      const { x0, dx } = clockOf(topic).place(items, arrivedAt, position);
      return { topic, content: { kind: "samples", samples: { x0, dx, arrival: true, names, columns } } };
    },
  };
}

function notSamples(length: number, bytes: number): DecodeError {
  const why =
    length === 0 ? "The message is empty" : `${length} bytes are not a whole number of items of ${bytes} bytes`;
  return new DecodeError("not-samples", `${why}: does --format say what the publisher sends?`);
}

/** @throws DecodeError message-too-large */
export function throwIfTooMany(samples: number, columns: number): void {
  if (samples <= MAX_ITEMS && samples * columns <= MAX_VALUES) return;
  throw new DecodeError(
    "message-too-large",
    `A message has ${MAX_ITEMS} samples and ${MAX_VALUES} values at most; this has ${samples} samples. Send several.`,
  );
}

import { TIME_FIELDS } from "../../../protocol/json/time.ts";
import type { Decision } from "../../observability/decisions.ts";
import type { OnLeftOut } from "../../observability/left-out.ts";
import { type Message, withTopic } from "../message.ts";
import type { Payload } from "../payload.ts";
import { MAX_RATE, type SampleFormat } from "../samples/sample-format.ts";
import { createSampleReader, type SampleReader } from "../samples/sample-reader.ts";
import { TimeField } from "../time-field.ts";
import { type Topic, Topics, throwIfControl } from "../topic.ts";
import { type ArrayHeader, headerIn, wrongArray } from "./array-header.ts";
import { type ArrayRows, rowsIn, shapeText } from "./array-rows.ts";
import { headerOfNpy } from "./npy.ts";

/** Layouts remembered, each with the clocks of its topics; publishers choose them. */
const MAX_LAYOUTS = 16;

interface TopicMemory {
  /** The last layout that was said. */
  said: string;
  /** What unit the numbers are of that are a header's time. */
  time?: TimeField;
}

interface Layout {
  format: SampleFormat;
  reader: SampleReader;
}

/**
 * Arrays with a header that says what they are: pyzmq's `send_json({"dtype": …, "shape": …}, SNDMORE)` and `send(array)`
 * (https://pyzmq.readthedocs.io/en/latest/howto/serialization.html), with a topic before or without, and `.npy`.
 */
export class Arrays {
  readonly #onDecision: (decision: Decision) => void;
  readonly #onLeftOut: OnLeftOut;
  readonly #topics = new Topics<TopicMemory>((name) => {
    throwIfControl(name);
    return { said: "" };
  });
  readonly #layouts = new Map<string, Layout>();

  constructor(onDecision: (decision: Decision) => void, onLeftOut: OnLeftOut) {
    this.#onDecision = onDecision;
    this.#onLeftOut = onLeftOut;
  }

  /**
   * @returns undefined if there is no header of an array in the message
   * @throws DecodeError
   */
  read(frames: readonly Buffer[], arrivedAt: number): Message[] | undefined {
    if (frames.length < 2) return undefined;
    // This is asked of every message: nothing is made for those that have no header.
    const first = frames[0];
    let second = frames[1];
    let third: Buffer | undefined;
    if (frames.length > 2) {
      second = undefined;
      for (let i = 1; i < frames.length; i++) {
        const frame = frames[i];
        // Some stacks put empty frames between.
        if (frame === undefined || frame.length === 0) continue;
        if (third !== undefined) return undefined;
        if (second === undefined) second = frame;
        else third = frame;
      }
    }
    if (first === undefined || second === undefined) return undefined;
    let header: ArrayHeader | undefined;
    try {
      header = headerIn(third === undefined ? first : second);
    } catch (error) {
      // Two frames have no topic: the first is the header.
      throw withTopic(error, third === undefined ? "" : this.#topics.ofFrame(first).name);
    }
    if (header === undefined) return undefined;
    if (third === undefined) return this.#read(this.#topics.of(""), header, second, arrivedAt);
    return this.#read(this.#topics.ofFrame(first), header, third, arrivedAt);
  }

  /** @throws DecodeError */
  readNpy({ topic, bytes, arrivedAt, time }: Payload): Message[] {
    const { header, data } = headerOfNpy(bytes);
    return this.#read(this.#topics.of(topic), { ...header, time }, data, arrivedAt);
  }

  #read(topic: Topic<TopicMemory>, header: ArrayHeader, data: Buffer, arrivedAt: number): Message[] {
    try {
      return this.#readRows(topic, header, data, arrivedAt);
    } catch (error) {
      throw withTopic(error, topic.name);
    }
  }

  #readRows(topic: Topic<TopicMemory>, sent: ArrayHeader, data: Buffer, arrivedAt: number): Message[] {
    const header = { ...sent, time: timeOf(sent, topic.memory, arrivedAt) };
    const rows = rowsIn(header, data);
    const { format, reader } = this.#layoutOf(header, rows);
    const { rate, time, rest, unreadableTime } = header;
    const bytes = booleans(header, rows.bytes);
    const message = reader.read(topic.name, bytes, time ?? arrivedAt);
    this.#say(topic, header, format);
    if (unreadableTime !== undefined) {
      this.#onLeftOut({ topic: topic.name, reason: "time-unreadable", place: "header", sample: unreadableTime });
    }
    const messages = [message];
    if (Object.keys(rest).length > 0) messages.unshift({ topic: topic.name, content: { kind: "value", value: rest } });
    if (message.content.kind !== "samples") return messages;
    const { samples } = message.content;
    if (rows.names.some((name) => isTime(name)) && rows.names.length > 1) {
      message.content = { kind: "value", value: columnsOf(rows.names, samples.columns) };
    } else if (time !== undefined) {
      samples.arrival = false;
      if (rate !== undefined) {
        samples.x0 = time;
        samples.dx = 1 / rate;
      }
    }
    return time === undefined ? messages : messages.map((each) => ({ ...each, time }));
  }

  #layoutOf({ dtype, rate, time }: ArrayHeader, { names }: ArrayRows): Layout {
    // With a time of the publisher's own, there is no clock to be kept: its rows are where it says.
    const clockRate = time === undefined ? rate : undefined;
    if (rate !== undefined && rate > MAX_RATE) throw wrongArray(`its rate is ${rate} a second, of ${MAX_RATE} at most`);
    const key = JSON.stringify([dtype.element, dtype.bigEndian, clockRate, time === undefined, names]);
    const known = this.#layouts.get(key);
    if (known !== undefined) return known;
    const format: SampleFormat = {
      element: dtype.element,
      bigEndian: dtype.bigEndian,
      rate: clockRate,
      item: "channels",
      names,
    };
    const layout = { format, reader: createSampleReader(format) };
    this.#layouts.set(key, layout);
    const [oldest] = this.#layouts.keys();
    if (oldest !== undefined && this.#layouts.size > MAX_LAYOUTS) this.#layouts.delete(oldest);
    return layout;
  }

  /** Once for each layout that a topic changes to. */
  #say({ name, memory }: Topic<TopicMemory>, header: ArrayHeader, { element, bigEndian, names }: SampleFormat): void {
    const { rate, shape, dtypeText } = header;
    const channels = names.length > 1 ? `x${names.length}` : "";
    const format = `${element}${bigEndian ? "be" : ""}${channels}${rate === undefined ? "" : `@${rate}`}`;
    if (memory.said === format) return;
    memory.said = format;
    const because = `its header says ${dtypeText.slice(0, 64)}${shape === undefined ? "" : `, ${shapeText(shape)}`}`;
    this.#onDecision({ topic: name, format, sure: true, because });
  }
}

/** `x` is rather a coordinate where there are others. */
function isTime(name: string): boolean {
  return name !== "x" && TIME_FIELDS.some((field) => field === name);
}

/** As columns of JSON are. */
function columnsOf(names: readonly string[], columns: readonly Float64Array[]): Record<string, (number | null)[]> {
  return Object.fromEntries(
    names.map((name, i) => [name, Array.from(columns[i] ?? [], (value) => (Number.isNaN(value) ? null : value))]),
  );
}

/** Whatever is not zero is true. */
function booleans({ dtype }: ArrayHeader, bytes: Buffer): Buffer {
  return dtype.isBoolean ? Buffer.from(bytes.map((byte) => (byte === 0 ? 0 : 1))) : bytes;
}

function timeOf({ time, timeNumber }: ArrayHeader, memory: TopicMemory, arrivedAt: number): number | undefined {
  if (timeNumber === undefined) return time;
  memory.time ??= new TimeField();
  return memory.time.secondsOf(timeNumber, arrivedAt);
}

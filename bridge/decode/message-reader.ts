import type { DecodeConfig } from "../config/config.ts";
import type { Decision } from "../observability/decisions.ts";
import type { OnLeftOut } from "../observability/left-out.ts";
import { Arrays } from "./arrays/array-message.ts";
import { isNpy } from "./arrays/npy.ts";
import { Auto, messageOf, stamped, type TopicMemory } from "./auto/auto.ts";
import { createEnvelope, type Envelope } from "./envelope.ts";
import { isOneGroup } from "./formats/csv/cell.ts";
import type { CsvSettings } from "./formats/csv/csv-memory.ts";
import { WaitingNames } from "./formats/csv/waiting-names.ts";
import { formatFault, isValueFormat, type ValueFormat } from "./formats/formats.ts";
import { readValue } from "./formats/values.ts";
import { inflate, wrappingOf } from "./inflate.ts";
import { DecodeError, type Message, type MessageReader, withTopic } from "./message.ts";
import type { Payload } from "./payload.ts";
import { parseSampleFormat } from "./samples/sample-format.ts";
import { createSampleReader, type SampleReader } from "./samples/sample-reader.ts";
import { MAX_MESSAGE_BYTES } from "./text.ts";
import { type Topic, Topics, throwIfControl } from "./topic.ts";

/** Longer text is no number. */
const MAX_NUMBER_BYTES = 64;

/**
 * What reads the messages of a source by their format.
 * @param onDecision what `auto` takes messages for, as it finds out
 * @param onLeftOut what cannot be read of a message whose other parts are
 * @throws RangeError with a sentence, if the configuration names what there is not
 */
export function createFormatReader(
  config: DecodeConfig,
  onDecision: (decision: Decision) => void = () => undefined,
  onLeftOut: OnLeftOut = () => undefined,
): MessageReader {
  const { format } = config;
  const fault = formatFault(format, false);
  if (fault !== undefined) throw new RangeError(fault);
  if (isValueFormat(format)) return new FormatReader(config, format, onDecision, onLeftOut);
  const samples = parseSampleFormat(format);
  return new FormatReader(
    config,
    samples === undefined ? undefined : createSampleReader(samples),
    onDecision,
    onLeftOut,
  );
}

/** Envelope → inflated → value or samples. */
class FormatReader implements MessageReader {
  readonly #config: DecodeConfig;
  readonly #envelope: Envelope<TopicMemory>;
  /** Undefined: found out for each topic. */
  readonly #format: ValueFormat | SampleReader | undefined;
  readonly #auto: Auto;
  /** Undefined where what frames or payloads are is configured. */
  readonly #arrays: Arrays | undefined;
  readonly #onLeftOut: OnLeftOut;
  readonly #waitingNames: WaitingNames;
  readonly #csv: CsvSettings;
  /** Of the message that is being read: it may have several payloads. */
  #inflatedBytes = 0;

  constructor(
    config: DecodeConfig,
    format: ValueFormat | SampleReader | undefined,
    onDecision: (decision: Decision) => void,
    onLeftOut: OnLeftOut,
  ) {
    this.#config = config;
    this.#format = format;
    this.#auto = new Auto(onDecision, onLeftOut);
    this.#arrays = format === undefined ? new Arrays(onDecision, onLeftOut) : undefined;
    this.#onLeftOut = onLeftOut;
    this.#waitingNames = new WaitingNames(onLeftOut);
    this.#csv = { ...config.csv, waiting: this.#waitingNames };
    const topics = new Topics<TopicMemory>((name) => {
      throwIfControl(name);
      return { csv: this.#csv };
    });
    this.#envelope = createEnvelope(config, topics, onDecision, onLeftOut);
  }

  read(frames: readonly Buffer[], arrivedAt: number, refuse: (fault: unknown) => void = rethrow): Message[] {
    let bytes = 0;
    for (const frame of frames) bytes += frame.length;
    if (bytes > MAX_MESSAGE_BYTES) {
      throw new DecodeError(
        "message-too-large",
        `A message has ${MAX_MESSAGE_BYTES} bytes at most; this has ${bytes}. Send several.`,
      );
    }
    this.#inflatedBytes = 0;
    if (this.#config.frames === undefined) {
      const arrays = this.#arrays?.read(frames, arrivedAt);
      if (arrays !== undefined) return arrays;
    }
    const { topic, payload, more, isBare, isText, time, number } = this.#envelope.open(frames, arrivedAt);
    const first = { bytes: payload, isBare, isText, arrivedAt, time, number, topic: topic.name };
    if (more === undefined || more.length === 0) return this.#readPayload(topic, first);
    const rest = more.map((bytes) => ({ ...first, bytes, number: undefined }));
    return [first, ...rest].flatMap((each) => {
      try {
        return this.#readPayload(topic, each);
      } catch (error) {
        refuse(error);
        return [];
      }
    });
  }

  tick(now: number, refuse?: (fault: DecodeError) => void): Message[] {
    this.#waitingNames.tick(now);
    return this.#auto.tick(now, refuse);
  }

  end(refuse?: (fault: DecodeError) => void): Message[] {
    return this.tick(Number.POSITIVE_INFINITY, refuse);
  }

  #readPayload({ memory }: Topic<TopicMemory>, packed: Payload): Message[] {
    try {
      const payload = this.#unpacked(packed, memory);
      const format = this.#format;
      if (format === undefined && !this.#isForCsv(payload)) {
        if (this.#arrays !== undefined && isNpy(payload.bytes)) {
          return this.#arrays.readNpy(payload).map((read) => stamped(read, payload));
        }
        return this.#auto.read(payload, memory);
      }
      if (typeof format === "object") {
        return [stamped(format.read(payload.topic, payload.bytes, payload.arrivedAt), payload)];
      }
      const read = readValue(format ?? "csv", payload, memory, this.#onLeftOut);
      return read === undefined ? [] : [messageOf(read, payload)];
    } catch (error) {
      // Of one frame, nobody knows yet whether a topic is before the payload.
      throw packed.isBare ? error : withTopic(error, packed.topic);
    }
  }

  /** `1.234` is JSON; where a comma is the decimal mark, it may be a thousand and more. */
  #isForCsv({ bytes }: Payload): boolean {
    return (
      this.#csv.decimalComma === true && bytes.length < MAX_NUMBER_BYTES && isOneGroup(bytes.toString("latin1").trim())
    );
  }

  /** What is left out at the beginning is so before it is inflated. */
  #unpacked(packed: Payload, { samples }: TopicMemory): Payload {
    const { skipBytes, inflate: how } = this.#config;
    if (skipBytes > packed.bytes.length) {
      throw new DecodeError(
        "envelope-wrong",
        `The payload has ${packed.bytes.length} bytes, of which --skip-bytes leaves ${skipBytes} out: give fewer.`,
      );
    }
    const payload = skipBytes > 0 ? { ...packed, bytes: packed.bytes.subarray(skipBytes) } : packed;
    const wrapping = how === "none" ? undefined : how === "raw" ? "deflate" : wrappingOf(payload.bytes);
    if (wrapping === undefined) return payload;
    // Samples may begin with any bytes: they are inflated only if that makes whole items of them.
    const reader = how !== "auto" ? undefined : typeof this.#format === "object" ? this.#format : samples;
    try {
      const bytes = inflate(payload.bytes, wrapping, Math.max(1, MAX_MESSAGE_BYTES - this.#inflatedBytes));
      this.#inflatedBytes += bytes.length;
      return reader !== undefined && bytes.length % reader.itemBytes !== 0 ? payload : { ...payload, bytes, wrapping };
    } catch (error) {
      if (reader !== undefined && error instanceof DecodeError && error.code === "inflate-failed") return payload;
      throw error;
    }
  }
}

function rethrow(fault: unknown): never {
  throw fault;
}

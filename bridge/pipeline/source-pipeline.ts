import type { SourceConfig } from "../config/config.ts";
import { DEFAULT_SOURCE_NAME } from "../config/defaults.ts";
import { type Message, type MessageReader, refusalOf, withTopic } from "../decode/message.ts";
import { takeNumber } from "../decode/number.ts";
import { MAX_MESSAGE_POINTS, tooManyPoints } from "../decode/size.ts";
import { throwIfTooLong } from "../decode/topic.ts";
import { type ProgramMessage, programMessages } from "../downlink/program-message.ts";
import type { Mapped, Mapper } from "../map/mapped.ts";
import type { SourceLedger } from "../observability/ledger.ts";
import type { Log } from "../observability/log.ts";
import { RepeatWarnings, SharedWarnings } from "../observability/number-warnings.ts";
import { topicOf } from "../observability/sample.ts";
import type { UndecodableWarnings } from "../observability/warnings.ts";
import type { InletMessage, MessageOrigin } from "../sources/inlet.ts";
import type { ChannelUplink } from "../uplink/channel-uplink.ts";
import { Numbers, type NumbersOptions, summaryOf } from "./message-numbers.ts";

export interface SourcePipelineOptions {
  ledger: SourceLedger;
  config: Pick<SourceConfig, "name" | "sequenceField">;
  reader: MessageReader;
  mapper: Mapper;
  /** Whether messages bear numbers without --sequence-field. */
  isNumbered: boolean;
  /**
   * @param channel as the mapping named it; undefined: the bridge's own
   * @throws DecodeError too-many-channels
   */
  uplinkOf: (channel: string | undefined) => Pick<ChannelUplink, "add" | "addGap" | "adopt" | "leaveOut">;
  /** Is told before points are added. @param path by which connection they came; undefined: nobody knows */
  beforePoints?: (channel: string | undefined, rows: Mapped["rows"], path: number | undefined) => void;
  /** The same, undefined if nothing was ever published there. */
  existingUplinkOf: NumbersOptions["existingUplinkOf"];
  /** A program says something that is for its channel's room. */
  onProgram?: (messages: readonly ProgramMessage[]) => void;
  log: Log;
  warnings: UndecodableWarnings;
  unixSeconds: () => number;
}

const READER_TICK_SECONDS = 1;

/** Messages of one source → points of channels, with a gap before them where the publisher's own numbers tell of one. */
export class SourcePipeline {
  readonly #options: SourcePipelineOptions;
  readonly #expectsNumbers: boolean;
  readonly #numbers: Numbers;
  readonly #repeats: RepeatWarnings;
  readonly #shared: SharedWarnings;
  /** Of the message that is being taken; a reader may make several of it. */
  #origin: MessageOrigin | undefined;
  #tickedAt = Number.NEGATIVE_INFINITY;

  constructor(options: SourcePipelineOptions) {
    this.#options = options;
    this.#numbers = new Numbers(options);
    this.#repeats = new RepeatWarnings(options.log);
    this.#shared = new SharedWarnings(options.log);
    this.#expectsNumbers = options.isNumbered || options.config.sequenceField !== undefined;
  }

  /** To be called for each message that comes. Never throws. */
  take({ frames: received, topic, arrivedAt, origin, ack }: InletMessage): void {
    const { reader, ledger } = this.#options;
    // Where the transport has the topic beside the payload, it is read as the frame before it.
    const frames = topic === undefined ? received : [Buffer.from(topic), ...received];
    ledger.received++;
    for (const frame of frames) ledger.receivedBytes += frame.length;
    this.#origin = origin;
    try {
      const said = programMessages(frames);
      if (said === undefined) {
        const messages = reader.read(frames, arrivedAt, (fault) => this.#refuse(fault, frames));
        // Of a preset, a list of data is a message each, of a point at least.
        if (messages.length > MAX_MESSAGE_POINTS) throw tooManyPoints();
        this.#takeAll(messages, arrivedAt, frames);
      } else {
        this.#options.onProgram?.(said);
        ledger.controlMessages++;
      }
    } catch (error) {
      this.#refuse(error, frames);
    }
    this.#origin = undefined;
    ack?.();
  }

  /** What is due by time. To be called some times a second. Never throws. */
  tick(): void {
    const { reader, mapper, unixSeconds } = this.#options;
    const now = unixSeconds();
    try {
      // A clock may be set back: that must not stop what is due.
      if (reader.tick !== undefined && !(Math.abs(now - this.#tickedAt) < READER_TICK_SECONDS)) {
        this.#tickedAt = now;
        this.#takeAll(
          reader.tick(now, (fault) => this.#refuse(fault, [])),
          now,
          [],
        );
      }
    } catch (error) {
      this.#refuse(error, []);
    }
    this.#takeThinned(mapper.tick(now));
  }

  /** Takes what is still held back. To be called once, after the last message. */
  end(): void {
    const { reader, mapper, unixSeconds } = this.#options;
    try {
      this.#takeAll(reader.end?.((fault) => this.#refuse(fault, [])) ?? [], unixSeconds(), []);
    } catch (error) {
      this.#refuse(error, []);
    }
    this.#takeThinned(mapper.tick(Number.POSITIVE_INFINITY));
  }

  /** Several may come at once that were kept until now: one that is refused takes none of the others with it. */
  #takeAll(messages: readonly Message[], now: number, frames: readonly Buffer[]): void {
    for (const message of messages) {
      try {
        this.#takeMessage(message, message.arrivedAt ?? now, frames);
      } catch (error) {
        this.#refuse(withTopic(error, message.topic), frames);
      }
    }
  }

  #takeThinned(all: readonly Mapped[]): void {
    try {
      for (const mapped of all) this.#add(mapped);
    } catch (error) {
      this.#refuse(error, []);
    }
  }

  #takeMessage(message: Message, now: number, frames: readonly Buffer[]): void {
    // Before its number is remembered. Presets make topics of their own, and JSON may follow its topic in one frame.
    throwIfTooLong(message.topic);
    if (!this.#expectsNumbers) {
      for (const mapped of this.#options.mapper.map(message, now)) this.#add(mapped);
      return;
    }
    const number = this.#numberOf(message, frames);
    if (number === undefined && frames.length > 0) this.#options.ledger.unnumbered++;
    let mapped: readonly Mapped[] = [];
    let fault: unknown;
    try {
      mapped = this.#options.mapper.map(message, now);
    } catch (error) {
      // It has arrived all the same: its number is not missing.
      fault = error;
    }
    if (number !== undefined && !this.#isNew(message.topic, number, mapped)) return;
    if (fault !== undefined) throw fault;
    for (const part of mapped) this.#add(part);
  }

  /** A number that was found out (FM2g) is none that somebody has named. */
  #numberOf({ content, number }: Message, frames: readonly Buffer[]): number | undefined {
    const { isNumbered, config } = this.#options;
    return (isNumbered ? number : undefined) ?? takeNumber(content, config.sequenceField, frames);
  }

  #add({ channel, rows, lost }: Mapped): void {
    // A channel begins with its first point, not with one that is held back.
    if (rows.length === 0 && lost === undefined) return;
    const uplink = this.#options.uplinkOf(channel);
    this.#numbers.begun(channel, uplink);
    if (lost !== undefined) uplink.leaveOut(lost.points);
    if (rows.length === 0) return;
    this.#options.beforePoints?.(channel, rows, this.#origin?.arrivalPath.path);
    this.#options.ledger.decoded += uplink.add(rows);
  }

  /** Adds the gap that this message's number tells of. @returns false if it is a repeat */
  #isNew(topic: string, number: number, mapped: readonly Mapped[]): boolean {
    const { config, ledger, mapper } = this.#options;
    const summary = summaryOf(mapped);
    const last = { topic: keyOf(config.name, topic), number, crc: this.#origin?.checksum ?? 0, x: summary.lastX };
    const verdict = this.#numbers.check(mapper.channelOf(topic), last, summary, this.#origin?.arrivalPath);
    if (verdict.kind === "repeat") {
      ledger.repeats++;
      this.#repeats.warn(topic, number);
    }
    if (verdict.kind === "shared") {
      ledger.sharedTopics++;
      this.#shared.warn(topic);
    }
    return verdict.kind !== "repeat";
  }

  #refuse(error: unknown, frames: readonly Buffer[]): void {
    const { reason, messages, others, topic = topicOf(frames), detail } = refusalOf(error);
    this.#options.ledger.countRefused(reason, messages);
    this.#options.warnings.warn({ topic, reason, detail, frames, messages });
    this.#takeAll(others, this.#options.unixSeconds(), []);
  }
}

/** Two sources may have the same topic, and each publisher there numbers its own messages. */
function keyOf(source: string, topic: string): string {
  return source === DEFAULT_SOURCE_NAME ? topic : `${source}\u0000${topic}`;
}

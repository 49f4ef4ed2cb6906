import type { Row } from "../../../protocol/frame/frame-builder.ts";
import type { SourceConfig } from "../../config/config.ts";
import { type DecodeError, type Message, type MessageReader, refusalOf } from "../../decode/message.ts";
import { throwIfTooLong, withoutSeparators } from "../../decode/topic.ts";
import type { Mapped, Mapper } from "../../map/mapped.ts";
import type { Decision } from "../../observability/decisions.ts";
import type { OnLeftOut } from "../../observability/left-out.ts";
import { type NameHint, NameHints, nameHintText } from "../../observability/name-hints.ts";
import { escaped } from "../../observability/printable.ts";
import { type Excerpt, excerptOf, sampleOf, topicOf } from "../../observability/sample.ts";
import { type OnTimeHint, type TimeHint, timeHintText } from "../../observability/time-hints.ts";
import { Losses, shown as nameOf } from "./losses.ts";
import type { OddTimesReport, SeriesReport, SourceReport, TopicReport } from "./report.ts";
import { Known, Tally } from "./tally.ts";

const MAX_TOPICS = 1000;
const MAX_SERIES = 1000;
const MAX_UNWANTED = 100;
const MAX_NAME_LENGTH = 120;
const MAX_DETAIL_LENGTH = 400;
/** Before that, a number is no unix time: as the page has it. */
const FIRST_TIME_X = 1e8;
/** Nor is one from that on. */
const END_TIME_X = 1e11;
const NOTHING: Excerpt = { heads: [], frames: 0 };

interface Topic {
  tally: Tally;
  leastBytes: number;
  mostBytes: number;
  last: Excerpt;
}

interface Series {
  channel: string | undefined;
  name: string;
  tally: Tally;
  last: number | undefined;
  text: string | undefined;
  x: number;
  arrival: boolean;
  /** When that point came. */
  at: number;
}

/** What reads and maps a source's messages, for a look at them. */
export type CreateParts = (
  onDecision: (decision: Decision) => void,
  onLeftOut: OnLeftOut,
  onTimeHint: OnTimeHint,
  onNameHint: (hint: NameHint) => void,
) => { reader: MessageReader; mapper: Mapper };

/** What one source's messages are and become. Times are unix seconds. */
export class Inspection {
  readonly #config: SourceConfig;
  readonly #reader: MessageReader;
  readonly #mapper: Mapper;
  readonly #wanted: readonly Buffer[];
  readonly #all: Tally;
  readonly #topics = new Known<Topic>(MAX_TOPICS);
  readonly #unwanted = new Known<{ messages: number }>(MAX_UNWANTED);
  readonly #series = new Known<Series>(MAX_SERIES);
  readonly #losses = new Losses();
  readonly #nameHints = new Known<string>(MAX_UNWANTED);
  readonly #oddTimes = new Known<OddTimesReport>(MAX_TOPICS);
  readonly #decisions = new Map<string, Decision>();
  #unwantedMessages = 0;
  #lastAt: number | undefined;

  constructor(config: SourceConfig, createParts: CreateParts, startedAt: number) {
    this.#config = config;
    const nameHints = new NameHints((hint) => this.#nameHints.of(hint.topic, () => nameHintText(hint)));
    const { reader, mapper } = createParts(
      (decision) => {
        // What is no format stands with the messages that were refused before it was known.
        if (decision.option !== undefined) return;
        if (this.#decisions.size < MAX_TOPICS) this.#decisions.set(decision.topic, decision);
      },
      (part) => {
        this.#losses.leaveOut(part);
        nameHints.look(part);
      },
      (hint) => this.#oddTimes.of(`${hint.oddity} ${hint.topic}`, () => oddTimesOf(hint)),
      (hint) => nameHints.tell(hint),
    );
    this.#reader = reader;
    this.#mapper = mapper;
    this.#wanted = config.socket.type === "pull" ? [] : config.socket.topics.map((topic) => Buffer.from(topic));
    this.#all = new Tally(startedAt);
  }

  /** Takes a message of any topic. Never throws. */
  take(frames: readonly Buffer[], now: number): void {
    this.#lastAt = now;
    if (!beginsWith(frames[0], this.#wanted)) {
      this.#unwantedMessages++;
      const unwanted = this.#unwanted.of(topicOf(frames), () => ({ messages: 0 }));
      if (unwanted !== undefined) unwanted.messages++;
      return;
    }
    let bytes = 0;
    for (const frame of frames) bytes += frame.length;
    this.#all.add(now, bytes);
    let topic: string | undefined;
    try {
      const messages = this.#reader.read(frames, now, (fault) => this.#refuse(fault, undefined, frames));
      const [first] = messages;
      if (first !== undefined) throwIfTooLong(first.topic);
      topic = first?.topic;
      for (const message of messages) this.#map(message, now);
    } catch (error) {
      topic = this.#refuse(error, topic, frames);
    }
    this.#countTopic(topic ?? withoutSeparators(topicOf(frames)), frames, bytes, now);
  }

  /** What is due by time. To be called twice a second. Never throws. */
  tick(now: number): void {
    this.#takeLate((refuse) => this.#reader.tick?.(now, refuse) ?? [], now, now);
    this.#all.mark(now);
    for (const { tally } of this.#topics.values()) tally.mark(now);
    for (const { tally } of this.#series.values()) tally.mark(now);
  }

  /** What is still held back. To be called once, after the last message. */
  end(now: number): void {
    this.#takeLate((refuse) => this.#reader.end?.(refuse) ?? [], now, Number.POSITIVE_INFINITY);
  }

  #takeLate(read: (refuse: (fault: DecodeError) => void) => Message[], now: number, until: number): void {
    try {
      for (const message of read((fault) => this.#refuse(fault, undefined, []))) this.#map(message, now);
      for (const mapped of this.#mapper.tick(until)) this.#countRows(mapped, now);
    } catch (error) {
      this.#refuse(error, undefined, []);
    }
  }

  #map(message: Message, now: number): void {
    for (const mapped of this.#mapper.map(message, message.arrivedAt ?? now)) this.#countRows(mapped, now);
  }

  #countRows({ channel, rows, lost }: Mapped, now: number): void {
    for (const row of rows) this.#countRow(channel, row, now);
    if (lost !== undefined) this.#series.others += lost.points;
  }

  #countRow(channel: string | undefined, row: Row, now: number): void {
    for (let i = 0; i < row.names.length; i++) {
      const name = row.names[i] ?? "";
      const value = row.values[i] ?? Number.NaN;
      const key = channel === undefined ? name : `${channel}\u0000${name}`;
      const series = this.#series.of(key, () => newSeries(channel, name, row, now));
      if (series === undefined || Number.isNaN(value)) continue;
      series.tally.add(now);
      series.last = value;
      series.x = row.x;
      series.arrival = row.arrival;
      series.at = now;
      series.text = row.marks?.find((mark) => mark.series === name)?.text;
    }
  }

  #countTopic(name: string, frames: readonly Buffer[], bytes: number, now: number): void {
    const topic = this.#topics.of(name, () => {
      return { tally: new Tally(now), leastBytes: bytes, mostBytes: bytes, last: NOTHING };
    });
    if (topic === undefined) return;
    topic.tally.add(now, bytes);
    topic.leastBytes = Math.min(topic.leastBytes, bytes);
    topic.mostBytes = Math.max(topic.mostBytes, bytes);
    topic.last = excerptOf(frames);
  }

  /** @returns the topic that it is counted for */
  #refuse(error: unknown, topic: string | undefined, frames: readonly Buffer[]): string {
    const counted = this.#losses.refuse(error, topic, frames);
    for (const message of refusalOf(error).others) {
      try {
        this.#map(message, this.#lastAt ?? message.arrivedAt ?? 0);
      } catch (fault) {
        this.#refuse(fault, message.topic, []);
      }
    }
    return counted;
  }

  /** All but what is known of its socket, and advice. */
  report(now: number): Omit<SourceReport, "endpoints" | "troubles" | "advice"> {
    const { name, socket, decode } = this.#config;
    const losses = this.#losses.byTopic();
    const preset = decode.preset === undefined ? undefined : `preset ${decode.preset}`;
    return {
      name: nameOf(name),
      type: socket.type,
      format: escaped(preset ?? decode.format, MAX_NAME_LENGTH),
      topicsWanted: socket.type === "pull" ? [] : socket.topics.map(nameOf),
      messages: this.#all.count,
      bytes: this.#all.bytes,
      messagesPerSecond: this.#all.rate(now),
      bytesPerSecond: this.#all.byteRate(now),
      silentSeconds: this.#lastAt === undefined ? null : now - this.#lastAt,
      topics: [...this.#topics.entries()].map(([topic, seen]) => {
        return this.#topicReport(topic, seen, now, losses.get(nameOf(topic)));
      }),
      otherTopicMessages: this.#topics.others,
      unwanted: [...this.#unwanted.entries()].map(([topic, { messages }]) => ({ topic: nameOf(topic), messages })),
      unwantedMessages: this.#unwantedMessages,
      series: [...this.#series.values()].map((series) => seriesReport(series, now)),
      otherSeriesPoints: this.#series.others,
      ...this.#losses.report(),
      oddTimes: [...this.#oddTimes.values()],
      names: [...this.#nameHints.values()].map((text) => escaped(text, MAX_DETAIL_LENGTH)),
    };
  }

  #topicReport(
    topic: string,
    { tally, leastBytes, mostBytes, last }: Topic,
    now: number,
    { refused, leftOut } = { refused: 0, leftOut: 0 },
  ): TopicReport {
    const decision = this.#decisions.get(topic);
    const packed = decision?.wrapping === undefined ? "" : ` in ${decision.wrapping}`;
    return {
      topic: nameOf(topic),
      messages: tally.count,
      messagesPerSecond: tally.rate(now),
      bytesPerSecond: tally.byteRate(now),
      leastBytes,
      mostBytes,
      frames: last.frames,
      format: decision === undefined ? null : `${decision.format}${packed}`,
      because: decision === undefined ? null : escaped(decision.because, MAX_DETAIL_LENGTH),
      sure: decision?.sure ?? null,
      refusedMessages: refused,
      leftOutParts: leftOut,
      sample: sampleOf(last),
    };
  }
}

function newSeries(channel: string | undefined, name: string, { x, arrival }: Row, now: number): Series {
  return { channel, name, tally: new Tally(now), last: undefined, text: undefined, x, arrival, at: now };
}

function seriesReport({ channel, name, tally, last, text, x, arrival, at }: Series, now: number): SeriesReport {
  const xKind = arrival ? "arrival" : x >= FIRST_TIME_X && x < END_TIME_X ? "time" : "number";
  return {
    channel: channel === undefined ? null : nameOf(channel),
    series: nameOf(name),
    points: tally.count,
    pointsPerSecond: tally.rate(now),
    last: last ?? null,
    text: text === undefined ? null : nameOf(text),
    x,
    xKind,
    behindSeconds: xKind === "time" ? at - x : null,
  };
}

function oddTimesOf(hint: TimeHint): OddTimesReport {
  const { topic, oddity, place } = hint;
  const detail = escaped(timeHintText(hint), MAX_DETAIL_LENGTH);
  return { topic: nameOf(topic), oddity, place: nameOf(place), detail };
}

/** As SUB compares: the first frame begins so. */
function beginsWith(first: Uint8Array | undefined, topics: readonly Buffer[]): boolean {
  if (topics.length === 0 || first === undefined) return true;
  for (const topic of topics) {
    if (first.length >= topic.length && topic.compare(first, 0, topic.length) === 0) return true;
  }
  return false;
}

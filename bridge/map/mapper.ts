import type { Row } from "../../protocol/frame/frame-builder.ts";
import type { LeftOutPart } from "../../protocol/json/part-fault.ts";
import type { ListMemory } from "../../protocol/json/point-reader.ts";
import { rowsOf, seriesOfY } from "../../protocol/json/points.ts";
import { isXY } from "../../protocol/json/shapes.ts";
import type { MapConfig } from "../config/config.ts";
import type { Content, Message } from "../decode/message.ts";
import { rowsOfSamples } from "../decode/samples/sample-rows.ts";
import { MAX_MESSAGE_POINTS, tooManyPoints } from "../decode/size.ts";
import { type Topic, Topics } from "../decode/topic.ts";
import type { OnLeftOut } from "../observability/left-out.ts";
import type { NameHint } from "../observability/name-hints.ts";
import type { OnTimeHint } from "../observability/time-hints.ts";
import { IdWatch } from "./id-watch.ts";
import { refuseKnownShape } from "./known-shapes.ts";
import { leftOutOf, refusalOf } from "./left-out-parts.ts";
import { writeSamples } from "./map-samples.ts";
import type { MappedChannel } from "./mapped-series.ts";
import { namedRecords } from "./named-records.ts";
import { Plans, type TopicPlan } from "./plan.ts";
import { type MappedReading, type MessageTimes, type ReadOptions, readingsOf } from "./reading.ts";
import { EachRecord, recordReadings } from "./record-readings.ts";
import { type Holding, type MessageSummary, RowWriter, rowOf } from "./row-writer.ts";
import { TopicTimes } from "./topic-times.ts";
import { checkTime } from "./when.ts";

/** Rows for one channel. */
export interface Mapped {
  /** Undefined: the bridge's own. */
  channel: string | undefined;
  rows: Row[];
  /** What the message says, where the rows are not all of that: the rest is held back, or left out as a repeat. */
  summary?: MessageSummary;
  /** Points of series beyond the bound, which are not among the rows. */
  lost?: { points: number; reason: "too-many-series" };
}

/** What becomes of a source's messages. It remembers series and what thinning holds back: one object for each source. */
export interface Mapper {
  /**
   * The channel that a topic's points go to, whatever becomes of its messages; undefined: the bridge's own.
   * @throws DecodeError if it is none, or one too many
   */
  channelOf(topic: string): string | undefined;
  /**
   * @param arrivedAt unix seconds
   * @returns no rows if all of it is held back
   * @throws PointError, DecodeError if the message has nothing to plot, or cannot be mapped; nothing of it is then taken
   */
  map(message: Message, arrivedAt: number): Mapped[];
  /**
   * What thinning held back until its time was over. To be called a few times a second, and with Infinity at the end.
   * @param now unix seconds, of the same clock as `arrivedAt`
   */
  tick(now: number): Mapped[];
}

/** A stretch is held this much longer than it lasts: its points arrive late, and by different times. Seconds. */
const HELD_LONGER = 0.5;

/**
 * @param onLeftOut what a message's points are made without
 * @param onTimeHint what is strange about the times of a topic
 * @param onNameHint a field whose number tells several things of a topic apart
 */
export function createMapper(
  map: MapConfig,
  onLeftOut: OnLeftOut = () => undefined,
  onTimeHint: OnTimeHint = () => undefined,
  onNameHint: (hint: NameHint) => void = () => undefined,
): Mapper {
  const isPlain = Object.values(map).every((value) => value === undefined);
  return isPlain ? new PlainMapper(onLeftOut, onTimeHint, onNameHint) : new MappingMapper(map, onLeftOut, onTimeHint);
}

interface PlainTopic {
  /** The series of what has no name; undefined if the topic cannot name one. */
  ySeries: readonly [string] | undefined;
  times: TopicTimes;
  lists: ListMemory;
  names: Map<string, string | null>;
  ids: IdWatch;
}

/** SPEC.md, "Points as JSON", and nothing else. */
class PlainMapper implements Mapper {
  readonly #topics = new Topics<PlainTopic>((name) => ({
    ySeries: seriesOfY(name),
    times: new TopicTimes(),
    lists: {},
    names: new Map(),
    ids: new IdWatch(),
  }));
  /** For values whose time only the envelope tells. */
  readonly #timed: MappingMapper;
  readonly #onLeftOut: OnLeftOut;
  readonly #onTimeHint: OnTimeHint;
  readonly #onNameHint: (hint: NameHint) => void;

  constructor(onLeftOut: OnLeftOut, onTimeHint: OnTimeHint, onNameHint: (hint: NameHint) => void) {
    this.#onNameHint = onNameHint;
    this.#timed = new MappingMapper({}, onLeftOut, onTimeHint);
    this.#onLeftOut = onLeftOut;
    this.#onTimeHint = onTimeHint;
  }

  channelOf(): undefined {
    return undefined;
  }

  map(message: Message, arrivedAt: number): Mapped[] {
    checkTime(message);
    const { content, time } = message;
    if (content.kind === "records") return this.#timed.map(message, arrivedAt);
    if (content.kind === "value") {
      const { value } = content;
      const single = isPlainNumber(value) || isXY(value) ? value : undefined;
      if (single === undefined) refuseKnownShape(value);
      const topic = this.#topics.of(message.topic);
      const { ids } = topic.memory;
      if (single === undefined && ids.isLooking) {
        const found = ids.look(value);
        if (found !== undefined) this.#onNameHint({ topic: topic.name, ...found });
      }
      if (time !== undefined) return this.#timed.map(message, arrivedAt);
      const { ySeries } = topic.memory;
      const rows =
        single !== undefined && ySeries !== undefined
          ? [singleRow(single, ySeries, topic.memory.times, arrivedAt)]
          : plainRows(value, topic, arrivedAt, this.#onLeftOut);
      const { times } = topic.memory;
      if (times.isOdd) tellOdd(times, topic.name, arrivedAt, rows, this.#onTimeHint);
      return [{ channel: undefined, rows }];
    }
    return [{ channel: undefined, rows: rowsOfSamples(content.samples, this.#topics.of(message.topic).name) }];
  }

  tick(): Mapped[] {
    return [];
  }
}

/** Whether it is a value with nothing to be said about it. */
function isPlainNumber(value: unknown): value is number {
  return typeof value === "number" && value >= -Number.MAX_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER;
}

/** What most publishers send, `{"x": …, "y": …}` or a number, as {@link plainRows} makes rows of it. */
function singleRow(
  value: number | { x: number; y: number },
  ySeries: readonly [string],
  times: TopicTimes,
  arrivedAt: number,
): Row {
  if (typeof value === "number") return { x: arrivedAt, arrival: true, names: ySeries, values: [value] };
  return { x: times.secondsOf(value.x, "x", arrivedAt), arrival: false, names: ySeries, values: [value.y] };
}

/** @throws PointError, DecodeError message-too-large */
function plainRows(
  value: unknown,
  { name, memory: { ySeries, times, lists, names } }: Topic<PlainTopic>,
  arrivedAt: number,
  onLeftOut: OnLeftOut,
): Row[] {
  // Each item is a point at least, or refuses the message.
  if (Array.isArray(value) && value.length > MAX_MESSAGE_POINTS) throw tooManyPoints();
  const leftOut = (part: LeftOutPart): void => onLeftOut(leftOutOf(part, name));
  try {
    return rowsOf(value, { topic: name, ySeries, times, lists, names, arrivedAt, found: checkMessagePoints, leftOut });
  } catch (error) {
    throw refusalOf(error);
  }
}

function tellOdd(
  times: TopicTimes,
  topic: string,
  arrivedAt: number,
  xs: readonly { x: number; arrival: boolean }[],
  onTimeHint: OnTimeHint,
): void {
  const hint = times.takeHint(topic, arrivedAt, xs);
  if (hint !== undefined) onTimeHint(hint);
}

function checkMessagePoints(points: number): void {
  if (points > MAX_MESSAGE_POINTS) throw tooManyPoints();
}

/** @throws PointError, DecodeError */
function readingsIn(content: Content, options: ReadOptions, times: MessageTimes): readonly MappedReading[] {
  try {
    if (content.kind === "samples") return [];
    if (content.kind === "records") return recordReadings(content.records, options, times);
    return readingsOf(content.value, options, times);
  } catch (error) {
    throw refusalOf(error);
  }
}

class MappingMapper implements Mapper {
  readonly #plans: Plans;
  /** Where the list of records is; none: the message is a record, or a list of these. */
  readonly #recordsPath: readonly string[];
  readonly #options: Omit<ReadOptions, "plan" | "times" | "leftOut" | "hasNamedTime">;
  readonly #onLeftOut: OnLeftOut;
  readonly #onTimeHint: OnTimeHint;
  readonly #holding: Holding = new Map();

  constructor(map: MapConfig, onLeftOut: OnLeftOut, onTimeHint: OnTimeHint) {
    this.#onLeftOut = onLeftOut;
    this.#onTimeHint = onTimeHint;
    this.#plans = new Plans(map);
    this.#recordsPath = map.records?.split(".") ?? [];
    this.#options = {
      isChoosing: map.fields !== undefined,
      readsQuoted: map.numbers === "quoted",
      time: map.time,
    };
  }

  channelOf(topic: string): string | undefined {
    return this.#plans.of(topic).channel.name;
  }

  map(message: Message, arrivedAt: number): Mapped[] {
    checkTime(message);
    const { topic, time, content } = message;
    const plan = this.#plans.of(topic);
    const writer = new RowWriter(plan.channel, this.#holding, arrivedAt);
    if (time !== undefined) plan.times.lookAt(time, arrivedAt);
    if (content.kind === "samples") writeSamples(content.samples, plan, writer);
    const times = { arrivedAt, sentAt: time };
    const isNamed = content.kind === "value" && (this.#plans.namedBy.length > 0 || this.#recordsPath.length > 0);
    const readings = isNamed
      ? this.#namedReadings(content.value, topic, times)
      : readingsIn(content, this.#optionsOf(plan, topic, content.kind === "value"), times);
    for (const reading of readings) writer.write(reading);
    if (plan.times.isOdd) tellOdd(plan.times, topic, arrivedAt, readings, this.#onTimeHint);
    const { rows, lost, summary, isThinned } = writer;
    if (rows.length === 0 && lost === 0 && !isThinned) return [];
    const mapped: Mapped = { channel: plan.channel.name, rows };
    if (isThinned) mapped.summary = summary;
    if (lost > 0) mapped.lost = { points: lost, reason: "too-many-series" };
    return [mapped];
  }

  #optionsOf(plan: TopicPlan, topic: string, hasNamedTime: boolean): ReadOptions {
    const leftOut = (part: LeftOutPart): void => this.#onLeftOut(leftOutOf(part, topic, plan.doubled));
    return { ...this.#options, hasNamedTime, plan, times: plan.times, leftOut };
  }

  /** Of a value in which each record names its series. @throws PointError, DecodeError */
  #namedReadings(value: unknown, topic: string, times: MessageTimes): MappedReading[] {
    const { namedBy } = this.#plans;
    const { records, others } = namedRecords(value, {
      path: this.#recordsPath,
      namedBy,
      time: this.#options.time,
      arrivedAt: times.arrivedAt,
    });
    const reading = new EachRecord(MAX_MESSAGE_POINTS);
    // As in a list of records without names: the time of an item goes before the envelope's, that of one value after it.
    const isList = Array.isArray(value) || this.#recordsPath.length > 0;
    for (const [i, { fields, names, isTimed, time }] of records.entries()) {
      const place = `record ${i + 1}`;
      if (names === undefined) {
        reading.leaveOut("name-invalid", place, `no ${namedBy.join(", ")}`);
        continue;
      }
      const plan = this.#plans.of(topic, names);
      const options = this.#optionsOf(plan, topic, true);
      reading.take(place, () => {
        const ofEnvelope = isList && isTimed ? undefined : times.sentAt;
        const sentAt = time === undefined ? ofEnvelope : plan.times.secondsOf(time.time, time.path, times.arrivedAt);
        const readings = readingsOf(fields, options, { ...times, sentAt });
        if (plan.times.isOdd) tellOdd(plan.times, topic, times.arrivedAt, readings, this.#onTimeHint);
        return readings;
      });
    }
    if (others > 0) reading.leaveOut("record-unreadable", this.#recordsPath.join("."), "no object", others);
    return reading.end((part) => this.#onLeftOut(leftOutOf(part, topic)));
  }

  tick(now: number): Mapped[] {
    const rowsBy = new Map<MappedChannel, Row[]>();
    for (const [series, { channel, since }] of this.#holding) {
      const { thin } = series;
      if (thin === undefined) continue;
      // A clock that was set back must not hold anything for ever.
      if (now >= since && now < since + thin.width + HELD_LONGER) continue;
      const rows = rowsBy.get(channel) ?? [];
      for (const point of thin.take()) rows.push(rowOf(series, point));
      rowsBy.set(channel, rows);
      this.#holding.delete(series);
    }
    return [...rowsBy].map(([channel, rows]) => ({ channel: channel.name, rows }));
  }
}

import type { Row } from "../../protocol/frame/frame-builder.ts";
import type { LeftOutPart } from "../../protocol/json/part-fault.ts";
import type { MapConfig } from "../config/config.ts";
import type { Content, Message } from "../decode/message.ts";
import type { OnLeftOut } from "../observability/left-out.ts";
import type { OnTimeHint } from "../observability/time-hints.ts";
import { explained, leftOutOf } from "./left-out-parts.ts";
import { writeSamples } from "./map-samples.ts";
import type { Mapped, Mapper } from "./mapped.ts";
import type { MappedChannel } from "./mapped-series.ts";
import { namedRecords } from "./named-records.ts";
import { Plans, type TopicPlan } from "./plan.ts";
import { type MappedReading, type MessageTimes, type ReadOptions, readingsOf } from "./reading.ts";
import { EachRecord, recordReadings } from "./record-readings.ts";
import { type Holding, RowWriter, rowOf } from "./row-writer.ts";
import { checkTime } from "./when.ts";

/** A stretch is held this much longer than it lasts: its points arrive late, and by different times. Seconds. */
const HELD_LONGER = 0.5;

/** @throws PointError, DecodeError */
function readingsIn(content: Content, options: ReadOptions, times: MessageTimes): readonly MappedReading[] {
  try {
    if (content.kind === "samples") return [];
    if (content.kind === "records") return recordReadings(content.records, options, times);
    return readingsOf(content.value, options, times);
  } catch (error) {
    throw explained(error);
  }
}

export class MappingMapper implements Mapper {
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
      mayDouble: this.#plans.mayDouble,
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
    const options = this.#optionsOf(plan, topic, content.kind === "value");
    if (content.kind === "samples") writeSamples(content.samples, options, writer);
    const times = { arrivedAt, sentAt: time };
    const isNamed = content.kind === "value" && (this.#plans.namedBy.length > 0 || this.#recordsPath.length > 0);
    const readings = isNamed ? this.#namedReadings(content.value, topic, times) : readingsIn(content, options, times);
    for (const reading of readings) writer.write(reading);
    if (plan.times.isOdd) plan.times.tellOdd(topic, arrivedAt, readings, this.#onTimeHint);
    const { rows, lost, summary, isThinned } = writer;
    if (rows.length === 0 && lost === 0 && !isThinned) return [];
    const mapped: Mapped = { channel: plan.channel.name, rows };
    if (isThinned) mapped.summary = summary;
    if (lost > 0) mapped.lost = { points: lost, reason: "too-many-series" };
    return [mapped];
  }

  #optionsOf(plan: TopicPlan, topic: string, hasNamedTime: boolean): ReadOptions {
    const leftOut = (part: LeftOutPart): void => this.#onLeftOut(leftOutOf(part, topic));
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
    const reading = new EachRecord();
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
        if (plan.times.isOdd) plan.times.tellOdd(topic, times.arrivedAt, readings, this.#onTimeHint);
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

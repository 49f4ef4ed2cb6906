import { timeFieldOf } from "../../protocol/json/date-field.ts";
import { type LeftOutPart, LeftOutParts } from "../../protocol/json/part-fault.ts";
import { PointError } from "../../protocol/json/point-error.ts";
import type { ListMemory, PointReader } from "../../protocol/json/point-reader.ts";
import type { TimeReader } from "../../protocol/json/points.ts";
import { readShapes } from "../../protocol/json/shapes.ts";
import type { FoundTime } from "../../protocol/json/time.ts";
import { quotedNumber } from "../../protocol/json/words.ts";
import { MAX_MESSAGE_POINTS, tooManyPoints } from "../decode/size.ts";
import type { MappedSeries } from "./mapped-series.ts";
import type { Slot, TopicPlan } from "./plan.ts";
import { timeAt } from "./when.ts";

export type Leaf = number | boolean | string;

/** The values of a message at one x; NaN breaks a line. */
export interface MappedReading {
  x: number;
  arrival: boolean;
  slots: readonly Slot[];
  /** Numbers are scaled. */
  values: readonly Leaf[];
}

export interface ReadOptions {
  plan: Pick<TopicPlan, "slotOf" | "takesWords" | "lists">;
  /** Whether several fields may be one series. */
  mayDouble: boolean;
  /** Whether only chosen fields are taken: then what has none of them may stand beside what has. */
  isChoosing: boolean;
  /** Whether times may be numbers in quotes. */
  readsQuoted: boolean;
  time: string | undefined;
  /** Whether a field is the time by its name; lines say their time beside their fields. */
  hasNamedTime: boolean;
  /** Finds out what the times are. */
  times: TimeReader;
  /** Told of parts that are not taken, while the rest is: as {@link PointReader.leftOut}. */
  leftOut: (part: LeftOutPart) => void;
}

export interface MessageTimes {
  /** Unix seconds. */
  arrivedAt: number;
  /** Of the envelope. */
  sentAt: number | undefined;
}

/**
 * What the mapping takes of a value: the shapes are those of SPEC.md, "Points as JSON"; chosen fields, text, scales and
 * times are the mapping's.
 * @throws PointError, DecodeError message-too-large
 */
export function readingsOf(value: unknown, options: ReadOptions, times: MessageTimes): MappedReading[] {
  const reader = new MappingReader(options, times);
  readShapes(value, reader);
  for (const part of reader.doubled.parts) options.leftOut(part);
  if (reader.readings.length > 0) return reader.readings;
  throw new PointError("no-number", "None of the chosen fields is in this message with a value that can be plotted.");
}

class MappingReader implements PointReader<Slot, Leaf> {
  readonly readings: MappedReading[] = [];
  /** Values of series that have one at the same place already. */
  readonly doubled = new LeftOutParts();
  readonly untimed: { readonly x: number; readonly arrival: boolean };
  readonly isChoosing: boolean;
  readonly addXY = undefined;
  readonly #options: ReadOptions;
  readonly #sentAt: number | undefined;
  readonly arrivedAt: number;
  #points = 0;

  constructor(options: ReadOptions, { arrivedAt, sentAt }: MessageTimes) {
    this.untimed = { x: sentAt ?? arrivedAt, arrival: sentAt === undefined };
    this.isChoosing = options.isChoosing;
    this.#options = options;
    this.#sentAt = sentAt;
    this.arrivedAt = arrivedAt;
  }

  /** The field that the mapping names; else the envelope's time, which is none of the fields'; else PT2. */
  timeIn(object: Record<string, unknown>, isAlone: boolean): FoundTime | undefined {
    if (this.#options.time !== undefined) return timeAt(object, this.#options.time);
    if (!this.#options.hasNamedTime) return undefined;
    const found = timeFieldOf(object, this.arrivedAt);
    return !isAlone || this.#sentAt === undefined || Array.isArray(found?.time) ? found : undefined;
  }

  secondsOf(time: unknown, path: string): number {
    return this.#options.times.secondsOf(time, path, this.arrivedAt);
  }

  get readsQuotedTimes(): boolean {
    return this.#options.readsQuoted;
  }

  get lists(): ListMemory {
    return this.#options.plan.lists;
  }

  takesWords(path: string): boolean | undefined {
    return this.#options.plan.takesWords(path);
  }

  seriesOf(path: string): Slot | undefined | null {
    return this.#options.plan.slotOf(path);
  }

  valueOf(leaf: Leaf, slot: Slot): Leaf | undefined {
    if (typeof leaf === "number") return scaled(leaf, slot);
    if (slot.readsQuoted && typeof leaf === "string") {
      const number = quotedNumber(leaf);
      if (number !== undefined) return Number.isNaN(number) ? number : scaled(number, slot);
    }
    return slot.kind !== "line" ? leaf : undefined;
  }

  isLine({ kind }: Slot): boolean {
    return kind !== "event";
  }

  found(points: number): void {
    this.#points += points;
    if (this.#points > MAX_MESSAGE_POINTS) throw tooManyPoints();
  }

  leftOut(part: LeftOutPart): void {
    this.#options.leftOut(part);
  }

  add(x: number, arrival: boolean, slots: readonly Slot[], values: readonly Leaf[]): void {
    const reading = { x, arrival, slots, values };
    this.readings.push(this.#options.mayDouble && slots.length > 1 ? this.#singled(reading) : reading);
  }

  /** Of each series the first value. */
  #singled({ x, arrival, slots, values }: MappedReading): MappedReading {
    const kept: MappedReading & { slots: Slot[]; values: Leaf[] } = { x, arrival, slots: [], values: [] };
    const seen = new Set<MappedSeries>();
    for (const [i, slot] of slots.entries()) {
      const value = values[i] ?? Number.NaN;
      const { series, path } = slot;
      if (series !== undefined && seen.has(series)) {
        this.doubled.add("doubled", path, value);
        continue;
      }
      if (series !== undefined) seen.add(series);
      kept.slots.push(slot);
      kept.values.push(value);
    }
    return kept;
  }
}

/** Undefined where it is no number of a float64. */
function scaled(value: number, { isScaled, scale, offset }: Slot): number | undefined {
  const result = isScaled ? value * scale + offset : value;
  return Number.isFinite(result) ? result : undefined;
}

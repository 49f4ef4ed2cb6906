import type { PartFault } from "../../protocol/json/part-fault.ts";
import { finite, PointError } from "../../protocol/json/point-error.ts";
import type { TimeReader } from "../../protocol/json/points.ts";
import { type PointReader, readShapes } from "../../protocol/json/shapes.ts";
import { type FoundTime, namedTime } from "../../protocol/json/time.ts";
import { MAX_MESSAGE_POINTS, tooManyPoints } from "../decode/size.ts";
import { notFinite } from "./mapped-series.ts";
import type { Slot } from "./plan.ts";
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
  /** @throws PointError series-name-invalid */
  slotOf: (path: string) => Slot | undefined;
  /** Whether only chosen fields are taken: then what has none of them may stand beside what has. */
  isChoosing: boolean;
  /** Whether any series takes text. */
  takesText: boolean;
  time: string | undefined;
  /** Whether a field is the time by its name; lines say their time beside their fields. */
  hasNamedTime: boolean;
  /** Finds out what the times are. */
  times: TimeReader;
  /** Told of parts that are not taken, while the rest is: as {@link PointReader.leftOut}. */
  leftOut: (reason: PartFault, path: string, sample: unknown) => void;
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
  if (reader.readings.length > 0) return reader.readings;
  throw new PointError("no-number", "None of the chosen fields is in this message with a value that can be plotted.");
}

class MappingReader implements PointReader<Slot, Leaf> {
  readonly readings: MappedReading[] = [];
  readonly untimed: { readonly x: number; readonly arrival: boolean };
  readonly isChoosing: boolean;
  readonly xySeries = undefined;
  readonly #options: ReadOptions;
  readonly #sentAt: number | undefined;
  readonly #arrivedAt: number;
  #points = 0;

  constructor(options: ReadOptions, { arrivedAt, sentAt }: MessageTimes) {
    this.untimed = { x: sentAt ?? arrivedAt, arrival: sentAt === undefined };
    this.isChoosing = options.isChoosing;
    this.#options = options;
    this.#sentAt = sentAt;
    this.#arrivedAt = arrivedAt;
  }

  /** The field that the mapping names; else the envelope's time, which is none of the fields'; else PT2. */
  timeIn(object: Record<string, unknown>, isAlone: boolean): FoundTime | undefined {
    if (this.#options.time !== undefined) return timeAt(object, this.#options.time);
    if (!this.#options.hasNamedTime) return undefined;
    const found = namedTime(object);
    return !isAlone || this.#sentAt === undefined || Array.isArray(found?.time) ? found : undefined;
  }

  secondsOf(time: unknown, path: string): number {
    return this.#options.times.secondsOf(time, path, this.#arrivedAt);
  }

  isLeaf(value: unknown): value is Leaf {
    return typeof value === "number" || (this.#options.takesText && isText(value));
  }

  seriesOf(path: string): Slot | undefined {
    return this.#options.slotOf(path);
  }

  valueOf(leaf: unknown, slot: Slot): Leaf | undefined {
    if (typeof leaf === "number") return scaled(leaf, slot);
    return slot.kind !== "line" && isText(leaf) ? leaf : undefined;
  }

  isLine({ kind }: Slot): boolean {
    return kind !== "event";
  }

  found(points: number): void {
    this.#points += points;
    if (this.#points > MAX_MESSAGE_POINTS) throw tooManyPoints();
  }

  leftOut(reason: PartFault, path: string, sample: unknown): void {
    this.#options.leftOut(reason, path, sample);
  }

  add(x: number, arrival: boolean, slots: readonly Slot[], values: readonly Leaf[]): void {
    this.readings.push({ x, arrival, slots, values });
  }
}

function isText(value: unknown): value is string | boolean {
  return typeof value === "string" || typeof value === "boolean";
}

/** @throws PointError not-finite */
function scaled(value: number, { isScaled, scale, offset }: Slot): number {
  finite(value);
  if (!isScaled) return value;
  const result = value * scale + offset;
  if (!Number.isFinite(result)) throw notFinite();
  return result;
}

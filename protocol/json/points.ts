import type { Row } from "../frame/frame-builder.ts";
import { MAX_COLUMNS } from "../limits.ts";
import { DEFAULT_SERIES, isSeriesName, seriesOfField } from "../names.ts";
import { timeFieldOf } from "./date-field.ts";
import { parseJson } from "./json.ts";
import type { LeftOutPart } from "./part-fault.ts";
import { PointError } from "./point-error.ts";
import type { ListMemory, PointReader, PointXY } from "./point-reader.ts";
import { readShapes } from "./shapes.ts";
import { type FoundTime, timeOf } from "./time.ts";

/** What a script sends as JSON, understood as points, without any mapping: SPEC.md, "Points as JSON". */

export interface PointContext {
  /** When the message arrived, in unix seconds: x of values that come without a time. */
  arrivedAt: number;
  /** Names the series, or is the prefix of its names; "" for none. */
  topic: string;
  /** The one series of `{"x": …, "y": …}`, where a topic was looked at before. */
  ySeries?: readonly [string] | undefined;
  /** Called with how many points were found so far, before rows are made of them: what it throws ends the reading. */
  found?: (points: number) => void;
  /** What finds the units of times out; undefined: each number is taken by itself. */
  times?: TimeReader | undefined;
  /** Told of parts that are not taken, while the rest is: as {@link PointReader.leftOut}. */
  leftOut?: (part: LeftOutPart) => void;
  /** Of the topic's messages before. */
  lists?: ListMemory;
  /** The names of the topic's series by their path, as far as they are known; null: a path that names none. */
  names?: Map<string, string | null>;
}

/** Of a topic; others are made for each message. */
const MAX_NAMES = 32;
const MAX_PATH_LENGTH = 64;

/** Remembers what the times of a topic are. */
export interface TimeReader {
  /**
   * @param path of the field that it is, "" for the first of `[x, y]`
   * @param arrivedAt unix seconds
   * @returns unix seconds; or a number as it is, where it is no date
   * @throws PointError
   */
  secondsOf(time: unknown, path: string, arrivedAt: number): number;
}

/**
 * Parses one JSON text into rows.
 * @throws PointError if it is not JSON, or JSON that holds no points
 */
export function rowsOfJson(text: string, reading: PointContext): Row[] {
  return rowsOf(valueOfJson(text), reading);
}

/**
 * The value of one JSON text, in which NaN and the infinities are null.
 * @throws PointError if it is not JSON
 */
export function valueOfJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    throw new PointError("not-json", "This is not JSON.");
  }
}

/**
 * The rows in a JSON value: all that can be taken, or the reason why there is nothing.
 * @throws PointError
 */
export function rowsOf(value: unknown, reading: PointContext): Row[] {
  const rows: Row[] = [];
  readShapes(value, new RowReader(reading, rows));
  return rows;
}

/** The series that a topic's messages without a name are of; undefined if the topic cannot name one. */
export function seriesOfY(topic: string): readonly [string] | undefined {
  const name = seriesOfField(DEFAULT_SERIES, topic);
  return isSeriesName(name) ? [name] : undefined;
}

/** Takes rows: an array, most often. */
export interface RowSink {
  push(row: Row): unknown;
}

/** Makes rows of points, each with all its fields. */
export class RowReader implements PointReader<string, number> {
  readonly isChoosing = false;
  readonly readsQuotedTimes = false;
  readonly addXY: ((points: readonly PointXY[]) => void) | undefined;
  readonly lists: ListMemory;
  readonly #reading: PointContext;
  readonly #into: RowSink;
  #points = 0;

  /** @param into is given each row as soon as it is read, so that not all that is made of a value need be in memory at once */
  constructor(reading: PointContext, into: RowSink) {
    const ySeries = "ySeries" in reading ? reading.ySeries : seriesOfY(reading.topic);
    this.addXY = ySeries && ((points) => this.#addXY(points, ySeries));
    this.lists = reading.lists ?? {};
    this.#reading = reading;
    this.#into = into;
  }

  get arrivedAt(): number {
    return this.#reading.arrivedAt;
  }

  get untimed(): { readonly x: number; readonly arrival: true } {
    return { x: this.#reading.arrivedAt, arrival: true };
  }

  timeIn(object: Record<string, unknown>): FoundTime | undefined {
    return timeFieldOf(object, this.arrivedAt);
  }

  secondsOf(time: unknown, path: string): number {
    const { times, arrivedAt } = this.#reading;
    return times === undefined ? timeOf(time, arrivedAt) : times.secondsOf(time, path, arrivedAt);
  }

  takesWords(): boolean {
    return false;
  }

  seriesOf(path: string): string | null {
    const { names, topic } = this.#reading;
    const known = names?.get(path);
    if (known !== undefined) return known;
    const name = seriesOfField(path, topic);
    const series = isSeriesName(name) ? name : null;
    if (names !== undefined && names.size < MAX_NAMES && path.length <= MAX_PATH_LENGTH) names.set(path, series);
    return series;
  }

  valueOf(leaf: number | string | boolean): number | undefined {
    return typeof leaf === "number" && Number.isFinite(leaf) ? leaf : undefined;
  }

  isLine(): boolean {
    return true;
  }

  found(points: number): void {
    this.#points += points;
    this.#reading.found?.(this.#points);
  }

  leftOut(part: LeftOutPart): void {
    this.#reading.leftOut?.(part);
  }

  #addXY(points: readonly PointXY[], names: readonly [string]): void {
    this.found(points.length);
    const { times, arrivedAt } = this.#reading;
    for (const { x, y } of points) {
      const seconds = times === undefined ? timeOf(x, arrivedAt) : times.secondsOf(x, "x", arrivedAt);
      this.#into.push({ x: seconds, arrival: false, names, values: [y] });
    }
  }

  /** A message of more series than a table may have is several rows at the same x. */
  add(x: number, arrival: boolean, names: readonly string[], values: readonly number[]): void {
    if (names.length <= MAX_COLUMNS) {
      this.#into.push({ x, arrival, names, values });
      return;
    }
    for (let i = 0; i < names.length; i += MAX_COLUMNS) {
      const [some, of] = [names.slice(i, i + MAX_COLUMNS), values.slice(i, i + MAX_COLUMNS)];
      this.#into.push({ x, arrival, names: some, values: of });
    }
  }
}

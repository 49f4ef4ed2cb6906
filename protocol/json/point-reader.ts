import type { LeftOutPart } from "./part-fault.ts";
import type { FoundTime } from "./time.ts";

/** A time or a place that needs no second look, and a value of the one series that has no name. */
export interface PointXY {
  x: number;
  y: number;
}

/** What is remembered of the lists of plain values that came before. */
export interface ListMemory {
  /** Some began with a date, as none of their other values was: PT3e. */
  areTimed?: boolean;
}

/**
 * What the points of a value are read for. The shapes are known elsewhere; a reader knows what becomes of a field, and may
 * take words, a part of the fields, or other times than SPEC.md's.
 */
export interface PointReader<Series, Value> {
  /** x of values that come without a time, in unix seconds, and whether it is that of arrival. */
  readonly untimed: { readonly x: number; readonly arrival: boolean };
  /** When the message arrived, in unix seconds. */
  readonly arrivedAt: number;
  /** Whether only chosen fields are taken: then an item without any of them is passed over. */
  readonly isChoosing: boolean;
  /** Takes points that most publishers send, so far as they need nothing else from the reader; undefined: as others. */
  readonly addXY: ((points: readonly PointXY[]) => void) | undefined;
  readonly lists: ListMemory;
  /** Whether every number in quotes may be a time; else only a date. */
  readonly readsQuotedTimes: boolean;
  /**
   * The field that is the time of an object, or of its columns; undefined: it has none.
   * @param isAlone whether the object is the whole value
   */
  timeIn(object: Record<string, unknown>, isAlone: boolean): FoundTime | undefined;
  /**
   * @param path of the field that it is, "" for the first of a list: a unit is found out for each field by itself
   * @returns unix seconds
   * @throws PointError if it is no time
   */
  secondsOf(time: unknown, path: string): number;
  /** Whether words (text, true, false) at a path may be values; undefined: the field is not chosen. */
  takesWords(path: string): boolean | undefined;
  /** What the field at a path becomes; undefined: it is not chosen; null: its name can name no series. */
  seriesOf(path: string): Series | undefined | null;
  /** A number or a word as a value of a series, NaN where it is missing; undefined: it is none of this series. */
  valueOf(leaf: number | string | boolean, series: Series): Value | number | undefined;
  /** Whether NaN breaks the line of a series. */
  isLine(series: Series): boolean;
  /** Called for points that are found, before anything is made of them: what it throws ends the reading. */
  found(points: number): void;
  /** Told of what is not taken, once for each reason, when the rest is. */
  leftOut(part: LeftOutPart): void;
  /** Takes the values at one x, for each a series; NaN breaks a line. */
  add(x: number, arrival: boolean, series: readonly Series[], values: readonly (Value | number)[]): void;
}

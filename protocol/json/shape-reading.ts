import { isDate } from "./date-field.ts";
import { secondsOfText } from "./date-text.ts";
import { isObject } from "./json.ts";
import { LeftOutParts, type PartFault } from "./part-fault.ts";
import { PointError, type PointFault } from "./point-error.ts";
import type { PointReader } from "./point-reader.ts";
import { stampSeconds } from "./stamp.ts";
import { MAX_TIME } from "./time.ts";
import { isQuotedNumber, isWord, wordFault } from "./words.ts";

/** Whole numbers beyond it are not all float64s. */
const MAX_EXACT = Number.MAX_SAFE_INTEGER;
/** From here on a number is written with an exponent, as one that was never a whole number to the last digit. */
const MIN_EXPONENT = 1e21;

/** So many times that are none are each looked at as any other. */
const MAX_UNREADABLE = 64;

/** What the reading of one value has come to. */
export class ShapeReading<S, V> {
  readonly reader: PointReader<S, V>;
  readonly left = new LeftOutParts();
  /** Whether anything was taken of the value. */
  isTaken = false;
  /** The time that was read last. */
  x: number;
  arrival: boolean;
  #unreadable = 0;

  constructor(reader: PointReader<S, V>) {
    this.reader = reader;
    const { x, arrival } = reader.untimed;
    this.x = x;
    this.arrival = arrival;
  }

  /** What comes has no time of its own. */
  setUntimed(): void {
    const { x, arrival } = this.reader.untimed;
    this.x = x;
    this.arrival = arrival;
  }

  /** What comes has this time, or, where it is none, none. @returns whether it is one */
  setTime(time: unknown, path: string): boolean {
    const x = this.timeOf(time, path);
    if (x === undefined) {
      this.left.add("time-unreadable", path, time);
      this.setUntimed();
      return false;
    }
    this.x = x;
    this.arrival = false;
    return true;
  }

  /** Unix seconds; undefined if it is no time. */
  timeOf(time: unknown, path: string): number | undefined {
    if (time === null || time === undefined || typeof time === "boolean" || Number.isNaN(time)) return undefined;
    const { reader } = this;
    // In quotes a number is text, but one that is a date can hardly be anything else.
    const isQuoted = typeof time === "string" && isQuotedNumber(time);
    if (isQuoted && !reader.readsQuotedTimes && !isDate(Number(time), reader.arrivedAt)) return undefined;
    // An exception for each of a hundred thousand would take seconds.
    if (this.#unreadable > MAX_UNREADABLE && !isQuoted && !mayBeTime(time)) return undefined;
    try {
      return reader.secondsOf(isQuoted ? Number(time) : time, path);
    } catch (error) {
      if (!(error instanceof PointError)) throw error;
      this.#unreadable++;
      return undefined;
    }
  }

  /** Takes the values at the time that was read last. */
  add(series: readonly S[], values: readonly (V | number)[]): void {
    this.isTaken = true;
    this.reader.add(this.x, this.arrival, series, values);
  }

  /**
   * A number or a word as a value of a series; NaN where it is missing.
   * @returns undefined if it is none; that is counted
   */
  valueOf(leaf: number | string | boolean, series: S, path: string): V | number | undefined {
    const value = this.reader.valueOf(leaf, series);
    if (typeof leaf !== "number") {
      if (value === undefined) this.left.add(wordFault(leaf), path, leaf);
    } else if (value === undefined) {
      if (Number.isNaN(leaf)) return Number.NaN;
      this.left.add("not-finite", path, leaf);
    } else if (leaf > MAX_EXACT || leaf < -MAX_EXACT) this.#checkDigits(leaf, path);
    return value;
  }

  #checkDigits(number: number, path: string): void {
    if (Number.isInteger(number) && Math.abs(number) < MIN_EXPONENT) this.left.add("digits", path, number);
  }

  /** Counts a word that is no value. */
  leaveOutWord(word: string | boolean, path: string): void {
    this.left.add(wordFault(word), path, word);
  }

  /** To be called at the end. @throws PointError if nothing was taken, though nothing was chosen */
  end(value: unknown): void {
    const { left, reader } = this;
    if (this.isTaken) {
      for (const part of left.parts) reader.leftOut(part);
    } else if (!reader.isChoosing || left.total > 0) throw this.#refusal(value);
  }

  #refusal(value: unknown): PointError {
    const { parts } = this.left;
    const part =
      parts.find(({ reason }) => REFUSALS[reason] !== "no-number") ??
      // There is an option for these, and words stand beside most of them.
      parts.find(({ reason }) => reason === "nested-records") ??
      parts.find(({ reason }) => reason === "quoted-number") ??
      parts[0];
    if (part === undefined) return new PointError("no-number", nothingIn(value));
    const error = new PointError(REFUSALS[part.reason], sentences[part.reason]);
    error.part = part;
    return error;
  }
}

/** A look without an exception. */
function mayBeTime(time: unknown): boolean {
  if (typeof time === "number") return Math.abs(time) < MAX_TIME;
  if (typeof time !== "string") return stampSeconds(time) !== undefined;
  return secondsOfText(time) !== undefined;
}

function nothingIn(value: unknown): string {
  if (Array.isArray(value) && value.length === 0) return "The array is empty: there is no number to plot.";
  if (isObject(value)) return "No field has a number to plot.";
  if (isWord(value)) return sentences[wordFault(value)];
  return "There is no number here to plot: send a number, [x, y] or an object with one.";
}

/** The code of a value of which all is left out. */
const REFUSALS = {
  "quoted-number": "no-number",
  text: "no-number",
  boolean: "no-number",
  "time-unreadable": "time-not-a-number",
  "name-invalid": "series-name-invalid",
  doubled: "no-number",
  "not-finite": "not-finite",
  "too-deep": "too-deep",
  "record-unreadable": "no-number",
  "word-in-list": "no-number",
  "columns-differ": "columns-differ",
  "column-nested": "no-number",
  "beside-columns": "no-number",
  unnamed: "no-number",
  "nested-records": "no-number",
  digits: "no-number",
} satisfies Record<PartFault, PointFault>;

/** Why nothing of a value is taken, where each part of it is left out. */
const sentences = {
  "quoted-number": "There is no number to plot; a number in quotes is text: leave the quotes out.",
  text: "There is no number to plot, and words are none.",
  boolean: "There is no number to plot; true and false are none.",
  "time-unreadable":
    "The time is not a number (unix seconds) and not an ISO 8601 date, and there is no value beside it.",
  "name-invalid": "A series' name is 1 to 256 bytes of text without control characters.",
  doubled: "Fields would be one series.",
  "not-finite": "A number is too large for a float64.",
  "too-deep": "Fields are nested deeper than 8 levels.",
  "record-unreadable": "None of these has a number to plot: send numbers, [x, y] or objects with numbers.",
  "word-in-list": "A word in a list may say what the values beside it are of: send an object that names them.",
  "columns-differ": "The columns do not have as many values as there are times.",
  "column-nested": "A column has arrays or objects for values: send a column for each series.",
  "beside-columns": "There is a column of times and none of values.",
  unnamed: "The records of this list are of several things, and their values would be mixed in one series.",
  "nested-records": "All numbers are in records with times of their own, in a list inside of the object.",
  digits: "There is no number to plot.",
} satisfies Record<PartFault, string>;

/** Whether a value may be one of `[x, y]`. */
export function isNumeric(value: unknown): boolean {
  return typeof value === "number" || value === null || (typeof value === "string" && isQuotedNumber(value));
}

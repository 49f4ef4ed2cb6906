import { unixSeconds } from "../../../../protocol/json/time.ts";
import { isDate } from "../../layout.ts";
import { DecodeError } from "../../message.ts";

const DAY_SECONDS = 86_400;
/** A decision is revised when so many lines more spoke against it than for it … */
const MAX_DOUBT = 20;
/** … or this many times as many as it has been made by, if that is less. */
const DOUBT_A_LINE = 3;
/** Of dates to come: time goes down seldom, values do so every other time. */
const DOUBT_OF_FALL = 3;
/** A value that grows by no more from one line to the next may grow into what looks like a date. */
const MAX_GROWTH = 1.1;

/**
 * Whether the first of several columns without names is the time. The first line decides, and no single line changes
 * it: clocks are set back and show wrong dates, and several publishers may send lines of as many columns. A date within
 * a day of the arrival is a time in any case. What does not fit the decision is refused, for a time must not become a
 * value, nor a value a time.
 */
export class FirstColumn {
  #isTime: boolean | undefined;
  #doubt = 0;
  /** Lines that fitted, as far as they matter. */
  #fitting = 0;
  /** The first number of the line before that was read. */
  #last = Number.NaN;

  /**
   * @param first a number, ISO 8601 text, or null where it is missing
   * @param arrivedAt unix seconds
   * @returns whether it is the time
   * @throws DecodeError not-csv if it does not fit what lines before had there
   */
  isTime(first: number | string | null, arrivedAt: number): boolean {
    if (first === null) return this.#isTime === true;
    const last = this.#last;
    const ahead = typeof first === "string" ? 0 : isDate(first) ? unixSeconds(first) - arrivedAt : Number.NaN;
    this.#isTime ??= !Number.isNaN(ahead);
    // What was refused as like a date must not make the next one a value that has grown.
    if (this.#isTime) this.#last = typeof first === "number" ? first : Number.NaN;
    if (Math.abs(ahead) < DAY_SECONDS) {
      this.#vote(true);
      return true;
    }
    if (this.#isTime) {
      // Dates to come that go down are hardly dates; those that are past may be of several recordings.
      const isDated = !Number.isNaN(ahead);
      const isFalling = ahead > 0 && typeof first === "number" && first < last;
      const isRevised = this.#vote(isDated && !isFalling, isFalling ? DOUBT_OF_FALL : 1);
      if (isDated && !isRevised) return true;
      throw misfit(`was the time, and ${first} is none`, isRevised ? "a value" : undefined);
    }
    if (Number.isNaN(ahead) || isDate(last) || Number(first) <= last * MAX_GROWTH) {
      this.#last = typeof first === "number" ? first : Number.NaN;
      this.#vote(false);
      return false;
    }
    throw misfit(`was a value, and ${first} is like a date`, this.#vote(true) ? "the time" : undefined);
  }

  /** @returns whether that revises the decision */
  #vote(isTime: boolean, doubt = 1): boolean {
    if (isTime === this.#isTime) {
      this.#fitting = Math.min(this.#fitting + 1, MAX_DOUBT);
      this.#doubt = Math.max(0, this.#doubt - 1);
      return false;
    }
    this.#doubt += doubt;
    if (this.#doubt < Math.min(MAX_DOUBT, DOUBT_A_LINE * this.#fitting)) return false;
    this.#isTime = isTime;
    this.#doubt = 0;
    this.#fitting = 1;
    return true;
  }
}

function misfit(what: string, revised: string | undefined): DecodeError {
  const next = revised === undefined ? "" : ` So many lines say so that it is taken for ${revised} from now on.`;
  return new DecodeError(
    "not-csv",
    `The first column of lines of as many columns ${what}.${next} Send a line of names before the first line, or give ` +
      "publishers of other columns a topic of their own.",
  );
}

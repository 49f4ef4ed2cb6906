import { inRange, isDateAt, LEAST_SCALED, unixSeconds } from "../../protocol/json/time.ts";

/** A date this near to its arrival is one of now. */
const DAY_SECONDS = 86_400;
/** A number goes on from one before if it is no more than so many times as large or as small. */
const MAX_STEP = 16;
/** What is within this of a number before is its growth, also where it looks like now. */
const MAX_GROWTH = 1.5;
/** Smaller numbers have nothing that a scaled one could go on from. */
export const LEAST_COUNT = LEAST_SCALED / MAX_STEP;

/** So fast goes what is taken for a date and counts in a finer unit: µs or ns for ms, ns for µs or ms, ticks of 100 ns for ms. */
const COUNT_RATES = [1e3, 1e4, 1e6, 1e9] as const;
const RATE_TOLERANCE = 0.25;
/** Arrivals closer to each other tell nothing. */
const LEAST_TRIAL_SECONDS = 0.005;
/** So many of them in a row must agree: of two recordings of one topic, one by chance may. */
const AGREEING = 2;
/** When a date of long ago has gone on for so long, and in so many messages, as no count does, it is one. */
const TRIAL_SECONDS = 2;
const TRIAL_MESSAGES = 3;

interface Trial {
  first: number;
  firstAt: number;
  messages: number;
  /** Of the last message that was far enough from the one before. */
  last: number;
  lastAt: number;
  pace: number | undefined;
  agreeing: number;
  isRising: boolean;
}

/** What is found out of the numbers of one magnitude: those that PT6a has one unit for. */
interface Magnitude {
  isDate: boolean;
  /** Until it is sure that dates of long ago are such. */
  trial: Trial | undefined;
}

/**
 * The numbers in one field of one topic that are its times. Of which unit they are is decided by the first, and kept: a
 * count of nanoseconds since a start grows through what are dates in milliseconds and in microseconds. A date of within a
 * day of its arrival is one whatever others are, so that several publishers may have several units.
 */
export class TimeField {
  readonly #magnitudes = new Map<number, Magnitude>();
  /** The last that was no date, and large enough to go on as one. */
  #count = Number.NaN;
  /** How often what was taken for dates was found to be a count. */
  revisions = 0;

  /**
   * @param arrivedAt unix seconds
   * @returns unix seconds, or the number as it is where it is no date
   * @throws PointError
   */
  secondsOf(number: number, arrivedAt: number): number {
    if (number < LEAST_SCALED) {
      if (number >= LEAST_COUNT) this.#count = number;
      return inRange(number);
    }
    const seconds = unixSeconds(number);
    if (this.#isDate(number, seconds, arrivedAt)) return seconds;
    this.#count = number;
    return number;
  }

  #isDate(number: number, seconds: number, arrivedAt: number): boolean {
    const perSecond = Math.round(number / seconds);
    const isNow = Math.abs(seconds - arrivedAt) < DAY_SECONDS && !isWithin(number, this.#count, MAX_GROWTH);
    const known = this.#magnitudes.get(perSecond);
    if (known === undefined) {
      const isDate = isNow || (!isWithin(number, this.#count, MAX_STEP) && isDateAt(seconds, arrivedAt));
      const trial = isDate && !isNow ? trialOf(number, arrivedAt) : undefined;
      this.#magnitudes.set(perSecond, { isDate, trial });
      return isDate;
    }
    if (isNow) {
      known.trial = undefined;
      return true;
    }
    if (known.trial !== undefined && arrivedAt !== known.trial.lastAt)
      this.#try(known, known.trial, number, perSecond, arrivedAt);
    return known.isDate;
  }

  /** Times of now go on by a second each second. A recording may have any speed, but hardly just that of another unit. */
  #try(of: Magnitude, trial: Trial, number: number, perSecond: number, arrivedAt: number): void {
    const since = arrivedAt - trial.lastAt;
    if (since < LEAST_TRIAL_SECONDS) return;
    const pace = paceOf((number - trial.last) / perSecond / since);
    trial.agreeing = pace === undefined ? 0 : pace === trial.pace ? trial.agreeing + 1 : 1;
    trial.pace = pace;
    trial.isRising &&= number > trial.last;
    trial.last = number;
    trial.lastAt = arrivedAt;
    trial.messages++;
    const passed = arrivedAt - trial.firstAt;
    const isOver = passed >= TRIAL_SECONDS && trial.messages >= TRIAL_MESSAGES;
    const isCount = isOver && trial.isRising && paceOf((number - trial.first) / perSecond / passed) !== undefined;
    if (trial.agreeing >= AGREEING || isCount) {
      of.isDate = false;
      this.revisions++;
    }
    if (!of.isDate || isOver) of.trial = undefined;
  }
}

function trialOf(number: number, at: number): Trial {
  return {
    first: number,
    firstAt: at,
    messages: 1,
    last: number,
    lastAt: at,
    pace: undefined,
    agreeing: 0,
    isRising: true,
  };
}

function paceOf(rate: number): number | undefined {
  return COUNT_RATES.find((count) => Math.abs(rate / count - 1) < RATE_TOLERANCE);
}

function isWithin(number: number, of: number, factor: number): boolean {
  return number <= of * factor && number >= of / factor;
}

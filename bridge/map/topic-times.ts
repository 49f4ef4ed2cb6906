import { stampSeconds } from "../../protocol/json/stamp.ts";
import { FIRST_DATE, writtenTime } from "../../protocol/json/time.ts";
import { LEAST_COUNT, TimeField } from "../decode/time-field.ts";
import type { OnTimeHint, TimeHint } from "../observability/time-hints.ts";
import { hintOf, NEAR_SECONDS, type OddTime } from "./odd-times.ts";
import { scaledSeconds, type TimeUnit } from "./when.ts";

/** What the configuration says of numbers that are times. */
export interface TimeScale {
  unit: TimeUnit | undefined;
  /** The moment that they count from, in unix seconds. */
  epoch: number | undefined;
}

/** Times have few names. Beyond, all are forgotten and found out anew. */
const MAX_FIELDS = 16;
/** So many messages with strange times are looked at, and then each of as many: a clock may be set wrong later. */
const LOOKED_AT = 64;
/** A count comes by what every epoch has for now: it is looked for in so many messages. */
const EARLY = 16;
/** A count grows by no more from one look to the next. */
const MAX_STEP = 16;

/** The times of one topic's messages: their units, found out for each field and kept, and what is strange about them. */
export class TopicTimes {
  /** Undefined: units are found out. */
  readonly #scale: TimeScale | undefined;
  readonly #fields = new Map<string, TimeField>();
  #path: string | undefined;
  #field = new TimeField();
  #strange = 0;
  /** When the message arrived of which a strange time was counted. */
  #strangeAt: number | undefined;
  /** The last that was looked at and counts as from a start. */
  #count = 0;
  #odd: OddTime | undefined;
  readonly #said = new Set<TimeHint["oddity"]>();

  constructor(scale?: TimeScale) {
    this.#scale = scale?.unit === undefined && scale?.epoch === undefined ? undefined : scale;
  }

  /**
   * @param path of the field
   * @param arrivedAt unix seconds
   * @returns unix seconds; or the number as it is, where it is no date
   * @throws PointError
   */
  secondsOf(time: unknown, path: string, arrivedAt: number): number {
    if (typeof time !== "number") {
      const seconds = writtenTime(time);
      this.#note(seconds, time, path, arrivedAt, typeof time === "string", undefined);
      return seconds;
    }
    if (this.#scale !== undefined) {
      const seconds = scaledSeconds(time, this.#scale.unit, this.#scale.epoch);
      // What counts from a start does so by what the configuration says.
      if (seconds >= FIRST_DATE) this.#note(seconds, time, path, arrivedAt, true, undefined);
      return seconds;
    }
    // Most publishers send this.
    const ahead = time - arrivedAt;
    if (ahead < NEAR_SECONDS && ahead > -NEAR_SECONDS) return time;
    // Small numbers are x as they are: of a message one is looked at.
    if (time < LEAST_COUNT && time > 0 && this.#strangeAt === arrivedAt) return time;
    const field = this.#of(path);
    const { revisions } = field;
    const seconds = field.secondsOf(time, arrivedAt);
    this.#note(seconds, time, path, arrivedAt, false, time, field.revisions > revisions);
    return seconds;
  }

  /** Looks at the time that a message's envelope says. */
  lookAt(seconds: number, arrivedAt: number): void {
    this.#note(seconds, seconds, "", arrivedAt, true, undefined);
  }

  get isOdd(): boolean {
    return this.#odd !== undefined;
  }

  /**
   * Tells what is strange about the message that was just read, if that has not been said before.
   * @param xs of its points: one of now excuses the others, which may be what came before it
   */
  tellOdd(
    topic: string,
    arrivedAt: number,
    xs: readonly { x: number; arrival: boolean }[],
    onTimeHint: OnTimeHint,
  ): void {
    const hint = this.#takeHint(topic, arrivedAt, xs);
    if (hint !== undefined) onTimeHint(hint);
  }

  #takeHint(topic: string, arrivedAt: number, xs: readonly { x: number; arrival: boolean }[]): TimeHint | undefined {
    const odd = this.#odd;
    this.#odd = undefined;
    this.#strangeAt = undefined;
    if (odd === undefined || odd.arrivedAt !== arrivedAt) return undefined;
    if (xs.some(({ x, arrival }) => !arrival && Math.abs(x - arrivedAt) < NEAR_SECONDS)) return undefined;
    const hint = hintOf(odd);
    if (hint === undefined || this.#said.has(hint.oddity)) return undefined;
    this.#said.add(hint.oddity);
    // These say as much.
    if (hint.oddity === "unit-revised" || hint.oddity === "other-epoch") this.#said.add("no-date");
    if (hint.oddity === "other-epoch") this.#said.add("clock-off");
    const sample = stampSeconds(odd.sample) === undefined ? odd.sample : JSON.stringify(odd.sample);
    return { topic, place: odd.place, sample, ...hint };
  }

  #of(path: string): TimeField {
    if (path === this.#path) return this.#field;
    let field = this.#fields.get(path);
    if (field === undefined) {
      if (this.#fields.size >= MAX_FIELDS) this.#fields.clear();
      field = new TimeField();
      this.#fields.set(path, field);
    }
    this.#path = path;
    this.#field = field;
    return field;
  }

  #note(
    seconds: number,
    sample: unknown,
    place: string,
    arrivedAt: number,
    isDate: boolean,
    number: number | undefined,
    isRevised = false,
  ): void {
    if (Math.abs(seconds - arrivedAt) < NEAR_SECONDS || (this.#strangeAt === arrivedAt && !isRevised)) return;
    this.#strangeAt = arrivedAt;
    this.#strange++;
    if (!isRevised && this.#strange > LOOKED_AT && this.#strange % LOOKED_AT !== 0) return;
    const isEarly = this.#strange <= EARLY;
    const isCount = number !== undefined && (number < FIRST_DATE || number <= this.#count * MAX_STEP);
    if (isCount) this.#count = number;
    this.#odd = { place, sample, seconds, arrivedAt, isDate, number, isCount, isEarly, isRevised };
  }
}

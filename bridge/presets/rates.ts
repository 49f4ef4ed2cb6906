import { isSeriesName } from "../../protocol/names.ts";
import type { Message } from "../decode/message.ts";

/** Counts what is beyond {@link RatesOptions.maxKeys}, and what no series can be named after. */
export const OTHER = "other";

export interface RatesOptions {
  /**
   * `second`: how many a second came between the last two ticks, series `<key>.per_second`.
   * `minute`: how many came in the last 60 seconds, series `<key>.per_minute`, which does not jump about. It never
   * says more than has come: in the first minute it grows.
   */
  per: "second" | "minute";
  /** Keys counted each by itself; those that come first are kept for good, the rest is counted as {@link OTHER}. */
  maxKeys?: number;
}

interface Counter {
  /** Since the last tick. */
  pending: number;
  /** Of the last minute, one for each second; of none if only the last interval counts. */
  seconds: Float64Array;
}

const WINDOW_SECONDS = 60;
const MAX_KEYS = 256;
/** Over a shorter interval one message would look like many a second: it is left to grow. */
const MIN_INTERVAL_SECONDS = 0.5;
/** Leaves room for the field's name: SPEC.md, PT7. */
const MAX_KEY_LENGTH = 200;

/** Counts by key, told as rates at each tick: zero too, so that a feed that goes quiet is seen to. */
export class Rates {
  readonly #counters = new Map<string, Counter>();
  readonly #field: "per_second" | "per_minute";
  readonly #window: number;
  readonly #maxKeys: number;
  #tickedAt: number | undefined;

  constructor({ per, maxKeys = MAX_KEYS }: RatesOptions) {
    this.#field = per === "second" ? "per_second" : "per_minute";
    this.#window = per === "second" ? 0 : WINDOW_SECONDS;
    this.#maxKeys = maxKeys;
  }

  /** Makes a key known, and counts. @param by 0 for a key of which nothing has come yet */
  count(key: string, by = 1): void {
    const counter = this.#counters.get(key) ?? this.#add(key);
    counter.pending += by;
  }

  /**
   * To be called about once a second.
   * @param now unix seconds: x of what is returned
   * @returns a message for each known key, of which the key is the topic
   */
  tick(now: number): Message[] {
    const last = this.#tickedAt ?? Number.POSITIVE_INFINITY;
    if (now >= last && now - last < MIN_INTERVAL_SECONDS) return [];
    this.#tickedAt = now;
    const isAnew = now < last;
    if (isAnew) this.#forget();
    // Nobody knows how long the first interval was.
    if (isAnew && this.#window === 0) return [];
    return [...this.#counters].map(([key, counter]) => {
      const rate =
        this.#window === 0 ? counter.pending / (now - last) : countInWindow(counter, isAnew ? now : last, now);
      counter.pending = 0;
      return { topic: key, time: now, content: { kind: "value", value: { [this.#field]: rate } } };
    });
  }

  /** The clock was set back, or this is the beginning: what was counted belongs to no interval that is known. */
  #forget(): void {
    for (const counter of this.#counters.values()) {
      counter.seconds.fill(0);
      if (this.#window === 0) counter.pending = 0;
    }
  }

  #add(key: string): Counter {
    const isOwn = this.#counters.size < this.#maxKeys && key.length <= MAX_KEY_LENGTH && isSeriesName(key);
    const name = isOwn ? key : OTHER;
    let counter = this.#counters.get(name);
    if (counter === undefined) {
      counter = { pending: 0, seconds: new Float64Array(this.#window) };
      this.#counters.set(name, counter);
    }
    return counter;
  }
}

/** Moves the window on to `now`, with what is pending as of now. @returns all that is in it */
function countInWindow({ pending, seconds }: Counter, last: number, now: number): number {
  const to = Math.floor(now);
  const from = Math.max(Math.floor(last), to - seconds.length);
  for (let second = from + 1; second <= to; second++) seconds[slotOf(second, seconds)] = 0;
  const slot = slotOf(to, seconds);
  seconds[slot] = (seconds[slot] ?? 0) + pending;
  return seconds.reduce((sum, count) => sum + count, 0);
}

/** Times before 1970 have slots too. */
function slotOf(second: number, { length }: Float64Array): number {
  return ((second % length) + length) % length;
}

import { DelayEnvelope } from "./delay-envelope.ts";
import { CLOCK_SET_BACK_SECONDS, type Placement, type Placing } from "./spread.ts";

/** Later than expected by more than this and its own length, a message is the first after a pause. */
const PAUSE_SECONDS = 2;
/** Later by more, with no pause: samples are missing, and what follows moves on by as much. */
const MISSING_SECONDS = 0.25;
/** Within this much of where the arrivals say, x is left alone. */
const TOLERANCE_SECONDS = 0.005;
/** What is beyond is made good in about so long, or in four windows of the envelope. */
const SETTLE_SECONDS = 8;
const SETTLE_WINDOWS = 4;
/** A position that leads further ahead of the arrival than this is no count of samples: it is counted anew. */
const MAX_AHEAD_SECONDS = 10;
const MIN_CORRECTION = -0.99;
const MAX_CORRECTION = 0.5;

/**
 * The time of each sample of a stream of known rate, from the count of samples and the arrivals of messages.
 *
 * An arrival is the time of the message's last sample plus a delay that is never negative, so the quickest messages
 * tell the time and the late ones tell nothing: x follows the lower envelope of the arrivals. Within a message, and
 * from one to the next, samples are `dx` apart. dx is exactly 1/rate until x is more than 5 ms off the envelope, and
 * then is changed a little until it is not; so x never goes backwards. A publisher's clock that is up to 5 % fast or
 * slow is followed. Only when the clock of the arrivals is set back, all begins anew at the next arrival.
 *
 * Errors that it keeps: all x are late by the least delay on the way, which nothing tells; by the jitter of the quickest
 * of 16 messages; and by 5 ms, or what a drift makes before it is known (0.12 s for 1 %). The first message's own delay
 * is an error until it is made good, an eighth of it a second. After a burst (messages that waited before the first was
 * received, or during a silence that was taken for a pause) x is ahead of the arrival, and what comes is squeezed until
 * it is not. Measured, with messages of 0.1 s or less: after a burst of 10 s of samples 6 s ahead at most, of 120 s 9 s,
 * of 1000 s 18 s, and made good within a minute. With messages of 1 s, of which fewer come to learn from: 9, 57 and 71 s,
 * and 8 minutes. Lost samples that nobody counts are a gap if they are 0.25 s or more, else
 * what comes is stretched.
 */
export class SampleClock implements Placing {
  readonly #step: number;
  #dx: number;
  /** The position of the next sample, and its x. */
  #count = 0;
  #next = Number.NaN;
  #arrivedAt = Number.NEGATIVE_INFINITY;
  /** Where it was begun: what the envelope's times and delays are counted from. */
  #origin = { x: 0, count: 0 };
  #isSettling = false;
  #placed: { position: number; samples: number; at: Placement } | undefined;
  readonly #envelope = new DelayEnvelope();

  /** @param rate samples a second */
  constructor(rate: number) {
    this.#step = 1 / rate;
    this.#dx = this.#step;
  }

  place(samples: number, arrivedAt: number, position?: number): Placement {
    if (arrivedAt < this.#arrivedAt - CLOCK_SET_BACK_SECONDS) {
      this.#next = Number.NaN;
      this.#placed = undefined;
    }
    this.#arrivedAt = arrivedAt;
    if (position !== undefined) {
      // The channels of one block come as messages of their own: they have the same time.
      if (position === this.#placed?.position && samples === this.#placed.samples) return this.#placed.at;
      this.#skipTo(position, samples, arrivedAt);
    }
    const last = this.#next + (samples - 1) * this.#dx;
    if (Number.isNaN(last) || arrivedAt - last > PAUSE_SECONDS + samples * this.#step) {
      this.#start(samples, arrivedAt);
    }
    const at = { x0: this.#next, dx: this.#dx };
    if (position !== undefined) this.#placed = { position, samples, at };
    this.#count += samples;
    this.#next += samples * this.#dx;
    this.#observe(arrivedAt);
    return at;
  }

  /** When the sample at this position was, or will be; undefined before the first message. */
  timeOf(position: number): number | undefined {
    const x = this.#next + (position - this.#count) * this.#dx;
    return Number.isNaN(x) ? undefined : x;
  }

  /** Passes over samples that did not come. */
  #skipTo(position: number, samples: number, arrivedAt: number): void {
    const next = this.#next + (position - this.#count) * this.#dx;
    const isCountedOn = position >= this.#count && next + samples * this.#dx <= arrivedAt + MAX_AHEAD_SECONDS;
    const isPlausible = isCountedOn || position === this.#count;
    this.#count = position;
    if (Number.isNaN(next)) return;
    if (isPlausible) this.#next = next;
    else this.#start(samples, arrivedAt);
  }

  /** So that the last sample is at the arrival, but none before those already placed. */
  #start(samples: number, arrivedAt: number): void {
    this.#dx = this.#step * (1 + this.#envelope.slope);
    const x0 = arrivedAt - (samples - 1) * this.#dx;
    // NaN, before the first message, bounds nothing.
    if (!(x0 < this.#next)) this.#next = x0;
    this.#origin = { x: this.#next, count: this.#count };
    this.#isSettling = false;
    this.#envelope.clear();
  }

  /** Learns from an arrival, after its samples were placed. */
  #observe(arrivedAt: number): void {
    // What the time of the last sample would be if the rate were exact and the first placed where it ought to be.
    const elapsed = (this.#count - 1 - this.#origin.count) * this.#step;
    const windowSeconds = this.#envelope.add(elapsed, arrivedAt - this.#origin.x - elapsed);
    if (windowSeconds === undefined) return;
    const late = this.#origin.x + elapsed + this.#envelope.at(elapsed) - (this.#next - this.#dx);
    if (late > MISSING_SECONDS) this.#next += late;
    const isOff = Math.abs(late) > TOLERANCE_SECONDS && late <= MISSING_SECONDS;
    if (!isOff && !this.#isSettling) return;
    this.#isSettling = isOff || (Math.abs(late) > TOLERANCE_SECONDS / 4 && late <= MISSING_SECONDS);
    const pull = this.#isSettling ? late / Math.max(SETTLE_SECONDS, SETTLE_WINDOWS * windowSeconds) : 0;
    const correction = Math.min(MAX_CORRECTION, Math.max(MIN_CORRECTION, this.#envelope.slope + pull));
    this.#dx = this.#step * (1 + correction);
  }
}

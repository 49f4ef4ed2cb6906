/** A window has so many messages, of which the quickest is taken, and lasts at least and at most so long. */
const WINDOW_MESSAGES = 16;
const MIN_WINDOW_SECONDS = 1;
const MAX_WINDOW_SECONDS = 30;
const MAX_POINTS = 32;
/** Fewer tell nothing of the slope. */
const MIN_POINTS = 4;
/** No clock is off by more. What changes faster is not drift: a burst, or samples that are missing. */
const MAX_DRIFT = 0.05;
const MAX_RISE_SECONDS = 0.05;
/** Less is jitter. */
const LATE_SECONDS = 0.005;
/** A slope that makes less over all points is none. */
const MIN_DRIFT_SECONDS = 0.002;

/**
 * The lower envelope of delays: the least of each window of 16 messages or more, and a straight line through the
 * last 32 of these. What is above for a reason other than drift is left out.
 */
export class DelayEnvelope {
  /** The line's, in seconds a second; 0 while it is not known. It outlasts {@link clear}. */
  slope = 0;
  readonly #times: number[] = [];
  readonly #delays: number[] = [];
  #from = 0;
  #messages = 0;
  #bestTime = 0;
  #bestDelay = Number.POSITIVE_INFINITY;
  #firstArrival = 0;

  /** @returns how long the window was that this message ended, in seconds; undefined if it goes on */
  add(time: number, delay: number): number | undefined {
    if (this.#messages++ === 0) this.#firstArrival = time + delay;
    if (delay < this.#bestDelay) {
      this.#bestDelay = delay;
      this.#bestTime = time;
    }
    const seconds = time - this.#from;
    const isFull = this.#messages >= WINDOW_MESSAGES && seconds >= MIN_WINDOW_SECONDS;
    if (!isFull && !(seconds >= MAX_WINDOW_SECONDS && this.#messages > 1)) return undefined;
    // What waited comes at once, all of it late: only if it goes on being late has anything changed.
    if (this.#isRise() && time + delay - this.#firstArrival < MIN_WINDOW_SECONDS) return undefined;
    this.#addPoint(this.#bestTime, this.#bestDelay);
    this.#beginWindow(time);
    return seconds;
  }

  /** The least delay expected at `time`; only after a window has ended. */
  at(time: number): number {
    const { length } = this.#times;
    const meanTime = mean(this.#times);
    const meanDelay = mean(this.#delays);
    if (length < MIN_POINTS) {
      return (this.#delays[length - 1] ?? 0) + this.slope * (time - (this.#times[length - 1] ?? time));
    }
    return meanDelay + this.slope * (time - meanTime);
  }

  /** Forgets all but the slope: time and delay are counted anew. */
  clear(): void {
    this.#times.length = 0;
    this.#delays.length = 0;
    this.#beginWindow(0);
  }

  /** Whether the quickest of this window is late by what has been so far. */
  #isRise(): boolean {
    const last = this.#delays.at(-1);
    return last !== undefined && this.#bestDelay - last > LATE_SECONDS;
  }

  #beginWindow(time: number): void {
    this.#from = time;
    this.#messages = 0;
    this.#bestDelay = Number.POSITIVE_INFINITY;
  }

  #addPoint(time: number, delay: number): void {
    for (let i = this.#times.length - 1; i >= 0; i--) {
      const drift = MAX_DRIFT * (time - (this.#times[i] ?? 0));
      const rise = delay - (this.#delays[i] ?? 0);
      // Those before were late, if these are quicker than drift explains; or something changed, and they are of no use.
      if (-rise <= drift && rise <= drift + MAX_RISE_SECONDS) break;
      this.#times.pop();
      this.#delays.pop();
    }
    this.#times.push(time);
    this.#delays.push(delay);
    if (this.#times.length > MAX_POINTS) {
      this.#times.shift();
      this.#delays.shift();
    }
    if (this.#times.length >= MIN_POINTS) this.slope = this.#fit();
  }

  /** By least squares. */
  #fit(): number {
    const meanTime = mean(this.#times);
    const meanDelay = mean(this.#delays);
    let covariance = 0;
    let variance = 0;
    for (let i = 0; i < this.#times.length; i++) {
      const time = (this.#times[i] ?? 0) - meanTime;
      covariance += time * ((this.#delays[i] ?? 0) - meanDelay);
      variance += time * time;
    }
    const slope = variance > 0 ? covariance / variance : 0;
    const span = (this.#times.at(-1) ?? 0) - (this.#times[0] ?? 0);
    return Math.abs(slope) * span < MIN_DRIFT_SECONDS ? 0 : Math.max(-MAX_DRIFT, Math.min(MAX_DRIFT, slope));
  }
}

function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

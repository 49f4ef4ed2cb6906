import { RateLimit } from "./rate-limit.ts";

/** How soon to look again after viewers that catch up and cannot ask on: while one reads, and while none does. */
const READING_INTERVAL_MS = 5;
const STUCK_INTERVAL_MS = 1000;
const MAX_STUCK_INTERVAL_MS = 8000;
/**
 * Each alarm is a billed request and a row, and anybody may watch: after so many they come at this rate. One more in a
 * second may hurry again.
 */
const HURRIED_ALARMS = 256;
const READING_ALARMS_PER_SECOND = 16;
const HURRIED_ALARMS_PER_SECOND = 1;

/**
 * So many times as long as a look took is the pause after it. What it sends is written to the sockets in that time, which takes as
 * long again: so viewers of text get about half of the time.
 */
const REST_SHARE = 4;

/** When the next alarm is due for viewers that catch up. */
export class AlarmPace {
  /** Whether one of them got more since we last looked. */
  someoneReads = true;
  readonly #hurried: RateLimit;
  #mayHurry = true;
  #stuckIntervalMs = STUCK_INTERVAL_MS;
  #restMs = 0;

  constructor(nowMs: number) {
    this.#hurried = new RateLimit(HURRIED_ALARMS_PER_SECOND, nowMs, HURRIED_ALARMS);
  }

  get intervalMs(): number {
    if (!this.someoneReads) return this.#stuckIntervalMs;
    return Math.max(this.#restMs, this.#mayHurry ? READING_INTERVAL_MS : 1000 / READING_ALARMS_PER_SECOND);
  }

  /**
   * An alarm came, and all were looked after.
   * @param tookMs how long that took; 0 where clocks stand still while code runs
   */
  alarmed(nowMs: number, tookMs: number): void {
    this.#restMs = REST_SHARE * tookMs;
    this.#mayHurry = this.#hurried.take(nowMs);
    this.#stuckIntervalMs = this.someoneReads
      ? STUCK_INTERVAL_MS
      : Math.min(2 * this.#stuckIntervalMs, MAX_STUCK_INTERVAL_MS);
  }
}

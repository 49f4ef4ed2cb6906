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

/** When the next alarm is due for viewers that catch up. */
export class AlarmPace {
  /** Whether one of them got more since we last looked. */
  someoneReads = true;
  readonly #hurried: RateLimit;
  #mayHurry = true;
  #stuckIntervalMs = STUCK_INTERVAL_MS;

  constructor(nowMs: number) {
    this.#hurried = new RateLimit(HURRIED_ALARMS_PER_SECOND, nowMs, HURRIED_ALARMS);
  }

  get intervalMs(): number {
    if (!this.someoneReads) return this.#stuckIntervalMs;
    return this.#mayHurry ? READING_INTERVAL_MS : 1000 / READING_ALARMS_PER_SECOND;
  }

  /** An alarm came, and all were looked after. */
  alarmed(nowMs: number): void {
    this.#mayHurry = this.#hurried.take(nowMs);
    this.#stuckIntervalMs = this.someoneReads
      ? STUCK_INTERVAL_MS
      : Math.min(2 * this.#stuckIntervalMs, MAX_STUCK_INTERVAL_MS);
  }
}

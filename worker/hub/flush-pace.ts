const MIN_INTERVAL_MS = 1000;
const MAX_INTERVAL_MS = 8000;
/** Where so many publishes between two alarms have brought viewers on, they do without the alarms. */
const ENOUGH_PUBLISHES = 8;

/**
 * How long after an alarm the next comes for viewers that wait for what is stored. Each alarm is a billed request and a
 * row, and anybody may be such a viewer: so it is never sooner than a second, and later while none of them reads, or while
 * publishes bring them on.
 */
export class FlushPace {
  #intervalMs = MIN_INTERVAL_MS;
  #publishes = 0;

  get intervalMs(): number {
    return this.#intervalMs;
  }

  /** A publish brought some of them on. */
  published(): void {
    this.#publishes++;
  }

  /** An alarm came. @param hasSent whether any of them got more */
  alarmed(hasSent: boolean): void {
    const isNeeded = hasSent && this.#publishes < ENOUGH_PUBLISHES;
    this.#publishes = 0;
    this.#intervalMs = isNeeded ? MIN_INTERVAL_MS : Math.min(2 * this.#intervalMs, MAX_INTERVAL_MS);
  }
}

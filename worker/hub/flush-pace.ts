const MIN_INTERVAL_MS = 1000;
const MAX_INTERVAL_MS = 8000;

/**
 * How long after an alarm the next comes for viewers that wait for what is stored. Each alarm is a billed request and a
 * row, and anybody may be such a viewer: so it is never sooner than a second, and later while none of them reads.
 */
export class FlushPace {
  #intervalMs = MIN_INTERVAL_MS;

  get intervalMs(): number {
    return this.#intervalMs;
  }

  /** An alarm came. @param hasSent whether any of them got more */
  alarmed(hasSent: boolean): void {
    this.#intervalMs = hasSent ? MIN_INTERVAL_MS : Math.min(2 * this.#intervalMs, MAX_INTERVAL_MS);
  }
}

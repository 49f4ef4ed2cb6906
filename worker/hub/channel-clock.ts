/**
 * A channel's time, in milliseconds since 1970: that of the wall clock, but it never runs back. Where the wall clock was
 * set back it goes on from the latest time there was, as fast as the wall clock, so what was stored under a clock that was
 * ahead grows old like everything else. It is the wall clock's again as soon as that has caught up.
 */
export class ChannelClock {
  #latestMs: number;
  #aheadMs = 0;

  /** @param latestMs a time that was stored: the clock has shown it already */
  constructor(latestMs = 0) {
    this.#latestMs = latestMs;
  }

  /** The clock has shown this time, too. */
  passed(ms: number): void {
    this.#latestMs = Math.max(this.#latestMs, ms);
  }

  /** By how much the channel's time was ahead of the wall clock when it was last asked for. */
  get aheadMs(): number {
    return this.#aheadMs;
  }

  /** The channel's time when the wall clock shows this. */
  at(wallMs: number): number {
    if (wallMs >= this.#latestMs) this.#aheadMs = 0;
    else if (wallMs + this.#aheadMs < this.#latestMs) this.#aheadMs = this.#latestMs - wallMs;
    this.#latestMs = wallMs + this.#aheadMs;
    return this.#latestMs;
  }
}

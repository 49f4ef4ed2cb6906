/** A token bucket: so many at once, and so many again each second. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #atOnce: number;
  #tokens: number;
  #filledAtMs: number;

  constructor(perSecond: number, nowMs: number, atOnce = perSecond) {
    this.#perSecond = perSecond;
    this.#atOnce = atOnce;
    this.#tokens = atOnce;
    this.#filledAtMs = nowMs;
  }

  /** How many are left; fewer than none after {@link spend}. */
  left(nowMs: number): number {
    const refill = (Math.max(0, nowMs - this.#filledAtMs) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#atOnce, this.#tokens + refill);
    this.#filledAtMs = nowMs;
    return this.#tokens;
  }

  /** Takes one, or so many. @returns false, and takes nothing, if there are not as many left */
  take(nowMs: number, count = 1): boolean {
    if (this.left(nowMs) < count) return false;
    this.#tokens -= count;
    return true;
  }

  /** Takes so many, whether they are left or not. */
  spend(count: number): void {
    this.#tokens -= count;
  }
}

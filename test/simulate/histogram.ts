/** How often each of many times came, to a hundredth of itself: percentiles of billions of them. */

const STEP = Math.log(1.01);

export class Histogram {
  readonly #weights = new Map<number, number>();
  #weight = 0;
  #maxMs = 0;

  /** @param weight how often it came */
  add(ms: number, weight = 1): void {
    const bin = Math.round(Math.log(Math.max(0.01, ms)) / STEP);
    this.#weights.set(bin, (this.#weights.get(bin) ?? 0) + weight);
    this.#weight += weight;
    this.#maxMs = Math.max(this.#maxMs, ms);
  }

  get count(): number {
    return this.#weight;
  }

  get maxMs(): number {
    return this.#maxMs;
  }

  /** The time that a share of all were no longer than. @returns NaN if there are none */
  percentileMs(share: number): number {
    let left = share * this.#weight;
    for (const [bin, weight] of [...this.#weights].sort(([a], [b]) => a - b)) {
      left -= weight;
      if (left <= 0) return Math.min(this.#maxMs, Math.exp(bin * STEP));
    }
    return Number.NaN;
  }
}

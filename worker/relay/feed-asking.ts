/** A relay that lost its feed asks for another after a random time within this; then ever later. */
export const [MIN_ASK_MS, MAX_ASK_MS] = [1_000, 30_000] as const;

/** When a relay asks its channel for a feed: soon after it has lost one that its viewers need, and ever later while there is none to be had. */
export class FeedAsking {
  readonly #random: () => number;
  #withinMs: number = MIN_ASK_MS;
  #atMs: number | undefined;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** In how long it is time to ask; undefined: there is nothing to ask for. */
  dueInMs(nowMs: number): number | undefined {
    return this.#atMs === undefined ? undefined : Math.max(0, this.#atMs - nowMs);
  }

  /** Viewers need a feed, and there is none. An eviction forgets this: it is said after everything that happens. */
  needed(nowMs: number): void {
    this.#atMs ??= nowMs + this.#random() * this.#withinMs;
  }

  /** There is a feed, or nobody needs one. */
  notNeeded(): void {
    this.#atMs = undefined;
  }

  /** A feed began to bring something. */
  opened(): void {
    this.#withinMs = MIN_ASK_MS;
    this.#atMs = undefined;
  }

  /** It was asked for, and there is none. */
  failed(nowMs: number): void {
    this.#withinMs = Math.min(2 * this.#withinMs, MAX_ASK_MS);
    this.#atMs = nowMs + this.#withinMs / 2 + (this.#random() * this.#withinMs) / 2;
  }
}

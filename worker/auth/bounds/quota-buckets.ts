import { keepNewest } from "../keep-newest.ts";
import { RateLimit } from "./rate-limit.ts";

export const MAX_QUOTA_KEYS = 4_096;
/** How often those that were refused are looked through for who may be let go. */
const SWEEP_EVERY_MS = 1_000;

/**
 * Token buckets by key: what one address or one token may do in a second. A bucket holds so many seconds' worth. More than a bucket
 * holds, such as a large body, passes when it is full, and is paid off before the next.
 *
 * Both tables have a bound. Of the keys within their quota the one goes first that was heard of longest ago. Those that were refused are
 * kept apart until their bucket is full again: so whoever invents keys can make it forget none of them. Where these are too many, the one
 * goes that was refused first. It gets a full bucket again, which is better than to refuse those that did nothing.
 */
export class QuotaBuckets {
  readonly #perSecond: number;
  readonly #atOnce: number;
  /** In the order of use. */
  readonly #within = new Map<string, RateLimit>();
  /** In the order in which they were refused first. */
  readonly #refused = new Map<string, RateLimit>();
  #sweptAtMs = 0;

  /** @param seconds how many seconds' worth may come at once */
  constructor(perSecond: number, seconds = 1) {
    this.#perSecond = perSecond;
    this.#atOnce = perSecond * seconds;
  }

  /** How many keys are known. */
  get size(): number {
    return this.#within.size + this.#refused.size;
  }

  /** In how many ms there is enough for so much; 0: now. Who has to wait counts as refused. */
  waitMs(key: string, count: number, nowMs: number): number {
    this.#sweep(nowMs);
    const bucket = this.#bucketOf(key, nowMs);
    const missing = Math.min(count, this.#atOnce) - bucket.left(nowMs);
    if (missing <= 0) return 0;
    if (!this.#refused.has(key)) {
      this.#within.delete(key);
      keepNewest(this.#refused.set(key, bucket), MAX_QUOTA_KEYS);
    }
    return Math.ceil((missing / this.#perSecond) * 1000);
  }

  /** Takes so much, whether there is enough or not. */
  spend(key: string, count: number, nowMs: number): void {
    this.#bucketOf(key, nowMs).spend(count);
  }

  /** One of {@link #refused} stays there: it is let go when its bucket is full. */
  #bucketOf(key: string, nowMs: number): RateLimit {
    const refused = this.#refused.get(key);
    if (refused !== undefined) return refused;
    const bucket = this.#within.get(key) ?? new RateLimit(this.#perSecond, nowMs, this.#atOnce);
    this.#within.delete(key);
    keepNewest(this.#within.set(key, bucket), MAX_QUOTA_KEYS);
    return bucket;
  }

  #sweep(nowMs: number): void {
    // A clock that was set back must not stop it.
    if (Math.abs(nowMs - this.#sweptAtMs) < SWEEP_EVERY_MS) return;
    this.#sweptAtMs = nowMs;
    for (const [key, bucket] of this.#refused) if (bucket.left(nowMs) >= this.#atOnce) this.#refused.delete(key);
  }
}

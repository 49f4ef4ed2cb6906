/** How many wrong tokens an address may send before the next are refused as too many, and for how long. */
export const MAX_WRONG_TOKENS = 20;
export const WRONG_TOKENS_WINDOW_MS = 60_000;
const MAX_ADDRESSES = 4_096;

/**
 * Counts wrong tokens by address, so that whoever sends many is told to wait. The right token passes from every address: behind one
 * NAT a wrong script must not lock out the right bridge. So this is no guard of the token (its length is), but of the log and the line.
 *
 * Both tables have a bound. Of addresses with few wrong tokens the one goes first that was heard of longest ago; those that have
 * reached the bound are kept apart, and go only with time. So whoever has many addresses can make it forget none that is refused. If
 * those are too many, wrong tokens of all others are too many at once.
 */
export class WrongTokens {
  readonly #counted = new Map<string, { count: number; sinceMs: number }>();
  /** Until when; in the order in which they end. */
  readonly #refused = new Map<string, number>();
  /** How many addresses were forgotten while they were counted. */
  forgotten = 0;

  /**
   * Counts a wrong token.
   * @returns for how many more ms wrong tokens of this address are too many; undefined: they are not
   */
  note(address: string, nowMs: number): number | undefined {
    for (const [other, untilMs] of this.#refused) {
      if (untilMs > nowMs && untilMs <= nowMs + WRONG_TOKENS_WINDOW_MS) break;
      this.#refused.delete(other);
    }
    const untilMs = this.#refused.get(address);
    if (untilMs !== undefined) return untilMs - nowMs;

    const before = this.#counted.get(address);
    const isNew = before === undefined || Math.abs(nowMs - before.sinceMs) >= WRONG_TOKENS_WINDOW_MS;
    const { count, sinceMs } = isNew ? { count: 0, sinceMs: nowMs } : before;
    this.#counted.delete(address);
    const isFull = this.#refused.size >= MAX_ADDRESSES;
    if (count + 1 <= MAX_WRONG_TOKENS && !isFull) {
      this.#counted.set(address, { count: count + 1, sinceMs });
      this.#forget();
      return undefined;
    }
    if (!isFull) this.#refused.set(address, nowMs + WRONG_TOKENS_WINDOW_MS);
    return WRONG_TOKENS_WINDOW_MS;
  }

  /** How many addresses are known. */
  get size(): number {
    return this.#counted.size + this.#refused.size;
  }

  #forget(): void {
    for (const address of this.#counted.keys()) {
      if (this.#counted.size <= MAX_ADDRESSES) return;
      this.#counted.delete(address);
      this.forgotten++;
    }
  }
}

/** Says when one more message may be said: a room closes whoever says more (SPEC.md, BW9a, BW9d). */
export class Pace {
  readonly #atOnce: number;
  readonly #perSecond: number;
  #left: number;
  #atMs = 0;

  constructor(atOnce: number, perSecond: number) {
    this.#atOnce = atOnce;
    this.#perSecond = perSecond;
    this.#left = atOnce;
  }

  /** A new connection, at which nothing was said. */
  restart(nowMs: number): void {
    this.#left = this.#atOnce;
    this.#atMs = nowMs;
  }

  /** In how long one more may be said; 0: it may now. */
  waitMs(nowMs: number): number {
    this.#left = Math.min(this.#atOnce, this.#left + ((nowMs - this.#atMs) / 1000) * this.#perSecond);
    this.#atMs = nowMs;
    return this.#left < 1 ? ((1 - this.#left) / this.#perSecond) * 1000 : 0;
  }

  /** One is said. */
  take(): void {
    this.#left--;
  }
}

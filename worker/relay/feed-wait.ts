import type { Cursor } from "../../protocol/cursor.ts";

/** Somebody waits until the ring has come so far; undefined: as far as its feed says that it will. */
interface Waiting {
  until: Cursor | undefined;
  done(): void;
}

/** Viewers that join before their relay has what it needs of them: they wait for its feed, not longer than they may. */
export class FeedWait {
  readonly #waiting = new Set<Waiting>();
  /** Up to where the feed brings what was there when it was opened; undefined: none was opened yet. */
  #through: Cursor | undefined;
  #at: Cursor = { epoch: 0, seq: 0 };

  get isWaitedFor(): boolean {
    return this.#waiting.size > 0;
  }

  /** How many wait. */
  get count(): number {
    return this.#waiting.size;
  }

  /** Whether everything has come that was there when the feed was opened. */
  get isWhole(): boolean {
    return this.#through !== undefined && isReached(this.#through, this.#at);
  }

  /** Another feed takes the place of the one before: nobody knows yet what it begins with. */
  restarts(): void {
    this.#through = undefined;
  }

  /** A feed was opened. */
  opened(through: Cursor): void {
    this.#through = through;
  }

  /** The ring has come so far. */
  reached(at: Cursor): void {
    this.#at = at;
    for (const each of this.#waiting) {
      if (each.until === undefined ? this.isWhole : isReached(each.until, at)) each.done();
    }
  }

  /** Resolves once what the feed began with is here. @throws Error it did not come in time */
  untilWhole(maxMs: number): Promise<void> {
    return this.#until(undefined, maxMs, "the channel's feed");
  }

  /** Resolves once the ring has come so far. @throws Error it did not in time */
  async untilReached(until: Cursor, at: Cursor, maxMs: number): Promise<void> {
    if (isReached(until, at)) return;
    await this.#until(until, maxMs, "what the viewer has already");
  }

  #until(until: Cursor | undefined, maxMs: number, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        until,
        done: () => {
          clearTimeout(timer);
          this.#waiting.delete(waiting);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(waiting);
        reject(new Error(`${what} did not come within ${maxMs} ms`));
      }, maxMs);
      this.#waiting.add(waiting);
    });
  }
}

function isReached(until: Cursor, at: Cursor): boolean {
  return at.epoch > until.epoch || (at.epoch === until.epoch && at.seq >= until.seq);
}

import { RateLimit } from "../../hub/rate-limit.ts";

/** Names that are new to an isolate: so many at once from one address and from all, and so many again each second. */
export const NEW_NAMES_PER_ADDRESS = { atOnce: 1000, perSecond: 0.1 };
export const NEW_NAMES_IN_ALL = { atOnce: 10_000, perSecond: 0.1 };
/** Locally an object of a new name takes 10 to 20 ms of the one thread, for the file that is made for it: so they come one by one. */
const NAME_EVERY_MS = 40;
const MAX_WAIT_MS = 10_000;
const MAX_NAMES = 20_000;
const MAX_ADDRESSES = 1000;

/**
 * Bounds how many channels anybody can make an object for by asking: it stores nothing, but the local runtime makes an
 * empty file for each. A name that was asked for, or published to, costs nothing more.
 */
export class NewNames {
  /** In the order of use, so that the first is the one to forget; so it is with the addresses. */
  readonly #names = new Set<string>();
  readonly #ofAddresses = new Map<string, RateLimit>();
  readonly #inAll: RateLimit;
  readonly #everyMs: number;
  /** When the next new name may be asked for. */
  #nextAtMs = 0;

  /** @param everyMs how long after another a new name may be asked for */
  constructor(nowMs: number, everyMs = NAME_EVERY_MS) {
    this.#everyMs = everyMs;
    this.#inAll = new RateLimit(NEW_NAMES_IN_ALL.perSecond, nowMs, NEW_NAMES_IN_ALL.atOnce);
  }

  /** Whether an address may ask for a name, and how long it waits before it does; undefined: it may not. */
  waitMs(name: string, address: string, nowMs: number): number | undefined {
    if (this.#names.has(name)) {
      this.know(name);
      return 0;
    }
    // Further ahead than anybody waits: the clock was set back.
    const isAhead = this.#nextAtMs > nowMs && this.#nextAtMs <= nowMs + MAX_WAIT_MS + this.#everyMs;
    const waitMs = isAhead ? this.#nextAtMs - nowMs : 0;
    if (waitMs > MAX_WAIT_MS) return undefined;
    if (!(this.#limitOf(address, nowMs).take(nowMs) && this.#inAll.take(nowMs))) return undefined;
    this.#nextAtMs = nowMs + waitMs + this.#everyMs;
    this.know(name);
    return waitMs;
  }

  /** Somebody published to it. */
  know(name: string): void {
    this.#names.delete(name);
    this.#names.add(name);
    const first = this.#names.values().next();
    if (this.#names.size > MAX_NAMES && !first.done) this.#names.delete(first.value);
  }

  #limitOf(address: string, nowMs: number): RateLimit {
    const { perSecond, atOnce } = NEW_NAMES_PER_ADDRESS;
    const limit = this.#ofAddresses.get(address) ?? new RateLimit(perSecond, nowMs, atOnce);
    this.#ofAddresses.delete(address);
    this.#ofAddresses.set(address, limit);
    const first = this.#ofAddresses.keys().next();
    if (this.#ofAddresses.size > MAX_ADDRESSES && !first.done) this.#ofAddresses.delete(first.value);
    return limit;
  }
}

import { RateLimit } from "./rate-limit.ts";

/** Names that are new to an isolate: so many at once from one address and from all, and so many again each second. */
export const NEW_NAMES_PER_ADDRESS = { atOnce: 1000, perSecond: 0.1 };
export const NEW_NAMES_IN_ALL = { atOnce: 10_000, perSecond: 0.1 };
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

  constructor(nowMs: number) {
    this.#inAll = new RateLimit(NEW_NAMES_IN_ALL.perSecond, nowMs, NEW_NAMES_IN_ALL.atOnce);
  }

  /** Whether an address may ask for a name. */
  mayAsk(name: string, address: string, nowMs: number): boolean {
    const isKnown = this.#names.has(name);
    if (!isKnown && !(this.#limitOf(address, nowMs).take(nowMs) && this.#inAll.take(nowMs))) return false;
    this.know(name);
    return true;
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

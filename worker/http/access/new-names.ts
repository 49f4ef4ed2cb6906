import { RateLimit } from "../../auth/bounds/rate-limit.ts";
import { keepNewest } from "../../auth/keep-newest.ts";
import type { Asker } from "../../auth/viewer-share.ts";

/** Names that are new to an isolate: so many at once from one address, or with the tokens of one maker, and so many again each second. */
export const NEW_NAMES_PER_ASKER = { atOnce: 1000, perSecond: 0.1 };
/** The same, from all addresses. */
export const NEW_NAMES_IN_ALL = { atOnce: 10_000, perSecond: 0.1 };
/** Locally an object of a new name takes 10 to 20 ms of the one thread, for the file that is made for it: so they come one by one. */
const NAME_EVERY_MS = 40;
const MAX_WAIT_MS = 10_000;
const MAX_NAMES = 20_000;
/** Addresses, and as many makers of tokens. */
const MAX_ASKERS = 1000;

/** What one may ask for. */
interface Share {
  limit: RateLimit;
  turns: Turns;
  /** When it asks for those that it waits with. */
  waiting: number[];
}

/**
 * Bounds how many channels anybody can make an object for by asking: it stores nothing, but the local runtime makes an
 * empty file for each. A name that was asked for, or published to, costs nothing more.
 *
 * Strangers have one bound and one queue together, as addresses are cheap. In that queue what waits of the same address counts twice: so
 * one that asks for many at once leaves room for those who ask for one. Tokens are not cheap, but for whoever makes them: each maker, with all
 * its tokens, has a bound and a queue of its own, so that no stranger, and nobody else's token, makes it wait.
 */
export class NewNames {
  /** In the order of use, so that the first is the one to forget; so it is with the addresses and tokens. */
  readonly #names = new Set<string>();
  readonly #ofAddresses = new Map<string, Share>();
  readonly #ofTokens = new Map<string, Share>();
  readonly #inAll: RateLimit;
  readonly #turnsOfAddresses: Turns;
  readonly #everyMs: number;

  /** @param everyMs how long after another a new name may be asked for */
  constructor(nowMs: number, everyMs = NAME_EVERY_MS) {
    this.#everyMs = everyMs;
    this.#turnsOfAddresses = new Turns(everyMs);
    this.#inAll = new RateLimit(NEW_NAMES_IN_ALL.perSecond, nowMs, NEW_NAMES_IN_ALL.atOnce);
  }

  /** Whether a name was asked for or published to before. */
  isKnown(name: string): boolean {
    return this.#names.has(name);
  }

  /**
   * Whether a name may be asked for, and how long it is waited before; undefined: it may not.
   * @param asker an address; or a token by whose bound counts what it does
   */
  waitMs(name: string, asker: Asker, nowMs: number): number | undefined {
    if (this.isKnown(name)) {
      this.know(name);
      return 0;
    }
    const share = this.#shareOf(asker, nowMs);
    const { limit, turns } = share;
    const waitMs = turns.waitMs(nowMs);
    share.waiting = share.waiting.filter((atMs) => atMs > nowMs && atMs <= nowMs + MAX_WAIT_MS);
    const ownMs = asker.kind === "address" ? share.waiting.length * this.#everyMs : 0;
    if (waitMs + ownMs > MAX_WAIT_MS || !limit.take(nowMs)) return undefined;
    if (asker.kind === "address" && !this.#inAll.take(nowMs)) return undefined;
    turns.take(nowMs, waitMs);
    share.waiting.push(nowMs + waitMs);
    this.know(name);
    return waitMs;
  }

  /** Somebody asked for it again, or published to it. */
  know(name: string): void {
    this.#names.delete(name);
    keepNewest(this.#names.add(name), MAX_NAMES);
  }

  #shareOf(asker: Asker, nowMs: number): Share {
    return asker.kind === "token"
      ? used(this.#ofTokens, asker.id, nowMs, () => new Turns(this.#everyMs))
      : used(this.#ofAddresses, asker.address, nowMs, () => this.#turnsOfAddresses);
  }
}

/** Lets one after another through, so far apart. */
class Turns {
  readonly #everyMs: number;
  #nextAtMs = 0;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** How long the next one waits. */
  waitMs(nowMs: number): number {
    const waitMs = Math.max(0, this.#nextAtMs - nowMs);
    // Further ahead than anybody waits: the clock was set back.
    return waitMs <= MAX_WAIT_MS + this.#everyMs ? waitMs : 0;
  }

  /** The next one goes after so long. */
  take(nowMs: number, waitMs: number): void {
    this.#nextAtMs = nowMs + waitMs + this.#everyMs;
  }
}

/** The share of an asker, which is then the one that was used last. */
function used(shares: Map<string, Share>, key: string, nowMs: number, turns: () => Turns): Share {
  const { perSecond, atOnce } = NEW_NAMES_PER_ASKER;
  const share = shares.get(key) ?? { limit: new RateLimit(perSecond, nowMs, atOnce), turns: turns(), waiting: [] };
  shares.delete(key);
  keepNewest(shares.set(key, share), MAX_ASKERS);
  return share;
}

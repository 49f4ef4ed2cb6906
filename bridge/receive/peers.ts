import type { Log } from "../tell/log.ts";
import { counted } from "../tell/text.ts";

/** Lines at once; then one each {@link LINE_EVERY_MS}, with a count of those between. */
const LINES_AT_ONCE = 10;
const LINE_EVERY_MS = 10_000;

export interface PeersOptions {
  log: Log;
  /** A publisher has come back to an address where one had gone: what it sent meanwhile is lost. */
  onReturn: (address: string) => void;
  onGone: () => void;
  onCount: (connected: number) => void;
  nowMs?: () => number;
}

/**
 * Who is connected, as libzmq tells it. Of a bound socket it names only our own end, so whichever publisher comes to an
 * address after one has gone there is taken for the one that went.
 */
export class Peers {
  readonly #options: Required<PeersOptions>;
  /** By address: how many are there now, and how many have gone and not come back. */
  readonly #at = new Map<string, { now: number; gone: number }>();
  #tokens = LINES_AT_ONCE;
  #refilledAtMs: number;
  #unsaid = 0;

  constructor(options: PeersOptions) {
    this.#options = { nowMs: () => performance.now(), ...options };
    this.#refilledAtMs = this.#options.nowMs();
  }

  connected(address: string): void {
    const at = this.#of(address);
    at.now++;
    this.#options.onCount(this.#connected);
    const isReturn = at.gone > 0;
    if (isReturn) {
      at.gone--;
      this.#options.onReturn(address);
    }
    this.#say(`A publisher is connected${isReturn ? " again" : ""} at ${address}`);
  }

  disconnected(address: string): void {
    this.#left(this.#of(address), 1);
    this.#options.onGone();
    this.#say(`A publisher is gone from ${address}`);
  }

  /** We have ended the connections to all addresses but these ourselves, which libzmq does not tell. */
  reopened(bound: readonly string[]): void {
    for (const [address, at] of this.#at) if (!bound.includes(address)) this.#left(at, at.now);
  }

  get #connected(): number {
    return [...this.#at.values()].reduce((sum, { now }) => sum + now, 0);
  }

  #of(address: string): { now: number; gone: number } {
    const at = this.#at.get(address) ?? { now: 0, gone: 0 };
    this.#at.set(address, at);
    return at;
  }

  #left(at: { now: number; gone: number }, count: number): void {
    at.now = Math.max(0, at.now - count);
    at.gone += count;
    this.#options.onCount(this.#connected);
  }

  #say(text: string): void {
    const { log, nowMs } = this.#options;
    const refills = Math.floor((nowMs() - this.#refilledAtMs) / LINE_EVERY_MS);
    this.#tokens = Math.min(LINES_AT_ONCE, this.#tokens + refills);
    this.#refilledAtMs += refills * LINE_EVERY_MS;
    if (this.#tokens === 0) {
      this.#unsaid++;
      return;
    }
    this.#tokens--;
    const more = this.#unsaid === 0 ? "" : ` (and ${counted(this.#unsaid, "such change")} before)`;
    this.#unsaid = 0;
    log.info(`${text}; ${counted(this.#connected, "publisher")} now${more}.`);
  }
}

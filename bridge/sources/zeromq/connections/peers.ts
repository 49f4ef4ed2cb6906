import { LineRate } from "../../../observability/line-rate.ts";
import type { Log } from "../../../observability/log.ts";
import { counted } from "../../../observability/printable.ts";

export interface PeersOptions {
  log: Log;
  /** A publisher has come to an address where one had gone: what was sent before may be lost, which nobody can know. */
  onReturn: (address: string) => void;
  /** What the log says of a return, beside that it was one. */
  returnNote?: string;
  onGone: () => void;
  onCount: (connected: number) => void;
  nowMs?: () => number;
}

/**
 * Who is connected, as libzmq tells it. Of a bound socket it names only our own end, so whichever publisher comes to an
 * address after one has gone there is taken for the one that went.
 */
export class Peers {
  readonly #options: PeersOptions;
  /** By address: how many are there now, and how many have gone and not come back. */
  readonly #at = new Map<string, { now: number; gone: number }>();
  readonly #rate: LineRate;

  constructor(options: PeersOptions) {
    this.#options = options;
    this.#rate = new LineRate(options.nowMs);
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
    const { returnNote } = this.#options;
    const again = isReturn ? " again" : "";
    this.#say(`A publisher is connected${again} at ${address}${isReturn && returnNote ? ` (${returnNote})` : ""}`);
  }

  disconnected(address: string): void {
    this.#left(this.#of(address), 1);
    this.#options.onGone();
    this.#say(`A publisher is gone from ${address}`);
  }

  /** We have ended the connections to these addresses ourselves, which libzmq does not tell. */
  reopened(addresses: readonly string[]): void {
    for (const address of addresses) {
      const at = this.#at.get(address);
      if (at !== undefined) this.#left(at, at.now);
    }
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
    const unsaid = this.#rate.take();
    if (unsaid === undefined) return;
    const more = unsaid === 0 ? "" : ` (and ${counted(unsaid, "such change")} before)`;
    this.#options.log.info(`${text}; ${counted(this.#connected, "publisher")} now${more}.`);
  }
}

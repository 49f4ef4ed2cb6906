import { fullJitterMs } from "../../../../protocol/backoff.ts";
import { errorAdvice } from "../../../observability/error-advice.ts";
import type { Log } from "../../../observability/log.ts";
import { duration } from "../../../observability/printable.ts";

export interface LifelinesOptions {
  addresses: readonly string[];
  log: Pick<Log, "info" | "warn">;
  /** Why there is no connection to an address, if that is known. */
  failureAt?: (address: string) => Error | undefined;
  /** Connects to an address anew. */
  reconnect: (address: string) => void;
  nowMs?: () => number;
}

interface Lifeline {
  /** Whether the network connects us, whatever comes of it. */
  isUp: boolean;
  sinceMs: number;
  /** That there is no connection was said. */
  isSaid: boolean;
  /** libzmq has not said that it tries again; then we shall. */
  anewAtMs: number | undefined;
  /** How often in a row we did. */
  attempts: number;
}

const SAY_AFTER_MS = 5000;
/** libzmq says at once that it will try again. */
const GRACE_MS = 1000;
const MAX_PAUSE_MS = 30_000;
/** A connection that lasted so long was none that fails each time. */
const GOOD_AFTER_MS = 10_000;

/**
 * Keeps the connections that we begin alive. libzmq makes them again by itself when the network ends them, but not after
 * it has found the other side wrong: with another mechanism, a refusal, or a message that is too large.
 * (`session_base_t::engine_error` in https://github.com/zeromq/libzmq/blob/v4.3.5/src/session_base.cpp: case
 * protocol_error.) The other side may be mended meanwhile, so that is done here.
 */
export class Lifelines {
  readonly #options: Required<LifelinesOptions>;
  readonly #at: ReadonlyMap<string, Lifeline>;

  constructor(options: LifelinesOptions) {
    this.#options = { nowMs: () => performance.now(), failureAt: () => undefined, ...options };
    const sinceMs = this.#options.nowMs();
    this.#at = new Map(
      options.addresses.map((address) => [
        address,
        { isUp: false, sinceMs, isSaid: false, anewAtMs: undefined, attempts: 0 },
      ]),
    );
  }

  isAway(address: string): boolean {
    return this.#at.get(address)?.isUp === false;
  }

  /** libzmq is at it. */
  trying(address: string): void {
    const line = this.#at.get(address);
    if (line !== undefined) line.anewAtMs = undefined;
  }

  connected(address: string): void {
    const line = this.#at.get(address);
    if (line === undefined) return;
    const { log, nowMs } = this.#options;
    if (line.isSaid) log.info(`${address} answers, after ${duration(nowMs() - line.sinceMs)}.`);
    Object.assign(line, { isUp: true, sinceMs: nowMs(), isSaid: false, anewAtMs: undefined });
  }

  ended(address: string): void {
    const line = this.#at.get(address);
    if (line === undefined) return;
    const nowMs = this.#options.nowMs();
    if (line.isUp && nowMs - line.sinceMs >= GOOD_AFTER_MS) line.attempts = 0;
    const pauseMs = GRACE_MS + fullJitterMs(line.attempts, GRACE_MS, MAX_PAUSE_MS, Math.random());
    Object.assign(line, { isUp: false, sinceMs: nowMs, isSaid: false, anewAtMs: nowMs + pauseMs });
  }

  /** To be called about once a second. */
  check(): void {
    const { log, failureAt, reconnect } = this.#options;
    const nowMs = this.#options.nowMs();
    for (const [address, line] of this.#at) {
      if (line.isUp) continue;
      if (line.anewAtMs !== undefined) {
        if (nowMs < line.anewAtMs) continue;
        line.anewAtMs = undefined;
        line.attempts++;
        line.sinceMs = nowMs;
        reconnect(address);
      } else if (!line.isSaid && nowMs - line.sinceMs >= SAY_AFTER_MS) {
        line.isSaid = true;
        const failure = failureAt(address);
        const why = failure === undefined ? "nobody answers there" : errorAdvice(failure, "publisher");
        log.warn(`${address} is not connected yet: ${why}. Trying on.`);
      }
    }
  }
}

import type { Log } from "../observability/log.ts";
import { duration } from "../observability/printable.ts";

export interface SilenceOptions {
  log: Log;
  /** How often a message is expected at least; learnt unless given. */
  expectEveryMs?: number;
  /** Whether any publisher is connected: one that has gone is no riddle. */
  isConnected: () => boolean;
  /** Opens the connections anew, if there are any of our own: a link that is dead on one side only is cured by that. */
  reopen: () => void;
  onStale: () => void;
  nowMs?: () => number;
}

/** So many times the expected pause is no pause any more. */
const PATIENCE = 3;
/** A learnt cadence says little of less. */
const MIN_LEARNT_SILENCE_MS = 5000;
const MIN_GIVEN_SILENCE_MS = 500;
/** Fewer messages are no cadence. */
const MIN_MESSAGES = 10;
/** The longest pause is forgotten by half in this time. */
const HALF_LIFE_MS = 600_000;
/** While the silence lasts, connections are opened anew so often. */
const REOPEN_EVERY_MS = 30_000;
/** Where that nothing comes is only unusual, the peer may be well: each time costs it what it sends meanwhile. */
const MAX_REOPEN_EVERY_MS = 600_000;

/** Notices when messages stop coming though nothing says that a publisher has gone. */
export class Silence {
  readonly #options: SilenceOptions & { nowMs: () => number };
  #messages = 0;
  #lastAtMs = 0;
  #longestMs = 0;
  #reopenedAtMs: number | undefined;
  #reopenAfterMs = REOPEN_EVERY_MS;

  constructor(options: SilenceOptions) {
    this.#options = { nowMs: () => performance.now(), ...options };
    this.#lastAtMs = this.#options.nowMs();
  }

  get isStale(): boolean {
    return this.#reopenedAtMs !== undefined;
  }

  /** To be called for each message. */
  heard(): void {
    const nowMs = this.#options.nowMs();
    const pauseMs = nowMs - this.#lastAtMs;
    // A pause that was taken for silence teaches patience, but not all at once: it may have been a fault.
    const lesson = Math.min(pauseMs, this.#limitMs ?? pauseMs);
    this.#lastAtMs = nowMs;
    if (this.#reopenedAtMs !== undefined) {
      this.#reopenedAtMs = undefined;
      this.#options.log.info(`Messages again, after ${duration(pauseMs)} of silence.`);
    }
    // What came before the first message is no pause between two.
    if (this.#messages++ > 0 && lesson > this.#longestMs) this.#longestMs = lesson;
  }

  /** To be called about once a second. */
  check(sinceLastCheckMs = 1000): void {
    const { nowMs, log, onStale, reopen, expectEveryMs, isConnected } = this.#options;
    this.#longestMs *= 0.5 ** (sinceLastCheckMs / HALF_LIFE_MS);
    const limitMs = this.#limitMs;
    const silentMs = nowMs() - this.#lastAtMs;
    if (limitMs === undefined || silentMs < limitMs) return;
    if (expectEveryMs === undefined && !isConnected() && !this.isStale) return;
    if (this.#reopenedAtMs === undefined) {
      const expected =
        expectEveryMs === undefined
          ? `no pause was longer than ${duration(this.#longestMs)} lately`
          : `one is expected every ${duration(expectEveryMs)}`;
      log.warn(
        `Stale: no message for ${duration(silentMs)}, where ${expected}. Connections to publishers are opened anew.`,
      );
      onStale();
      this.#reopenAfterMs = REOPEN_EVERY_MS;
    } else {
      if (nowMs() - this.#reopenedAtMs < this.#reopenAfterMs) return;
      if (expectEveryMs === undefined) this.#reopenAfterMs = Math.min(MAX_REOPEN_EVERY_MS, 2 * this.#reopenAfterMs);
    }
    this.#reopenedAtMs = nowMs();
    reopen();
  }

  /** How long may nothing come; undefined while nobody can say. */
  get #limitMs(): number | undefined {
    const { expectEveryMs } = this.#options;
    if (expectEveryMs !== undefined) return Math.max(MIN_GIVEN_SILENCE_MS, PATIENCE * expectEveryMs);
    if (this.#messages < MIN_MESSAGES) return undefined;
    return Math.max(MIN_LEARNT_SILENCE_MS, PATIENCE * this.#longestMs);
  }
}

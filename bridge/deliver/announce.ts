import { PRESENCE_TYPE } from "../../worker/protocol/limits.ts";
import type { Announcement } from "../../worker/protocol/messages.ts";
import type { Log } from "../tell/log.ts";
import { type Outcome, whatNext } from "./next.ts";

export interface AnnouncerOptions {
  /** The id that is in the frames. */
  publisher: string;
  log: Log;
  /** Sends a body, after those that it was given before; never rejects. */
  post: (body: Uint8Array, signal: AbortSignal, type?: string) => Promise<Outcome>;
  /** Whether a 2xx has confirmed everything that was collected. */
  isIdle: () => boolean;
  /** Whether the Channel knows this publisher from before the start. */
  isKnown: boolean;
  nowMs?: () => number;
}

type Presence = "here" | "gone";

/** A publisher that comes back sooner has not gone. */
const GONE_AFTER_MS = 2000;
/** So long may frames wait for an announcement that is under way. */
const SEND_WITHIN_MS = 1000;
const RETRY_AFTER_MS = 10_000;

/**
 * Tells the Channel whether any publisher is connected: that it is so when the first comes, that it is not when all have
 * been away for a while and what they sent is delivered. Frames go through here too, as there is one request in flight;
 * an announcement goes between two of them, once, and may fail.
 */
export class Announcer {
  readonly #options: AnnouncerOptions & { nowMs: () => number };
  #connected = 0;
  #aloneSinceMs: number;
  /** Whether the Channel may take this publisher for one that is here: else there is nothing to take back. */
  #isKnown: boolean;
  #told: Presence | undefined;
  #isPosting = false;
  #sending: { end: AbortController; done: Promise<void> } | undefined;
  /** What could not be announced, and when to try that again. */
  #failed: { presence: Presence; retryAtMs: number } | undefined;
  /** The Worker knows no announcements, or this is the end. */
  #isOver = false;

  constructor(options: AnnouncerOptions) {
    this.#options = { nowMs: () => performance.now(), ...options };
    this.#isKnown = options.isKnown;
    this.#aloneSinceMs = this.#options.nowMs();
  }

  /** To be called with each change of how many publishers are connected. */
  count(connected: number): void {
    if (connected === 0 && this.#connected > 0) this.#aloneSinceMs = this.#options.nowMs();
    this.#connected = connected;
    if (connected > 0) this.#isKnown = true;
  }

  /** POSTs frames. Never rejects. */
  async post(body: Uint8Array, signal: AbortSignal): Promise<Outcome> {
    this.#isPosting = true;
    try {
      const outcome = await this.#options.post(body, signal);
      if (outcome.kind === "answer" && outcome.status < 300) {
        this.#isKnown = true;
        // A frame brings back whoever was gone.
        if (this.#told === "gone") this.#told = "here";
      }
      return outcome;
    } finally {
      this.#isPosting = false;
      this.check();
    }
  }

  /** To be called often: announces what is due, if nothing is in flight. */
  check(): void {
    const { isIdle, nowMs } = this.#options;
    const due = this.#due;
    if (this.#isOver || due === undefined || due === this.#told || this.#isPosting || this.#sending) return;
    if (due === this.#failed?.presence && nowMs() < this.#failed.retryAtMs) return;
    if (due === "gone" && !isIdle()) return;
    void this.#send(due);
  }

  /** Says goodbye, if everything is delivered; takes `withinMs` at most, and a second. No announcement comes after. */
  async end(withinMs: number): Promise<void> {
    const isWanted = !this.#isOver && this.#options.isIdle();
    this.#isOver = true;
    let isLate = withinMs <= 0;
    const stop = (): void => {
      isLate = true;
      this.#sending?.end.abort();
    };
    const timer = setTimeout(stop, Math.min(SEND_WITHIN_MS, Math.max(0, withinMs)));
    await this.#sending?.done;
    if (isWanted && !isLate && this.#isKnown && this.#told !== "gone") await this.#send("gone");
    clearTimeout(timer);
  }

  get #due(): Presence | undefined {
    if (this.#connected > 0) return "here";
    const isAlone = this.#options.nowMs() - this.#aloneSinceMs >= GONE_AFTER_MS;
    return isAlone && this.#isKnown ? "gone" : undefined;
  }

  #send(presence: Presence): Promise<void> {
    const end = new AbortController();
    const timer = setTimeout(() => end.abort(), SEND_WITHIN_MS);
    const done = this.#request(presence, end.signal).finally(() => {
      clearTimeout(timer);
      this.#sending = undefined;
    });
    this.#sending = { end, done };
    return done;
  }

  async #request(presence: Presence, signal: AbortSignal): Promise<void> {
    const { publisher, post, log, nowMs } = this.#options;
    const body = JSON.stringify({ publisher, here: presence === "here" } satisfies Announcement);
    const outcome = await post(Buffer.from(body), signal, PRESENCE_TYPE);
    const next = whatNext(outcome, 0, 0);
    this.#told = next.do === "delivered" ? presence : undefined;
    this.#failed = undefined;
    if (next.do === "delivered") return;
    log.debug(`Not announced (${presence}): ${next.message}`);
    if (next.do === "setAside") this.#isOver = true;
    else this.#failed = { presence, retryAtMs: nowMs() + Math.max(RETRY_AFTER_MS, next.afterMs) };
  }
}

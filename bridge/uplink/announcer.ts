import type { Outcome, Sent } from "../../client/publish/deliver/answer.ts";
import { whatNext } from "../../client/publish/deliver/next.ts";
import type { Announcement } from "../../protocol/messages/publish.ts";
import type { Log } from "../observability/log.ts";
import { adviceFor } from "./advice.ts";

export interface AnnouncerOptions {
  /** The id that is in the frames, which may change. */
  publisher: () => string;
  log: Log;
  /** Sends a body, after those that it was given before; never rejects. */
  post: (body: Uint8Array, signal: AbortSignal, sent: Sent) => Promise<Outcome>;
  /** Whether a 2xx has confirmed everything that was collected. */
  isIdle: () => boolean;
  /** Whether the Channel knows this publisher from before the start. */
  isKnown: boolean;
  nowMs?: (() => number) | undefined;
}

type Presence = "here" | "gone";

/** A publisher that comes back sooner has not gone. */
const GONE_AFTER_MS = 2000;
/** So long may frames wait for an announcement that is under way. */
const SEND_WITHIN_MS = 1000;
const RETRY_AFTER_MS = 10_000;
/** The Channel forgets who is here when it has heard nothing for 150 s (SPEC.md, CH9). */
const REPEAT_HERE_MS = 60_000;

/**
 * Tells the Channel whether any publisher is connected: that it is so when the first comes, that it is not when all have
 * been away for a while and what they sent is delivered. Frames go through here too, as there is one request in flight;
 * an announcement goes between two of them, once, and may fail. While publishers are connected and no frame goes, "here" is
 * repeated: the Channel forgets who is silent.
 */
export class Announcer {
  readonly #options: AnnouncerOptions & { nowMs: () => number };
  #connected = 0;
  #aloneSinceMs: number;
  /** Whether the Channel may take this publisher for one that is here: else there is nothing to take back. */
  #isKnown: boolean;
  #announced: Presence | undefined;
  /** When the Channel was last heard to take a frame or an announcement. */
  #heardAtMs = Number.NEGATIVE_INFINITY;
  #isPosting = false;
  #sending: { end: AbortController; done: Promise<void> } | undefined;
  /** What could not be announced, and when to try that again. */
  #failed: { presence: Presence; retryAtMs: number } | undefined;
  /** The Worker knows no announcements, or this is the end. */
  #isOver = false;

  constructor(options: AnnouncerOptions) {
    this.#options = { ...options, nowMs: options.nowMs ?? (() => performance.now()) };
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
  async post({ body, points }: { body: Uint8Array; points: number }, signal: AbortSignal): Promise<Outcome> {
    this.#isPosting = true;
    try {
      const outcome = await this.#options.post(body, signal, { kind: "frames", points });
      if (outcome.kind === "taken") {
        this.#isKnown = true;
        this.#heardAtMs = this.#options.nowMs();
        // A frame brings back whoever was gone.
        if (this.#announced === "gone") this.#announced = "here";
      }
      return outcome;
    } finally {
      this.#isPosting = false;
      this.check();
    }
  }

  /**
   * The frames are of another id from now on, of which the Channel has heard nothing. The one before is not announced
   * gone: a copy of this bridge may go on under it. If none does, the Channel hears no more of it and forgets it.
   */
  renamed(): void {
    this.#announced = undefined;
    this.#failed = undefined;
    this.#isKnown = this.#connected > 0;
  }

  /** To be called often: announces what is due, if nothing is in flight. */
  check(): void {
    const { isIdle, nowMs } = this.#options;
    const due = this.#due;
    if (this.#isOver || due === undefined || this.#isPosting || this.#sending) return;
    if (due === this.#announced && (due === "gone" || nowMs() - this.#heardAtMs < REPEAT_HERE_MS)) return;
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
    if (isWanted && !isLate && this.#isKnown && this.#announced !== "gone") await this.#send("gone");
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
    const { post, log, nowMs } = this.#options;
    const publisher = this.#options.publisher();
    const body = JSON.stringify({ publisher, here: presence === "here" } satisfies Announcement);
    const outcome = await post(Buffer.from(body), signal, { kind: "announcement" });
    // Said of an id that is not ours any more.
    if (publisher !== this.#options.publisher()) return;
    const next = whatNext(outcome, 0, 0, undefined, adviceFor);
    this.#failed = undefined;
    if (next.do === "delivered") {
      this.#announced = presence;
      this.#heardAtMs = nowMs();
      return;
    }
    this.#announced = undefined;
    log.debug(`Not announced (${presence}): ${next.message}`);
    // A Worker of before announcements takes one for JSON that has no number, or for a type that it does not know.
    const isUnknown = outcome.kind === "refused" && (outcome.status === 400 || outcome.status === 415);
    if (isUnknown) this.#isOver = true;
    else {
      const afterMs = outcome.kind === "foreign" ? REPEAT_HERE_MS : RETRY_AFTER_MS;
      this.#failed = { presence, retryAtMs: nowMs() + Math.max(afterMs, "afterMs" in next ? next.afterMs : 0) };
    }
  }
}

import { LineRate } from "./line-rate.ts";
import type { Log } from "./log.ts";
import { ofTopic } from "./number-warnings.ts";
import { counted, duration } from "./printable.ts";
import { excerptOf, sampleOf } from "./sample.ts";

/** They are partly the server's words, so there could be any number. */
const MAX_TROUBLES = 32;
/** While messages of a topic are refused for a reason, that is said so often. */
const REPEAT_AFTER_MS = 60_000;
/** Topics and reasons that are remembered as said. Anybody may make topics up. */
const MAX_SAID = 1024;

/** A message, or several of one topic, of which nothing is taken. */
export interface Refusal {
  /** "" for none. */
  topic: string;
  reason: string;
  /** What is wrong, and what to do: only asked for if it is said. */
  detail: () => string;
  frames: readonly Buffer[];
  messages: number;
}

/**
 * Warns of messages that are refused, with one of them as a sample: each reason once a topic, then once a minute while it
 * lasts. Lines have a limited rate, and repeats one of their own: a topic that is new to it waits for none of them.
 */
export class UndecodableWarnings {
  readonly #log: Log;
  readonly #everyMs: number;
  readonly #nowMs: () => number;
  readonly #news: LineRate;
  readonly #repeats: LineRate;
  /** The one that was said the longest ago is the first. */
  readonly #said = new Map<string, { atMs: number; since: number }>();

  constructor(log: Log, everyMs = REPEAT_AFTER_MS, nowMs = () => performance.now()) {
    this.#log = log;
    this.#everyMs = everyMs;
    this.#nowMs = nowMs;
    this.#news = new LineRate(nowMs);
    this.#repeats = new LineRate(nowMs);
  }

  warn(refusal: Refusal): void {
    const { topic, reason, messages } = refusal;
    const key = `${reason} ${topic}`;
    const said = this.#said.get(key);
    const nowMs = this.#nowMs();
    if (said === undefined) {
      const unsaid = this.#news.take();
      if (unsaid === undefined) return;
      this.#say(
        refusal,
        unsaid === 0 ? "" : ` (And ${counted(unsaid, "message")} of other topics or for other reasons.)`,
      );
    } else {
      said.since += messages;
      if (nowMs - said.atMs < this.#everyMs || this.#repeats.take() === undefined) return;
      this.#say(refusal, ` (${counted(said.since, "message")} so in the last ${duration(nowMs - said.atMs)}.)`);
      this.#said.delete(key);
    }
    if (this.#said.size >= MAX_SAID) {
      for (const oldest of this.#said.keys()) {
        this.#said.delete(oldest);
        break;
      }
    }
    this.#said.set(key, { atMs: nowMs, since: 0 });
  }

  #say({ topic, reason, messages, detail, frames }: Refusal, more: string): void {
    const what = messages === 1 ? "A message" : counted(messages, "message");
    const sample = frames.length === 0 ? {} : { sample: sampleOf(excerptOf(frames)) };
    this.#log.warn(
      { reason, ...sample },
      `${what} ${ofTopic(topic)} ${messages === 1 ? "was" : "were"} refused (${reason}): ${detail()}${more}`,
    );
  }
}

/** Warns of what keeps frames from being delivered: at once when it is new, then every `everyMs` while it lasts. */
export class TroubleWarnings {
  readonly #log: Log;
  readonly #everyMs: number;
  readonly #nowMs: () => number;
  /** When each was last told. A Worker that comes and goes says now this, now that. */
  readonly #toldAtMs = new Map<string, number>();
  #quotaToldAtMs = Number.NEGATIVE_INFINITY;

  constructor(log: Log, everyMs = 60_000, nowMs = () => performance.now()) {
    this.#log = log;
    this.#everyMs = everyMs;
    this.#nowMs = nowMs;
  }

  /**
   * @param message what is wrong
   * @param trouble the same for what is the same trouble, though the words differ
   */
  warn(message: string, waiting: string, trouble: string): void {
    if (this.isNews(trouble)) this.#log.warn(`Not delivered: ${message.replace(/\.$/, "")}. Trying again; ${waiting}.`);
  }

  /**
   * Says that a quota is used up. Who publishes more than that delivers again after each refusal, and is refused again: so what is
   * told is not forgotten in between.
   */
  warnOfQuota(message: string, waiting: string): void {
    const nowMs = this.#nowMs();
    if (nowMs - this.#quotaToldAtMs < this.#everyMs) return;
    this.#quotaToldAtMs = nowMs;
    this.#log.warn(`Not delivered: ${message} It is sent again then; ${waiting}.`);
  }

  /** Whether this trouble is to be told now; it then counts as told. */
  isNews(trouble: string): boolean {
    const nowMs = this.#nowMs();
    if (nowMs - (this.#toldAtMs.get(trouble) ?? Number.NEGATIVE_INFINITY) < this.#everyMs) return false;
    if (this.#toldAtMs.size >= MAX_TROUBLES) this.#toldAtMs.clear();
    this.#toldAtMs.set(trouble, nowMs);
    return true;
  }

  /** @returns whether there was any trouble */
  forget(): boolean {
    const wasTold = this.#toldAtMs.size > 0;
    this.#toldAtMs.clear();
    return wasTold;
  }

  over(): void {
    if (this.forget()) this.#log.info("Delivering again.");
  }
}

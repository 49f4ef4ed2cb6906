import type { PublisherLink } from "./publisher-link.ts";

/** Who stays as long as this is no visitor, whatever it sends. */
const VISIT_MS = 10_000;
/** A process for each reading sends what it has at once: at most so many messages, within this time. */
const VISIT_MESSAGES = 16;
const VISIT_SENDING_MS = 1000;
/** The visits of so long ago say nothing about the next one. */
const MEMORY_MS = 2 * 3_600_000;
const PAUSES_REMEMBERED = 8;
/** As in sources/silence.ts: so many times the usual pause is none any more. */
const PATIENCE = 3;
const MIN_HOLD_MS = 2000;
const MAX_HOLD_MS = 2 * 3_600_000;
/** So many pauses that are alike are a rhythm. */
const STEADY_PAUSES = 2;
/** What leaves early again and again, this regularly, comes and goes as it is meant to, however much it sends. */
const STEADY_COMINGS = 4;
const STEADY_RATIO = 2;
const STEADY_SLACK_MS = 1000;

/**
 * Publishers of one address that come, send and leave: a process for each message, or each batch, as a cron job or a shell
 * script runs it. Pure.
 */
export class Visitors {
  /** Times between the ends of the last visits, the newest at the end. */
  #pausesMs: number[] = [];
  #lastAtMs = Number.NEGATIVE_INFINITY;
  /** The last connections that were short, too, but sent more than a visitor does. */
  #short: { cameAtMs: number; leftAtMs: number }[] = [];
  #areSaid = false;
  #empty = 0;
  /** Visits, with a message or without, none of them long after the one before. */
  #inRow = 0;
  #anyAtMs = Number.NEGATIVE_INFINITY;

  /** Whether whoever comes now is taken for one more of them, until it has shown that it stays. */
  areExpected(nowMs: number): boolean {
    return this.#inRow > 1 && nowMs - this.#anyAtMs < MEMORY_MS;
  }

  /** Whether they are here: they have a rhythm, or were many, and the next is not overdue. */
  areHere(nowMs: number): boolean {
    const pauses = this.#rhythm;
    if (pauses.length === 0) return false;
    const holdMs = Math.min(MAX_HOLD_MS, Math.max(MIN_HOLD_MS, PATIENCE * Math.max(...pauses)));
    return nowMs - this.#lastAtMs < holdMs;
  }

  /** Whether one that is connected has shown that it is no visitor. */
  stays(link: PublisherLink, nowMs: number): boolean {
    const { messages, cameAtMs = nowMs } = link;
    if (nowMs - cameAtMs >= VISIT_MS) return true;
    return messages !== undefined && messages > 0 && !isVisit(link) && !this.#isSteady;
  }

  /** A publisher is gone. @returns whether it was a visitor */
  left(link: PublisherLink, nowMs: number): boolean {
    const cameAtMs = link.cameAtMs ?? nowMs;
    if (nowMs - cameAtMs >= VISIT_MS) return false;
    if (!isVisit(link)) {
      this.#short.push({ cameAtMs, leftAtMs: nowMs });
      if (this.#short.length > STEADY_COMINGS) this.#short.shift();
      if (!this.#isSteady) return false;
    }
    this.#inRow = nowMs - this.#anyAtMs < MEMORY_MS ? this.#inRow + 1 : 1;
    this.#anyAtMs = nowMs;
    this.#empty = link.messages === 0 ? this.#empty + 1 : 0;
    if (link.messages === 0) return true;
    const pauseMs = nowMs - this.#lastAtMs;
    this.#lastAtMs = nowMs;
    if (pauseMs >= MEMORY_MS) this.#pausesMs = [];
    else this.#pausesMs.push(pauseMs);
    if (this.#pausesMs.length > PAUSES_REMEMBERED) this.#pausesMs.shift();
    return true;
  }

  /** Whether to say, now and never again, that they come and go. */
  takeNews(): boolean {
    if (this.#areSaid || this.#pausesMs.length === 0) return false;
    this.#areSaid = true;
    return true;
  }

  /** How many of the last ones, in a row, left without a message. */
  get empty(): number {
    return this.#empty;
  }

  get #isSteady(): boolean {
    if (this.#short.length < STEADY_COMINGS) return false;
    const pairs = this.#short.slice(1).map((link, i) => [this.#short[i] ?? link, link] as const);
    // Who is away for less time than it was there has been cut off, or was started anew: what it did not send is missing.
    const areMeant = pairs.every(([a, b]) => b.cameAtMs - a.leftAtMs >= a.leftAtMs - a.cameAtMs);
    return areMeant && areAlike(pairs.map(([a, b]) => b.cameAtMs - a.cameAtMs));
  }

  /** The pauses that say when the next is due; none if nothing does. */
  get #rhythm(): readonly number[] {
    const pauses = this.#pausesMs;
    if (pauses.length === PAUSES_REMEMBERED) return pauses;
    let alike = 0;
    while (alike < pauses.length && areAlike(pauses.slice(-alike - 1))) alike++;
    return alike < STEADY_PAUSES ? [] : pauses.slice(-alike);
  }
}

function areAlike(pausesMs: readonly number[]): boolean {
  return Math.max(...pausesMs) <= STEADY_RATIO * Math.min(...pausesMs) + STEADY_SLACK_MS;
}

/** Whether a connection that was short was one of a process for a few messages. */
function isVisit({ messages, sendingMs }: PublisherLink): boolean {
  return messages !== undefined && messages <= VISIT_MESSAGES && sendingMs < VISIT_SENDING_MS;
}

import type { FeedStatus, RelayCounts } from "../../relay/feed-message.ts";
import type { RelayLoad } from "./choose-relay.ts";
import type { Feed } from "./feed.ts";

export const [MIN_REDIAL_MS, MAX_REDIAL_MS] = [500, 30_000] as const;
/** A relay that cannot be dialled for so long counts as without viewers. It is dialled with each frame all the same: it may have some. */
export const MAX_FAILING_MS = 10 * 60_000;
/** Who was sent to a relay is there after so long, and counted by it, or does not come. */
export const ASSIGNED_MS = 15_000;

/**
 * A relay that was made just now, or that a channel knows from before it was ended itself, is kept for so long without viewers: after a deploy
 * all come back within seconds, and are spread over the relays that there were.
 */
export const NEW_MS = 60_000;

export const NO_COUNTS: RelayCounts = { viewers: 0, behind: 0, shares: [] };

/** One relay of a channel, as the channel knows it. */
export class KnownRelay {
  readonly name: string;
  /** As it told them last. */
  counts: RelayCounts = NO_COUNTS;
  feed: Feed | undefined;
  dialling: Promise<void> | undefined;
  /** When it is to be dialled though no frame comes. */
  dialAtMs: number | undefined;
  /** Before that it is not dialled again: the last time was in vain. */
  notBeforeMs = 0;
  /** What its viewers were told last. */
  told = "";
  #assigned = 0;
  #assignedAtMs = Number.NEGATIVE_INFINITY;
  #failingSinceMs: number | undefined;
  #redialMs: number = MIN_REDIAL_MS;
  /** Until then it need not have viewers. */
  readonly #newUntilMs: number;
  /** It has refused a viewer since it told its counts. */
  #isFull = false;

  constructor(name: string, nowMs: number) {
    this.name = name;
    this.#newUntilMs = nowMs + NEW_MS;
  }

  /** Whether it cannot be dialled now. */
  get isFailing(): boolean {
    return this.#failingSinceMs !== undefined;
  }

  /** Whether it is new, and more may be sent there than is known to fit. */
  isFilling(maxViewers: number, nowMs: number): boolean {
    return !this.isFailing && !this.#isFull && nowMs < this.#newUntilMs && this.counts.viewers < maxViewers;
  }

  /** It had no room for a viewer. */
  refused(maxViewers: number, nowMs: number): void {
    this.#isFull = true;
    this.assign(maxViewers, nowMs);
  }

  /** It was dialled, and has no viewers. @returns whether it is kept: they may be on their way, and then it asks for a feed */
  notNeeded(nowMs: number): boolean {
    this.#failingSinceMs = undefined;
    this.counts = NO_COUNTS;
    if (nowMs >= this.#newUntilMs) return false;
    this.notBeforeMs = this.#newUntilMs;
    this.dialAtMs = this.#newUntilMs;
    return true;
  }

  get hasFeed(): boolean {
    return this.feed?.isEnded === false;
  }

  /** How many viewers it has, with those who are on their way. */
  load(nowMs: number): RelayLoad {
    const assigned = nowMs - this.#assignedAtMs < ASSIGNED_MS ? this.#assigned : 0;
    return { name: this.name, viewers: this.counts.viewers + assigned };
  }

  /** So many viewers were sent there. */
  assign(count: number, nowMs: number): void {
    this.#assigned = this.load(nowMs).viewers - this.counts.viewers + count;
    this.#assignedAtMs = nowMs;
  }

  counted(counts: RelayCounts): void {
    this.counts = counts;
    this.#assigned = 0;
    this.#isFull = false;
  }

  connected(): void {
    this.#failingSinceMs = undefined;
    this.#redialMs = MIN_REDIAL_MS;
    this.dialAtMs = undefined;
  }

  /** It could not be dialled. */
  failed(nowMs: number): void {
    this.#failingSinceMs ??= nowMs;
    this.notBeforeMs = nowMs + this.#redialMs;
    this.#redialMs = Math.min(2 * this.#redialMs, MAX_REDIAL_MS);
    const isGivenUp = nowMs - this.#failingSinceMs > MAX_FAILING_MS;
    this.dialAtMs = isGivenUp ? undefined : this.notBeforeMs;
    if (isGivenUp) this.counts = NO_COUNTS;
  }

  /** What it is told of all: its own viewers are not elsewhere. */
  statusOf({ elsewhere, ...status }: FeedStatus): FeedStatus {
    const { viewers, behind } = this.counts;
    return {
      ...status,
      elsewhere: {
        viewers: Math.max(0, elsewhere.viewers - viewers),
        behind: Math.max(0, elsewhere.behind - behind),
      },
    };
  }
}

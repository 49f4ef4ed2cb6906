import { RECONNECTS_PER_SECOND } from "../../protocol/limits.ts";
import type { Moment } from "../../protocol/messages/server-message.ts";
import type { StatusTold } from "./session-state.ts";
import type { ViewerSession } from "./viewer-session.ts";

export const STATUS_INTERVAL_MS = 1000;
const MIN_RETRY_WITHIN_MS = 500;

/** All hubs of a channel together: each of those that come back at first is a question to the one channel where to go. */
const CHANNEL_RECONNECTS_PER_SECOND = 20_000;

/**
 * VW10. Over how long the viewers of one hub should spread their coming back, should they all be cut off.
 * @param ofChannel how many viewers all hubs have
 */
export function retryWithinMs(viewers: number, ofChannel: number): number {
  const seconds = Math.max(viewers / RECONNECTS_PER_SECOND, ofChannel / CHANNEL_RECONNECTS_PER_SECOND);
  return Math.max(MIN_RETRY_WITHIN_MS, Math.round(1000 * seconds));
}

/** Which publishers are here, as far as they said so. All times are the channel's. */
export interface PublisherPresence {
  /** When the last of them has gone, or was last heard of; null while one is here, or if there never was any. */
  allGoneAtMs(nowMs: number): number | null;
  /** In how long {@link allGoneAtMs} changes if nothing more is heard of anybody; undefined if it does not. */
  expiresInMs(nowMs: number): number | undefined;
}

/** By how much the channel's time is ahead of the wall clock, which it never is unless that is set back. */
export interface WallClockLead {
  readonly aheadMs: number;
}

/** The viewers of a channel that other hubs have: of the relays, or of the channel and its other relays. */
export interface ViewersElsewhere {
  readonly viewers: number;
  readonly behind: number;
}

/** What viewers are told of a channel beside its points. */
export interface ChannelStatus {
  viewers: number;
  /** Of those, who are behind, and another hub's. */
  behindElsewhere: number;
  retryWithinMs: number;
  /** When the last of the publishers has gone, or was last heard of; null while one is here, or if there never was any. */
  allGoneAtMs: number | null;
  /** When the newest frame was taken; null if there is none. It is no news: who watches sees frames come. */
  takenAtMs: number | null;
  /** By how much the channel's time is ahead of the wall clock. */
  aheadMs: number;
}

/**
 * Tells viewers of frames what changed. What each was told last is in its attachment: a channel that was evicted and wakes
 * tells nobody again what they know.
 */
export class StatusTeller {
  /** What viewers were told last; undefined if that is not the same for all. */
  #last: StatusTold | undefined;
  #lastAtMs = 0;
  /** Viewers of frames. */
  readonly #listeners = new Set<ViewerSession>();
  /** Of these, who had no room for the last status. */
  readonly #owed = new Set<ViewerSession>();

  add(session: ViewerSession): void {
    if (session.format === "frames") this.#listeners.add(session);
  }

  /** A viewer is there again after an eviction. */
  restore(session: ViewerSession): void {
    if (session.format !== "frames") return;
    const isFirst = this.#listeners.size === 0;
    this.#listeners.add(session);
    if (isFirst) this.#last = session.told;
    else if (!isSame(session.told, this.#last)) this.#last = undefined;
  }

  forget(session: ViewerSession): void {
    this.#listeners.delete(session);
    this.#owed.delete(session);
  }

  /** Whether something has changed that must not wait for the next frame. */
  isDue({ viewers, allGoneAtMs }: ChannelStatus): boolean {
    if (this.#listeners.size === 0) return false;
    return this.#owed.size > 0 || viewers !== this.#last?.viewers || allGoneAtMs !== this.#last.goneAtMs;
  }

  /**
   * Tells everybody, if anything changed, at most once in `intervalMs`. Who has no room for it is told later.
   * @param behindHere counts the viewers of this hub that are behind
   */
  tell(behindHere: () => number, status: ChannelStatus, nowMs: number, intervalMs = STATUS_INTERVAL_MS): void {
    if (this.#listeners.size === 0 || nowMs - this.#lastAtMs < intervalMs) return;
    const { viewers, retryWithinMs, allGoneAtMs } = status;
    const behind = behindHere() + status.behindElsewhere;
    const told = { viewers, behind, goneAtMs: allGoneAtMs };
    if (isSame(told, this.#last) && this.#owed.size === 0) return;
    this.#last = told;
    this.#lastAtMs = nowMs;
    for (const session of this.#listeners) {
      if (isSame(told, session.told)) continue;
      if (session.room <= 0) {
        this.#owed.add(session);
        continue;
      }
      this.#owed.delete(session);
      session.tellStatus({ type: "status", viewers, behind, retryWithinMs, ...momentOf(status, nowMs) }, told);
    }
  }
}

function isSame(a: StatusTold | undefined, b: StatusTold | undefined): boolean {
  return a?.viewers === b?.viewers && a?.behind === b?.behind && a?.goneAtMs === b?.goneAtMs;
}

/**
 * The state of a channel, in a message.
 * @param nowMs the channel's time; what is told is the wall clock's
 */
export function momentOf({ allGoneAtMs, takenAtMs, aheadMs }: ChannelStatus, nowMs: number): Moment {
  const since = (atMs: number | null): number | null => (atMs === null ? null : Math.max(0, nowMs - atMs));
  return { nowMs: nowMs - aheadMs, goneForMs: since(allGoneAtMs), takenForMs: since(takenAtMs) };
}

import type { Moment } from "../../protocol/messages/server-message.ts";
import type { Outlet } from "./viewer-session.ts";

export const STATUS_INTERVAL_MS = 1000;

/** Which publishers are here, as far as they said so. All times are the channel's. */
export interface PublisherPresence {
  /** When the last of them has gone, or was last heard of; null while one is here, or if there never was any. */
  allGoneAtMs(nowMs: number): number | null;
  /** In how long {@link allGoneAtMs} changes if nothing more is heard of anybody; undefined if it does not. */
  expiresInMs(nowMs: number): number | undefined;
}

/** By how much the channel's time is ahead of the wall clock, which never is when that is not set back. */
export interface WallClockLead {
  readonly aheadMs: number;
}

/** How things stand with a channel, but for its points. */
export interface Standing {
  viewers: number;
  retryWithinMs: number;
  /** When the last of the publishers has gone, or was last heard of; null while one is here, or if there never was any. */
  allGoneAtMs: number | null;
  /** When the newest frame was taken; null if there is none. It is no news: who watches sees frames come. */
  takenAtMs: number | null;
  /** By how much the channel's time is ahead of the wall clock. */
  aheadMs: number;
}

/** What all viewers were last told of how things stand. */
export class Status {
  #told: { viewers: number; behind: number; allGoneAtMs: number | null; atMs: number };

  /** After an eviction nobody knows what was told before: then it is told again. */
  constructor() {
    this.#told = { viewers: 0, behind: 0, allGoneAtMs: null, atMs: 0 };
  }

  /** Whether something has changed that must not wait for the next frame. */
  isUntold({ viewers, allGoneAtMs }: Standing): boolean {
    return viewers !== this.#told.viewers || allGoneAtMs !== this.#told.allGoneAtMs;
  }

  /** Tells everybody, if anything changed, at most once in `intervalMs`. Who has no room for it is told later. */
  tell(all: Iterable<Outlet>, standing: Standing, nowMs: number, intervalMs = STATUS_INTERVAL_MS): void {
    if (nowMs - this.#told.atMs < intervalMs) return;
    const outlets = [...all];
    const { viewers, retryWithinMs, allGoneAtMs } = standing;
    const behind = outlets.filter(({ viewer }) => viewer.state.kind === "behind").length;
    const isNews = this.isUntold(standing) || behind !== this.#told.behind;
    const listeners = outlets.filter(({ viewer, owesStatus }) => viewer.format === "frames" && (isNews || owesStatus));
    if (!isNews && listeners.length === 0) return;
    this.#told = { viewers, behind, allGoneAtMs, atMs: nowMs };
    for (const outlet of listeners) {
      outlet.owesStatus = outlet.room <= 0;
      if (outlet.owesStatus) continue;
      outlet.tell({ type: "status", viewers, behind, retryWithinMs, ...momentOf(standing, nowMs) });
    }
  }
}

/**
 * How things stand, in a message.
 * @param nowMs the channel's time; what is told is the wall clock's
 */
export function momentOf({ allGoneAtMs, takenAtMs, aheadMs }: Standing, nowMs: number): Moment {
  const since = (atMs: number | null): number | null => (atMs === null ? null : Math.max(0, nowMs - atMs));
  return { nowMs: nowMs - aheadMs, goneForMs: since(allGoneAtMs), takenForMs: since(takenAtMs) };
}

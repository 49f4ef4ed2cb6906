import type { ViewerSession } from "./viewer-session.ts";

/** Each alarm is a row: tokens that expire one shortly after the other share one. */
const MIN_ALARM_INTERVAL_MS = 1000;

/**
 * When sessions that were let in with a token are warned, and when they end. What comes next is kept, so it costs a comparison while
 * nothing is due. All times are the wall clock's, as a token's are.
 */
export class ExpiryWatch {
  /** Nothing is due before this. It may be too early, if a viewer left. */
  #dueAtMs = Number.POSITIVE_INFINITY;
  #alarmedAtMs = Number.NEGATIVE_INFINITY;

  /** A viewer joined, is there again after an eviction, or has another token. */
  add({ expiryDueAtMs }: ViewerSession): void {
    this.#dueAtMs = Math.min(this.#dueAtMs, expiryDueAtMs);
  }

  /** In how long an alarm is due; undefined: none is. */
  dueInMs(wallMs: number): number | undefined {
    if (this.#dueAtMs === Number.POSITIVE_INFINITY) return undefined;
    // One that is ahead was before the clock was set back: it says nothing of when the next may come.
    const notBeforeMs = this.#alarmedAtMs > wallMs ? wallMs : this.#alarmedAtMs + MIN_ALARM_INTERVAL_MS;
    return Math.max(0, Math.max(this.#dueAtMs, notBeforeMs) - wallMs);
  }

  /** An alarm came. */
  alarmed(wallMs: number): void {
    this.#alarmedAtMs = wallMs;
  }

  /** Warns who is to be warned. @returns the sockets of those whose token has expired */
  expired<Socket>(sessions: ReadonlyMap<Socket, ViewerSession>, wallMs: number): Socket[] {
    if (wallMs < this.#dueAtMs) return [];
    this.#dueAtMs = Number.POSITIVE_INFINITY;
    const expired: Socket[] = [];
    for (const [socket, session] of sessions) {
      const leftMs = (session.grant?.expiresAtMs ?? Number.POSITIVE_INFINITY) - wallMs;
      if (leftMs <= 0) {
        expired.push(socket);
        continue;
      }
      if (session.expiryDueAtMs <= wallMs) session.tellExpiring(leftMs);
      this.add(session);
    }
    return expired;
  }
}

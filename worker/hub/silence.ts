import { MAX_SILENCE_MS } from "../../protocol/limits.ts";
import type { ViewerSession } from "./viewer-session.ts";

/** A viewer that need not ping, as it never did, is gone once nothing was sent to it for so long, either. */
export const MAX_IDLE_MS = 60 * 60_000;
const MIN_LOOK_INTERVAL_MS = 60_000;
const [MIN_ALARM_INTERVAL_MS, MAX_ALARM_INTERVAL_MS] = [MAX_SILENCE_MS, 60 * 60_000];

/** What the runtime and the channel know of a viewer. */
export interface Heard {
  /** When it last sent a ping; undefined if it never did, which clients need not. */
  pingedAtMs: number | undefined;
  /** When a frame was last taken, which went to whoever is live; null if none is stored. */
  takenAtMs: number | null;
}

/**
 * Whether a viewer is gone, as far as can be told. Where nothing is sent, TCP does not notice that the other side is gone,
 * and a Worker has no ping of its own to send: so a viewer that does not ping is given up, too, once a channel was idle
 * for long.
 */
export function isGone(session: ViewerSession, { pingedAtMs, takenAtMs }: Heard, nowMs: number): boolean {
  if (session.stuckForMs(nowMs) > MAX_SILENCE_MS) return true;
  if (pingedAtMs !== undefined) return nowMs - pingedAtMs > MAX_SILENCE_MS;
  return nowMs - Math.max(session.joinedAtMs, session.pingedAtMs ?? 0, takenAtMs ?? 0) > MAX_IDLE_MS;
}

/** When viewers that are gone are looked for: when something happens anyway, once a minute at most, or by alarms that back off. */
export class SilenceWatch {
  #lookedAtMs = 0;
  /** When the newest viewer joined. */
  #joinedAtMs = 0;

  joined(atMs: number): void {
    this.#joinedAtMs = Math.max(this.#joinedAtMs, atMs);
  }

  /** Whether it is time to look; then it was. */
  isTime(nowMs: number): boolean {
    if (nowMs - this.#lookedAtMs < MIN_LOOK_INTERVAL_MS) return false;
    this.#lookedAtMs = nowMs;
    return true;
  }

  /** In how long an alarm is due: the longer nothing happened, the later; so the interval doubles. */
  dueInMs(takenAtMs: number | null, nowMs: number): number {
    const idleMs = nowMs - Math.max(this.#joinedAtMs, takenAtMs ?? 0);
    return Math.min(Math.max(idleMs, MIN_ALARM_INTERVAL_MS), MAX_ALARM_INTERVAL_MS);
  }
}

import type { ConnectionState } from "../connection-state.ts";
import { SHORT_LIFE_MS } from "../subscribe/choice.ts";

/** How long connections lived of late: something on the way may cut them. */
export interface Lives {
  /** Since when it is live; undefined: it is not. */
  sinceMs: number | undefined;
  /** How many in a row, up to the last, were live for less than a minute. */
  short: number;
}

/** What follows of a step of the connection. */
export function livesAfter(lives: Lives, before: ConnectionState, after: ConnectionState, nowMs: number): Lives {
  const isLive = hasLife(after);
  if (isLive) return hasLife(before) ? lives : { ...lives, sinceMs: nowMs };
  if (!hasLife(before)) return lives;
  const isShort = after.phase === "waiting" && nowMs - (lives.sinceMs ?? nowMs) < SHORT_LIFE_MS;
  return { sinceMs: undefined, short: isShort ? lives.short + 1 : after.phase === "waiting" ? 0 : lives.short };
}

function hasLife({ phase }: ConnectionState): boolean {
  return phase === "live" || phase === "probing";
}

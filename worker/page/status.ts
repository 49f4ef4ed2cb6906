import type { ConnectionState } from "./connection-state.ts";
import { clockText, counted, formatDuration, formatRate } from "./format.ts";

/** The state of the whole page in one word, and what else is to be said of it. */
export type Status =
  | { kind: "connecting" }
  | { kind: "live" }
  | { kind: "stale"; sinceMs: number }
  | { kind: "reconnecting"; inSeconds: number }
  | { kind: "offline" };

/** What the page is doing, for the one who looks at it. */
export function statusOf(connection: ConnectionState, staleSinceMs: number | undefined, nowMs: number): Status {
  switch (connection.phase) {
    case "connecting":
      return connection.online ? { kind: "connecting" } : { kind: "offline" };
    case "waiting":
      return { kind: "reconnecting", inSeconds: Math.max(0, Math.ceil((connection.retryAtMs - nowMs) / 1000)) };
    case "offline":
      return { kind: "offline" };
    case "live":
    case "probing":
      return staleSinceMs === undefined ? { kind: "live" } : { kind: "stale", sinceMs: staleSinceMs };
  }
}

/** The word, and the rest of the sentence, which may change every second. */
export function statusText(status: Status, nowMs: number): [word: string, rest: string] {
  switch (status.kind) {
    case "connecting":
      return ["Connecting", "…"];
    case "live":
      return ["Live", ""];
    case "stale":
      return ["Stale", ` since ${sinceText(status.sinceMs, nowMs)}`];
    case "reconnecting":
      return ["Reconnecting", ` in ${status.inSeconds} s`];
    case "offline":
      return ["Offline", ""];
  }
}

/** What the quiet line is made of; undefined is not known, and left out. */
export interface Figures {
  paused: boolean;
  rate: number | undefined;
  series: number;
  refusedSeries: number;
  lagMs: number | undefined;
  lostPoints: { points: number; unknown: boolean };
  viewers: number | undefined;
}

/** The quiet line: `10 pts/s · 3 series · lag 42 ms · 2 viewers`. */
export function figuresText(figures: Figures): string {
  const { paused, rate, series, refusedSeries, lagMs, lostPoints, viewers } = figures;
  return [
    paused ? "paused" : undefined,
    rate === undefined ? undefined : `${formatRate(rate)} pts/s`,
    series === 0 ? undefined : counted(series, "series"),
    refusedSeries === 0 ? undefined : `${counted(refusedSeries, "series")} more than can be shown`,
    lagMs === undefined ? undefined : `lag ${formatDuration(lagMs)}`,
    lossText(lostPoints),
    viewers === undefined ? undefined : counted(viewers, "viewer"),
  ]
    .filter((part) => part !== undefined)
    .join(" · ");
}

function lossText({ points, unknown }: Figures["lostPoints"]): string | undefined {
  if (points === 0) return unknown ? "points missing" : undefined;
  return `${unknown ? "over " : ""}${counted(points, "point")} missing`;
}

function sinceText(sinceMs: number, nowMs: number): string {
  const clock = clockText(sinceMs);
  if (nowMs - sinceMs < 12 * 3_600_000) return clock;
  return `${new Date(sinceMs).toLocaleDateString(undefined, { month: "short", day: "numeric" })} ${clock}`;
}

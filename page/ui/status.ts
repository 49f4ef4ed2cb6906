import type { ConnectionState } from "../../client/connection-state.ts";
import { PRESENCE_EXPIRES_MS } from "../../protocol/limits.ts";
import { counted, formatDuration, formatRate } from "./format.ts";
import { momentText } from "./time-text.ts";

/** The state of the feed. */
export type FeedState =
  | { kind: "live" }
  /** Nothing was published yet. */
  | { kind: "empty" }
  /** A publisher came back, and has sent nothing yet. */
  | { kind: "waiting" }
  /** Nothing has come since. */
  | { kind: "stale"; sinceMs: number }
  /** Every publisher has announced that it left, or was not heard of for long. */
  | { kind: "gone"; sinceMs: number };

/** The state of the whole page, with the details that its text needs. */
export type Status =
  | { kind: "connecting" }
  | FeedState
  /** The picture is paused, whatever the feed does meanwhile. */
  | { kind: "paused"; feed: FeedState }
  /** Undefined: right now. */
  | { kind: "reconnecting"; inSeconds: number | undefined }
  | { kind: "offline" }
  /** Points from a file, and what is said of it; nothing comes. */
  | { kind: "snapshot"; about(): string }
  /** This browser cannot do what the page needs. */
  | { kind: "unsupported" };

/** What the state follows from, beside the connection. */
export interface FeedConditions {
  /** By the clock that the connection goes by. */
  nowMs: number;
  /** The page holds points, be it of a channel that was emptied since. */
  hasPoints: boolean;
  /** When the last frame was taken; undefined: none was. This and what follows is by the clock on the wall. */
  takenMs: number | undefined;
  staleSinceMs: number | undefined;
  goneSinceMs: number | undefined;
  /** Every publisher was gone after the last frame. */
  wasGone: boolean;
  isPaused: boolean;
}

/** The state that the header shows. */
export function statusOf(connection: ConnectionState, circumstances: FeedConditions): Status {
  const { nowMs, isPaused } = circumstances;
  switch (connection.phase) {
    case "connecting":
      if (!connection.online) return { kind: "offline" };
      // One word for all attempts: it is announced when it changes, and there may be many.
      return connection.attempt === 0 ? { kind: "connecting" } : { kind: "reconnecting", inSeconds: undefined };
    case "waiting":
      return { kind: "reconnecting", inSeconds: Math.max(0, Math.ceil((connection.retryAtMs - nowMs) / 1000)) };
    case "offline":
      return { kind: "offline" };
    case "live":
    case "probing": {
      const feed = feedOf(circumstances);
      return isPaused ? { kind: "paused", feed } : feed;
    }
  }
}

function feedOf({ hasPoints, takenMs, staleSinceMs, goneSinceMs, wasGone }: FeedConditions): FeedState {
  if (goneSinceMs !== undefined) {
    // Who dies without a word is stale first, and gone when it is given up: that is one end, and has one time.
    const isOneEnd = takenMs !== undefined && goneSinceMs - takenMs < PRESENCE_EXPIRES_MS;
    return { kind: "gone", sinceMs: isOneEnd ? takenMs : goneSinceMs };
  }
  if (takenMs === undefined && !hasPoints) return { kind: "empty" };
  if (staleSinceMs === undefined) return { kind: "live" };
  return wasGone ? { kind: "waiting" } : { kind: "stale", sinceMs: staleSinceMs };
}

const WORDS: Record<Status["kind"], string> = {
  connecting: "Connecting",
  live: "Live",
  empty: "Nothing published yet",
  waiting: "Waiting for data",
  paused: "Paused",
  stale: "Stale",
  gone: "Publisher gone",
  reconnecting: "Reconnecting",
  offline: "Offline",
  snapshot: "Snapshot",
  unsupported: "No WebSocket",
};

/** The word, and the rest of the sentence, which may change every second. */
export function statusText(status: Status, nowMs: number): [word: string, rest: string] {
  return [WORDS[status.kind], restText(status, nowMs)];
}

function restText(status: Status, nowMs: number): string {
  switch (status.kind) {
    case "connecting":
      return "…";
    case "reconnecting":
      return status.inSeconds === undefined ? "…" : ` in ${status.inSeconds} s`;
    case "paused": {
      const { feed } = status;
      return feed.kind === "live" ? "" : ` · ${feed.kind}${restText(feed, nowMs)}`;
    }
    case "stale":
    case "gone":
      return ` since ${momentText(status.sinceMs / 1000, 1, nowMs)}`;
    default:
      return "";
  }
}

/** What the quiet line is made of; undefined is not known, and left out. */
export interface Figures {
  /** What is said of the file that is shown; "" is nothing. */
  file?: string;
  rate: number | undefined;
  series: number;
  refusedSeries: number;
  lagMs: number | undefined;
  /** What else is said of the lag. */
  lagHint?: string | undefined;
  /** What is said of clocks that are off. */
  clocks: string | undefined;
  lostPoints: { points: number; unknown: boolean };
  viewers: number | undefined;
}

/** The quiet line: `10 pts/s · 3 series · lag 42 ms · 2 viewers`. */
export function figuresText(figures: Figures): string {
  const { file, rate, series, refusedSeries, lagMs, lagHint = "", clocks, lostPoints, viewers } = figures;
  return [
    file || undefined,
    rate === undefined ? undefined : `${formatRate(rate)} pts/s`,
    series === 0 ? undefined : counted(series, "series"),
    refusedSeries === 0 ? undefined : `${counted(refusedSeries, "series")} more than can be shown`,
    lagMs === undefined ? undefined : `lag ${formatDuration(lagMs)}${lagHint}`,
    clocks,
    lossText(lostPoints),
    viewers === undefined ? undefined : counted(viewers, "viewer"),
  ]
    .filter((part) => part !== undefined)
    .join(" · ");
}

function lossText({ points, unknown }: Figures["lostPoints"]): string | undefined {
  if (points === 0) return unknown ? "data may be missing" : undefined;
  return `${unknown ? "at least " : ""}${counted(points, "point")} missing`;
}

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
  | { kind: "reconnecting"; inSeconds: number | undefined; why?: string | undefined }
  | { kind: "offline"; sinceMs: number }
  /** The channel is there for whoever has a token for it. */
  | { kind: "private" }
  /** The token counts no more. */
  | { kind: "ended" }
  /** Points from a file, and what is said of it; nothing comes. */
  | { kind: "snapshot"; about(): string }
  /** This browser cannot do what the page needs. */
  | { kind: "unsupported" };

/** What the state follows from, beside the connection. */
export interface FeedConditions {
  /** By the clock that the connection goes by. */
  nowMs: number;
  /** When the last frame was taken; undefined: none was, or the channel was emptied since. This and what follows is by the clock on the wall. */
  takenMs: number | undefined;
  staleSinceMs: number | undefined;
  goneSinceMs: number | undefined;
  /** When there was no network first. */
  offlineSinceMs: number;
  /** Every publisher was gone after the last frame. */
  wasGone: boolean;
  isPaused: boolean;
  /** What is said in place of "Reconnecting", as `Too many viewers`. */
  refusal?: string | undefined;
}

/** The state that the header shows. */
export function statusOf(connection: ConnectionState, circumstances: FeedConditions): Status {
  const { nowMs, isPaused, offlineSinceMs: sinceMs, refusal: why } = circumstances;
  switch (connection.phase) {
    case "connecting":
      if (!connection.online) return { kind: "offline", sinceMs };
      // One word for all attempts: it is announced when it changes, and there may be many.
      return connection.attempt === 0 ? { kind: "connecting" } : { kind: "reconnecting", inSeconds: undefined, why };
    case "waiting":
      return { kind: "reconnecting", inSeconds: Math.max(0, Math.ceil((connection.retryAtMs - nowMs) / 1000)), why };
    case "offline":
      return { kind: "offline", sinceMs };
    case "refused":
      return { kind: "ended" };
    case "live":
    case "probing": {
      const feed = feedOf(circumstances);
      return isPaused ? { kind: "paused", feed } : feed;
    }
  }
}

/** The state of the feed, as long as there is a connection. */
export function feedOf({
  takenMs,
  staleSinceMs,
  goneSinceMs,
  wasGone,
}: Pick<FeedConditions, "takenMs" | "staleSinceMs" | "goneSinceMs" | "wasGone">): FeedState {
  if (goneSinceMs !== undefined) {
    // Who dies without a word is stale first, and gone when it is given up: that is one end, and has one time.
    const isOneEnd = takenMs !== undefined && goneSinceMs - takenMs < PRESENCE_EXPIRES_MS;
    return { kind: "gone", sinceMs: isOneEnd ? takenMs : goneSinceMs };
  }
  if (takenMs === undefined) return { kind: "empty" };
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
  private: "Private",
  ended: "Access ended",
  snapshot: "Snapshot",
  unsupported: "No WebSocket",
};

/** The word, and the rest of the sentence, which may change every second. */
export function statusText(status: Status, nowMs: number): [word: string, rest: string] {
  return [("why" in status && status.why) || WORDS[status.kind], restText(status, nowMs)];
}

function restText(status: Status, nowMs: number): string {
  switch (status.kind) {
    case "connecting":
      return "…";
    case "reconnecting":
      return status.inSeconds === undefined ? "…" : `${status.why ? "; next try" : ""} in ${status.inSeconds} s`;
    case "paused": {
      const { feed } = status;
      return feed.kind === "live" ? "" : ` · ${feed.kind}${restText(feed, nowMs)}`;
    }
    case "stale":
    case "gone":
    case "offline":
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
  /** What is said of how points come. */
  transport?: string | undefined;
}

/** The quiet line: `10 pts/s · 3 series · lag 42 ms · 2 viewers`. */
export function figuresText(figures: Figures): string {
  const { file, rate, series, refusedSeries, lagMs, lagHint = "", clocks, lostPoints, viewers, transport } = figures;
  return [
    file || undefined,
    rate === undefined ? undefined : `${formatRate(rate)} pts/s`,
    series === 0 ? undefined : counted(series, "series"),
    refusedSeries === 0 ? undefined : `${counted(refusedSeries, "series")} more than can be shown`,
    lagMs === undefined ? undefined : `lag ${formatDuration(lagMs)}${lagHint}`,
    clocks,
    lossText(lostPoints),
    viewers === undefined ? undefined : counted(viewers, "viewer"),
    transport,
  ]
    .filter((part) => part !== undefined)
    .join(" · ");
}

/** How many points are missing; undefined: none. */
export function lossText({ points, unknown }: Figures["lostPoints"]): string | undefined {
  if (points === 0) return unknown ? "data may be missing" : undefined;
  return `${unknown ? "at least " : ""}${counted(points, "point")} missing`;
}

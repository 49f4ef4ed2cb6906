import type { Cursor } from "../../protocol/cursor.ts";
import type { MissingPoints } from "../cursor.ts";

/** The ways to watch a channel that a subscription knows, the best first. */
export const TRANSPORT_NAMES = ["websocket", "events", "poll"] as const;
export type TransportName = (typeof TRANSPORT_NAMES)[number];

/** Why a channel refuses: SPEC.md, “Refusals”, lists the codes; `detail` says what to do. */
export interface Problem {
  code: string;
  detail: string;
}

/** How a connection ended, or why there was none. */
export type Ended =
  /** The line broke, or something on the way does not let it through. */
  | { kind: "closed" }
  /** The Worker has no room just now. */
  | { kind: "come-later"; afterMs: number; problem: Problem }
  /** The Worker refuses, and would again. */
  | { kind: "refused"; problem: Problem };

/** What one connection reports, in order. */
export interface TransportEvents {
  /** Anything at all came. */
  heard(): void;
  /** Whole frames, one after the other. */
  frames(bytes: Uint8Array): void;
  /** Points are missing before what comes next. It counts once something follows. */
  gap(missing: MissingPoints): void;
  /** What a publisher lost of what was picked, where no frame tells it. */
  lost(lost: LostPoints): void;
  /** What the channel says of what was picked. */
  note(detail: string): void;
  /** Everything up to here was sent. */
  live(at: Cursor | undefined): void;
  /** Over how long the channel wants its viewers to spread their coming back. */
  retryWithin(ms: number): void;
  /** It is the last event. */
  ended(how: Ended): void;
}

/** A publisher says that points are missing up to a cursor; `series` "": of all. */
export interface LostPoints extends Cursor {
  reason: string;
  points: number | null;
  series: string;
}

/** What one connection is asked for. */
export interface OpenRequest {
  /** The channel's, without a query. */
  url: URL;
  /** Where to begin: a cursor, or a tail. */
  query: Readonly<Record<string, string>>;
  /** What is picked, as in a URL's query; "": everything. */
  picks: string;
  token: string | undefined;
  /** Another token, if there is one by now: this one soon expires. */
  nextToken(): Promise<string | undefined>;
  /** Resolves when what was reported is read so far that more may come. */
  room(): Promise<void>;
}

/** One way to watch a channel. */
export interface Transport {
  readonly name: TransportName;
  /** Opens a connection. No event comes before this has returned. */
  open(request: OpenRequest, events: TransportEvents): OpenTransport;
}

export interface OpenTransport {
  /** Asks for a sign of life. Transports that cannot do that have signs of their own. */
  ping(): void;
  /** Gives it up. No event comes after this. */
  close(): void;
}

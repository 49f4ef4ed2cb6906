import { type Cursor, cursorText, parseCursor } from "../../../protocol/cursor.ts";
import { FRAME_TYPE, SUBPROTOCOL } from "../../../protocol/limits.ts";
import { Problem } from "../../../protocol/problem.ts";
import { startOf } from "../../hub/join-request.ts";
import { finiteOf, invalidQuery } from "../../hub/query.ts";
import { idsIn, maxRateIn, seriesIn, type TextView } from "../../hub/text-view.ts";
import type { MetricsType, Representation } from "../negotiate.ts";

/** What a stream or a long poll may be. */
export type LiveType = Exclude<Representation, "text/html" | MetricsType>;

/** A poll waits no longer: proxies cut a line on which nothing comes. */
export const MAX_WAIT_SECONDS = 25;

/** Keys that no viewer by WebSocket has, or that are in the view. `embed` is the page's: its URL may be read, too. */
const OF_HTTP = ["wait", "follow", "frames", "messages", "embed", "ids", "series", "max_rate"];

/** How a channel is watched by HTTP. */
export interface LiveQuery {
  type: LiveType;
  /** undefined: frames. */
  view: TextView | undefined;
  /** Which series; none: all. */
  series: readonly string[];
  /** How many points a second of each; undefined: all. */
  maxRate: number | undefined;
  /** Of events of frames: whether everything is said that a viewer by WebSocket hears. */
  messages: boolean;
  /** How long a poll waits for something; undefined: it is a stream. */
  waitMs: number | undefined;
  /** What a viewer is asked with by WebSocket that begins where this does. */
  start: URLSearchParams;
}

/** Whether a GET is for what comes, and not only for what is stored. */
export function isLive(type: Representation, query: URLSearchParams): type is LiveType {
  return type === "text/event-stream" || (type !== "text/html" && (query.has("follow") || query.has("wait")));
}

/** @throws Problem `query-invalid` */
export function liveQuery({ url, headers }: Request, type: LiveType): LiveQuery {
  const query = new URL(url).searchParams;
  const waitMs = waitIn(query);
  if (waitMs !== undefined && query.has("follow")) throw invalidQuery("wait", "and follow exclude each other");
  if (type === "application/json" && waitMs === undefined) {
    throw invalidQuery("follow", "is for lines of JSON (application/x-ndjson), CSV, frames and events");
  }
  const view = viewOf(query, type);
  const messages = query.has("messages");
  if (messages && (view !== undefined || type !== "text/event-stream")) {
    throw invalidQuery("messages", "is for events of frames (Accept: text/event-stream, ?frames=1)");
  }
  if (type === "text/event-stream" && waitMs !== undefined && !messages) {
    throw invalidQuery("wait", "is for events with ?frames=1&messages=1, and no others");
  }
  const [series, maxRate] = [seriesIn(query), maxRateIn(query)];
  const start = withCursorOf(headers, query);
  for (const key of OF_HTTP) start.delete(key);
  // What is none of them may be one of a viewer by WebSocket.
  startOf(start, view === undefined ? "frames" : "stream");
  if (view === undefined && !messages && start.has("newest")) {
    throw invalidQuery("newest", "is for who is told what was left out: by WebSocket, or with messages=1");
  }
  return { type, view, series, maxRate, messages, waitMs, start };
}

function waitIn(query: URLSearchParams): number | undefined {
  const seconds = finiteOf(query, "wait");
  if (seconds === undefined) return undefined;
  if (seconds < 0 || seconds > MAX_WAIT_SECONDS) throw invalidQuery("wait", `is 0 to ${MAX_WAIT_SECONDS} seconds`);
  return 1000 * seconds;
}

function viewOf(query: URLSearchParams, type: LiveType): TextView | undefined {
  const [ids, series, maxRate] = [idsIn(query), seriesIn(query), maxRateIn(query)];
  const chosen = { series, ...(maxRate !== undefined && { maxRate }) };
  const isFrames = type === FRAME_TYPE || (type === "text/event-stream" && query.has("frames"));
  if (isFrames) return undefined;
  if (query.has("frames")) throw invalidQuery("frames", "is for events (Accept: text/event-stream)");
  switch (type) {
    case "text/event-stream":
      return { writing: "events", ids: true, ...chosen };
    case "text/csv":
      return { writing: "csv", ids, ...chosen };
    default:
      return { writing: "ndjson", ids, ...chosen };
  }
}

/** A browser's EventSource says by a header where it was; another client may, too. */
function withCursorOf(headers: Headers, query: URLSearchParams): URLSearchParams {
  const start = new URLSearchParams(query);
  const name = ["Last-Event-ID", "Plotcast-Cursor"].find((each) => (headers.get(each) ?? "") !== "");
  if (name === undefined) return start;
  const cursor = headers.get(name) ?? "";
  if (parseCursor(cursor) === undefined) {
    throw new Problem("query-invalid", `${name} must be a cursor that was given here, such as 1:4711.`);
  }
  // It is newer than where the URL began.
  for (const key of ["points", "seconds", "epoch", "seq"]) start.delete(key);
  start.set("cursor", cursor);
  return start;
}

/** Whether frames come that are not all there is: a hole between two then says nothing (VW21b). */
export function isPicked({ view, series, maxRate }: Pick<LiveQuery, "view" | "series" | "maxRate">): boolean {
  return view === undefined && (series.length > 0 || maxRate !== undefined);
}

/** The request that joins a channel: at a cursor, or else where the query begins. */
export function joinRequest(
  url: URL,
  { start, view, series, maxRate }: LiveQuery,
  cursor: Cursor | undefined,
): Request {
  const at = new URL(url);
  const query = cursor === undefined ? new URLSearchParams(start) : new URLSearchParams({ cursor: cursorText(cursor) });
  // Of text the view says it.
  if (view === undefined) {
    for (const name of series) query.append("series", name);
    if (maxRate !== undefined) query.set("max_rate", `${maxRate}`);
  }
  at.search = query.toString();
  const headers = new Headers({ Upgrade: "websocket" });
  if (view === undefined) headers.set("Sec-WebSocket-Protocol", SUBPROTOCOL);
  return new Request(at, { headers });
}

import type { Cursor } from "../../protocol/cursor.ts";
import { SUBPROTOCOL } from "../../protocol/limits.ts";
import { parseObject } from "../../protocol/messages/guards.ts";
import { Problem } from "../../protocol/problem.ts";
import { type Grant, parseGrant } from "../auth/grant.ts";
import { parseShare, type ViewerShare } from "../auth/viewer-share.ts";
import { countOf, cursorIn, invalidQuery, JOIN_KEYS, refuseUnknownKeys } from "./query.ts";
import { idsIn, maxRateIn, PLAIN_JSON, parseView, seriesIn, type View } from "./text-view.ts";

/**
 * How a viewer gets points: as `plotcast.v1` has it, in frames beside control messages; as JSON text, a message a point; or as
 * text in UTF-8, chunks of a stream, in place of the frames, beside the same control messages.
 */
export type Format = "frames" | "json" | "stream";

/**
 * Where a viewer begins: at the end of what is stored, so many points or seconds before it; or after a cursor. Of that the
 * `newest` points are sent, if it is more; of the rest the viewer is told only where it is.
 */
export type JoinStart =
  | { kind: "tail"; points: number; seconds: number; newest?: number | undefined }
  | { kind: "resume"; cursor: Cursor; newest?: number | undefined };

/** The Worker adds it to the request of a viewer: which page it serves. */
export const BUILD_HEADER = "Plotcast-Build";

/** And what the viewer was let in with, as JSON, in place of whatever its client sent by this name. */
export const GRANT_HEADER = "Plotcast-Grant";

/** And by what it is counted, as JSON, likewise. */
export const SHARE_HEADER = "Plotcast-Share";

/** A stream's {@link TextView}, as JSON, likewise. Without it there is none. */
export const VIEW_HEADER = "Plotcast-View";

/** Who joins a channel's room, as JSON, likewise. */
export const ROOM_HEADER = "Plotcast-Room";

/** That a publisher's WebSocket is opened, and for whom, as JSON, likewise. */
export const PUBLISHER_HEADER = "Plotcast-Publisher";

/** Where a viewer is, likewise: which relay is near. */
export const REGION_HEADER = "Plotcast-Region";

/** A channel answers with the relay that a viewer is to join; the Worker asks with it for another, if that one is full. */
export const RELAY_HEADER = "Plotcast-Relay";

/** The status of that answer. */
export const RELAYED_WITH = 421;

/** A channel that dials a relay says so in this header. */
export const FEED_HEADER = "Plotcast-Feed";

const OWN_HEADERS = [
  BUILD_HEADER,
  GRANT_HEADER,
  SHARE_HEADER,
  VIEW_HEADER,
  ROOM_HEADER,
  REGION_HEADER,
  RELAY_HEADER,
  PUBLISHER_HEADER,
  FEED_HEADER,
];

/** A request without what only the Worker says to a channel: what its client sent by these names counts for nothing. */
export function withoutOwnHeaders(request: Request): Request {
  if (!OWN_HEADERS.some((name) => request.headers.has(name))) return request;
  const headers = new Headers(request.headers);
  for (const name of OWN_HEADERS) headers.delete(name);
  return new Request(request, { headers });
}

/** What a viewer asks for when it joins. */
export interface JoinRequest {
  format: Format;
  /** Of a viewer of text, and of one of frames that picks series. */
  view?: View | undefined;
  start: JoinStart;
  /** Which page the Worker serves, as `hello` tells it; "" if that is not known. */
  build: string;
  /** What it was let in with; undefined where anybody may watch. */
  grant: Grant | undefined;
  /** By what it is counted. */
  share: ViewerShare;
}

const NOT_COUNTED: ViewerShare = { who: "", most: null };

/** Where a viewer begins that does not say it. */
const DEFAULT_START = {
  frames: { kind: "tail", points: 1000, seconds: 300 },
  json: { kind: "tail", points: 100, seconds: 0 },
  stream: { kind: "tail", points: 100, seconds: 0 },
} as const satisfies Record<Format, JoinStart>;

/**
 * What the request for a WebSocket asks for.
 * @throws Problem `subprotocol-unsupported`, `query-invalid`
 */
export function parseJoinRequest(request: Request): JoinRequest {
  const query = new URL(request.url).searchParams;
  const stream = parseView(parseObject(request.headers.get(VIEW_HEADER) ?? ""));
  const format = stream === undefined ? formatOf(request.headers.get("Sec-WebSocket-Protocol")) : "stream";
  return {
    format,
    view: stream ?? viewOf(query, format),
    start: startOf(query, format),
    build: request.headers.get(BUILD_HEADER) ?? "",
    grant: parseGrant(parseObject(request.headers.get(GRANT_HEADER) ?? "")),
    share: parseShare(parseObject(request.headers.get(SHARE_HEADER) ?? "")) ?? NOT_COUNTED,
  };
}

/** VW8. */
function formatOf(subprotocols: string | null): Format {
  if (subprotocols === null) return "json";
  if (subprotocols.split(",").some((item) => item.trim() === SUBPROTOCOL)) return "frames";
  throw new Problem(
    "subprotocol-unsupported",
    `The subprotocol is "${SUBPROTOCOL}", or none for JSON text, a message a point.`,
  );
}

/** VW5e, VW21. What a viewer wants of the points. */
function viewOf(query: URLSearchParams, format: Format): View | undefined {
  const [series, maxRate] = [seriesIn(query), maxRateIn(query)];
  const chosen = { series, ...(maxRate !== undefined && { maxRate }) };
  if (format !== "frames") return { ...PLAIN_JSON, ids: idsIn(query), ...chosen };
  if (query.has("ids")) throw invalidQuery("ids", "is for viewers of text: frames have their numbers");
  return series.length === 0 && maxRate === undefined ? undefined : { writing: "frames", ids: false, ...chosen };
}

/** @throws Problem `query-invalid` */
export function startOf(query: URLSearchParams, format: Format): JoinStart {
  refuseUnknownKeys(query, JOIN_KEYS);
  const cursor = cursorIn(query);
  if (cursor !== undefined) return { kind: "resume", cursor };
  const [epoch, seq] = [countOf(query, "epoch"), countOf(query, "seq")];
  const newest = countOf(query, "newest");
  // A viewer of text is told nothing but points.
  if (newest !== undefined && format !== "frames") throw invalidQuery("newest", `is for viewers of ${SUBPROTOCOL}`);
  if (epoch !== undefined && seq !== undefined) return { kind: "resume", cursor: { epoch, seq }, newest };
  if (epoch !== undefined || seq !== undefined) throw invalidQuery("epoch", "and seq belong together");
  const [points, seconds] = [countOf(query, "points"), countOf(query, "seconds")];
  if (points === undefined && seconds === undefined) return { ...DEFAULT_START[format], newest };
  return { kind: "tail", points: points ?? 0, seconds: seconds ?? 0, newest };
}

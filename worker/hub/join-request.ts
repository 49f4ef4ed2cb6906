import type { Cursor } from "../../protocol/cursor.ts";
import { SUBPROTOCOL } from "../../protocol/limits.ts";
import { Problem } from "../../protocol/problem.ts";
import { countOf, invalidQuery, JOIN_KEYS, refuseUnknownKeys } from "./query.ts";

/** How a viewer gets points: as `plotcast.v1` has it, in frames beside control messages; or as JSON text, a message a point. */
export type Format = "frames" | "json";

/**
 * Where a viewer begins: at the end of what is stored, so many points or seconds before it; or after a cursor. Of a tail the
 * `newest` points are sent, if it has more; of the rest the viewer is told only where it is.
 */
export type JoinStart =
  | { kind: "tail"; points: number; seconds: number; newest?: number | undefined }
  | { kind: "resume"; cursor: Cursor };

/** The Worker adds it to the request of a viewer: which page it serves. */
export const BUILD_HEADER = "Plotcast-Build";

/** What a viewer asks for when it joins. */
export interface JoinRequest {
  format: Format;
  start: JoinStart;
  /** Which page the Worker serves, as `hello` tells it; "" if that is not known. */
  build: string;
}

/** Where a viewer begins that does not say it. */
const DEFAULT_START = {
  frames: { kind: "tail", points: 1000, seconds: 300 },
  json: { kind: "tail", points: 100, seconds: 0 },
} as const satisfies Record<Format, JoinStart>;

/**
 * What the request for a WebSocket asks for.
 * @throws Problem `subprotocol-unsupported`, `query-invalid`
 */
export function parseJoinRequest(request: Request): JoinRequest {
  const format = formatOf(request.headers.get("Sec-WebSocket-Protocol"));
  return {
    format,
    start: startOf(new URL(request.url).searchParams, format),
    build: request.headers.get(BUILD_HEADER) ?? "",
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

function startOf(query: URLSearchParams, format: Format): JoinStart {
  refuseUnknownKeys(query, JOIN_KEYS);
  const [epoch, seq] = [countOf(query, "epoch"), countOf(query, "seq")];
  if (epoch !== undefined && seq !== undefined) return { kind: "resume", cursor: { epoch, seq } };
  if (epoch !== undefined || seq !== undefined) throw invalidQuery("epoch", "and seq belong together");
  const [points, seconds] = [countOf(query, "points"), countOf(query, "seconds")];
  const newest = countOf(query, "newest");
  // A viewer of text is told nothing but points.
  if (newest !== undefined && format === "json") throw invalidQuery("newest", `is for viewers of ${SUBPROTOCOL}`);
  if (points === undefined && seconds === undefined) return { ...DEFAULT_START[format], newest };
  return { kind: "tail", points: points ?? 0, seconds: seconds ?? 0, newest };
}

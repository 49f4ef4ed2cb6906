import { FrameError } from "../../../protocol/frame/header.ts";
import { PointError } from "../../../protocol/json/point-error.ts";
import {
  ARRANGEMENT_TYPE,
  FRAME_TYPE,
  MAX_BODY_BYTES,
  MAX_PRESENCE_BYTES,
  PRESENCE_TYPE,
} from "../../../protocol/limits.ts";
import { type Announcement, parseAnnouncement } from "../../../protocol/messages/publish.ts";
import { Problem } from "../../../protocol/problem.ts";
import { HttpProblem } from "../problem-response.ts";
import { type Publication, readFrames } from "./published-frames.ts";
import { readPoints } from "./published-points.ts";
import { readBody } from "./read-body.ts";

/** Types that are tried as JSON: its own, and what clients send when nobody told them a type. */
const JSON_TYPES = new Set([
  "",
  "application/json",
  "application/x-ndjson",
  "application/ndjson",
  "application/jsonl",
  "application/x-www-form-urlencoded",
  "application/octet-stream",
  "text/plain",
  "text/json",
]);
const ACCEPT_POST = `${FRAME_TYPE}, application/json, application/x-ndjson`;

/** @throws Problem if the body is not an announcement */
export async function readAnnouncement(request: Request): Promise<Announcement> {
  const parsed = parseAnnouncement(decodeText(await readBody(request, MAX_PRESENCE_BYTES)));
  if (parsed.kind === "message") return parsed.message;
  throw new Problem(
    "presence-invalid",
    'An announcement is {"publisher": "<16 hexadecimal digits, not all 0>", "here": true or false}, and nothing else.',
  );
}

/**
 * Reads the body of a publish.
 * @throws Problem if it is too large, of no known type, or not what its type says
 */
export async function readPublication(request: Request): Promise<Publication> {
  const type = typeOf(request);
  if (type !== FRAME_TYPE && !JSON_TYPES.has(type) && !type.endsWith("+json")) {
    throw new HttpProblem("content-type-unsupported", `A publish is one of ${ACCEPT_POST}; this is ${type}.`, {
      "Accept-Post": `${ACCEPT_POST}, ${PRESENCE_TYPE}, ${ARRANGEMENT_TYPE}`,
    });
  }
  const body = await readBody(request, MAX_BODY_BYTES, ["gzip", "deflate"]);
  return publicationIn(body, type === FRAME_TYPE ? "frames" : "points");
}

/**
 * What a body publishes.
 * @throws Problem if that is nothing, or not what it is said to be
 */
export function publicationIn(body: Uint8Array, kind: "frames" | "points"): Publication {
  if (body.byteLength === 0) throw emptyBody();
  try {
    return kind === "frames" ? readFrames(body) : readPoints(decodeText(body), Date.now() / 1000);
  } catch (error) {
    if (error instanceof FrameError || error instanceof PointError) throw new Problem(error.code, error.message);
    throw error;
  }
}

export function emptyBody(): Problem {
  return new Problem("body-empty", 'There is nothing in the body. A point is {"x": <unix seconds>, "y": <number>}.');
}

/** The type of a body, without its parameters. */
export function typeOf(request: Request): string {
  return (request.headers.get("Content-Type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

export function decodeText(body: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(body);
  } catch {
    throw new Problem("body-encoding", "The body must be UTF-8 text.");
  }
}

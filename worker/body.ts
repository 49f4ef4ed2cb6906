import { Problem } from "./problem.ts";
import { framesOf } from "./protocol/builder.ts";
import { concat } from "./protocol/bytes.ts";
import { ANONYMOUS, FrameError } from "./protocol/header.ts";
import { parseJson } from "./protocol/json.ts";
import { FRAME_TYPE, MAX_BODY_BYTES, MAX_PRESENCE_BYTES, PRESENCE_TYPE } from "./protocol/limits.ts";
import { type Announcement, parseAnnouncement } from "./protocol/messages.ts";
import { PointError, type Reading, rowsOfJson } from "./protocol/points.ts";
import { type Publication, readFrames } from "./published-frames.ts";
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

/** Whether a POST says something of its publisher, and publishes nothing. */
export function isAnnouncement(request: Request): boolean {
  return typeOf(request) === PRESENCE_TYPE;
}

/** @throws Problem if the body is not an announcement */
export async function readAnnouncement(request: Request): Promise<Announcement> {
  const announcement = parseAnnouncement(decodeText(await readBody(request, MAX_PRESENCE_BYTES)));
  if (announcement !== undefined) return announcement;
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
    throw new Problem("content-type-unsupported", `A publish is one of ${ACCEPT_POST}; this is ${type}.`, {
      "Accept-Post": `${ACCEPT_POST}, ${PRESENCE_TYPE}`,
    });
  }
  const body = await readBody(request, MAX_BODY_BYTES);
  if (body.byteLength === 0) {
    throw new Problem("body-empty", 'There is nothing in the body. A point is {"x": <unix seconds>, "y": <number>}.');
  }
  try {
    return type === FRAME_TYPE ? readFrames(body) : readJson(body);
  } catch (error) {
    if (error instanceof FrameError || error instanceof PointError) throw new Problem(error.code, error.message);
    throw error;
  }
}

function typeOf(request: Request): string {
  return (request.headers.get("Content-Type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

function readJson(body: Uint8Array): Publication {
  const rows = rowsOfText(decodeText(body), { arrivedAt: Date.now() / 1000, topic: "" });
  return {
    frames: concat(framesOf(rows, ANONYMOUS, 0)),
    series: [...new Set(rows.flatMap(({ names }) => names))],
  };
}

/** One JSON text; or, where that fails and there are several lines, one on each. */
function rowsOfText(text: string, reading: Reading) {
  const lines = text.split("\n").flatMap((line, i) => (line.trim() === "" ? [] : [{ line, number: i + 1 }]));
  if (lines.length === 0) throw new Problem("body-empty", "There is nothing but white space in the body.");
  if (lines.length === 1 || isJson(text)) return rowsOfJson(text, reading);
  return lines.flatMap(({ line, number }) => {
    try {
      return rowsOfJson(line, reading);
    } catch (error) {
      if (error instanceof PointError) throw new PointError(error.code, `Line ${number}: ${error.message}`);
      throw error;
    }
  });
}

function isJson(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch {
    return false;
  }
}

function decodeText(body: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(body);
  } catch {
    throw new Problem("body-encoding", "JSON must be UTF-8 text.");
  }
}

import { type Cursor, parseCursor } from "../../protocol/cursor.ts";
import { Problem } from "../../protocol/problem.ts";
import { suggestion } from "../../protocol/suggestion.ts";

/** The query of a channel's URL: the keys it may have, and their values. */

/** Of a read of stored points. */
export const READ_KEYS = ["from", "to", "after", "through", "series", "points", "text"] as const;
/** Of a viewer that joins. */
export const JOIN_KEYS = [
  "points",
  "seconds",
  "newest",
  "epoch",
  "seq",
  "cursor",
  "ids",
  "series",
  "max_rate",
] as const;
const MAX_KEY_LENGTH = 40;

/**
 * A key that is misspelt would be passed over, and the answer would be another than the one that was asked for. The page
 * takes any: what others append to links that people share (utm_source, fbclid) is meant for nobody here.
 *
 * @param passed keys that are the page's, and mean nothing here
 * @throws Problem `query-invalid`
 */
export function refuseUnknownKeys(
  query: URLSearchParams,
  known: typeof READ_KEYS | typeof JOIN_KEYS,
  passed: readonly string[] = [],
): void {
  for (const key of query.keys()) {
    if (key === "" || known.some((other) => other === key) || passed.includes(key)) continue;
    throw new Problem(
      "query-invalid",
      `In the query, ${aboutKey(key, known)} Known are ${known.join(", ")}${known === READ_KEYS ? "; and live follow, wait" : ""}.`,
    );
  }
}

function aboutKey(key: string, known: readonly string[]): string {
  // Of the room: these are asked in other ways.
  if (key === "set" || key === "call")
    return `${key} wants a POST: curl -d ${key === "set" ? "VALUE" : "''"} "…?${key}=NAME".`;
  if (key === "room") return "room wants the header Accept: application/json.";
  if (JOIN_KEYS.some((other) => other === key)) {
    return `${key} is for what comes live (a WebSocket, events, follow=1, wait=), and this is a read.`;
  }
  if (READ_KEYS.some((other) => other === key)) {
    return `${key} is for a read, and this is live: seconds= and points= say how far back it begins.`;
  }
  return `"${key.slice(0, MAX_KEY_LENGTH)}" is not known${suggestion(key, known) || "."}`;
}

/**
 * The number under a key; undefined if it is not there.
 * @throws Problem `query-invalid`
 */
export function finiteOf(query: URLSearchParams, key: string): number | undefined {
  const text = query.get(key);
  if (text === null) return undefined;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw invalidQuery(key, "must be a number");
  return value;
}

/**
 * The whole number from 0 on under a key; undefined if it is not there.
 * @throws Problem `query-invalid`
 */
export function countOf(query: URLSearchParams, key: string): number | undefined {
  const value = finiteOf(query, key);
  if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0)) {
    throw invalidQuery(key, "must be a whole number");
  }
  return value;
}

/**
 * The cursor in a query; undefined if it has none.
 * @throws Problem `query-invalid`
 */
export function cursorIn(query: URLSearchParams): Cursor | undefined {
  const text = query.get("cursor");
  if (text === null) return undefined;
  const cursor = parseCursor(text);
  if (cursor === undefined) throw invalidQuery("cursor", "must be one that was given here, such as 1:4711");
  for (const key of ["points", "seconds", "newest", "epoch", "seq"]) {
    if (query.has(key)) throw invalidQuery(key, "says where to begin, as cursor does: give one of them");
  }
  return cursor;
}

/** @param what a key's fault, as the end of a sentence that begins with the key */
export function invalidQuery(key: string, what: string): Problem {
  return new Problem("query-invalid", `In the query, ${key} ${what}.`);
}

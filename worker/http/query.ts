import { suggestion } from "../../protocol/suggestion.ts";
import type { Dialect, Wish } from "../hub/join-request.ts";
import { Problem } from "./problem.ts";

/** What the query of a channel's URL asks for: points to read, or where a viewer begins. */

export interface ReadQuery {
  fromX: number;
  toX: number;
  /** Empty for all. */
  series: Set<string>;
  /** Only the last so many; undefined for all. */
  points: number | undefined;
  /** CSV has a column for what values are called. */
  text: boolean;
}

const READ_KEYS = ["from", "to", "series", "points", "text"] as const;
const WATCH_KEYS = ["points", "seconds", "epoch", "seq"] as const;
const MAX_KEY_LENGTH = 40;

/** @throws Problem `query-invalid` */
export function readQuery(query: URLSearchParams): ReadQuery {
  // `embed` is the page's: its URL may be read, too.
  refuseUnknown(query, READ_KEYS, ["embed"]);
  return {
    fromX: finite(query, "from") ?? Number.NEGATIVE_INFINITY,
    toX: finite(query, "to") ?? Number.POSITIVE_INFINITY,
    series: new Set(query.getAll("series")),
    points: count(query, "points"),
    text: query.has("text"),
  };
}

/**
 * What a viewer asks for when it joins.
 * @throws Problem `query-invalid`
 */
export function watchQuery(query: URLSearchParams, dialect: Dialect = "frames"): Wish {
  refuseUnknown(query, WATCH_KEYS);
  const [epoch, seq] = [count(query, "epoch"), count(query, "seq")];
  if (epoch !== undefined && seq !== undefined) return { kind: "resume", cursor: { epoch, seq } };
  if (epoch !== undefined || seq !== undefined) throw invalid("epoch", "and seq belong together");
  const [points, seconds] = [count(query, "points"), count(query, "seconds")];
  if (points !== undefined || seconds !== undefined)
    return { kind: "tail", points: points ?? 0, seconds: seconds ?? 0 };
  return dialect === "frames"
    ? { kind: "tail", points: 1000, seconds: 300 }
    : { kind: "tail", points: 100, seconds: 0 };
}

/**
 * A key that is misspelt would be passed over, and the answer would be another than the one that was asked for. The page
 * takes any: what others append to links that people share (utm_source, fbclid) is meant for nobody here.
 */
function refuseUnknown(query: URLSearchParams, known: readonly string[], passed: readonly string[] = []): void {
  for (const key of query.keys()) {
    if (key === "" || known.includes(key) || passed.includes(key)) continue;
    throw new Problem("query-invalid", `In the query, ${aboutKey(key, known)} Known are ${known.join(", ")}.`);
  }
}

function aboutKey(key: string, known: readonly string[]): string {
  if (WATCH_KEYS.some((other) => other === key)) return `${key} is for a WebSocket, and this is a read.`;
  if (READ_KEYS.some((other) => other === key)) return `${key} is for a read, and this is a WebSocket.`;
  return `"${key.slice(0, MAX_KEY_LENGTH)}" is not known${suggestion(key, known) || "."}`;
}

function finite(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw invalid(name, "must be a number");
  return value;
}

function count(query: URLSearchParams, name: string): number | undefined {
  const value = finite(query, name);
  if (value !== undefined && !(Number.isSafeInteger(value) && value >= 0))
    throw invalid(name, "must be a whole number");
  return value;
}

function invalid(name: string, what: string): Problem {
  return new Problem("query-invalid", `In the query, ${name} ${what}.`);
}

import { Problem } from "./problem.ts";
import type { Dialect, Wish } from "./viewer.ts";

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

/** @throws Problem `query-invalid` */
export function readQuery(query: URLSearchParams): ReadQuery {
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

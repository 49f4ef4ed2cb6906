import { isObject } from "../../protocol/json/json.ts";
import { MAX_RATE, MIN_RATE } from "../../protocol/limits.ts";
import { isBoolean, isNumber, isStrings } from "../../protocol/messages/guards.ts";
import { SeriesFilter } from "../../protocol/series-filter.ts";
import { finiteOf, invalidQuery } from "./query.ts";

/** How points are written as text. `json` is a message for each point; the others are parts of a stream. */
export const WRITINGS = ["json", "ndjson", "csv", "events"] as const;
export type Writing = (typeof WRITINGS)[number];

/** Which points a viewer of text gets, and how. What viewers of one view get is made once for all. */
export interface TextView {
  writing: Writing;
  /** Whether each point has its cursor, and what is missing is told among them. */
  ids: boolean;
  /** Names of series, in which `*` stands for any characters; none: all. */
  series: readonly string[];
  /** So many points a second of each series at most (VW22); undefined: all of them. */
  maxRate?: number | undefined;
}

/** A viewer of frames that picks series, or points. */
export interface FramesView {
  writing: "frames";
  ids: false;
  series: readonly string[];
  maxRate?: number | undefined;
}

export type View = TextView | FramesView;

/** Of a view in which points are left out. */
export interface Thinned {
  maxRate: number;
}
export type ThinnedView = (TextView & Thinned) | (FramesView & Thinned);

export function isThinned(view: View): view is ThinnedView {
  return view.maxRate !== undefined;
}

export const PLAIN_JSON: TextView = { writing: "json", ids: false, series: [] };

/** The attachment of a socket has 2,048 bytes (https://developers.cloudflare.com/durable-objects/api/state/), for all that is kept of a viewer. */
export const MAX_SERIES_LENGTH = 512;
/** `*`s of all names of a view: each is tried at each name. */
export const MAX_STARS = 8;

/** It is asked for each viewer at each publish. */
const keys = new WeakMap<View, string>();

/** Views that are the same have the same key. */
export function viewKey(view: View): string {
  let key = keys.get(view);
  if (key === undefined) {
    const { writing, ids, series, maxRate } = view;
    key = JSON.stringify([writing, ids, series, maxRate ?? 0]);
    keys.set(view, key);
  }
  return key;
}

/**
 * The series that a viewer asks for, each once, in one order.
 * @throws Problem `query-invalid`
 */
export function seriesIn(query: URLSearchParams): string[] {
  const series = [...new Set(query.getAll("series"))].sort();
  if (series.includes("")) throw invalidQuery("series", "must name a series");
  if (series.join().length > MAX_SERIES_LENGTH) {
    throw invalidQuery("series", `has ${MAX_SERIES_LENGTH} characters at most, all together; use * for any characters`);
  }
  if (series.join().split("*").length - 1 > MAX_STARS) throw invalidQuery("series", `has ${MAX_STARS} * at most`);
  return series;
}

/** Whether a view has a series. */
export function chosenBy({ series }: Pick<View, "series">): (series: string) => boolean {
  const filter = new SeriesFilter(series);
  return (name) => filter.has(name);
}

/** Whether each point is to have its cursor: `ids=1`. @throws Problem `query-invalid` */
export function idsIn(query: URLSearchParams): boolean {
  const ids = query.get("ids");
  if (ids === null || ids === "0") return false;
  if (ids === "1" || ids === "") return true;
  throw invalidQuery("ids", "is 1 or 0");
}

/** How many points a second of each series: `max_rate=10`; undefined: all. @throws Problem `query-invalid` */
export function maxRateIn(query: URLSearchParams): number | undefined {
  const maxRate = finiteOf(query, "max_rate");
  if (maxRate !== undefined && !isRate(maxRate)) {
    throw invalidQuery("max_rate", `is ${MIN_RATE} to ${MAX_RATE} points a second of each series`);
  }
  return maxRate;
}

function isRate(value: unknown): value is number {
  return isNumber(value) && value >= MIN_RATE && value <= MAX_RATE;
}

/** A view that was written as JSON; undefined if it is none. */
export function parseView(value: unknown): View | undefined {
  if (!isObject(value)) return undefined;
  const { writing, ids, series, maxRate } = value;
  const known = WRITINGS.find((each) => each === writing);
  if (!isBoolean(ids) || !isStrings(series) || !(maxRate === undefined || isRate(maxRate))) return undefined;
  const chosen = { series, ...(maxRate !== undefined && { maxRate }) };
  if (writing === "frames") return { writing, ids: false, ...chosen };
  return known === undefined ? undefined : { writing: known, ids, ...chosen };
}

import { isSeriesPattern, SeriesFilter } from "../../../protocol/series-filter.ts";
import { countOf, invalidQuery, READ_KEYS, refuseUnknownKeys } from "../../hub/query.ts";
import { type NumbersAs, xIn } from "./query-time.ts";

/** Each is tried at each name that the channel has. */
export const MAX_SERIES_PATTERNS = 16;

/** Which of the stored points a read asks for. */
export interface ReadQuery {
  /** Both ends are included. */
  fromX: number;
  toX: number;
  /** Points numbered above the one, up to the other. */
  after: number;
  through: number;
  series: SeriesFilter;
  /** Only the last so many; undefined for all. */
  points: number | undefined;
  /** CSV has a column for what values are called. */
  text: boolean;
}

/**
 * @param nowMs when it was asked
 * @throws Problem `query-invalid`
 */
export function readQuery(query: URLSearchParams, numbersAs: NumbersAs, nowMs: number): ReadQuery {
  // `embed` is the page's: its URL may be read, too.
  refuseUnknownKeys(query, READ_KEYS, ["embed"]);
  const fromX = xIn(query, "from", numbersAs, nowMs) ?? Number.NEGATIVE_INFINITY;
  const toX = xIn(query, "to", numbersAs, nowMs) ?? Number.POSITIVE_INFINITY;
  if (fromX > toX) throw invalidQuery("from", `is beyond to (${fromX} and ${toX}): exchange them`);
  return {
    fromX,
    toX,
    after: countOf(query, "after") ?? 0,
    through: countOf(query, "through") ?? Number.MAX_SAFE_INTEGER,
    series: seriesIn(query),
    points: countOf(query, "points"),
    text: query.has("text"),
  };
}

/** @throws Problem `query-invalid` */
function seriesIn(query: URLSearchParams): SeriesFilter {
  const wanted = [...new Set(query.getAll("series"))];
  if (wanted.filter(isSeriesPattern).length > MAX_SERIES_PATTERNS) {
    throw invalidQuery("series", `may have * in ${MAX_SERIES_PATTERNS} names at most: ask in several requests`);
  }
  return new SeriesFilter(wanted);
}

/** Metrics have one value of each series, a number. @throws Problem `query-invalid` of a key that has no meaning for that */
export function mustBeOfLatest(query: URLSearchParams): void {
  for (const key of ["points", "text", "after", "through"]) {
    if (query.has(key))
      throw invalidQuery(key, "has no meaning for metrics, which have the newest value of each series");
  }
}

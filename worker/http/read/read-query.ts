import { countOf, finiteOf, READ_KEYS, refuseUnknownKeys } from "../../hub/query.ts";

/** Which of the stored points a read asks for. */
export interface ReadQuery {
  /** Both ends are included. */
  fromX: number;
  toX: number;
  /** Points numbered above the one, up to the other. */
  after: number;
  through: number;
  /** Empty for all. */
  series: Set<string>;
  /** Only the last so many; undefined for all. */
  points: number | undefined;
  /** CSV has a column for what values are called. */
  text: boolean;
}

/** @throws Problem `query-invalid` */
export function readQuery(query: URLSearchParams): ReadQuery {
  // `embed` is the page's: its URL may be read, too.
  refuseUnknownKeys(query, READ_KEYS, ["embed"]);
  return {
    fromX: finiteOf(query, "from") ?? Number.NEGATIVE_INFINITY,
    toX: finiteOf(query, "to") ?? Number.POSITIVE_INFINITY,
    after: countOf(query, "after") ?? 0,
    through: countOf(query, "through") ?? Number.MAX_SAFE_INTEGER,
    series: new Set(query.getAll("series")),
    points: countOf(query, "points"),
    text: query.has("text"),
  };
}

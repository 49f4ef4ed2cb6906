import type { Range, Segment } from "../segment.ts";
import type { Series } from "../store/series.ts";
import type { SeriesStore } from "../store/series-store.ts";
import type { ValueNamesRegistry } from "../store/value-names.ts";
import type { FetchedRange } from "./fetch-plan.ts";

/** Points older than those in the ring buffers: one range, fetched from the Channel's store when it is shown. */
export interface StoredHistory {
  /** Shared with the live points: a text has one code on the page. */
  valueNames: ValueNamesRegistry;
  /** The number of the last point before the live ones. */
  joinedSeq: number;
  /** The fetched points; undefined before the first. */
  readonly fetched: (FetchedRange & { readonly store: SeriesStore }) | undefined;
  /** `failed`: the last request failed and is repeated after a while. */
  readonly state: "idle" | "fetching" | "failed";
  /** What is said where there was more than fits into memory, and the oldest part of what is seen is missing. */
  truncation(seen: Range): string | undefined;
  /** Nothing is stored before this x; undefined while that is not known. */
  readonly oldestX: number | undefined;
  /**
   * Requests what is shown. Call it at each drawing: most calls fetch nothing.
   * @param range from -Infinity for everything; undefined for nothing
   * @param completeFromX from here on the rings have everything
   * @param newestX the newest x in the rings
   */
  request(range: Range | undefined, completeFromX: number, newestX: number): void;
  /** The points of a series in a range: those that were fetched, then the live ones. */
  segments(live: SeriesStore, name: string, range: Range): Segment[];
  /** The live series in their order, then those that only the fetched points know. */
  series(live: SeriesStore): Iterable<Series>;
  /** Drops everything: the channel was emptied. */
  clear(): void;
}

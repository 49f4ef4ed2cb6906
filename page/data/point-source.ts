import type { Range, Segment } from "./segment.ts";
import type { GapRecord } from "./store/gap-log.ts";
import type { Series, SeriesStore } from "./store/series-store.ts";

/** The points that are shown. */
export interface PointSource {
  readonly store: SeriesStore;
  /** What is known to be missing, of the points that were fetched too. */
  readonly gaps: readonly GapRecord[];
  /** The smallest x that is known of; Infinity before the first. */
  readonly oldestX: number;
  /** A visible series is a path, and the x that all share is no time. */
  readonly isPath: boolean;
  readonly series: Iterable<Series>;
  seriesOf(name: string): Series | undefined;
  /** Views of a series' points in a range of x, and of one point more at either side. */
  segments(series: Series, range: Range): readonly Segment[];
  isHidden(name: string): boolean;
}

/** The newest x of the visible series; of all, if none is visible. */
export function newestX({ store, isHidden }: Pick<PointSource, "store" | "isHidden">): number {
  let newest = Number.NEGATIVE_INFINITY;
  let newestVisible = Number.NEGATIVE_INFINITY;
  for (const { name, headX } of store.series) {
    newest = Math.max(newest, headX);
    if (!isHidden(name)) newestVisible = Math.max(newestVisible, headX);
  }
  return newestVisible === Number.NEGATIVE_INFINITY ? newest : newestVisible;
}

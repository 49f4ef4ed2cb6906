import { extentOf } from "./path.ts";
import { newestX } from "./point-source.ts";
import { lowerBound } from "./sorted-column.ts";
import { FIRST_TIME_X, isTime, type Series } from "./store/series.ts";
import type { SeriesStore } from "./store/series-store.ts";

/** From where to where the points of a channel are that somebody holds. */
export abstract class HeldRange {
  abstract store: SeriesStore;
  abstract readonly isHidden: (name: string) => boolean;
  /** When something last came, by the channel's clock, in x; NaN where none comes. */
  nowX = (): number => Number.NaN;
  /** Live series, and those of older points. */
  protected abstract readonly all: Series[];
  /** The smallest x that is known of beside these. */
  protected abstract readonly knownX: number | undefined;

  get lastX(): number {
    const ends = this.#alike.flatMap(({ name, ring }) => (this.isHidden(name) || ring.isPath ? [] : ring.lastX));
    return Math.max(newestX(this), ...ends);
  }

  get oldestX(): number {
    const known = this.knownX ?? Infinity;
    const isOfTimes = isTime(newestX(this));
    // What came before a clock was set is in no view of times.
    const first = isOfTimes ? FIRST_TIME_X : -Infinity;
    const starts = this.#alike.map(({ ring: { isPath, x, y } }) =>
      isPath ? extentOf([{ x, y }]).minX : (x[lowerBound(x, first)] ?? known),
    );
    return Math.min(!isTime(known) && isOfTimes ? Infinity : known, ...starts);
  }

  get isPath(): boolean {
    for (const { ring, name } of this.store.series)
      if (ring.isPath && !this.isHidden(name)) return !isTime(newestX(this));
    return false;
  }

  /** Only those of times, where these are followed. */
  get #alike(): Series[] {
    const isOfTimes = isTime(newestX(this));
    return this.all.filter(({ headX }) => !isOfTimes || isTime(headX));
  }
}

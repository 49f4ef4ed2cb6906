import type { PointSource } from "../data/point-source.ts";
import type { Range, Segment } from "../data/segment.ts";
import { lowerBound } from "../data/sorted-column.ts";
import { isTime, type Series } from "../data/store/series.ts";
import type { ViewModel } from "./viewport.ts";

/** Points of later than this are late, not over. */
const LATE_S = 60;
/** What was stored so long ago has the times of another epoch, and not ended. */
const OTHER_EPOCH_S = 5 * 365 * 86_400;
/** A series that is slow is over once it missed so many of its usual pauses. */
const PAUSES = 2;
/** As many points tell what is usual. */
const USUAL_POINTS = 8;

/** Whether a series has a point in a range of x. */
export function hasPointIn(segments: readonly Segment[], { min, max }: Range): boolean {
  return segments.some(({ x, y, isPath }) => {
    if (isPath) return x.some((at, i) => at >= min && at <= max && !Number.isNaN(y[i]));
    for (let i = lowerBound(x, min); i < x.length && (x[i] ?? 0) <= max; i++) if (!Number.isNaN(y[i])) return true;
    return false;
  });
}

/**
 * Whether a series that has no point in a live view has come to its end there: nothing is wrong with its times, and its
 * next point is overdue.
 */
export function isOver({ headX, lateX, ring }: Series, { min, max }: Range, nowX: number): boolean {
  if (!(headX < min) || isTime(headX) !== isTime(max)) return false;
  const isOdd = Number.isNaN(lateX) ? !(nowX - headX < OTHER_EPOCH_S) : Math.abs(lateX) > LATE_S;
  if (isOdd && isTime(headX)) return false;
  const { x } = ring;
  const from = Math.max(0, x.length - USUAL_POINTS);
  const pauseX = (headX - (x[from] ?? headX)) / Math.max(1, x.length - 1 - from);
  return headX + PAUSES * pauseX < max;
}

/** Which series there is something to see of. While the picture is held, none goes away under the hand. */
export class SeriesInView {
  /** Those that have nothing in view. */
  absent: readonly Series[] = [];
  #names: ReadonlySet<string> = new Set();

  /** @returns the names of the series that have their place; all, where none has a point in view */
  of(source: PointSource, seen: ViewModel | undefined, isLive: boolean): ReadonlySet<string> {
    const all = [...source.series];
    const nowX = source.nowX();
    this.absent = all.filter((series) => {
      const { name, headX, valueNames, ring } = series;
      if (seen === undefined || valueNames !== undefined || ring.isPath) return false;
      const { x } = seen;
      if (isLive ? (headX >= x.min && headX <= x.max) || !isOver(series, x, nowX) : this.#names.has(name)) return false;
      return !hasPointIn(seen.segments(series), x);
    });
    if (this.absent.length === all.length) this.absent = [];
    const names = new Set(all.map(({ name }) => name));
    for (const { name } of this.absent) names.delete(name);
    this.#names = names;
    return names;
  }
}

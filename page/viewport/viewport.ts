import { extentOf, pointTools } from "../data/path.ts";
import { isFarBehind, newestX, type PointSource } from "../data/point-source.ts";
import type { Range, Segment } from "../data/segment.ts";
import { lowerBound, upperBound } from "../data/sorted-column.ts";
import type { GapRecord } from "../data/store/gap-log.ts";
import { FIRST_TIME_X, isStep, runsBackwards } from "../data/store/series.ts";
import { isTime, type Series } from "../data/store/series-store.ts";
import { spanOf, type WindowName, windowFor } from "./windows.ts";
import { inSteps, within } from "./x-range.ts";

const POINTS = 100;
/** Around a single point, in x. */
const LONELY_SPAN = 10;

/** What all panels show: the view model of one drawing. */
export interface ViewModel {
  x: Range;
  time: boolean;
  /** Points may exist up to here: a step holds its last value until this x. */
  dataEndX: number;
  /** The width of a pixel column in x; 0 where a window shows every point. */
  bucketWidth: number;
  /** What is missing of the visible series, in view or not. */
  gaps: readonly GapRecord[];
  /** The range of x whose points are needed; undefined where the live points are enough. */
  requiredRange: Range | undefined;
  segments(series: Series): readonly Segment[];
}

/** What the viewport follows: live points, the points up to where it was paused, or a range that a person chose. */
type Mode =
  | { kind: "live" }
  | { kind: "held"; maxX: number; points?: Range; totals?: ReadonlyMap<string, number> }
  | { kind: "range"; range: Range };

/** What a file was made of. */
export interface FileRange extends Range {
  /** Up to this x there were points. */
  endX?: number;
}

/** Which part of the x axis is shown. */
export class Viewport {
  /** What is gone back to where nothing comes. */
  home: FileRange | undefined;
  #place: Mode = { kind: "live" };
  #selectedWindow: WindowName | undefined;
  /** The window for the pace of the points, when that was known first. */
  #firstWindow: WindowName | undefined;
  /** How often a person chose a window. */
  choices = 0;

  /** The window that is shown: the chosen one, else one for the pace of the points. */
  window(source: PointSource): WindowName {
    if (this.#selectedWindow !== undefined) return this.#selectedWindow;
    const newest = newestX(source);
    if (newest > -Infinity && !isTime(newest)) return "100 pts";
    this.#firstWindow ??= windowFor(source, newest);
    return this.#firstWindow ?? "30 s";
  }

  /** The window that a person chose. */
  get selectedWindow(): WindowName | undefined {
    return this.#selectedWindow;
  }

  get isLive(): boolean {
    return this.#place.kind === "live";
  }

  /** The range of x that a person chose; undefined while a window is shown. */
  get range(): Range | undefined {
    return this.#place.kind === "range" ? this.#place.range : undefined;
  }

  /** Shows a window: up to the newest x or, if the picture is paused, up to where it was paused. */
  selectWindow(window: WindowName): void {
    this.#selectedWindow = window;
    if (this.#place.kind === "range") this.#place = { kind: "held", maxX: this.#place.range.max };
  }

  /** A person chooses a window. */
  chooseWindow(window: WindowName): void {
    this.choices++;
    this.selectWindow(window);
  }

  /** Pauses the picture as it is. */
  pause(source: PointSource): void {
    if (!this.isLive) return;
    this.#selectedWindow = this.window(source);
    const maxX = this.#edgeX(source);
    if (source.isPath) {
      const totals = new Map([...source.store.series].map(({ name, ring }) => [name, ring.total]));
      this.#place = { kind: "held", maxX, totals };
      return;
    }
    // The ring buffers may drop them while they are shown.
    this.#place = {
      kind: "held",
      maxX,
      ...(this.#selectedWindow === "100 pts" ? { points: lastPoints(source, maxX).x } : {}),
    };
  }

  /** Follows the newest x again; of a file, all that it was made of is shown. */
  goLive(): void {
    this.#place = this.home === undefined ? { kind: "live" } : { kind: "range", range: this.home };
  }

  /** Shows a range of x, kept near the points that there are. @param from the range that was shown before */
  showRange(range: Range, source?: PointSource, from?: Range): void {
    if (!(range.max - range.min > 0)) return;
    if (source !== undefined) this.#selectedWindow = this.window(source);
    this.#place = {
      kind: "range",
      range:
        source === undefined || source.isPath || isTime(range.max) !== isTime(newestX(source))
          ? range
          : within(range, source.oldestX, newestX(source), from),
    };
  }

  /**
   * What is to be drawn; undefined while there is nothing.
   * @param columns how many pixel columns the plots have
   */
  resolve(source: PointSource, columns: number): ViewModel | undefined {
    const newest = newestX(source);
    if (newest === -Infinity) return undefined;
    const gaps = source.gaps.filter(({ series }) => !source.isHidden(series));
    const { isPath } = source;
    const viewModel = (x: Range): ViewModel => {
      // Beside series of times, those of other x have a view of their own.
      const time = !isPath && isTime(newest) && isTime(x.max);
      const isOther = isPath || time !== isTime(newest);
      return {
        dataEndX: isOther ? -Infinity : (this.home?.endX ?? newest),
        x,
        time,
        bucketWidth: (x.max - x.min) / Math.max(1, columns),
        gaps,
        requiredRange: isPath ? EVERYTHING : x,
        segments: (series) =>
          time && Number.isFinite(series.headX) && !isTime(series.headX)
            ? []
            : source
                .segments(series, x)
                .map(
                  (points) =>
                    (points.isPath && pointTools.pathWithin?.(points, x.min, x.max, 1)) ||
                    (isTime(newest) && (time || isTime(series.headX)) ? timed(points, time) : points),
                ),
      };
    };
    const place = this.#place;
    if (place.kind === "range") return viewModel(place.range);
    if (isPath) return this.#path(source, columns, gaps);
    const edgeX = place.kind === "held" ? place.maxX : this.#edgeX(source);
    const window = this.window(source);
    if (window === "100 pts") {
      const points = place.kind === "held" ? place.points : undefined;
      return points === undefined
        ? { ...lastPoints(source, edgeX), gaps }
        : {
            ...viewModel(points),
            dataEndX: edgeX,
            bucketWidth: 0,
            segments: (series) => lastOf(upTo(source.segments(series, points), edgeX)),
          };
    }
    if (window === "All") {
      const all = { min: Math.min(source.oldestX, edgeX), max: edgeX };
      const seen = viewModel(all.min < all.max ? inSteps(all) : { min: edgeX - LONELY_SPAN, max: edgeX });
      return { ...seen, dataEndX: edgeX, requiredRange: { min: -Infinity, max: edgeX } };
    }
    // The edge moves by whole pixel columns: what is drawn moves, and does not change on the way.
    const span = spanOf(window) || LONELY_SPAN;
    const bucketWidth = span / Math.max(1, columns);
    const max = Math.ceil(edgeX / bucketWidth) * bucketWidth;
    const seen = viewModel({ min: max - span, max });
    return {
      ...seen,
      dataEndX: edgeX,
      bucketWidth,
      segments: (series) => upTo(seen.segments(series), edgeX),
    };
  }

  /** The right edge of the live picture: the newest x, or as far to the right of it as there is room where time runs back. */
  #edgeX(source: PointSource): number {
    const window = this.window(source);
    // Also what a wrong clock put into the future.
    if (window === "All") return source.lastX;
    const span = spanOf(window);
    return newestX(source, (series) => {
      const { headX, ring } = series;
      if (!runsBackwards(series)) return headX;
      return Math.min(ring.lastX, Number.isNaN(span) ? (ring.x[POINTS - 1] ?? ring.lastX) : headX + span);
    });
  }

  /** Where x is a place, a window is its last points, or all, as wide as they are: to the right nothing is newer. */
  #path(source: PointSource, columns: number, gaps: readonly GapRecord[]): ViewModel {
    const place = this.#place;
    const totals = place.kind === "held" ? place.totals : undefined;
    const window = this.window(source);
    const last = window === "100 pts";
    const pointsOf = (series: Series): readonly Segment[] => {
      const points = [...source.segments(series, EVERYTHING)];
      const live = points.at(-1);
      const since = series.ring.total - (totals?.get(series.name) ?? series.ring.total);
      if (live !== undefined && since > 0) {
        const { x, y } = live;
        const to = Math.max(0, x.length - since);
        points[points.length - 1] = { ...live, x: x.subarray(0, to), y: y.subarray(0, to) };
      }
      return last ? lastOf(points) : points;
    };
    const all = [...source.series];
    const visible = all.filter(({ name }) => !source.isHidden(name));
    const { minX, maxX } = extentOf((visible.length > 0 ? visible : all).flatMap(pointsOf));
    const beside = (maxX - minX) * BESIDE || LONELY_SPAN / 2;
    const x = { min: minX - beside, max: maxX + beside };
    return {
      x,
      time: false,
      dataEndX: -Infinity,
      bucketWidth: last ? 0 : (x.max - x.min) / Math.max(1, columns),
      gaps,
      requiredRange: window === "All" ? EVERYTHING : undefined,
      segments: pointsOf,
    };
  }
}

const EVERYTHING: Range = { min: -Infinity, max: Number.MAX_VALUE };
/** Beside a path, as part of its width. */
const BESIDE = 0.04;

/** Of points that are sorted, those whose x are times, or those from before the first such. */
function timed(points: Segment, time: boolean): Segment {
  if (points.isPath) return points;
  const { x, y } = points;
  const first = lowerBound(x, FIRST_TIME_X);
  return time ? { x: x.subarray(first), y: y.subarray(first) } : { x: x.subarray(0, first), y: y.subarray(0, first) };
}

/** Without points beyond: those that came after the pause, or whose time is wrong. */
function upTo(segments: readonly Segment[], maxX: number): readonly Segment[] {
  if ((segments.at(-1)?.x.at(-1) ?? maxX) <= maxX) return segments;
  return segments.map(({ x, y }) => {
    const to = upperBound(x, maxX);
    return { x: x.subarray(0, to), y: y.subarray(0, to) };
  });
}

function lastPoints(source: PointSource, newest: number): Omit<ViewModel, "gaps"> {
  let minX = Infinity;
  const time = isTime(newest);
  const kindOf = (points: Segment): Segment => (time ? timed(points, time) : points);
  const all = [...source.store.series];
  const visible = all.filter(({ name }) => !source.isHidden(name));
  // What is derived from hidden ones is where they are.
  for (const { ring, headX } of visible.length > 0 ? visible : all) {
    if (isFarBehind(headX, newest)) continue;
    const { x, y } = kindOf(ring);
    const to = upperBound(x, newest);
    const from = fromLast(y, to, POINTS);
    if (from < to) minX = Math.min(minX, x[from] ?? newest);
  }
  const x = minX < newest ? { min: minX, max: newest } : { min: newest - LONELY_SPAN, max: newest };
  const segments = (series: Series): readonly Segment[] => {
    if (isFarBehind(series.headX, newest)) return [];
    // Behind a value that holds, a gap may stand.
    if (source.store.find(series.name) !== series || isStep(series))
      return lastOf(upTo(source.segments(series, x).map(kindOf), newest));
    const { x: xs, y } = kindOf(series.ring);
    const to = upperBound(xs, newest);
    const from = fromLast(y, to, POINTS);
    return [{ x: xs.subarray(from, to), y: y.subarray(from, to) }];
  };
  return { x, time, dataEndX: newest, bucketWidth: 0, requiredRange: undefined, segments };
}

/** The last {@link POINTS} values, which may lie in several segments. */
function lastOf(segments: readonly Segment[]): readonly Segment[] {
  let left = POINTS;
  return segments
    .toReversed()
    .map(({ x, y, isPath = false }) => {
      const from = fromLast(y, y.length, left);
      for (let i = from; i < y.length; i++) if (!Number.isNaN(y[i])) left--;
      return { x: x.subarray(from), y: y.subarray(from), isPath };
    })
    .reverse();
}

/** The index from which there are `points` values up to `to`, breaks not counted. */
function fromLast(y: Float64Array, to: number, points: number): number {
  let from = to;
  for (let left = points; from > 0 && left > 0; ) if (!Number.isNaN(y[--from])) left--;
  return from;
}

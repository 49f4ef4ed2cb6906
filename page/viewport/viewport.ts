import { newestX, type PointSource } from "../data/point-source.ts";
import type { Part, Range } from "../data/segment.ts";
import { upperBound } from "../data/sorted-column.ts";
import type { GapRecord } from "../data/store/gap-log.ts";
import { isTime, type Series } from "../data/store/series-store.ts";
import { inSteps, within } from "./x-range.ts";

/** What can be looked at: the last points of each series, the last seconds before the newest x, or all that is stored. */
export const WINDOWS = ["100 pts", "10 s", "30 s", "1 m", "5 m", "All"] as const;
export type Window = (typeof WINDOWS)[number];

const POINTS = 100;
const SPANS: Partial<Record<Window, number>> = { "10 s": 10, "30 s": 30, "1 m": 60, "5 m": 300 };
/** Around a single point, in x. */
const LONELY_SPAN = 10;

/** What is seen of all panels. */
export interface Sight {
  x: Range;
  time: boolean;
  /** So far there may be points: a step's last value holds until here. */
  until: number;
  /** The width of a pixel column in x; 0 where a window shows every point. */
  bucket: number;
  /** What is missing of the visible series, in view or not. */
  gaps: readonly GapRecord[];
  /** The range of x that must be held for this; undefined where what came is all there is to see. */
  wanted: Range | undefined;
  parts(series: Series): readonly Part[];
}

/** Where we look: at what comes, at what there was when it was held, or at a range of our own. */
type Place = { kind: "live" } | { kind: "held"; maxX: number; points?: Range } | { kind: "range"; range: Range };

/** Which part of the x axis is looked at. */
export class View {
  #place: Place = { kind: "live" };
  #chosen: Window | undefined;

  /** The window that is shown: the chosen one, else 30 s where x is a time. */
  window(source: PointSource): Window {
    if (this.#chosen !== undefined) return this.#chosen;
    const newest = newestX(source);
    return newest === Number.NEGATIVE_INFINITY || isTime(newest) ? "30 s" : "100 pts";
  }

  /** The window that somebody chose. */
  get chosen(): Window | undefined {
    return this.#chosen;
  }

  get isLive(): boolean {
    return this.#place.kind === "live";
  }

  /** A range of x that somebody chose; undefined while a window is looked at. */
  get range(): Range | undefined {
    return this.#place.kind === "range" ? this.#place.range : undefined;
  }

  /** Looks at a window: up to the newest x or, if the picture is held, up to where it was held. */
  choose(window: Window): void {
    this.#chosen = window;
    if (this.#place.kind === "range") this.#place = { kind: "held", maxX: this.#place.range.max };
  }

  /** Holds the picture as it is. */
  hold(source: PointSource): void {
    if (!this.isLive) return;
    this.#chosen = this.window(source);
    const maxX = newestX(source);
    // The rings may drop them while they are looked at.
    this.#place = { kind: "held", maxX, ...(this.#chosen === "100 pts" ? { points: lastPoints(source, maxX).x } : {}) };
  }

  /** Follows the newest x again. */
  goLive(): void {
    this.#place = { kind: "live" };
  }

  /** Looks at a range of x, as far as there is anything near it. @param from what was looked at before */
  lookAt(range: Range, source?: PointSource, from?: Range): void {
    if (!(range.max - range.min > 0)) return;
    if (source !== undefined) this.#chosen = this.window(source);
    this.#place = {
      kind: "range",
      range: source === undefined ? range : within(range, source.oldestX, newestX(source), from),
    };
  }

  /**
   * What is to be drawn; undefined while there is nothing.
   * @param columns how many pixel columns the plots have
   */
  look(source: PointSource, columns: number): Sight | undefined {
    const newest = newestX(source);
    if (newest === Number.NEGATIVE_INFINITY) return undefined;
    const gaps = source.gaps.filter(({ series }) => !source.isHidden(series));
    const sight = (x: Range): Sight => ({
      until: newest,
      x,
      time: isTime(newest),
      bucket: (x.max - x.min) / Math.max(1, columns),
      gaps,
      wanted: x,
      parts: (series) => source.parts(series, x),
    });
    const place = this.#place;
    if (place.kind === "range") return sight(place.range);
    const maxX = place.kind === "held" ? place.maxX : newest;
    const window = this.window(source);
    if (window === "100 pts") {
      const points = place.kind === "held" ? place.points : undefined;
      return points === undefined
        ? { ...lastPoints(source, maxX), gaps }
        : {
            ...sight(points),
            until: maxX,
            bucket: 0,
            parts: (series) => lastOf(upTo(source.parts(series, points), maxX)),
          };
    }
    if (window === "All") {
      const all = { min: Math.min(source.oldestX, maxX), max: maxX };
      const seen = sight(all.min < all.max ? inSteps(all) : { min: maxX - LONELY_SPAN, max: maxX });
      return { ...seen, until: maxX, wanted: { min: Number.NEGATIVE_INFINITY, max: maxX } };
    }
    // The edge moves by whole pixel columns: what is drawn moves, and does not change on the way.
    const span = SPANS[window] ?? LONELY_SPAN;
    const bucket = span / Math.max(1, columns);
    const max = Math.ceil(maxX / bucket) * bucket;
    const x = { min: max - span, max };
    return { ...sight(x), until: maxX, bucket, parts: (series) => upTo(source.parts(series, x), maxX) };
  }
}

/** Without what lies beyond: points that came after the picture was held, or whose time is wrong. */
function upTo(parts: readonly Part[], maxX: number): readonly Part[] {
  if ((parts.at(-1)?.x.at(-1) ?? maxX) <= maxX) return parts;
  return parts.map(({ x, y }) => {
    const to = upperBound(x, maxX);
    return { x: x.subarray(0, to), y: y.subarray(0, to) };
  });
}

function lastPoints(source: PointSource, newest: number): Omit<Sight, "gaps"> {
  let minX = Number.POSITIVE_INFINITY;
  const all = [...source.store.series];
  const visible = all.filter(({ name }) => !source.isHidden(name));
  // What is derived from hidden ones is where they are.
  for (const { ring } of visible.length > 0 ? visible : all) {
    const to = upperBound(ring.x, newest);
    const from = fromLast(ring.y, to, POINTS);
    if (from < to) minX = Math.min(minX, ring.x[from] ?? newest);
  }
  const x = minX < newest ? { min: minX, max: newest } : { min: newest - LONELY_SPAN, max: newest };
  const parts = (series: Series): readonly Part[] => {
    if (source.store.find(series.name) !== series) return lastOf(upTo(source.parts(series, x), newest));
    const { x: xs, y } = series.ring;
    const to = upperBound(xs, newest);
    const from = fromLast(y, to, POINTS);
    return [{ x: xs.subarray(from, to), y: y.subarray(from, to) }];
  };
  return { x, time: isTime(newest), until: newest, bucket: 0, wanted: undefined, parts };
}

/** The last {@link POINTS} values of what may lie in several parts. */
function lastOf(parts: readonly Part[]): readonly Part[] {
  let left = POINTS;
  return parts
    .toReversed()
    .map(({ x, y }) => {
      const from = fromLast(y, y.length, left);
      for (let i = from; i < y.length; i++) if (!Number.isNaN(y[i])) left--;
      return { x: x.subarray(from), y: y.subarray(from) };
    })
    .reverse();
}

/** The index from which there are `points` values up to `to`, breaks not counted. */
function fromLast(y: Float64Array, to: number, points: number): number {
  let from = to;
  for (let left = points; from > 0 && left > 0; ) if (!Number.isNaN(y[--from])) left--;
  return from;
}

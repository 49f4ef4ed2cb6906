import type { GapRecord } from "./gap-log.ts";
import { lowerBound, upperBound } from "./rings.ts";
import { isTime, type Series, type Store } from "./store.ts";

/** What can be looked at: the last points of each series, or the last seconds before the newest x. */
export const WINDOWS = ["100 points", "10 s", "30 s", "1 m", "5 m"] as const;
export type Window = (typeof WINDOWS)[number];

const POINTS = 100;
const SPANS: Partial<Record<Window, number>> = { "10 s": 10, "30 s": 30, "1 m": 60, "5 m": 300 };
/** Around a single point, in x. */
const LONELY_SPAN = 10;

/** A part of a series' ring. */
export interface Slice {
  series: Series;
  x: Float64Array;
  y: Float64Array;
}

export interface Sight {
  minX: number;
  maxX: number;
  time: boolean;
  /** The width of a pixel column in x, to which `maxX` is rounded; 0 where a window shows every point. */
  bucket: number;
  slices: Slice[];
  /** What is missing of the visible series, in view or not. */
  gaps: readonly GapRecord[];
}

/** Which part of the rings is looked at. */
export class View {
  #chosen: Window | undefined;
  /** While paused: the newest x, and the window, at that moment. */
  #held: { maxX: number; window: Window } | undefined;
  readonly #hidden = new Set<string>();

  /** The window that is shown: the chosen one, else 30 s where x is a time. */
  window(store: Store): Window {
    if (this.#chosen !== undefined) return this.#chosen;
    if (this.#held !== undefined) return this.#held.window;
    const newest = this.#newestX(store);
    return newest === Number.NEGATIVE_INFINITY || isTime(newest) ? "30 s" : "100 points";
  }

  choose(window: Window): void {
    this.#chosen = window;
  }

  get paused(): boolean {
    return this.#held !== undefined;
  }

  /** Holds the right edge where it is, or lets it follow the newest x again. */
  setPaused(paused: boolean, store: Store): void {
    this.#held = paused ? { maxX: this.#newestX(store), window: this.window(store) } : undefined;
  }

  isHidden(name: string): boolean {
    return this.#hidden.has(name);
  }

  toggle(name: string): void {
    if (!this.#hidden.delete(name)) this.#hidden.add(name);
  }

  /**
   * What is to be drawn; undefined while there is nothing.
   * @param columns how many pixel columns the plot has
   */
  look(store: Store, columns: number): Sight | undefined {
    const newestX = this.#held?.maxX ?? this.#newestX(store);
    if (newestX === Number.NEGATIVE_INFINITY) return undefined;
    const visible = [...store.series].filter(({ name, ring }) => !this.#hidden.has(name) && ring.length > 0);
    const span = SPANS[this.window(store)];
    const gaps = store.gaps.filter(({ series }) => !this.#hidden.has(series));
    const seen = span === undefined ? lastPoints(visible, newestX) : lastSpan(visible, newestX, span, columns);
    return { ...seen, gaps };
  }

  /** The newest x of the visible series; of all, if none is visible. */
  #newestX(store: Store): number {
    let newest = Number.NEGATIVE_INFINITY;
    let newestVisible = Number.NEGATIVE_INFINITY;
    for (const { name, headX } of store.series) {
      newest = Math.max(newest, headX);
      if (!this.#hidden.has(name)) newestVisible = Math.max(newestVisible, headX);
    }
    return newestVisible === Number.NEGATIVE_INFINITY ? newest : newestVisible;
  }
}

function lastSpan(visible: Series[], newestX: number, span: number, columns: number): Omit<Sight, "gaps"> {
  // The edge moves by whole pixel columns: what is drawn moves, and does not change on the way.
  const bucket = span / Math.max(1, columns);
  const maxX = Math.ceil(newestX / bucket) * bucket;
  const minX = maxX - span;
  const slices = visible.map((series) => {
    const { x, y } = series.ring;
    // One point more, so that the line comes in from the left.
    const from = Math.max(0, lowerBound(x, minX) - 1);
    const to = upperBound(x, newestX);
    return { series, x: x.subarray(from, to), y: y.subarray(from, to) };
  });
  return { minX, maxX, time: isTime(newestX), bucket, slices };
}

function lastPoints(visible: Series[], newestX: number): Omit<Sight, "gaps"> {
  let minX = Number.POSITIVE_INFINITY;
  const slices = visible.map((series) => {
    const { x, y } = series.ring;
    const to = upperBound(x, newestX);
    const from = fromLast(y, to, POINTS);
    minX = Math.min(minX, from < to ? (x[from] ?? newestX) : newestX);
    return { series, x: x.subarray(from, to), y: y.subarray(from, to) };
  });
  const time = isTime(newestX);
  if (!(minX < newestX)) return { minX: newestX - LONELY_SPAN, maxX: newestX, time, bucket: 0, slices };
  return { minX, maxX: newestX, time, bucket: 0, slices };
}

/** The index from which there are `points` values up to `to`, breaks not counted. */
function fromLast(y: Float64Array, to: number, points: number): number {
  let from = to;
  for (let left = points; from > 0 && left > 0; ) if (!Number.isNaN(y[--from])) left--;
  return from;
}

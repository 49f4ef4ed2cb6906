import type { Naming } from "../data/naming.ts";
import type { Part } from "../data/part.ts";
import { lowerBound, upperBound } from "../data/rings.ts";

export interface SeriesData {
  name: string;
  colour: string;
  /** What its values are called, if they have names. */
  naming?: Naming | undefined;
  /** Those names are sentences. */
  hasLongTexts?: boolean | undefined;
  /** In the order of x. */
  parts: readonly Part[];
}

/** What is looked at: the points from minX to maxX, both included; parts may reach further. */
export interface WindowData {
  channel: string;
  minX: number;
  maxX: number;
  /** x is unix seconds; else it is just a number. */
  time: boolean;
  series: readonly SeriesData[];
}

interface Point {
  /** The index of its series. */
  series: number;
  x: number;
  y: number;
}

/** The points in the window as copies: work that takes more than a moment must not see the rings go on. */
export function cut(window: WindowData): WindowData {
  const series = window.series.map((one) => ({
    ...one,
    parts: partsWithin(one.parts, window.minX, window.maxX).map(({ x, y }) => ({ x: x.slice(), y: y.slice() })),
  }));
  return { ...window, series };
}

/** What lies from minX to maxX, as views. */
export function partsWithin(parts: readonly Part[], minX: number, maxX: number): Part[] {
  return parts.flatMap(({ x, y }) => {
    const [from, to] = [lowerBound(x, minX), upperBound(x, maxX)];
    return from < to ? [{ x: x.subarray(from, to), y: y.subarray(from, to) }] : [];
  });
}

interface Cursor extends Part {
  at: number;
  series: number;
  /** Of equal x the lower is first. */
  order: number;
}

/** All points of all series, breaks too, in the order of x; equal x in the order of the series, and as they stand in one. */
export function* inOrder(series: readonly SeriesData[]): Generator<Point> {
  const heap = series
    .flatMap(({ parts }, index) => parts.map((part) => ({ ...part, series: index })))
    .filter(({ x }) => x.length > 0)
    .map((part, order): Cursor => ({ ...part, order, at: 0 }));
  for (let at = heap.length >> 1; at-- > 0; ) sink(heap, at);
  for (let top = heap[0]; top !== undefined; top = heap[0]) {
    yield { series: top.series, x: top.x[top.at] ?? 0, y: top.y[top.at] ?? Number.NaN };
    if (++top.at === top.x.length) {
      const last = heap.pop();
      if (last !== undefined && last !== top) heap[0] = last;
    }
    sink(heap, 0);
  }
}

function sink(heap: Cursor[], from: number): void {
  const moved = heap[from];
  if (moved === undefined) return;
  let at = from;
  for (;;) {
    let child = 2 * at + 1;
    let first = heap[child];
    const second = heap[child + 1];
    if (first !== undefined && second !== undefined && isBefore(second, first)) {
      first = second;
      child++;
    }
    if (first === undefined || !isBefore(first, moved)) break;
    heap[at] = first;
    at = child;
  }
  heap[at] = moved;
}

function isBefore(a: Cursor, b: Cursor): boolean {
  const [ax, bx] = [a.x[a.at] ?? 0, b.x[b.at] ?? 0];
  return ax < bx || (ax === bx && a.order < b.order);
}

/** `lab-bench-3-2026-11-20T17-23-05Z.csv`: the channel, and the window's end in UTC; the time of saving where x is no time. */
export function fileName(
  { channel, maxX, time }: Pick<WindowData, "channel" | "maxX" | "time">,
  ending: string,
  nowMs = Date.now(),
): string {
  const at = isoTime(time ? maxX : nowMs / 1000) || isoTime(nowMs / 1000);
  return `${channel.replaceAll("/", "-")}-${at.slice(0, 19).replaceAll(":", "-")}Z.${ending}`;
}

/** Unix seconds as `2026-11-20T17:23:05.000Z`; "" for what is no date. */
export function isoTime(x: number): string {
  const date = new Date(Math.round(x * 1000));
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

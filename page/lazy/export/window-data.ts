import type { Segment } from "../../data/segment.ts";
import { lowerBound, upperBound } from "../../data/sorted-column.ts";
import type { ValueNames } from "../../data/store/value-names.ts";
import { pathWithin } from "../long-paths.ts";

export interface SeriesData {
  name: string;
  colour: string;
  /** What its values are called, if they have names. */
  valueNames?: ValueNames | undefined;
  /** Those names are sentences. */
  hasLongTexts?: boolean | undefined;
  /** In the order of x. */
  segments: readonly Segment[];
}

/** The points of a window, from minX to maxX, both included; segments may reach further. */
export interface WindowData {
  channel: string;
  minX: number;
  maxX: number;
  /** x is unix seconds; else it is just a number. */
  time: boolean;
  series: readonly SeriesData[];
}

/**
 * The points in the window as copies: work that takes more than a moment must not see the rings go on.
 * @param partsOf which points of a series these are
 */
export function copyWindow(window: WindowData, partsOf = partsWithin): WindowData {
  const series = window.series.map((one) => ({
    ...one,
    segments: partsOf(one.segments, window.minX, window.maxX).map(({ x, y, isPath = false }) => ({
      x: x.slice(),
      y: y.slice(),
      isPath,
    })),
  }));
  return { ...window, series };
}

/** What lies from minX to maxX, as views. */
export function partsWithin(segments: readonly Segment[], minX: number, maxX: number): Segment[] {
  return segments.flatMap((segment) => {
    if (segment.isPath) return [pathWithin(segment, minX, maxX, 0)];
    const { x, y } = segment;
    const [from, to] = [lowerBound(x, minX), upperBound(x, maxX)];
    return from < to ? [{ x: x.subarray(from, to), y: y.subarray(from, to) }] : [];
  });
}

/** The same, and the next point at either side. @param segments one after the other, their x ascending, or a path */
export function partsAround(segments: readonly Segment[], minX: number, maxX: number): Segment[] {
  const sum = (count: (x: Float64Array) => number): number => segments.reduce((all, { x }) => all + count(x), 0);
  const first = sum((x) => lowerBound(x, minX)) - 1;
  const end = sum((x) => upperBound(x, maxX)) + 1;
  let passed = 0;
  return segments.flatMap((segment) => {
    if (segment.isPath) return [pathWithin(segment, minX, maxX, 1)];
    const { x, y } = segment;
    const [from, to] = [Math.max(0, first - passed), Math.max(0, Math.min(end - passed, x.length))];
    passed += x.length;
    return from < to ? [{ x: x.subarray(from, to), y: y.subarray(from, to) }] : [];
  });
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

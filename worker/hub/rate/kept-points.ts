import { decodeFrame, type Frame } from "../../../protocol/frame/frame.ts";
import { isDateAt } from "../../../protocol/json/time.ts";
import type { Stretch } from "./stretches.ts";

/** A stretch, and what a view wants of it. */
export interface Thinning {
  maxRate: number;
  /** Whether the view has a series. */
  has(series: string): boolean;
}

/** What is kept of one series in one stretch. */
interface SeriesPoints {
  points: number;
  minX: number;
  maxX: number;
  /** Events are not thinned: none stands for another. */
  isEvent: boolean;
  /** Into how many parts its x is divided. */
  parts: number;
  /** The least and the greatest of each part that has points. */
  extremes: Map<number, Extremes>;
  lastSeq: number;
}

interface Extremes {
  min: number;
  minSeq: number;
  max: number;
  maxSeq: number;
}

/**
 * VW22. The numbers of the points of a stretch that a viewer with `max_rate` gets. A series that has more than it may is
 * divided into equal parts of its x: of each part the least and the greatest are kept, and of the series the last.
 */
export function keptPoints(stretch: Stretch, { maxRate, has }: Thinning): ReadonlySet<number> {
  const frames = stretch.frames.map((frame) => decodeFrame(frame));
  const found = new Map<string, SeriesPoints>();
  for (const frame of frames) measure(frame, has, found);
  const kept = new Set<number>();
  for (const series of found.values()) series.parts = partsOf(series, stretch, maxRate);
  for (const frame of frames) choose(frame, found, kept);
  for (const { extremes, lastSeq } of found.values()) {
    for (const { minSeq, maxSeq } of extremes.values()) kept.add(minSeq).add(maxSeq);
    if (lastSeq > 0) kept.add(lastSeq);
  }
  return kept;
}

/** How many parts; 0: all its points are kept. */
function partsOf({ points, minX, maxX, isEvent }: SeriesPoints, { atMs, coveredMs }: Stretch, maxRate: number): number {
  const isTime = isDateAt(minX, atMs / 1000) && isDateAt(maxX, atMs / 1000);
  const seconds = isTime ? maxX - minX : coveredMs / 1000;
  const parts = Math.max(1, Math.floor((maxRate * seconds - 1) / 2));
  return isEvent || points <= 2 * parts + 1 ? 0 : parts;
}

function measure(frame: Frame, has: Thinning["has"], found: Map<string, SeriesPoints>): void {
  for (const block of frame.blocks) {
    if (block.kind !== "table") continue;
    const { x } = block;
    for (const { name, y } of block.columns) {
      if (!has(name)) continue;
      const series = found.get(name) ?? noPoints();
      found.set(name, series);
      if (frame.labels.get(name)?.style === "event") series.isEvent = true;
      for (let row = 0; row < x.length; row++) {
        if (Number.isNaN(y[row])) continue;
        const at = x[row] ?? 0;
        series.points++;
        if (at < series.minX) series.minX = at;
        if (at > series.maxX) series.maxX = at;
      }
    }
  }
}

/** Goes through the points of a frame in their order: all are numbered, those of other series, too. */
function choose(frame: Frame, found: ReadonlyMap<string, SeriesPoints>, kept: Set<number>): void {
  let seq = frame.header.seq - frame.header.points;
  for (const block of frame.blocks) {
    if (block.kind !== "table") continue;
    const columns = block.columns.map(({ name, y }) => ({ y, series: found.get(name) }));
    for (let row = 0; row < block.x.length; row++) {
      for (const { y, series } of columns) {
        const value = y[row];
        if (value === undefined || Number.isNaN(value)) continue;
        seq++;
        if (series === undefined) continue;
        series.lastSeq = seq;
        if (series.parts === 0) kept.add(seq);
        else take(series, block.x[row] ?? 0, value, seq);
      }
    }
  }
}

function take({ parts, minX, maxX, extremes }: SeriesPoints, x: number, y: number, seq: number): void {
  const part = parts === 1 ? 0 : Math.min(parts - 1, Math.floor(((x - minX) / (maxX - minX)) * parts));
  const known = extremes.get(part);
  if (known === undefined) extremes.set(part, { min: y, minSeq: seq, max: y, maxSeq: seq });
  else if (y < known.min) [known.min, known.minSeq] = [y, seq];
  else if (y > known.max) [known.max, known.maxSeq] = [y, seq];
}

function noPoints(): SeriesPoints {
  return {
    points: 0,
    minX: Number.POSITIVE_INFINITY,
    maxX: Number.NEGATIVE_INFINITY,
    isEvent: false,
    parts: 0,
    extremes: new Map(),
    lastSeq: 0,
  };
}

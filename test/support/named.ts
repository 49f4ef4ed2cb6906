/** Series whose values have names, for tests. */

import type { Segment } from "../../page/data/segment.ts";
import type { SeriesStore } from "../../page/data/store/series-store.ts";
import { decimate } from "../../page/render/renderers/decimate.ts";
import { PointBuffer } from "../../page/render/renderers/point-buffer.ts";
import { decodeFrame, type Style } from "../../protocol/frame/frame.ts";
import { framesOf, type Row } from "../../protocol/frame/frame-builder.ts";
import { rowOf } from "./channel-data.ts";

const A = "00000000000000aa";

/** A row of values with names: `{ on: [1, "true"] }`. */
export function named(x: number, values: Record<string, [value: number, text: string]>, style: Style = "step"): Row {
  const marks = Object.entries(values).map(([series, [value, text]]) => ({ series, style, value, text }));
  return { ...rowOf(x, Object.fromEntries(marks.map(({ series, value }) => [series, value]))), marks };
}

export function ingest(store: SeriesStore, ...rows: readonly Row[]): void {
  for (const frame of framesOf(rows, A, 1)) store.ingest(decodeFrame(frame));
}

export function textsIn(store: SeriesStore, name: string): (string | undefined)[] {
  const series = store.find(name);
  return [...(series?.ring.y ?? [])].map((y) => series?.valueNames?.textOf(y));
}

export function drawnSteps(x: readonly number[], y: readonly number[], bucket: number): PointBuffer {
  const buffer = new PointBuffer();
  decimate([{ x: Float64Array.from(x), y: Float64Array.from(y) }], bucket, buffer, true);
  return buffer;
}

export const segment = (...points: [x: number, y: number][]): Segment => ({
  x: Float64Array.from(points, ([x]) => x),
  y: Float64Array.from(points, ([, y]) => y),
});

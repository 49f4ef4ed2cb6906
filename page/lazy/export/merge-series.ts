import type { Segment } from "../../data/segment.ts";
import type { SeriesData } from "./window-data.ts";

interface Point {
  /** The index of its series. */
  series: number;
  x: number;
  y: number;
}

interface HeapEntry extends Segment {
  at: number;
  series: number;
  /** Of equal x the lower is first. */
  order: number;
}

/**
 * All points of all series, breaks too, in the order of x; equal x in the order of the series, and as they stand in one. Paths
 * come after that, one by one, as they stand.
 */
export function* inOrder(series: readonly SeriesData[]): Generator<Point> {
  const parts = series
    .flatMap(({ segments }, index) => segments.map((segment) => ({ ...segment, series: index })))
    .filter(({ x }) => x.length > 0);
  const heap = parts.filter(({ isPath }) => !isPath).map((segment, order): HeapEntry => ({ ...segment, order, at: 0 }));
  for (let at = heap.length >> 1; at-- > 0; ) sink(heap, at);
  for (let top = heap[0]; top !== undefined; top = heap[0]) {
    yield { series: top.series, x: top.x[top.at] ?? 0, y: top.y[top.at] ?? Number.NaN };
    if (++top.at === top.x.length) {
      const last = heap.pop();
      if (last !== undefined && last !== top) heap[0] = last;
    }
    sink(heap, 0);
  }
  for (const { series, x, y, isPath } of parts) {
    if (!isPath) continue;
    for (let i = 0; i < x.length; i++) yield { series, x: x[i] ?? 0, y: y[i] ?? Number.NaN };
  }
}

function sink(heap: HeapEntry[], from: number): void {
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

function isBefore(a: HeapEntry, b: HeapEntry): boolean {
  const [ax, bx] = [a.x[a.at] ?? 0, b.x[b.at] ?? 0];
  return ax < bx || (ax === bx && a.order < b.order);
}

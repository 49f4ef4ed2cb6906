import type { Range, Segment } from "../segment.ts";
import { justAbove, lowerBound, upperBound } from "../sorted-column.ts";
import { completeFrom, isStep, type Series } from "../store/series.ts";
import type { SeriesStore } from "../store/series-store.ts";

const NOTHING: Segment = { x: new Float64Array(), y: new Float64Array() };

/** Stored points, complete in a range. */
export interface FetchedPoints extends Range {
  store: SeriesStore;
}

/**
 * The points of a series from `minX` to `maxX`, as views that are valid until the next change, and one more on each side
 * so that the line comes in from the edges: those that were fetched, then those of the ring, from where that is complete.
 * Where points between them may be missing, a part that is a break stands between them; where a gap came after a value
 * that holds, one stands behind it.
 *
 * @param fetched what was fetched
 */
export function segmentsIn(
  name: string,
  minX: number,
  maxX: number,
  live: SeriesStore,
  fetched: FetchedPoints | undefined,
): Segment[] {
  const now = live.find(name);
  const old = fetched?.store.find(name);
  const segments = joined(now, old, minX, maxX, live, fetched);
  const last = now ?? old;
  const lastX = segments.at(-1)?.x.at(-1);
  if (last === undefined || !isStep(last) || lastX === undefined) return segments;
  // The gaps of the live points come after all that was fetched before them.
  const knownToX =
    now === undefined
      ? Math.min(live.knownTo({ ...last, gapsSeen: 0 }), fetched?.store.knownTo(last) ?? Infinity)
      : live.knownTo(now);
  if (knownToX < Infinity) segments.push(breakAt(Math.max(lastX, knownToX)));
  return segments;
}

function breakAt(x: number): Segment {
  return { x: Float64Array.of(x), y: Float64Array.of(Number.NaN) };
}

function joined(
  now: Series | undefined,
  old: Series | undefined,
  minX: number,
  maxX: number,
  live: SeriesStore,
  fetched: FetchedPoints | undefined,
): Segment[] {
  if (now?.ring.isPath || (now === undefined && old?.ring.isPath)) return pathOf(now, old);
  const cutX = now === undefined ? live.completeFromX : completeFrom(now);
  const late = between(now, fetched === undefined ? -Infinity : cutX, Infinity);
  const early = fetched === undefined ? NOTHING : olderPart(old, fetched, cutX);

  const before = lowerBound(early.x, minX) + lowerBound(late.x, minX);
  const through = upperBound(early.x, maxX) + upperBound(late.x, maxX);
  const [from, to] = [Math.max(0, before - 1), through + 1];
  const split = early.x.length;
  const segments = [sub(early, from, to), sub(late, Math.max(0, from - split), Math.max(0, to - split))];
  const shown = segments.filter(({ x }) => x.length > 0);
  // The rings went on dropping points since: what lies between is in neither.
  const isTorn = shown.length === 2 && fetched !== undefined && fetched.max < cutX;
  // What is held ends where it was known last.
  if (isTorn) shown.splice(1, 0, breakAt((old !== undefined && isStep(old) && early.x.at(-1)) || cutX));
  // Where time ran back, or a clock was set, what came before the live points may be later than these.
  const endX = now?.ring.lastX ?? Infinity;
  if (maxX <= endX) return shown;
  const above = between(old, justAbove(endX), Infinity);
  shown.push(sub(above, Math.max(0, lowerBound(above.x, minX) - 1), upperBound(above.x, maxX) + 1));
  return shown.filter(({ x }) => x.length > 0);
}

/** The series of the channel: those that are live in their order, then those that only the past knows. */
export function allSeries(live: SeriesStore, fetched: SeriesStore | undefined): Series[] {
  const old = [...(fetched?.series ?? [])].filter(({ name }) => live.find(name) === undefined);
  return [...live.series, ...old];
}

/** All points of a path, as they came: those that were fetched and are older than the live ones, then these. */
function pathOf(now: Series | undefined, old: Series | undefined): Segment[] {
  const segments: Segment[] = [];
  if (old !== undefined) {
    const { x, y, total } = old.ring;
    const early = sub({ x, y }, 0, now === undefined ? x.length : Math.max(0, old.totalBefore - (total - x.length)));
    if (early.x.length > 0) segments.push({ ...early, isPath: true });
  }
  if (now !== undefined) segments.push({ x: now.ring.x, y: now.ring.y, isPath: true });
  return segments;
}

/** What was fetched of a series and lies before its ring. */
function olderPart(old: Series | undefined, fetched: FetchedPoints, cutX: number): Segment {
  const before = between(old, fetched.min, cutX);
  return sub(before, 0, upperBound(before.x, fetched.max));
}

/** From an x on, up to another that is not included. */
function between(series: Series | undefined, fromX: number, toX: number): Segment {
  if (series === undefined) return NOTHING;
  const { x, y } = series.ring;
  return sub({ x, y }, lowerBound(x, fromX), lowerBound(x, toX));
}

function sub({ x, y }: Segment, from: number, to: number): Segment {
  return { x: x.subarray(from, to), y: y.subarray(from, to) };
}

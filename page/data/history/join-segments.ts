import { breakAt, heldUntil, part } from "../live-segments.ts";
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
 * The points of a series in a range, as {@link liveSegments} has them: those that were fetched, then those of the ring, from
 * where that is complete. Where points between them may be missing, a part that is a break stands between them.
 */
export function joinedSegments(
  live: SeriesStore,
  name: string,
  { min, max }: Range,
  fetched: FetchedPoints,
): Segment[] {
  const now = live.find(name);
  const old = fetched.store.find(name);
  const segments = joined(now, old, min, max, live, fetched);
  const last = now ?? old;
  if (last === undefined || !isStep(last)) return segments;
  // The gaps of the live points come after all that was fetched before them.
  const knownToX =
    now === undefined
      ? Math.min(live.knownTo({ ...last, gapsSeen: 0 }), fetched.store.knownTo(last))
      : live.knownTo(now);
  return heldUntil(segments, knownToX);
}

function joined(
  now: Series | undefined,
  old: Series | undefined,
  minX: number,
  maxX: number,
  live: SeriesStore,
  fetched: FetchedPoints,
): Segment[] {
  if (now?.ring.isPath || (now === undefined && old?.ring.isPath)) return pathOf(now, old);
  const cutX = now === undefined ? live.completeFromX : completeFrom(now);
  const late = between(now, cutX, Infinity);
  const early = olderPart(old, fetched, cutX);

  const before = lowerBound(early.x, minX) + lowerBound(late.x, minX);
  const through = upperBound(early.x, maxX) + upperBound(late.x, maxX);
  const [from, to] = [Math.max(0, before - 1), through + 1];
  const split = early.x.length;
  const segments = [part(early, from, to), part(late, Math.max(0, from - split), Math.max(0, to - split))];
  const shown = segments.filter(({ x }) => x.length > 0);
  // The rings went on dropping points since: what lies between is in neither.
  const isTorn = shown.length === 2 && fetched.max < cutX;
  // What is held ends where it was known last.
  if (isTorn) shown.splice(1, 0, breakAt((old !== undefined && isStep(old) && early.x.at(-1)) || cutX));
  // Where time ran back, or a clock was set, what came before the live points may be later than these.
  const endX = now?.ring.lastX ?? Infinity;
  if (maxX <= endX) return shown;
  const above = between(old, justAbove(endX), Infinity);
  shown.push(part(above, Math.max(0, lowerBound(above.x, minX) - 1), upperBound(above.x, maxX) + 1));
  return shown.filter(({ x }) => x.length > 0);
}

/** The series of the channel: those that are live in their order, then those that only the past knows. */
export function allSeries(live: SeriesStore, fetched: SeriesStore): Series[] {
  const old = [...fetched.series].filter(({ name }) => live.find(name) === undefined);
  return [...live.series, ...old];
}

/** All points of a path, as they came: those that were fetched and are older than the live ones, then these. */
function pathOf(now: Series | undefined, old: Series | undefined): Segment[] {
  const segments: Segment[] = [];
  if (old !== undefined) {
    const { x, y, total } = old.ring;
    const early = part({ x, y }, 0, now === undefined ? x.length : Math.max(0, old.totalBefore - (total - x.length)));
    if (early.x.length > 0) segments.push({ ...early, isPath: true });
  }
  if (now !== undefined) segments.push({ x: now.ring.x, y: now.ring.y, isPath: true });
  return segments;
}

/** What was fetched of a series and lies before its ring. */
function olderPart(old: Series | undefined, fetched: FetchedPoints, cutX: number): Segment {
  const before = between(old, fetched.min, cutX);
  return part(before, 0, upperBound(before.x, fetched.max));
}

/** From an x on, up to another that is not included. */
function between(series: Series | undefined, fromX: number, toX: number): Segment {
  if (series === undefined) return NOTHING;
  const { x, y } = series.ring;
  return part({ x, y }, lowerBound(x, fromX), lowerBound(x, toX));
}

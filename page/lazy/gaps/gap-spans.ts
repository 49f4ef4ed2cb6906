import type { Range } from "../../data/segment.ts";
import type { GapRecord, GapSpan } from "../../data/store/gap-log.ts";

/** A gap at one of its places. */
export interface Span {
  gap: GapRecord;
  place: GapSpan;
}

/** Gaps that are one mark in the plot, and where that is, cut at the plot's edges. */
export interface Mark extends GapSpan {
  spans: Span[];
}

/** The next gap before (-1) or after (1) `from`, by the middle of its place; undefined if there is none. */
export function nextGap(
  gaps: readonly GapRecord[],
  from: number,
  direction: -1 | 1,
): (Span & { middle: number }) | undefined {
  let nearest: (Span & { middle: number }) | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const gap of gaps) {
    for (const place of gap.places) {
      const middle = place.fromX / 2 + place.toX / 2;
      const distance = (middle - from) * direction;
      if (distance <= 0 || distance >= least) continue;
      least = distance;
      nearest = { gap, place, middle };
    }
  }
  return nearest;
}

/**
 * The marks in view, from left to right.
 * @param apart what is closer than this, in x, is one mark
 */
export function marksOf(gaps: readonly GapRecord[], { min, max }: Range, apart: number): Mark[] {
  const spans = gaps
    .flatMap((gap) => gap.places.map((place) => ({ gap, place })))
    .filter(({ place }) => place.toX >= min && place.fromX <= max)
    .sort((a, b) => a.place.fromX - b.place.fromX);
  const marks: Mark[] = [];
  for (const span of spans) {
    const fromX = Math.max(min, span.place.fromX);
    const toX = Math.min(max, span.place.toX);
    const last = marks.at(-1);
    if (last !== undefined && fromX <= last.toX + apart) {
      last.toX = Math.max(last.toX, toX);
      last.spans.push(span);
    } else {
      marks.push({ fromX, toX, spans: [span] });
    }
  }
  return marks;
}

/** The gaps that concern one of these series. */
export function gapsOf(gaps: readonly GapRecord[], names: readonly string[]): GapRecord[] {
  const all = new Set(names);
  return gaps.filter(({ series }) => series === "" || all.has(series));
}

/**
 * The mark that somebody means who points at `x`: the nearest within reach. The one already meant is held on to from
 * further away, because it moves while its text is read.
 */
export function markAt(
  marks: readonly Mark[],
  x: number,
  reach: number,
  meant: Mark | undefined,
  hold: number,
): Mark | undefined {
  const distance = ({ fromX, toX }: Mark): number => Math.max(fromX - x, x - toX, 0);
  let nearest: Mark | undefined;
  for (const mark of marks) {
    if (distance(mark) <= reach && !(nearest && distance(nearest) <= distance(mark))) nearest = mark;
  }
  return nearest ?? (meant !== undefined && distance(meant) <= hold ? meant : undefined);
}

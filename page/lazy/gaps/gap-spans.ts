import type { Range } from "../../data/segment.ts";
import type { GapRecord, GapSpan } from "../../data/store/gap-log.ts";

/** A gap at one of its spans. */
export interface LocatedGap {
  gap: GapRecord;
  span: GapSpan;
}

/** Gaps that are one mark in the plot, and where that is, clipped to the plot. */
export interface GapMark extends GapSpan {
  members: LocatedGap[];
}

/** The next gap before (-1) or after (1) `from`, by the middle of its span; undefined if there is none. */
export function nextGap(
  gaps: readonly GapRecord[],
  from: number,
  direction: -1 | 1,
): (LocatedGap & { middle: number }) | undefined {
  let nearest: (LocatedGap & { middle: number }) | undefined;
  let least = Infinity;
  for (const gap of gaps) {
    for (const span of gap.spans) {
      const middle = span.fromX / 2 + span.toX / 2;
      const distance = (middle - from) * direction;
      if (distance <= 0 || distance >= least) continue;
      least = distance;
      nearest = { gap, span, middle };
    }
  }
  return nearest;
}

/**
 * The marks in view, from left to right.
 * @param apart what is closer than this, in x, is one mark
 */
export function marksOf(gaps: readonly GapRecord[], { min, max }: Range, apart: number): GapMark[] {
  const located = gaps
    .flatMap((gap) => gap.spans.map((span) => ({ gap, span })))
    .filter(({ span }) => span.toX >= min && span.fromX <= max)
    .sort((a, b) => a.span.fromX - b.span.fromX);
  const marks: GapMark[] = [];
  for (const one of located) {
    const fromX = Math.max(min, one.span.fromX);
    const toX = Math.min(max, one.span.toX);
    const last = marks.at(-1);
    if (last !== undefined && fromX <= last.toX + apart) {
      last.toX = Math.max(last.toX, toX);
      last.members.push(one);
    } else {
      marks.push({ fromX, toX, members: [one] });
    }
  }
  return marks;
}

/** The gaps that concern one of these series. */
export function gapsOf(gaps: readonly GapRecord[], names: readonly string[]): GapRecord[] {
  const all = new Set(names);
  return gaps.filter(({ series, broke }) =>
    series === "" ? broke.length === 0 || broke.some((name) => all.has(name)) : all.has(series),
  );
}

/**
 * The mark at `x`: the nearest within reach. The active one is kept from further away (`holdReach`), because it moves while
 * its text is read.
 */
export function markAt(
  marks: readonly GapMark[],
  x: number,
  reach: number,
  active: GapMark | undefined,
  holdReach: number,
): GapMark | undefined {
  const distance = ({ fromX, toX }: GapMark): number => Math.max(fromX - x, x - toX, 0);
  let nearest: GapMark | undefined;
  for (const mark of marks) {
    if (distance(mark) <= reach && !(nearest && distance(nearest) <= distance(mark))) nearest = mark;
  }
  return nearest ?? (active !== undefined && distance(active) <= holdReach ? active : undefined);
}

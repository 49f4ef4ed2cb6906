/**
 * Whether every counter came once and in order, or is in a gap of its size.
 *
 * A gap stands between points: of a series' counters it can tell those that are missing right there, in the one hole
 * of that series around it. A gap of all series is shared among the holes around it, in a way that nobody tells. So
 * the question is whether gaps and holes can be matched so that nothing is left on either side. Gaps are positions and
 * holes intervals: giving each gap to the holes that end first leaves as little as any other way. And if there is a
 * way that leaves no gap over, and one that leaves no hole over, then there is one that leaves neither (Mendelsohn and
 * Dulmage, 1958): so holes that need not be filled (before the first counter, and where the size is unknown) take part
 * in the first question and not in the second.
 */
import type { Account, Hole, Place, Told } from "./account.ts";

export interface Verdict {
  delivered: number;
  /** Missing, and told with number, by reason (and series, where the gap names one: `publisher-dropped of p1`). */
  told: Map<string, number>;
  /** Missing where a gap of unknown size stands. */
  toldUnknown: number;
  /** Gaps of unknown size, by reason. */
  unknownGaps: Map<string, number>;
  /** Missing, and no gap says so. */
  untold: number;
  /** Gaps say so, but it is not missing. */
  toldTooMuch: number;
  repeated: number;
  outOfOrder: number;
  /** The first offending places, in words. */
  places: string[];
}

/** Gaps of unknown size that are no fault: those of these reasons, so many of them together. */
export interface Allowed {
  reasons: readonly string[];
  atMost: number;
}

export const NONE_ALLOWED: Allowed = { reasons: [], atMost: 0 };

interface Supply {
  told: Told;
  at: number;
  left: number;
}

interface Demand {
  hole: Hole;
  left: number;
  /** It may stay unfilled. */
  isOpen: boolean;
}

const MAX_PLACES = 8;

/** @param isPicked it got some series alone: a gap of all may be of the others */
export function judge(account: Account, allowed = NONE_ALLOWED, isPicked = false): Verdict {
  const places: string[] = [];
  const unknown = suppliesOf(account).filter(({ told }) => told.points === null);
  const isUnknown = (hole: Hole): boolean => unknown.some((supply) => reaches(supply, hole));

  const demandsOf = (holes: readonly Hole[]): Demand[] =>
    holes.map((hole) => ({
      hole,
      left: hole.before - hole.after - 1 - hole.late.size,
      isOpen: hole.isHead || isUnknown(hole),
    }));
  const all = demandsOf(account.holes);
  const supplies = match(suppliesOf(account), all);
  const strict = all.filter(({ isOpen }) => !isOpen).map(({ hole }) => hole);
  const unfilled = demandsOf(strict);
  match(suppliesOf(account), unfilled);

  let untold = 0;
  for (const { hole, left } of unfilled) {
    untold += left;
    if (left > 0) places.push(`${left} of ${textOfHole(hole)} in no gap (${textOfGaps(account, hole)})`);
  }
  let toldTooMuch = 0;
  for (const { told, at, left } of supplies) {
    if (isPicked && told.series === "") continue;
    toldTooMuch += left;
    if (left > 0) places.push(`${left} of gap ${at}, ${textOfGap(told)}, are not missing${around(account, at)}`);
  }
  const unknownGaps = new Map<string, number>();
  for (const { told } of unknown) add(unknownGaps, told.reason, 1);
  if (!areAllowed(unknownGaps, allowed)) {
    for (const [reason, count] of unknownGaps) places.push(`${count} gaps ${reason} of unknown size`);
  }
  for (const place of account.repeated) places.push(`repeated: ${textOf(place)}`);
  for (const place of account.late) places.push(`out of order: ${textOf(place)}`);
  const told = new Map<string, number>();
  for (const { told: gap, left } of supplies) {
    add(told, gap.series === "" ? gap.reason : `${gap.reason} of ${gap.series}`, (gap.points ?? 0) - left);
  }
  return {
    delivered: account.points - account.repeated.length,
    told,
    toldUnknown: all.reduce((sum, { hole, left, isOpen }) => sum + (isOpen && !hole.isHead ? left : 0), 0),
    unknownGaps,
    untold,
    toldTooMuch,
    repeated: account.repeated.length,
    outOfOrder: account.late.length,
    places: places.slice(0, MAX_PLACES),
  };
}

/** Nothing lost without a gap, nothing in a gap that was not lost, nothing twice, nothing out of order. */
export function isGood({ untold, toldTooMuch, repeated, outOfOrder, unknownGaps }: Verdict, allowed: Allowed): boolean {
  return untold + toldTooMuch + repeated + outOfOrder === 0 && areAllowed(unknownGaps, allowed);
}

function areAllowed(unknownGaps: ReadonlyMap<string, number>, { reasons, atMost }: Allowed): boolean {
  const count = [...unknownGaps.values()].reduce((sum, gaps) => sum + gaps, 0);
  return count <= atMost && [...unknownGaps.keys()].every((reason) => reasons.includes(reason));
}

function suppliesOf(account: Account): Supply[] {
  return account.gaps.map((told, at) => ({ told, at, left: told.points ?? 0 }));
}

/** Takes from both sides what matches. @returns the supplies */
function match(supplies: Supply[], demands: readonly Demand[]): Supply[] {
  // One series' gap has no choice, so it comes before those that have.
  const ordered = [
    ...supplies.filter(({ told }) => told.series !== ""),
    ...supplies.filter((s) => s.told.series === ""),
  ];
  const byEnd = [...demands].sort((a, b) => a.hole.endGap - b.hole.endGap);
  for (const supply of ordered) {
    for (const demand of byEnd) {
      if (supply.left === 0) break;
      if (!reaches(supply, demand.hole)) continue;
      const taken = Math.min(supply.left, demand.left);
      supply.left -= taken;
      demand.left -= taken;
    }
  }
  return supplies;
}

function reaches({ told, at }: Supply, hole: Hole): boolean {
  return at >= hole.firstGap && at < hole.endGap && (told.series === "" || told.series === hole.series);
}

function add(counts: Map<string, number>, key: string, count: number): void {
  if (count > 0) counts.set(key, (counts.get(key) ?? 0) + count);
}

function textOf({ series, value }: Place): string {
  return `${series} ${value}`;
}

function textOfHole({ series, after, before }: Hole): string {
  return `${series} ${after + 1}..${before - 1}`;
}

function textOfGaps(account: Account, hole: Hole): string {
  const gaps = account.gaps.slice(hole.firstGap, hole.endGap);
  return gaps.length === 0 ? "none is there" : `there: ${gaps.slice(0, 6).map(textOfGap).join("; ")}`;
}

/** The holes around a gap, for whoever looks for what is wrong with it. */
function around(account: Account, at: number): string {
  const holes = account.holes.filter((hole) => at >= hole.firstGap && at < hole.endGap);
  return ` (missing there: ${holes.slice(0, 6).map(textOfHole).join("; ") || "nothing"})`;
}

function textOfGap({ reason, points, series, numbers }: Told): string {
  const where = numbers === undefined ? "" : ` (${numbers.after}, ${numbers.upTo}]`;
  return `${points ?? "?"} ${reason} of ${series || "all"}${where}`;
}

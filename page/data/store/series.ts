import { MissingValueDetector } from "./missing-values.ts";
import type { RingBuffer } from "./ring-buffer.ts";
import type { ValueNames } from "./value-names.ts";

/** Other x are not unix seconds: this is 1973 to 5138. */
export const FIRST_TIME_X = 1e8;
const END_TIME_X = 1e11;
/** A numeric x that rose all the time and falls back by more than this many points, and below the middle, begins again. */
const RESTART_POINTS = 64;
/** One of at least so many points that falls back to about where they began does, too. */
const SWEEP_POINTS = 16;
const SWEEP_BEGINNING = 1 / 50;
/** A time so far behind is no late point: the one before was wrong, or the clock was set. */
export const CLOCK_STEP_SECONDS = 10;
const RUNS_TO_STEP_BACK = 3;
/** So many runs in a row that are each earlier than the one before: time runs backwards. */
const RUNS_TO_RUN_BACKWARDS = 16;

export interface Series {
  name: string;
  ring: RingBuffer;
  /** The x that the picture follows: see {@link advanceHead}. */
  headX: number;
  /** How many runs in a row came from far behind it. */
  segmentsBehind: number;
  /** The last x that came. */
  arrivedX: number;
  /** How many runs in a row were earlier than the one before. */
  fallingRuns: number;
  /** The y at `headX`; NaN before the first point. */
  lastY: number;
  /** Every y so far is a whole number. */
  integers: boolean;
  /** The largest |y| so far, of what has no name. */
  magnitude: number;
  /** What its values are called, if it is drawn as steps or events. */
  valueNames: ValueNames | undefined;
  /** Whether it is of those that have names: what others share no panel with. */
  kind: ValueNames["kind"];
  /** Where it was joined: the channel may have points before this x that were never sent. */
  joinedX: number;
  /** Who published its last points. */
  publisher: string;
  /** Points are missing before the next one. */
  breakNext: boolean;
  /** Those are not read yet. */
  joinsNext: boolean;
  /** How many gaps there were when its last point came. */
  gapsSeen: number;
  missingValues: MissingValueDetector;
  /** How many of its points came before those that another store has. */
  totalBefore: number;
  /** How much earlier its newest point was than it came, in x; NaN where it did not come as it was taken. */
  lateX: number;
}

/** A series before its first point. */
export function newSeries(name: string, ring: RingBuffer): Series {
  return {
    name,
    ring,
    headX: -Infinity,
    segmentsBehind: 0,
    arrivedX: -Infinity,
    fallingRuns: 0,
    lastY: Number.NaN,
    integers: true,
    magnitude: 0,
    valueNames: undefined,
    kind: "",
    joinedX: -Infinity,
    publisher: "",
    breakNext: false,
    joinsNext: false,
    gapsSeen: 0,
    missingValues: new MissingValueDetector(),
    totalBefore: 0,
    lateX: Number.NaN,
  };
}

/** True where x is unix seconds; else it is just a number. */
export function isTime(x: number): boolean {
  return x >= FIRST_TIME_X && x < END_TIME_X;
}

/** It has points from before its clock was set: their x are no times, and those that followed are. */
export function beganUntimed({ headX, ring }: Pick<Series, "headX" | "ring">): boolean {
  return isTime(headX) && ring.firstX < FIRST_TIME_X;
}

/** Each value holds until the next, and no longer than it is known to. */
export function isStep({ valueNames }: Pick<Series, "valueNames">): boolean {
  return valueNames?.style === "step";
}

/** Its newest points are its earliest. */
export function runsBackwards({ fallingRuns }: Series): boolean {
  return fallingRuns >= RUNS_TO_RUN_BACKWARDS;
}

/** It has points that are later than those that came since. */
export function isSetBack({ headX, ring }: Series): boolean {
  return isTime(headX) && ring.lastX > headX;
}

/** From this x on, everything that the channel has of a series is in its ring. */
export function completeFrom({ joinedX, ring }: Series): number {
  // What is before it is not before it in x.
  if (ring.isPath) return -Infinity;
  return Math.max(joinedX, ring.completeFromX);
}

/**
 * Moves a series' head to the x that came last, and says whether it did. Late points leave it where it is. But one wrong
 * time, or a clock that is set back, must not hold the picture in the future: after a few runs from far behind, the head
 * goes back to where points come.
 */
export function advanceHead(series: Series, arrivedX: number): boolean {
  if (series.ring.isPath) {
    series.headX = arrivedX;
    return true;
  }
  series.fallingRuns = isTime(arrivedX) && arrivedX < series.arrivedX ? series.fallingRuns + 1 : 0;
  series.arrivedX = arrivedX;
  const isFarBehind = isTime(series.headX) && series.headX - arrivedX > CLOCK_STEP_SECONDS;
  series.segmentsBehind = isFarBehind ? series.segmentsBehind + 1 : 0;
  const follows = series.segmentsBehind >= RUNS_TO_STEP_BACK || runsBackwards(series);
  if (arrivedX < series.headX && !follows) return false;
  // Was it joined at a wrong time, this is where it really was.
  if (arrivedX < series.headX) series.joinedX = Math.min(series.joinedX, arrivedX);
  series.headX = arrivedX;
  series.segmentsBehind = 0;
  return true;
}

/**
 * A publisher that counts its points begins again when it is restarted. Its points would otherwise be taken for
 * late ones, drawn over the old ones, and the newest x would stand still. A time does not begin again, nor does what fell
 * before, or stood still: that is a path.
 */
export function isRestart(ring: RingBuffer, firstX: number): boolean {
  if (ring.isPath || ring.length < SWEEP_POINTS || isTime(ring.lastX) || firstX >= ring.lastX) return false;
  const { firstX: lowest, lastX } = ring;
  // A short sweep that is sent point by point comes back to where it began.
  const isBack =
    firstX <= lowest + (lastX - lowest) * SWEEP_BEGINNING ||
    (firstX < (lowest + lastX) / 2 && ring.countAbove(firstX) >= RESTART_POINTS);
  return isBack && rises(ring);
}

function rises({ x, y }: RingBuffer): boolean {
  return x.every((each, i) => i === 0 || each > (x[i - 1] ?? 0) || Number.isNaN(y[i - 1]));
}

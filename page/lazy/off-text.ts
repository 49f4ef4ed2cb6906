import { lowerBound } from "../data/sorted-column.ts";
import {
  CLOCK_STEP_SECONDS,
  FIRST_TIME_X,
  isSetBack,
  isTime,
  runsBackwards,
  type Series,
} from "../data/store/series.ts";
import { counted } from "../ui/format.ts";
import { dateText, momentText, yearOf } from "../ui/time-text.ts";
import { offsetText } from "./clock-text.ts";

/** A clock that differs less is not worth a sentence. */
const SAME_S = 60;
/** What is later than this is no delay: nothing comes before its time. */
const AHEAD_S = 1;
/** Two clocks of one epoch differ less. */
const SAME_EPOCH_S = 2 * 86_400;
const DAY_S = 86_400;

/** What the times of other epochs and units are, read as unix seconds, when it is now. */
const EPOCHS: readonly { at: (nowX: number) => number; text: string }[] = [
  { at: (now) => now + 2_082_844_800, text: "count from 1904, as on a Mac or in LabVIEW" },
  { at: (now) => now + 2_208_988_800, text: "count from 1900, as in NTP" },
  { at: (now) => now + 11_644_473_600, text: "count from 1601, as in Windows" },
  { at: (now) => now - 946_684_800, text: "count from 2000" },
  { at: (now) => now - 315_964_800, text: "count from 1980, as in GPS" },
  // Counts of 100 ns, taken for nanoseconds.
  { at: (now) => (now + 11_644_473_600) / 100, text: "are Windows file times (100 ns since 1601)" },
  { at: (now) => (now + 62_135_596_800) / 100, text: "are .NET ticks (100 ns since the year 1)" },
];
/** A Mac's, NTP's and Windows' days are as long as ours; what counts in 100 ns is a hundred times finer. */
const TOLERANCE_S = 30 * DAY_S;

/**
 * What is to be said of a series that has no point in view.
 * @param nowX when something last came
 * @param isAlone nothing else of its panel is in view either
 * @param todayX the time
 * @returns undefined where it is only slow, and others are to be seen
 */
export function offText(
  { headX, lateX, ring }: Pick<Series, "headX" | "lateX"> & { ring?: Pick<Series["ring"], "isPath"> },
  nowX: number,
  isAlone: boolean,
  todayX = nowX,
): string | undefined {
  if (!isTime(headX)) return timelessText(headX, nowX, ring?.isPath);
  // As it came; of what was stored before, nobody knows when.
  const late = Number.isNaN(lateX) ? nowX - headX : lateX;
  const isLive = !Number.isNaN(lateX);
  const wrong = epochText(headX, nowX, late, isLive);
  if (wrong !== undefined) return wrong;
  if (isLive && Math.abs(late) > SAME_S) return `has timestamps ${offsetText(late * 1000)}`;
  if (late < -AHEAD_S) return `has timestamps ${offsetText(late * 1000)}`;
  if (!isAlone) return undefined;
  const since = `has no new data since ${momentText(headX, 1, todayX * 1000)}`;
  // What was stored before says nothing of when it came: it may have ended, or have another clock.
  return isLive || late < SAME_S ? since : `${since}, ${offsetText(late * 1000)}`;
}

/** What is wrong with the times of a series that comes now; undefined: nothing, or less than days. */
export function wrongTimes({ headX, lateX }: Pick<Series, "headX" | "lateX">, nowX: number): string | undefined {
  return isTime(headX) && !Number.isNaN(lateX) ? epochText(headX, nowX, lateX, true) : undefined;
}

/** What is to be said of a series that has later points than its newest; undefined where it has none that are much later. */
export function backText(series: Series): string | undefined {
  const { headX, ring } = series;
  if (!isSetBack(series) || ring.lastX - headX <= CLOCK_STEP_SECONDS) return undefined;
  if (runsBackwards(series)) return "has timestamps that run backwards: its newest points are on the left";
  const upTo = momentText(ring.lastX, 1, Number.NaN);
  return `has points up to ${upTo}, later than its newest one: a clock was wrong, or was set back`;
}

/** What is to be said of a series that has points from before its clock was set. */
export function untimedText({ ring: { x, y } }: Pick<Series, "ring">): string {
  const count = y.subarray(0, lowerBound(x, FIRST_TIME_X)).filter((value) => !Number.isNaN(value)).length;
  const lastX = x[lowerBound(x, FIRST_TIME_X) - 1] ?? 0;
  return `has ${counted(count, "point")} whose x is no time (${short(x[0] ?? 0)} to ${short(lastX)}): from before a clock was set?`;
}

function short(x: number): number {
  return Number(x.toPrecision(6));
}

function epochText(headX: number, nowX: number, late: number, isLive: boolean): string | undefined {
  if (Math.abs(late) <= SAME_EPOCH_S) return undefined;
  const epoch = EPOCHS.find(({ at }) => Math.abs(headX - at(nowX)) < TOLERANCE_S);
  if (epoch !== undefined) return `has timestamps of ${yearOf(headX * 1000)}: they ${epoch.text}?`;
  return isLive ? `has timestamps of ${dateText(headX * 1000, true)}: is the clock set?` : undefined;
}

function timelessText(headX: number, nowX: number, isPath = false): string {
  const x = short(headX);
  if (isPath) return "has an x that is not a time";
  if (!isTime(nowX)) return `is at x ${x}`;
  if (headX >= 1e11) return `has x ${x}, after the year 5138: is it a time in another unit?`;
  if (headX < 0) return `has x ${x}: a time before 1970, or not a time`;
  return `has x ${x}: not a time, or one of ${new Date(headX * 1000).getUTCFullYear()} (is the clock set?)`;
}

import { secondsOfText } from "../../../../protocol/json/date-text.ts";
import { TIME_FIELDS, unixSeconds } from "../../../../protocol/json/time.ts";
import { isDate } from "../../layout.ts";
import type { Cell } from "./cell.ts";
import { type DateOrder, isLocalDay, isoOfClock, isoOfLocal } from "./local-date.ts";

/** Which column of a table is the time, and what a row's time is. */

export type TimeColumn =
  | { kind: "none" }
  | {
      kind: "one";
      at: number;
      /** How many there are in a second, in the unit that its name says; undefined: it says none. */
      perSecond: number | undefined;
      /** It is the time because of the dates in it. */
      mustBeDate: boolean;
    }
  /** A day, and the time of the day in another column. */
  | { kind: "split"; day: number; clock: number }
  /** A day, and a number for a time, which may be of that day. */
  | { kind: "unsure" };

const DAY_SECONDS = 86_400;
const NONE: TimeColumn = { kind: "none" };
const UNSURE: TimeColumn = { kind: "unsure" };
const UNIT = /^(.{1,64}?)\s*[[(]\s*([^\])]{1,16}?)\s*[\])]$/;
const PER_SECOND: Readonly<Record<string, number>> = {
  ...perSecond(1, "s", "sec", "secs", "second", "seconds"),
  ...perSecond(1e3, "ms", "msec", "millis", "milliseconds"),
  // The micro sign, and the letter mu.
  ...perSecond(1e6, "us", "\u00b5s", "\u03bcs", "usec", "micros", "microseconds"),
  ...perSecond(1e9, "ns", "nsec", "nanos", "nanoseconds"),
  ...perSecond(1 / 60, "min", "minutes"),
  ...perSecond(1 / 3600, "h", "hours"),
};
/** `20261128133739`: no time is so large in seconds, and as milliseconds it is in the year 2612. */
const COMPACT = /^(20\d{6})(\d{6})$/;

/** How many of a unit a second has; undefined: it is none of time. */
function perSecondOf(unit: string): number | undefined {
  const name = unit.trim().toLowerCase();
  return Object.hasOwn(PER_SECOND, name) ? PER_SECOND[name] : undefined;
}

function perSecond(count: number, ...units: string[]): Record<string, number> {
  return Object.fromEntries(units.map((unit) => [unit, count]));
}

/**
 * The time among named columns: by a name that is the time (PT2a), without regard to case and with a unit behind it; else the
 * one column with a date.
 * @param units below the names, if there were any
 * @param arrivedAt unix seconds
 */
export function timeOfNamed(
  names: readonly string[],
  units: readonly string[] | undefined,
  cells: readonly Cell[],
  arrivedAt: number,
): TimeColumn {
  const split = splitOf(cells);
  if (split !== undefined) return split;
  for (const field of TIME_FIELDS) {
    const at = names.indexOf(field);
    if (at >= 0) return isUnsure(at, cells) ? UNSURE : one(at, perSecondOf(units?.[at] ?? ""), false);
  }
  const found = names.map((name, i) => nameOf(name, units?.[i]));
  for (const field of ["time", "timestamp", "ts", "t", "x"]) {
    for (const [at, { base, unit }] of found.entries()) {
      if (base.toLowerCase() !== field) continue;
      const perSecond = unit === undefined ? undefined : perSecondOf(unit);
      // T is a temperature, and X a coordinate, as often as not; and [K] is no unit of time.
      const isSure = perSecond !== undefined || (unit === undefined && field.startsWith("time"));
      if (isSure && isUnsure(at, cells)) return UNSURE;
      if (isSure || isDateCell(cells[at])) return one(at, perSecond, !isSure);
    }
  }
  return dateAmong(cells, arrivedAt) ?? NONE;
}

/** The time among columns without names, by text; undefined: none has a date, or several have. */
export function timeOfText(cells: readonly Cell[]): TimeColumn | undefined {
  const split = splitOf(cells);
  if (split !== undefined) return split;
  const dates = indexesOf(cells, isDateText);
  const [at] = dates;
  return dates.length === 1 && at !== undefined ? one(at, undefined, true) : undefined;
}

/** What a row's time is: seconds, or text that says it; undefined: it has none that can be read. */
export function timeIn(
  cells: readonly Cell[],
  column: TimeColumn,
  order: DateOrder,
  arrivedAt: number,
): number | string | null | undefined {
  switch (column.kind) {
    case "none":
      return null;
    case "unsure":
      return undefined;
    case "one": {
      const cell = cells[column.at] ?? null;
      if (cell === null) return null;
      if (typeof cell === "number") {
        const [, day, clock] = COMPACT.exec(String(cell)) ?? [];
        if (day !== undefined) return isoOf(`${day}T${clock}`, order, arrivedAt);
        if (column.mustBeDate && !isDate(cell)) return undefined;
        return column.perSecond === undefined ? cell : cell / column.perSecond;
      }
      if (cell.kind === "quoted") return Number(cell.text);
      return isoOf(cell.text, order, arrivedAt);
    }
    case "split": {
      const [day, clock] = [cells[column.day] ?? null, cells[column.clock] ?? null];
      if (day === null && clock === null) return null;
      if (!isText(day) || !isText(clock)) return undefined;
      const date = isoOf(day.text, order, arrivedAt);
      const time = isoOfClock(clock.text);
      if (date === undefined || time === undefined || date.length > 10) return undefined;
      const iso = `${date.replaceAll("/", "-")}${time}`;
      return secondsOfText(iso) === undefined ? undefined : iso;
    }
  }
}

/** Columns that are not among the values. */
export function isOfTime(i: number, column: TimeColumn): boolean {
  return column.kind === "one" ? i === column.at : column.kind === "split" && (i === column.day || i === column.clock);
}

export function isDateText(cell: Cell | undefined): boolean {
  return isText(cell) && (cell.kind === "date" || cell.kind === "day" || cell.kind === "local");
}

function isoOf(text: string, order: DateOrder, arrivedAt: number): string | undefined {
  return secondsOfText(text) === undefined ? isoOfLocal(text, order, arrivedAt) : text;
}

/** One day and one time of the day, which are nothing but halves of a time. */
function splitOf(cells: readonly Cell[]): TimeColumn | undefined {
  const clocks = indexesOf(cells, (cell) => isText(cell) && cell.kind === "clock");
  const dates = indexesOf(cells, isDateText);
  const [clock] = clocks;
  const [day] = dates;
  if (clock === undefined || day === undefined || clocks.length > 1 || dates.length > 1) return undefined;
  return { kind: "split", day, clock };
}

/** The one column with a date; a number is one within a day of the arrival. */
function dateAmong(cells: readonly Cell[], arrivedAt: number): TimeColumn | undefined {
  const dates = indexesOf(
    cells,
    (cell) =>
      isDateText(cell) ||
      (typeof cell === "number" && isDate(cell) && Math.abs(unixSeconds(cell) - arrivedAt) < DAY_SECONDS),
  );
  const [at] = dates;
  return dates.length === 1 && at !== undefined ? one(at, undefined, true) : undefined;
}

function one(at: number, perSecond: number | undefined, mustBeDate: boolean): TimeColumn {
  return { kind: "one", at, perSecond, mustBeDate };
}

/** Whether a time that is no date stands beside a day: it may be a time of that day. */
function isUnsure(at: number, cells: readonly Cell[]): boolean {
  const cell = cells[at] ?? null;
  if (typeof cell !== "number" || isDate(cell)) return false;
  return cells.some(
    (other) => isText(other) && (other.kind === "day" || (other.kind === "local" && isLocalDay(other.text))),
  );
}

function isDateCell(cell: Cell | undefined): boolean {
  return isDateText(cell) || (typeof cell === "number" && isDate(cell));
}

function nameOf(name: string, unitBelow: string | undefined): { base: string; unit: string | undefined } {
  const [, base, unit] = UNIT.exec(name) ?? [];
  return base === undefined ? { base: name, unit: unitBelow } : { base, unit };
}

function indexesOf(cells: readonly Cell[], is: (cell: Cell) => boolean): number[] {
  const found: number[] = [];
  // Only two can matter.
  for (let i = 0; i < cells.length && found.length < 2; i++) if (is(cells[i] ?? null)) found.push(i);
  return found;
}

function isText(cell: Cell | undefined): cell is Exclude<Cell, number | null> {
  return typeof cell === "object" && cell !== null;
}

import { secondsOfText } from "../../../../protocol/json/date-text.ts";

/** Dates with the day or the month first: `28.11.2026 13:37:00`, `11/28/2026 1:37 PM`. */

const LOCAL = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[ T]+(\d[^ ]*(?: ?[ap]m)?))?$/i;
const CLOCK = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,12}))?)?(?: ?([ap])m)?(Z|[+-]\d\d(?::?\d\d)?)?$/i;
const DAY_SECONDS = 86_400;

/** In which order a column's dates have day and month; undefined: none has shown it. */
export interface DateOrder {
  isDayFirst?: boolean;
}

export function isLocalDate(text: string): boolean {
  return LOCAL.test(text);
}

/** Whether a date of this form has no time of day. */
export function isLocalDay(text: string): boolean {
  const [, , , , year, clock] = LOCAL.exec(text) ?? [];
  return year !== undefined && clock === undefined;
}

/**
 * ISO 8601 of such a date; undefined if it is none, or could be one of two. A point says that the day is first. Otherwise a
 * number above 12 says it, a date within a day of the arrival does, or what the column's dates have been.
 * @param order is remembered there
 * @param arrivedAt unix seconds
 */
export function isoOfLocal(text: string, order: DateOrder, arrivedAt: number): string | undefined {
  const [, first = "", mark, second = "", year = "", clock] = LOCAL.exec(text) ?? [];
  if (mark === undefined) return undefined;
  const time = clock === undefined ? "" : isoOfClock(clock);
  if (time === undefined) return undefined;
  const dayFirst = `${year}-${two(second)}-${two(first)}${time}`;
  const monthFirst = `${year}-${two(first)}-${two(second)}${time}`;
  if (dayFirst === monthFirst) return existing(dayFirst);
  const isDayFirst = isDayFirstIn(mark, dayFirst, monthFirst, order, arrivedAt);
  if (isDayFirst === undefined) return undefined;
  const iso = existing(isDayFirst ? dayFirst : monthFirst);
  if (iso !== undefined) order.isDayFirst = isDayFirst;
  return iso;
}

/** `T13:37:00` of `1:37 PM`; undefined if no clock shows it. */
export function isoOfClock(text: string): string | undefined {
  const [, hours, minutes, seconds = "00", fraction, half, zone = ""] = CLOCK.exec(text) ?? [];
  if (hours === undefined || minutes === undefined) return undefined;
  let hour = Number(hours);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (half.toLowerCase() === "p" ? 12 : 0);
  }
  return `T${two(String(hour))}:${minutes}:${seconds}${fraction === undefined ? "" : `.${fraction}`}${zone}`;
}

function isDayFirstIn(
  mark: string,
  dayFirst: string,
  monthFirst: string,
  order: DateOrder,
  arrivedAt: number,
): boolean | undefined {
  if (mark === ".") return true;
  const [day, month] = [secondsOfText(dayFirst), secondsOfText(monthFirst)];
  if (day === undefined || month === undefined) return month === undefined;
  if (order.isDayFirst !== undefined) return order.isDayFirst;
  const isDay = Math.abs(day - arrivedAt) < DAY_SECONDS;
  const isMonth = Math.abs(month - arrivedAt) < DAY_SECONDS;
  return isDay === isMonth ? undefined : isDay;
}

function existing(iso: string): string | undefined {
  return secondsOfText(iso) === undefined ? undefined : iso;
}

function two(digits: string): string {
  return digits.padStart(2, "0");
}

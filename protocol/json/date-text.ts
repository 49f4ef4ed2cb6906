/**
 * Dates and times of day as text, in unix seconds, with every digit that a float64 can hold: PT6. Not Date.parse, which
 * keeps milliseconds only, moves February 30 into March, and reads what has no offset in the zone of wherever this runs.
 */

const DAY_SECONDS = 86_400;
const HOUR_SECONDS = 3600;
/** No clock writes more. */
const MAX_LENGTH = 64;

/**
 * ISO 8601 with a date (`2026-11-28`, `2026-11-28T13:37:39.25+01:00`, `20261128T133739Z`), also with a space for T, a comma
 * for the point or slashes for dashes; RFC 2822 (`Sat, 28 Nov 2026 13:37:39 +0100`), and what C's ctime writes
 * (`Sat Nov 28 13:37:39 2026`). Without an offset it is UTC.
 * @returns unix seconds; undefined if it is no such time, or one that no calendar has
 */
export function secondsOfText(text: string): number | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const trimmed = text.trim();
  return isDigit(trimmed, 0) && isDigit(trimmed, 2) && isDigit(trimmed, 3) ? isoSeconds(trimmed) : wordSeconds(trimmed);
}

function isoSeconds(text: string): number | undefined {
  const year = digits(text, 0, 4);
  const mark = text.charAt(4);
  const isExtended = mark === "-" || mark === "/";
  if (isExtended && text.charAt(7) !== mark) return undefined;
  const day = isExtended
    ? dayOf(year, digits(text, 5, 2), digits(text, 8, 2))
    : dayOf(year, digits(text, 4, 2), digits(text, 6, 2));
  if (Number.isNaN(day)) return undefined;
  const at = isExtended ? 10 : 8;
  // Eight digits alone are a number.
  if (text.length === at) return isExtended ? day * DAY_SECONDS : undefined;
  const between = text.charAt(at);
  if (between !== "T" && between !== "t" && (between !== " " || !isExtended)) return undefined;
  const clock = clockAt(text, at + 1, isExtended);
  if (clock === undefined) return undefined;
  const offset = offsetAt(text, clock.end);
  return offset === undefined ? undefined : day * DAY_SECONDS + clock.seconds - offset + clock.fraction;
}

interface Clock {
  seconds: number;
  fraction: number;
  end: number;
}

/** `13:37`, `13:37:39`, `13:37:39.25`, or the same without colons. There is no second 60 in unix time. */
function clockAt(text: string, at: number, hasColons: boolean): Clock | undefined {
  const step = hasColons ? 3 : 2;
  const hours = digits(text, at, 2);
  const minutes = digits(text, at + step, 2);
  if (hasColons && text.charAt(at + 2) !== ":") return undefined;
  let end = at + step + 2;
  let seconds = 0;
  let fraction = 0;
  if (hasColons ? text.charAt(end) === ":" : isDigit(text, end)) {
    seconds = digits(text, hasColons ? end + 1 : end, 2);
    end += step;
    const point = text.charAt(end);
    if (point === "." || point === ",") {
      const from = end + 1;
      end = from;
      while (isDigit(text, end)) end++;
      if (end === from) return undefined;
      fraction = Number(`0.${text.slice(from, end)}`);
    }
  }
  const ofDay = hours * HOUR_SECONDS + minutes * 60 + seconds;
  // 24:00 is the end of the day.
  const isTime = hours < 24 ? minutes < 60 && seconds < 60 : ofDay + fraction === DAY_SECONDS;
  return isTime ? { seconds: ofDay, fraction, end } : undefined;
}

/** What follows the time of day: nothing, Z, an offset, and perhaps the zone's name in brackets. */
function offsetAt(text: string, at: number): number | undefined {
  let rest = at;
  if (text.charAt(rest) === " ") rest++;
  if (rest === text.length) return rest === at ? 0 : undefined;
  const sign = text.charAt(rest);
  if (sign !== "+" && sign !== "-") return /^(?:[Zz]|UTC|GMT)(?:\[[^\]]*\])?$/.test(text.slice(rest)) ? 0 : undefined;
  const hours = digits(text, rest + 1, 2);
  let end = rest + 3;
  let minutes = 0;
  if (text.charAt(end) === ":") {
    minutes = digits(text, end + 1, 2);
    end += 3;
  } else if (isDigit(text, end)) {
    minutes = digits(text, end, 2);
    end += 2;
  }
  if (!(hours < 24 && minutes < 60)) return undefined;
  if (end !== text.length && !/^\[[^\]]*\]$/.test(text.slice(end))) return undefined;
  return (sign === "-" ? -1 : 1) * (hours * HOUR_SECONDS + minutes * 60);
}

const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const WEEKDAYS = "sun mon tue wed thu fri sat".split(" ");
const RFC_2822 =
  /^(?:([a-z]{3}), ?)?(\d\d?) ([a-z]{3}) (\d{4}) (\d\d:\d\d(?::\d\d)?(?:\.\d{1,9})?(?: ?(?:z|utc|gmt|[+-]\d{4}))?)$/i;
const CTIME = /^([a-z]{3}) ([a-z]{3}) {1,2}(\d\d?) (\d\d:\d\d:\d\d)(?: (utc|gmt))? (\d{4})$/i;

/** Times with the month as a word. Their weekday, if they have one, must be that of the date. */
function wordSeconds(text: string): number | undefined {
  const mail = RFC_2822.exec(text);
  if (mail !== null) {
    const [, weekday, day = "", month = "", year = "", clock = ""] = mail;
    return secondsOfWords(year, month, day, clock.toUpperCase(), weekday);
  }
  const c = CTIME.exec(text);
  if (c === null) return undefined;
  const [, weekday, month = "", day = "", clock = "", , year = ""] = c;
  return secondsOfWords(year, month, day, clock, weekday);
}

function secondsOfWords(
  year: string,
  monthName: string,
  day: string,
  clock: string,
  weekday: string | undefined,
): number | undefined {
  const month = String(MONTHS.indexOf(monthName.toLowerCase()) + 1).padStart(2, "0");
  const date = `${year}-${month}-${day.padStart(2, "0")}`;
  const midnight = isoSeconds(date);
  if (midnight === undefined) return undefined;
  // January 1, 1970 was a Thursday.
  const found = WEEKDAYS[(((midnight / DAY_SECONDS + 4) % 7) + 7) % 7];
  if (weekday !== undefined && weekday.toLowerCase() !== found) return undefined;
  return isoSeconds(`${date}T${clock}`);
}

/** The number of so many digits; NaN if they are not digits. */
function digits(text: string, at: number, count: number): number {
  let number = 0;
  for (let i = at; i < at + count; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

function isDigit(text: string, at: number): boolean {
  const digit = text.charCodeAt(at) - 48;
  return digit >= 0 && digit <= 9;
}

/**
 * Days from 1970-01-01 in the Gregorian calendar; NaN if it has no such day. The year begins in March here, so that a leap
 * day is its last (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil).
 */
function dayOf(year: number, month: number, day: number): number {
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return Number.NaN;
  const years = month > 2 ? year : year - 1;
  const era = Math.floor(years / 400);
  const yearOfEra = years - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

import { secondsOfText } from "../../../protocol/json/date-text.ts";
import { isDateAt, LEAST_SCALED, MAX_TIME, unixSeconds } from "../../../protocol/json/time.ts";
import { invalidQuery } from "../../hub/query.ts";

/** What the ends of a range of x may be in a query: RT5n to RT5q. */

const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };
const BEFORE_NOW = /^-(\d{1,12}(?:\.\d{1,9})?)(ms|s|m|h|d)$/;
/** What is left of `+01:00` where nobody wrote the plus of a URL as %2B. */
const LOST_PLUS = /([:T]\d[\d.,]*) (\d\d(?::?\d\d)?)$/;
const POSSIBLE =
  "must be a time: unix seconds (or milliseconds, microseconds, nanoseconds), ISO 8601 such as 2026-11-28T13:37:39Z, " +
  "now, or a time before now such as -1h (ms, s, m, h, d)";

/** How plain numbers are read. Those of frames are x as the frames have it, which need not be a time. */
export type NumbersAs = "times" | "x";

/**
 * The x under a key; undefined if it is not there.
 * @param nowMs when it was asked
 * @throws Problem `query-invalid`
 */
export function xIn(
  query: URLSearchParams,
  key: "from" | "to",
  numbersAs: NumbersAs,
  nowMs: number,
): number | undefined {
  const text = query.get(key)?.trim();
  if (text === undefined) return undefined;
  const x = xOf(text, numbersAs, nowMs / 1000);
  if (x === undefined) throw invalidQuery(key, POSSIBLE);
  return x;
}

function xOf(text: string, numbersAs: NumbersAs, now: number): number | undefined {
  const number = text === "" ? Number.NaN : Number(text);
  if (Number.isFinite(number)) return numbersAs === "x" ? number : secondsOfNumber(number, now);
  if (text === "now") return now;
  const [, count, unit = ""] = BEFORE_NOW.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * (UNIT_SECONDS[unit] ?? 0);
  return secondsOfText(text.replace(LOST_PLUS, "$1+$2"));
}

/** As a point's time is read (PT6a): what is no date in any unit is x as it is. */
function secondsOfNumber(number: number, now: number): number {
  if (number < LEAST_SCALED || number >= MAX_TIME) return number;
  const seconds = unixSeconds(number);
  return isDateAt(seconds, now) ? seconds : number;
}

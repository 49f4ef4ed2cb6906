import { wallDate, zoneText } from "../layout/time-zone.ts";
import { clockText, decimals } from "./format.ts";

/** Times for people: of this device's zone or of UTC, 24 hours a day, with the date where it is not today's. */

const DAY_MS = 86_400_000;
/** Further than a microsecond, a float64 of a time does not go. */
const MAX_PLACES = 6;

/** The date of a time, or its month. */
export function dateText(timeMs: number, hasYear: boolean, hasDay = true): string {
  return wallDate(timeMs).toLocaleDateString(undefined, {
    month: "short",
    timeZone: "UTC",
    ...(hasDay ? { day: "numeric" } : {}),
    ...(hasYear ? { year: "numeric" } : {}),
  });
}

/** The year of a time. */
export function yearOf(timeMs: number): number {
  return wallDate(timeMs).getUTCFullYear();
}

/** Whether a day begins at this very time. */
export function isMidnight(timeMs: number): boolean {
  return wallDate(timeMs).getTime() % DAY_MS === 0;
}

/** The date of a time, unless it is today. @param x unix seconds @param nowMs NaN: there is no today */
export function dayText(x: number, nowMs = Date.now()): string {
  const timeMs = x * 1000;
  const dayOf = (ms: number): number => Math.floor(wallDate(ms).getTime() / DAY_MS);
  return dayOf(timeMs) === dayOf(nowMs) ? "" : dateText(timeMs, yearOf(timeMs) !== yearOf(nowMs));
}

/** The time of day, with as many places after the second as a step needs. @param x unix seconds */
export function clockLabel(x: number, stepS: number): string {
  const places = Math.min(MAX_PLACES, decimals(stepS));
  if (places === 0) return clockText(Math.round(x * 1e6) / 1e3);
  const rounded = Math.round(x * 10 ** places) / 10 ** places;
  return clockText(Math.floor(rounded) * 1000) + (rounded - Math.floor(rounded)).toFixed(places).slice(1);
}

/** A time in full: date unless it is today, time of day, and zone unless it is this device's. */
export function momentText(x: number, stepS = 1, nowMs = Date.now()): string {
  return sentence(dayText(x, nowMs), clockLabel(x, stepS), zoneText());
}

/** A time to the minute, with its date whatever day it is. */
export function minuteText(timeMs: number, nowMs: number): string {
  const date = dateText(timeMs, yearOf(timeMs) !== yearOf(nowMs));
  return sentence(date, clockText(timeMs).slice(0, 5), zoneText());
}

/** From when to when, in full; a date that both have is said once. */
export function periodText(fromX: number, toX: number, stepS = 1, nowMs = Date.now()): string {
  const [first, last] = [dayText(fromX, nowMs), dayText(toX, nowMs)];
  const until = first === last ? "" : last || dateText(toX * 1000, false);
  return sentence(first, clockLabel(fromX, stepS), "–", until, clockLabel(toX, stepS), zoneText());
}

function sentence(...words: string[]): string {
  return words.filter((word) => word !== "").join(" ");
}

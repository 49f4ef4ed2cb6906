import { InvalidArgumentError } from "commander";

const UNIT_SECONDS: Readonly<Partial<Record<string, number>>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const AGO = /^-(\d+(?:\.\d+)?)([smhd])$/;
const DATE = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(Z|[+-]\d\d:\d\d)?$/;

/**
 * A place on the x axis: `-1h` (so long before now), `now`, a date (`2026-11-30 12:00`, UTC where it has no offset), or x
 * itself as a number.
 * @throws InvalidArgumentError
 */
export function parseMoment(text: string, nowMs: number): number {
  const ago = secondsAgo(text);
  if (ago !== undefined) return nowMs / 1000 - ago;
  if (text === "now") return nowMs / 1000;
  const date = DATE.exec(text);
  const isUtc = date !== null && date[1] === undefined && text.includes(":");
  const x = date === null ? numberIn(text) : Date.parse(`${text.replace(" ", "T")}${isUtc ? "Z" : ""}`) / 1000;
  if (Number.isFinite(x)) return x;
  throw new InvalidArgumentError("Give a time before now such as -30s, -15m, -1h or -2d, a date, or x as a number.");
}

/** How long before now to begin: `-30s`, `-15m`, `-1h`, `-2d`. @throws InvalidArgumentError */
export function parseAgo(text: string): number {
  const seconds = secondsAgo(text);
  if (seconds !== undefined) return Math.ceil(seconds);
  throw new InvalidArgumentError("Give a time before now, such as -30s, -15m, -1h or -2d.");
}

function secondsAgo(text: string): number | undefined {
  const [, digits, unit = ""] = AGO.exec(text) ?? [];
  const seconds = Number(digits) * (UNIT_SECONDS[unit] ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds : undefined;
}

function numberIn(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

import { InvalidArgumentError } from "commander";
import { secondsOfText } from "../../../protocol/json/date-text.ts";

/** A year, or a date with or without a time of day, in unix seconds. @throws InvalidArgumentError */
export function parseMoment(text: string): number {
  const seconds = secondsOfText(/^\d{4}$/.test(text) ? `${text}-01-01` : text);
  if (seconds !== undefined) return seconds;
  throw new InvalidArgumentError("Give a year such as 1904, a date such as 1899-12-30, or a date and a time in UTC.");
}

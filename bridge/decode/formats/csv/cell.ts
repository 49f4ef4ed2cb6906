import { secondsOfText } from "../../../../protocol/json/date-text.ts";
import { isDecimal } from "../../decimal-text.ts";
import { isLocalDate } from "./local-date.ts";

/** What a cell holds: a number, null where a value is missing, or text. */
export type Cell = number | null | TextCell;

export interface TextCell {
  text: string;
  kind: /** A time with a date; a date alone. */
    | "date"
    | "day"
    /** A date with the day or the month first, with or without a time of day. */
    | "local"
    /** A time of day. */
    | "clock"
    /** A number in quotes. */
    | "quoted"
    /** Beyond what a float64 can hold. */
    | "huge"
    /** A number of which it cannot be told what its comma or point is. */
    | "unsure"
    /** It has digits as a number has, and is none that is sure. */
    | "doubtful"
    | "word";
  /** What is wrong with it, and what to do. */
  advice?: string;
}

/** What commas and points in the numbers of a topic have been. */
export interface Marks {
  /** What the configuration says of the comma; undefined: nothing. */
  readonly decimalComma: boolean | undefined;
  /** A number had a decimal comma, and it can have been nothing else. */
  hasComma: boolean;
  /** The same of a point. */
  hasPoint: boolean;
}

/** A comma with nothing after it is a decimal comma at the end only: `1013,e5` is a slip, not 1013 × 10^5. */
const COMMA_NUMBER = /^[+-]?(?:\d+,|(?:\d+(?:,\d+)?|,\d+)(?:[eE][+-]?\d+)?)$/;
/** With digits on both sides of the comma: no comma between words. */
const INNER_COMMA = /^[+-]?\d+,\d+(?:[eE][+-]?\d+)?$/;
/** Thousands, as people write them. */
const COMMA_GROUPS = /^[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?$/;
const POINT_GROUPS = /^[+-]?[1-9]\d{0,2}(?:\.\d{3})+(?:,\d*)?$/;
const OTHER_GROUPS = /^[+-]?[1-9]\d{0,2}(?:(?:['’]\d{3})+|(?:[\u00a0\u2009\u202f]\d{3})+)(?:[.,]\d*)?$/;
const SPACED_GROUPS = /^[+-]?[1-9]\d{0,2}(?:[ \u00a0\u2009\u202f]\d{3})+,\d+$/;
/** One that could be of three digits after the mark, or of thousands. */
const ONE_GROUP = /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/;
const MISSING =
  /^(?:|[+-]?nan(?:\(\w{0,8}\))?|null|nil|none|na|n\/a|#n\/a|<na>|nat|-{1,3}|[+-]?inf(?:inity)?|[+-]?1\.#(?:qnan|snan|ind|inf)0{0,4})$/i;
const CLOCK = /^\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,12})?)?(?: ?[ap]m)?(?:Z|[+-]\d\d(?::?\d\d)?)?$/i;
const ISO_START = /^\d{4}[-/]/;
/** 2026-11-28 */
const DAY_LENGTH = 10;
/** What no number has, whatever its marks are: much of a date, and of words. */
const NO_NUMBER_SIGN = /[:/TZ_a-df-z]/;
/** No number and no time is longer. */
const MAX_LENGTH = 64;

/** Whether a point may be the decimal mark, or stand between thousands where a comma is that: `1.234`. */
export function isOneGroup(text: string): boolean {
  return ONE_GROUP.test(text);
}

export function isMissing(text: string): boolean {
  return text.length <= MAX_LENGTH && MISSING.test(text);
}

/** Whether cells between commas could be one number: `21,5`, `1.234,50`, `1,234.5`, `1 234,5`. */
export function mayBeOneNumber(line: string): boolean {
  const text = line.trim();
  if (text.length > MAX_LENGTH || !text.includes(",") || NO_NUMBER_SIGN.test(text)) return false;
  const ascii = withAsciiMinus(text);
  return [COMMA_NUMBER, COMMA_GROUPS, POINT_GROUPS, SPACED_GROUPS].some((form) => form.test(ascii));
}

/** Whether words between spaces are numbers, of which one or more have a comma: `21,5 40,2`. */
export function areCommaNumbers(words: readonly string[]): boolean {
  const isNumber = (word: string): boolean => isDecimal(word) || INNER_COMMA.test(word);
  return (
    words.length > 1 &&
    words.some((word) => INNER_COMMA.test(word)) &&
    words.every((word) => isNumber(word) || isMissing(word) || dateCell(word) !== undefined)
  );
}

/** Whether what is one number as people write it has spaces for thousands. */
export function hasSpacedThousands(line: string): boolean {
  const text = line.trim();
  return text.length <= MAX_LENGTH && SPACED_GROUPS.test(withAsciiMinus(text));
}

/**
 * @param separator what is between cells: between commas no cell has one
 * @param marks what is found out is remembered there
 */
export function cellOf(text: string, isQuoted: boolean, separator: string | undefined, marks: Marks): Cell {
  if (!isQuoted && isDecimal(text)) return plainNumber(text, marks);
  if (isMissing(text)) return null;
  const date = dateCell(text);
  if (date !== undefined) return date;
  if (isQuoted) return isDecimal(text) ? { text, kind: "quoted" } : wordCell(text);
  return text.length <= MAX_LENGTH
    ? (markedNumber(withAsciiMinus(text), text, separator, marks) ?? wordCell(text))
    : wordCell(text);
}

function plainNumber(text: string, marks: Marks): Cell {
  const isCommaMark = marks.decimalComma ?? marks.hasComma;
  if ((isCommaMark || !marks.hasPoint) && text.includes(".")) {
    const isGroup = ONE_GROUP.test(text);
    if (isGroup && isCommaMark) {
      return unsure(text, "Where a comma is the decimal mark, this point may be one, too, or stand between thousands");
    }
    if (!isGroup) marks.hasPoint = true;
  }
  const number = Number(text);
  return Number.isFinite(number) ? number : { text, kind: "huge" };
}

/** Numbers with marks that are not JSON's. */
function markedNumber(ascii: string, text: string, separator: string | undefined, marks: Marks): Cell | undefined {
  if (isDecimal(ascii)) return plainNumber(ascii, marks);
  const { decimalComma } = marks;
  if (OTHER_GROUPS.test(ascii)) return Number(ascii.replace(/['’\u00a0\u2009\u202f]/g, "").replace(",", "."));
  if (decimalComma === false || !/[.,]/.test(ascii)) return undefined;
  if (POINT_GROUPS.test(ascii) && (ascii.includes(",") || (decimalComma ?? marks.hasComma))) {
    marks.hasComma = true;
    return Number(ascii.replaceAll(".", "").replace(",", "."));
  }
  if (COMMA_NUMBER.test(ascii) && ascii.includes(",")) {
    const isSure = decimalComma === true || marks.hasComma || separator === ";" || !ONE_GROUP.test(ascii);
    if (!isSure || (marks.hasPoint && decimalComma !== true && ONE_GROUP.test(ascii))) {
      return unsure(text, "Its comma may be the decimal mark, as --decimal-comma says, or stand between thousands");
    }
    if (!ONE_GROUP.test(ascii)) marks.hasComma = true;
    return Number(ascii.replace(",", "."));
  }
  if (COMMA_GROUPS.test(ascii) && decimalComma !== true) return Number(ascii.replaceAll(",", ""));
  return undefined;
}

function dateCell(text: string): TextCell | undefined {
  if (text.length > MAX_LENGTH || !/\d/.test(text)) return undefined;
  if (ISO_START.test(text)) {
    // It is neither of the others.
    if (secondsOfText(text) === undefined) return undefined;
    return { text, kind: text.length === DAY_LENGTH ? "day" : "date" };
  }
  if (CLOCK.test(text)) return { text, kind: "clock" };
  if (isLocalDate(text)) return { text, kind: "local" };
  return secondsOfText(text) === undefined ? undefined : { text, kind: "date" };
}

function wordCell(text: string): TextCell {
  const advice = text.length <= MAX_LENGTH ? adviceOf(text) : undefined;
  return advice === undefined ? { text, kind: "word" } : { text, kind: "doubtful", advice };
}

/** What to do about text that has a number in it. */
function adviceOf(text: string): string | undefined {
  if (/^\d{4}-\d/.test(text)) return "No calendar or clock has this time: send unix seconds, or ISO 8601.";
  if (/^[+-]?0x[\da-f]+$/i.test(text)) return "Send decimal digits: 0x is not read.";
  if (/^[+-]?[\d.,]+\s*[^\d\s.,:=/_-][^\d]*$/.test(text))
    return "Send the number alone, and its unit in the name of the column.";
  if (/^[\p{Nd}.,+\-_'’ ∞\u00a0\u2009\u202f]+$/u.test(text))
    return "Send digits 0 to 9 with a point, and nothing between them.";
  return undefined;
}

function unsure(text: string, why: string): TextCell {
  return { text, kind: "unsure", advice: `${why}. Send a point for the decimal mark, and no mark between thousands.` };
}

/** U+2212, which people and number formats write for a minus. */
function withAsciiMinus(text: string): string {
  return text.includes("\u2212") ? text.replaceAll("\u2212", "-") : text;
}

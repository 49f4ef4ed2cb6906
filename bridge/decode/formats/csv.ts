import { isDate } from "../layout.ts";
import { DecodeError } from "../message.ts";
import { ownText } from "../text.ts";

/** Names that make a column the time (PT2). */
const TIME_NAMES = new Set(["t", "time", "ts", "timestamp", "x"]);
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const DECIMAL_COMMA = /^[+-]?\d+,\d+$/;
const ISO_TIME = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d|$)/;
const MISSING = /^(?:|nan|[+-]?nan|null|none|na|n\/a|-|[+-]?inf(?:inity)?)$/i;
const MAX_COLUMNS = 4096;
const MAX_LINES = 100_000;
/** A longer header holds for its own message only. */
const MAX_HEADER_LENGTH = 4096;
/** How much of a text is looked at to find out whether it is this. */
const MAX_LOOK = 4096;

/** Lines of numbers, as a topic's messages have had them so far. */
export interface CsvMemory {
  /** Of the last header line. */
  header?: readonly string[];
  /** The first of two columns or more was a date, and has not fallen since. */
  lastFirst?: number;
}

/**
 * Numbers as text: one; several between commas, semicolons, tabs or spaces; lines of these, with or without a line of
 * names before them, which goes on to hold for messages that follow without one.
 * @returns what PT1 to PT4 make points of; undefined if it is a header alone
 * @throws DecodeError not-csv
 */
export function valueOfCsv(text: string, memory: CsvMemory): unknown {
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== "");
  if (lines.length === 0) throw notCsv("there is nothing in it");
  if (lines.length > MAX_LINES) throw notCsv(`it has more than ${MAX_LINES} lines`);
  const rows = lines.map(cellsOf);
  const [first = []] = rows;
  if (first.length > MAX_COLUMNS) throw notCsv(`it has more than ${MAX_COLUMNS} columns`);
  const isHeader = first.every(mayBeName) && first.some(isName);
  const body = isHeader ? rows.slice(1) : rows;
  if (isHeader) remember(first, memory);
  const header = isHeader ? first : memory.header;
  const isAlone = body.length === 1;
  const values: unknown[] = [];
  body.forEach((texts, i) => {
    const cells = texts.map((text, column) => cellOf(text, i, column));
    // Of several lines, one of which every value is missing is no reason to refuse the others.
    if (!isAlone && !cells.some((cell) => typeof cell === "number")) return;
    values.push(header?.length === cells.length ? named(header, cells) : unnamed(cells, memory, isAlone));
  });
  if (values.length === 0 && body.length > 0) return null;
  return isAlone || values.length === 0 ? values[0] : values;
}

function remember(header: readonly string[], memory: CsvMemory): void {
  const before = memory.header;
  if (before?.length === header.length && before.every((name, i) => name === header[i])) return;
  const length = header.reduce((sum, name) => sum + name.length, 0);
  if (length <= MAX_HEADER_LENGTH) memory.header = header.map(ownText);
  else delete memory.header;
}

/** Whether it is lines of numbers, perhaps with one of names before them. Cheap enough to be asked of any text. */
export function looksLikeCsv(text: string): boolean {
  const start = text.length > MAX_LOOK ? text.slice(0, MAX_LOOK) : text;
  const isCut = start.length < text.length;
  const end = start.lastIndexOf("\n");
  // Of one long line only the last number is cut.
  const whole = !isCut ? start : end > 0 ? start.slice(0, end) : start.replace(/[^\s,;]{1,40}$/, "");
  try {
    return valueOfCsv(whole, {}) !== undefined;
  } catch {
    return false;
  }
}

type Cell = number | string | null;

function cellsOf(line: string): string[] {
  const separator = [";", "\t", ","].find((each) => line.includes(each));
  const cells = separator === undefined ? line.trim().split(/\s+/) : splitAt(line, separator);
  return cells.map((cell) => {
    const text = cell.trim();
    return DECIMAL_COMMA.test(text) ? text.replace(",", ".") : text;
  });
}

/** RFC 4180: within quotes a separator is text, and two quotes are one. Line ends there are not known. */
function splitAt(line: string, separator: string): string[] {
  if (!line.includes('"')) return line.split(separator);
  const cells: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    if (char === '"') {
      if (isQuoted && line[i + 1] === '"') cell += line.charAt(++i);
      else isQuoted = !isQuoted;
    } else if (char === separator && !isQuoted) {
      cells.push(cell);
      cell = "";
    } else cell += char;
  }
  return [...cells, cell];
}

/** JSON of another publisher is no name, nor is a topic before it: it would be taken without a word. */
function mayBeName(cell: string, i: number): boolean {
  if (cell === "" || NUMBER.test(cell) || ISO_TIME.test(cell)) return false;
  return !cell.startsWith("{") && !(i === 0 && cell.startsWith("["));
}

function isName(cell: string): boolean {
  return !MISSING.test(cell);
}

/** Text is a time, in the first column or in one whose name makes it the time. */
function cellOf(text: string, line: number, column: number): Cell {
  if (NUMBER.test(text)) {
    const number = Number(text);
    return Number.isFinite(number) ? number : null;
  }
  if (MISSING.test(text)) return null;
  if (ISO_TIME.test(text)) return text;
  throw notCsv(`"${text.slice(0, 40)}" in line ${line + 1}, column ${column + 1} is no number`);
}

function named(header: readonly string[], cells: readonly Cell[]): Record<string, unknown> {
  const object: Record<string, unknown> = Object.create(null);
  header.forEach((name, i) => {
    const cell = cells[i] ?? null;
    const isTime = TIME_NAMES.has(name.toLowerCase());
    // A time that is missing is none at all: then it is the arrival.
    if (cell !== null || !isTime) object[isTime ? name.toLowerCase() : name] = cell;
  });
  return object;
}

function unnamed(cells: readonly Cell[], memory: CsvMemory, isAlone: boolean): unknown {
  const [first = null, ...rest] = cells;
  // A list of two numbers would be x and y (PT3).
  if (rest.length === 0) return isAlone ? first : { y: first };
  const isTime = typeof first === "number" && isDate(first) && !(first < (memory.lastFirst ?? 0));
  if (isTime) memory.lastFirst = first;
  if (!isTime && typeof first !== "string") return fieldsOf(cells, 0);
  return rest.length === 1 ? { t: first, y: rest[0] } : { t: first, ...fieldsOf(rest, 1) };
}

function fieldsOf(cells: readonly Cell[], from: number): Record<string, Cell> {
  return Object.fromEntries(cells.map((cell, i) => [String(from + i), cell]));
}

function notCsv(why: string): DecodeError {
  return new DecodeError("not-csv", `This is not lines of numbers: ${why}.`);
}

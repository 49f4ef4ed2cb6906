import { crc32 } from "node:zlib";
import { DecodeError } from "../message.ts";
import { MAX_MESSAGE_VALUES, tooManyValues } from "../size.ts";
import { ownText } from "../text.ts";
import { FirstColumn } from "./first-column.ts";

/** Names that make a column the time (PT2). */
const TIME_NAMES = new Set(["t", "time", "ts", "timestamp", "x"]);
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const DECIMAL_COMMA = /^[+-]?\d+,\d+$/;
const ISO_TIME = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d|$)/;
const MISSING = /^(?:|nan|[+-]?nan|null|none|na|n\/a|-|[+-]?inf(?:inity)?)$/i;
const MAX_COLUMNS = 4096;
const MAX_LINES = 100_000;
/** With quotes it is read letter by letter. */
const MAX_QUOTED_LINE_LENGTH = 1 << 20;
/** Of all headers of a topic: one that is too much holds for its own message only. */
const MAX_HEADER_LENGTH = 4096;
/** How much of a text is looked at to find out whether it is this. */
const MAX_LOOK = 4096;

/** Lines of numbers, as a topic's messages have had them so far: by how many columns they have. */
export interface CsvMemory {
  widths?: Map<number, Width>;
}

interface Width {
  /** Of the line of names that was there before the first line of numbers. */
  names: readonly string[] | undefined;
  /** Lines of numbers that were read by these, or by no names. */
  lines: number;
  /** The CRC-32 of names that came later, each of which is said once. */
  refused: Set<number>;
  first: FirstColumn;
}

/** Publishers without topics may send lines of several widths. Past that each line is read by itself … */
const MAX_WIDTHS = 4;
/** … unless a width has had fewer lines than this. */
const MIN_LINES_KEPT = 10;
const MAX_REFUSED = 16;

/**
 * Numbers as text: one; several between commas, semicolons, tabs or spaces; lines of these, with or without a line of
 * names before them, which goes on to hold for messages that follow without one.
 *
 * Names hold if they come before the first line without names of as many columns. Later ones hold for their own message
 * only, so that no other publisher's change what a publisher's columns mean; a message that brings such, other than
 * before, is refused, for its publisher may rely on them.
 * @param arrivedAt unix seconds
 * @returns what PT1 to PT4 make points of; undefined if it is a header alone
 * @throws DecodeError not-csv, message-too-large
 */
export function valueOfCsv(text: string, memory: CsvMemory, arrivedAt: number): unknown {
  const { header, body } = linesOf(text);
  const isAlone = body.length === 1;
  if (header !== undefined) remember(header, body.length === 0, memory);
  const values: unknown[] = [];
  for (const cells of body) {
    // Of several lines, one of which every value is missing is no reason to refuse the others.
    if (!isAlone && !cells.some((cell) => typeof cell === "number")) continue;
    if (header?.length === cells.length) {
      values.push(named(header, cells));
      continue;
    }
    const width = widthOf(cells.length, memory);
    values.push(width.names === undefined ? unnamed(cells, width, isAlone, arrivedAt) : named(width.names, cells));
    width.lines++;
  }
  if (values.length === 0 && body.length > 0) return null;
  return isAlone || values.length === 0 ? values[0] : values;
}

/** @throws DecodeError not-csv, message-too-large */
function linesOf(text: string): { header: readonly string[] | undefined; body: Cell[][] } {
  const all = text.split(/\r\n|\n|\r/, 2 * MAX_LINES + 1);
  const lines = all.filter((line) => line.trim() !== "");
  if (lines.length > MAX_LINES || all.length > 2 * MAX_LINES) throw notCsv(`it has more than ${MAX_LINES} lines`);
  if (lines.length === 0) throw notCsv("there is nothing in it");
  const rows = rowsOf(lines);
  const [first = []] = rows;
  const isHeader = first.every(mayBeName) && first.some(isName);
  const body = isHeader ? rows.slice(1) : rows;
  return {
    header: isHeader ? first : undefined,
    body: body.map((texts, line) => texts.map((cell, column) => cellOf(cell, line, column))),
  };
}

function widthOf(columns: number, memory: CsvMemory): Width {
  memory.widths ??= new Map();
  const { widths } = memory;
  let width = widths.get(columns);
  if (width !== undefined) return width;
  width = { names: undefined, lines: 0, refused: new Set(), first: new FirstColumn() };
  if (widths.size >= MAX_WIDTHS) {
    const [fewest, { lines }] = [...widths].reduce((a, b) => (b[1].lines < a[1].lines ? b : a));
    if (lines >= MIN_LINES_KEPT) return width;
    widths.delete(fewest);
  }
  widths.set(columns, width);
  return width;
}

/** @throws DecodeError not-csv if these names do not hold for what follows, and that has not been said of them */
function remember(header: readonly string[], isAlone: boolean, memory: CsvMemory): void {
  const width = widthOf(header.length, memory);
  const { names, refused } = width;
  if (names !== undefined && header.every((name, i) => name === names[i])) return;
  if (width.lines === 0) {
    width.names = undefined;
    const kept = [...(memory.widths?.values() ?? [])].reduce((sum, { names = [] }) => sum + lengthOf(names), 0);
    if (kept + lengthOf(header) <= MAX_HEADER_LENGTH) width.names = header.map(ownText);
    return;
  }
  const sum = crc32(header.join("\u0000"));
  if (!isAlone && (refused.has(sum) || refused.size >= MAX_REFUSED)) return;
  if (refused.size < MAX_REFUSED) refused.add(sum);
  const before = names === undefined ? "without names" : `named ${names.slice(0, 4).join(", ").slice(0, 80)}`;
  throw new DecodeError(
    "not-csv",
    `These names came after lines of as many columns ${before}, as which lines without names are still read: another ` +
      "publisher's would change what they mean. Send the names with each message, or give each publisher a topic of " +
      "its own; if the publisher itself has changed them, start the bridge anew.",
  );
}

function lengthOf(names: readonly string[]): number {
  return names.reduce((sum, name) => sum + name.length, 0);
}

/** @throws DecodeError not-csv, message-too-large */
function rowsOf(lines: readonly string[]): string[][] {
  let cells = 0;
  return lines.map((line) => {
    const row = cellsOf(line);
    if (row.length > MAX_COLUMNS) throw notCsv(`it has more than ${MAX_COLUMNS} columns`);
    cells += row.length;
    if (cells > MAX_MESSAGE_VALUES) throw tooManyValues();
    return row;
  });
}

/** Whether it is lines of numbers, perhaps with one of names before them. Cheap enough to be asked of any text. */
export function looksLikeCsv(text: string): boolean {
  const start = text.length > MAX_LOOK ? text.slice(0, MAX_LOOK) : text;
  const isCut = start.length < text.length;
  const end = start.lastIndexOf("\n");
  // Of one long line only the last number is cut.
  const whole = !isCut ? start : end > 0 ? start.slice(0, end) : start.replace(/[^\s,;]{1,40}$/, "");
  try {
    const { body } = linesOf(whole);
    return body.length > 0;
  } catch {
    return false;
  }
}

type Cell = number | string | null;

/** Of more cells than a line may have, one too many. */
function cellsOf(line: string): string[] {
  const separator = [";", "\t", ","].find((each) => line.includes(each));
  const cells = separator === undefined ? line.trim().split(/\s+/, MAX_COLUMNS + 1) : splitAt(line, separator);
  return cells.map((cell) => {
    const text = cell.trim();
    return DECIMAL_COMMA.test(text) ? text.replace(",", ".") : text;
  });
}

/** RFC 4180: within quotes a separator is text, and two quotes are one. Line ends there are not known. */
function splitAt(line: string, separator: string): string[] {
  if (!line.includes('"')) return line.split(separator, MAX_COLUMNS + 1);
  if (line.length > MAX_QUOTED_LINE_LENGTH) {
    throw notCsv(`a line with quotes has more than ${MAX_QUOTED_LINE_LENGTH} characters`);
  }
  const cells: string[] = [];
  let cell = "";
  let isQuoted = false;
  for (let i = 0; i < line.length && cells.length <= MAX_COLUMNS; i++) {
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

function unnamed(cells: readonly Cell[], width: Width, isAlone: boolean, arrivedAt: number): unknown {
  const [first = null, ...rest] = cells;
  // A list of two numbers would be x and y (PT3).
  if (rest.length === 0) return isAlone ? first : { y: first };
  if (!width.first.isTime(first, arrivedAt)) return fieldsOf(cells, 0);
  const values = rest.length === 1 ? { y: rest[0] } : fieldsOf(rest, 1);
  // A time that is missing is none at all: then it is the arrival.
  return first === null ? values : { t: first, ...values };
}

function fieldsOf(cells: readonly Cell[], from: number): Record<string, Cell> {
  return Object.fromEntries(cells.map((cell, i) => [String(from + i), cell]));
}

function notCsv(why: string): DecodeError {
  return new DecodeError("not-csv", `This is not lines of numbers: ${why}.`);
}

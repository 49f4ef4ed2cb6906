import { TIME_FIELDS, unixSeconds } from "../../../../protocol/json/time.ts";
import { isDate } from "../../layout.ts";
import type { DecodeError } from "../../message.ts";
import { type Cell, cellOf, hasSpacedThousands } from "./cell.ts";
import type { Row, Separator } from "./lines.ts";
import type { DateOrder } from "./local-date.ts";
import { type Columns, seriesNames, type TopicLines, type Width } from "./names.ts";
import { notCsv, quotedText } from "./not-csv.ts";
import { isDateText, isOfTime, type TimeColumn, timeIn, timeOfNamed, timeOfText } from "./time-column.ts";

/** Rows of a table as values with names: what PT2 makes points of. */

export interface ParsedRow {
  row: Row;
  cells: readonly Cell[];
  /** Whether no cell is a word, and one or more are numbers. */
  isGood: boolean;
}

/** What a row's cells are told of that are not taken. */
export type OnCell = (
  reason: "text" | "not-finite" | "time-unreadable",
  place: string,
  sample: string,
  detail?: string,
) => void;

export interface RowContext {
  arrivedAt: number;
  /** Whether the configuration names the time: then no column is taken for it here. */
  isTimeGiven: boolean;
  isUnitGiven: boolean;
  onCell: OnCell;
}

const DAY_SECONDS = 86_400;
const COMPACT_CLOCK = /^(?:[01]\d|2[0-3])[0-5]\d[0-5]\d$/;
/** The field of a time that is found by what is in it. */
const TIME = "t";

export function parsedRow(row: Row, separator: Separator, topic: TopicLines): ParsedRow {
  const { marks } = topic;
  const { quoted, line } = row;
  if (separator === undefined && marks.decimalComma === true && row.cells.length > 1 && hasSpacedThousands(line.text)) {
    throw notCsv(
      `${quotedText(line.text.trim())} in line ${line.number} may be one number or two columns; send it without spaces ` +
        "between thousands, or put a semicolon between columns",
    );
  }
  let hasNumber = false;
  let hasWord = false;
  const cells = row.cells.map((text, i) => {
    const cell = cellOf(text, quoted?.[i] ?? false, separator, marks);
    if (typeof cell === "number") hasNumber = true;
    else if (cell !== null) {
      if (cell.kind === "quoted" || cell.kind === "huge" || cell.kind === "unsure") hasNumber = true;
      else if (cell.kind === "word" || cell.kind === "doubtful") hasWord = true;
    }
    return cell;
  });
  return { row, cells, isGood: hasNumber && !hasWord };
}

/** Whether there is something to plot in it. */
export function hasNumber(cells: readonly Cell[]): boolean {
  return cells.some(
    (cell) => typeof cell === "number" || (cell !== null && (cell.kind === "quoted" || cell.kind === "huge")),
  );
}

export function hasUnsure(cells: readonly Cell[]): boolean {
  return cells.some((cell) => typeof cell === "object" && cell?.kind === "unsure");
}

export function isBlank(cells: readonly Cell[]): boolean {
  return cells.every((cell) => cell === null);
}

/** Whether the row begins with a word, as a name before a value does. */
export function beginsWithWord([first = null]: readonly Cell[]): boolean {
  return typeof first === "object" && first !== null && first.kind === "word";
}

/**
 * Whether a row that could be one number is columns all the same.
 * @param sureWidths numbers of columns that other rows of the message have
 */
export function areColumns(row: Row, topic: TopicLines, sureWidths: ReadonlySet<number>, arrivedAt: number): boolean {
  const columns = row.cells.length;
  if (topic.marks.decimalComma === false || sureWidths.has(columns)) return true;
  const width = topic.known(columns);
  const isSingle = (topic.known(1)?.lines ?? 0) > 0 || topic.known(1)?.names !== undefined;
  if (width?.names !== undefined || width?.hasCommas) return !isSingle;
  // Nobody sends a time with nothing beside it.
  const first = Number(row.cells[0]);
  return Number.isInteger(first) && isDate(first) && unixSeconds(first) < arrivedAt + DAY_SECONDS;
}

/** @throws DecodeError not-csv */
export function namedValue({ row, cells }: ParsedRow, columns: Columns, context: RowContext): Record<string, unknown> {
  const { names, order } = columns;
  const { arrivedAt, isTimeGiven, isUnitGiven, onCell } = context;
  const number = row.line.number;
  if (columns.time === undefined && !isBlank(cells)) {
    columns.time = isTimeGiven ? { kind: "none" } : timeOfNamed(names, columns.units, cells, arrivedAt);
    delete columns.series;
  }
  const found = columns.time ?? { kind: "none" };
  const time: TimeColumn = found.kind === "one" && isUnitGiven ? { ...found, perSecond: undefined } : found;
  if (time.kind === "unsure") {
    throw dayAndNumber(row);
  }
  const field = timeField(names, time);
  const isOwn = time.kind === "none" || (time.kind === "one" && names[time.at] === field);
  columns.series ??= seriesNames(names, isOwn ? undefined : field);
  const { series } = columns;
  const object: Record<string, unknown> = Object.create(null);
  const seconds = timeOfRow(row, cells, time, order, context);
  if (seconds !== null) object[field] = seconds;
  for (let i = 0; i < series.length; i++) {
    const name = series[i];
    if (name === undefined || isOfTime(i, time)) continue;
    put(object, name, cells[i] ?? null, number, onCell);
  }
  return object;
}

/** The name of the time where that is one that says so, as in JSON. */
function timeField(names: readonly string[], time: TimeColumn): string {
  const name = time.kind === "one" && time.perSecond === undefined ? names[time.at] : undefined;
  return TIME_FIELDS.find((field) => field === name) ?? TIME;
}

/** @throws DecodeError not-csv */
export function unnamedValue({ row, cells }: ParsedRow, width: Width, context: RowContext): Record<string, unknown> {
  const { onCell } = context;
  const time = timeOfUnnamed(row, cells, width, context);
  const object: Record<string, unknown> = {};
  if (time.seconds !== null) object[TIME] = time.seconds;
  let rest = 0;
  for (let i = 0; i < cells.length; i++) if (!isOfTime(i, time.column)) rest++;
  // Of what is left beside a time, one column needs no number.
  const isOnly = rest === 1 && (cells.length === 1 || time.column.kind !== "none");
  for (let i = 0; i < cells.length; i++) {
    if (isOfTime(i, time.column)) continue;
    put(object, isOnly ? "y" : String(i), cells[i] ?? null, row.line.number, onCell);
  }
  return object;
}

function timeOfUnnamed(
  row: Row,
  cells: readonly Cell[],
  width: Width,
  context: RowContext,
): { column: TimeColumn; seconds: number | string | null } {
  const none: TimeColumn = { kind: "none" };
  if (cells.length === 1) return { column: none, seconds: null };
  width.time ??= shownByText(cells);
  if (width.time !== undefined) {
    return { column: width.time, seconds: timeOfRow(row, cells, width.time, width.order, context) };
  }
  const first: TimeColumn = { kind: "one", at: 0, perSecond: undefined, mustBeDate: false };
  const [cell = null] = cells;
  if (typeof cell === "object" && cell !== null) {
    if (cell.kind === "clock") {
      context.onCell(
        "time-unreadable",
        `line ${row.line.number}`,
        cell.text,
        "A time of day without a date is none. Its values have the time of their arrival.",
      );
      return { column: first, seconds: null };
    }
    if (!isDateText(cell)) return { column: width.first.isTime(null, context.arrivedAt) ? first : none, seconds: null };
    // A clock without colons is no value, and without it the time is none.
    if (cell.kind !== "date" && COMPACT_CLOCK.test(row.cells[1] ?? "")) throw dayAndNumber(row);
    const seconds = timeOfRow(row, cells, first, width.order, context);
    return width.first.isTime(seconds, context.arrivedAt)
      ? { column: first, seconds }
      : { column: none, seconds: null };
  }
  return width.first.isTime(cell, context.arrivedAt)
    ? { column: first, seconds: cell }
    : { column: none, seconds: null };
}

function dayAndNumber({ line }: Row): DecodeError {
  return notCsv(
    `line ${line.number} has a date and a number beside it, which may be a time of that day; send both in one column, such ` +
      "as 2026-11-28T13:37:00Z",
  );
}

/** A time that only text can show: in two columns, or in one that is not the first. */
function shownByText(cells: readonly Cell[]): TimeColumn | undefined {
  const found = timeOfText(cells);
  return found?.kind === "one" && found.at === 0 ? undefined : found;
}

/** @throws DecodeError not-csv of a date that could be one of two */
function timeOfRow(
  row: Row,
  cells: readonly Cell[],
  column: TimeColumn,
  order: DateOrder,
  { arrivedAt, onCell }: RowContext,
): number | string | null {
  const time = timeIn(cells, column, order, arrivedAt);
  if (time !== undefined) return time;
  const { number } = row.line;
  const cell = column.kind === "one" ? cells[column.at] : column.kind === "split" ? cells[column.day] : null;
  const text = typeof cell === "object" && cell !== null ? cell.text : String(cell);
  if (typeof cell === "object" && cell?.kind === "local") {
    throw notCsv(`${quotedText(text)} in line ${number} is no date that is sure; send it as 2026-11-28T13:37:00Z`);
  }
  if (column.kind === "split") throw notCsv(`the date and the time of day in line ${number} make no time`);
  onCell("time-unreadable", `line ${number}`, text);
  return null;
}

function put(object: Record<string, unknown>, name: string, cell: Cell, line: number, onCell: OnCell): void {
  if (typeof cell === "number" || cell === null) object[name] = cell;
  else if (cell.kind === "huge") onCell("not-finite", `${name}, line ${line}`, cell.text);
  else if (cell.kind === "doubtful" || cell.kind === "unsure")
    onCell("text", `${name}, line ${line}`, cell.text, cell.advice);
  // Whether words are values, the mapping knows.
  else object[name] = cell.text;
}

import { DecodeError } from "../../message.ts";
import { cellOf } from "./cell.ts";
import type { CsvMemory, CsvReport } from "./csv-memory.ts";
import type { Row } from "./lines.ts";
import { type Columns, columnsIn, isSame, MIN_LINES_KEPT, mayBeNames, type TopicLines, type Width } from "./names.ts";
import { notCsv, quotedText } from "./not-csv.ts";
import { columnsText, notNumbers, notSure, ragged, unitsOf, wordsOnly } from "./row-faults.ts";
import {
  areColumns,
  beginsWithWord,
  hasNumber,
  hasUnsure,
  isBlank,
  namedValue,
  type OnCell,
  type ParsedRow,
  parsedRow,
  type RowContext,
  unnamedValue,
} from "./rows.ts";
import { fitted, mayBeOne, type Table, withoutBlankEnd } from "./table.ts";

/** Each costs an exception: with more, the message is refused. */
const MAX_BAD_ROWS = 10_000;

/** Makes values of a message's rows. What cannot be read of them is told, if there is a row that can. */
export class TableReading {
  readonly #table: Table;
  readonly #topic: TopicLines;
  readonly #memory: CsvMemory;
  readonly #report: CsvReport;
  readonly #context: RowContext;
  readonly #arrivedAt: number;
  readonly #faults: { row: Row; error: DecodeError }[] = [];
  /** The message's own, which may change within it. */
  #columns: Columns | undefined;
  /** Numbers of columns that rows of the message have which are numbers and nothing else. */
  readonly #goodWidths = new Set<number>();
  readonly #sureWidths = new Set<number>();
  /** Of rows without names, what most have. */
  #usualWidth = 0;
  readonly #told: Parameters<OnCell>[] = [];

  constructor(table: Table, topic: TopicLines, memory: CsvMemory, arrivedAt: number, report: CsvReport) {
    this.#table = table;
    this.#topic = topic;
    this.#memory = memory;
    this.#report = report;
    this.#arrivedAt = arrivedAt;
    const { isTimeGiven = false, isUnitGiven = false } = memory.csv ?? {};
    this.#context = { arrivedAt, isTimeGiven, isUnitGiven, onCell: (...told) => this.#told.push(told) };
  }

  /** @throws DecodeError */
  value(): unknown {
    const parsed = this.#parsed();
    this.#takeNames(parsed);
    const isAlone = parsed.length === 1;
    const values: unknown[] = [];
    for (const each of parsed) {
      if (!isAlone && isBlank(each.cells)) continue;
      this.#try(each.row, () => {
        const value = this.#valueOf(each, isAlone);
        if (value !== undefined) values.push(value);
      });
    }
    const [fault] = this.#faults;
    if (values.length === 0) {
      if (fault !== undefined) throw fault.error;
      return null;
    }
    this.#tell();
    return this.#table.rows.length === 1 ? values[0] : values;
  }

  #parsed(): ParsedRow[] {
    const { rows, separator, names } = this.#table;
    if (names === undefined) {
      for (const row of rows)
        if (row.cells.length > 1 && separator === "," && !mayBeOne(row, separator))
          this.#sureWidths.add(row.cells.length);
    }
    this.#noteMarks();
    const parsed: ParsedRow[] = [];
    const counts = new Map<number, number>();
    for (const row of rows) {
      this.#try(row, () => {
        const each =
          names === undefined ? this.#unnamed(row) : parsedRow(fitted(row, names.length), separator, this.#topic);
        parsed.push(each);
        if (!each.isGood) return;
        const columns = each.cells.length;
        this.#goodWidths.add(columns);
        counts.set(columns, (counts.get(columns) ?? 0) + 1);
      });
    }
    for (const [columns, count] of counts) if (count > (counts.get(this.#usualWidth) ?? 0)) this.#usualWidth = columns;
    return parsed;
  }

  /** What a comma is in one cell is what it is in those before it. */
  #noteMarks(): void {
    const { rows, separator } = this.#table;
    const { marks } = this.#topic;
    if (separator === "," || marks.decimalComma !== undefined || !rows.some(({ line }) => line.text.includes(",")))
      return;
    for (const { cells, quoted } of rows) {
      for (const [i, text] of cells.entries())
        if (/[.,]/.test(text)) cellOf(text, quoted?.[i] ?? false, separator, marks);
    }
  }

  /** @throws DecodeError not-csv */
  #unnamed(row: Row): ParsedRow {
    const { separator } = this.#table;
    const topic = this.#topic;
    if (mayBeOne(row, separator)) {
      const columns = row.cells.length;
      if (areColumns(row, topic, this.#sureWidths, this.#arrivedAt)) this.#sureWidths.add(columns);
      else if (topic.known(1)?.names === undefined || topic.known(columns)?.names !== undefined) throw notSure(row);
      else return parsedRow({ ...row, cells: [row.line.text.trim()] }, undefined, topic);
    }
    const short = withoutBlankEnd(row.cells);
    const isKnown = topic.known(row.cells.length) !== undefined || topic.known(short.length)?.names === undefined;
    return parsedRow(isKnown ? row : { ...row, cells: short }, separator, topic);
  }

  /** @throws DecodeError not-csv */
  #takeNames(parsed: readonly ParsedRow[]): void {
    const { names, units } = this.#table;
    if (names === undefined) return;
    const fitting = parsed.filter(
      ({ cells }) => cells.length === names.length && (hasNumber(cells) || hasUnsure(cells)),
    );
    if (fitting.length === 0) {
      const [fault] = this.#faults;
      throw (
        fault?.error ??
        notCsv(`${quotedText(names.join(", "))} are words, and no numbers in as many columns are below them`)
      );
    }
    this.#columns = this.#columnsOf(names, units?.cells);
    if (units !== undefined) this.#report.onLeftOut(unitsOf(units, this.#report.topic));
  }

  #columnsOf(names: readonly string[], units: readonly string[] | undefined): Columns {
    this.#topic.remember(names, units, false);
    const width = this.#topic.known(names.length);
    // Names that hold for later messages, too, have the same time there.
    return width?.names !== undefined && isSame(width.names, names)
      ? columnsIn(width, width.names)
      : { names, units, time: undefined, order: {} };
  }

  /** @returns undefined of a row that is none, but names again */
  #valueOf(each: ParsedRow, isAlone: boolean): unknown {
    const { cells, row } = each;
    const own = this.#columns;
    if (own === undefined) return this.#valueWithoutNames(each, isAlone);
    if (isSame(row.cells, own.names)) return undefined;
    if (this.#areNamesAnew(row, own)) {
      this.#columns = this.#columnsOf(row.cells, undefined);
      return undefined;
    }
    if (cells.length !== own.names.length) throw ragged(row, own.names.length);
    if (!hasNumber(cells) && !isBlank(cells)) throw wordsOnly(each);
    this.#memory.csv?.waiting?.came(this.#memory, cells.length, own.names);
    return namedValue(each, own, this.#context);
  }

  /** Some of the names that hold, with others: the publisher began anew with other columns. */
  #areNamesAnew(row: Row, { names }: Columns): boolean {
    if (row.cells.length < 2 || !mayBeNames(row, this.#topic.marks)) return false;
    const known = new Set(names);
    return row.cells.some((name) => name !== "" && known.has(name));
  }

  /** A row of a message that has no names itself. */
  #valueWithoutNames(each: ParsedRow, isAlone: boolean): unknown {
    const { cells, row, isGood } = each;
    const [first = null] = cells;
    if (!hasNumber(cells) && !isBlank(cells)) {
      if (this.#topic.known(cells.length)?.names?.every((name, i) => name === row.cells[i])) return undefined;
      throw wordsOnly(each);
    }
    this.#checkWidth(each);
    const width = this.#topic.of(cells.length);
    if (width.isContested)
      throw notCsv(`two lines of names take turns on this topic, and line ${row.line.number} could be of either`);
    if (width.names !== undefined) {
      if (isAlone && beginsWithWord(cells)) throw notNumbers(each);
      this.#came(width, cells.length);
      return namedValue(each, columnsIn(width, width.names), this.#context);
    }
    const isKnown = width.lines > 0 || this.#goodWidths.has(cells.length);
    if (!isGood && !isBlank(cells) && (beginsWithWord(cells) || !isKnown)) throw notNumbers(each);
    if (cells.length === 1 && isAlone && typeof first !== "object") {
      this.#came(width, 1);
      return first;
    }
    const value = isBlank(cells) && isAlone && cells.length === 1 ? null : unnamedValue(each, width, this.#context);
    this.#came(width, cells.length);
    return value;
  }

  /** @throws DecodeError not-csv of a row with a cell too few or too many */
  #checkWidth({ row, cells, isGood }: ParsedRow): void {
    const columns = cells.length;
    const topic = this.#topic;
    const known = topic.known(columns);
    if (known !== undefined && (known.lines > 0 || known.names !== undefined)) return;
    if (this.#usualWidth > 0 && columns !== this.#usualWidth) throw ragged(row, this.#usualWidth);
    if (topic.hasNamedLines) {
      throw notCsv(
        `line ${row.line.number} has ${columnsText(columns)}, and no names of this topic are as many; send names above it, or ` +
          "give publishers of other columns a topic of their own",
      );
    }
    if (!isGood || !topic.hasRuleBeside(columns)) return;
    const made = topic.of(columns);
    if (++made.misfits <= MIN_LINES_KEPT) throw ragged(row, undefined);
  }

  #came(width: Width, columns: number): void {
    width.lines++;
    if (this.#sureWidths.has(columns)) width.hasCommas = true;
    this.#memory.csv?.waiting?.came(this.#memory, columns);
  }

  /** One bad row costs that row, where there are others. @throws DecodeError of the first, if there are too many */
  #try(row: Row, read: () => void): void {
    const told = this.#told.length;
    try {
      read();
    } catch (error) {
      if (!(error instanceof DecodeError) || error.code !== "not-csv") throw error;
      this.#told.length = told;
      this.#faults.push({ row, error });
      if (this.#faults.length > MAX_BAD_ROWS) throw this.#faults[0]?.error ?? error;
    }
  }

  #tell(): void {
    const { topic, onLeftOut } = this.#report;
    for (const [reason, place, sample, detail] of this.#told) {
      onLeftOut(detail === undefined ? { topic, reason, place, sample } : { topic, reason, place, sample, detail });
    }
    for (const { row, error } of this.#faults) {
      const place = `line ${row.line.number}`;
      onLeftOut({ topic, reason: "record-unreadable", place, sample: row.line.text, detail: error.message });
    }
  }
}

import type { CsvMemory, CsvReport } from "./csv-memory.ts";
import type { Row } from "./lines.ts";
import { areNamesAlone, isSame, TopicLines } from "./names.ts";
import { notCsv, quotedText } from "./not-csv.ts";
import { adviceOn } from "./row-faults.ts";
import { hasNumber, hasUnsure, isBlank, parsedRow } from "./rows.ts";
import { steadyRow } from "./steady-row.ts";
import { fitted, mayBeOne, type Table, tableOf } from "./table.ts";
import { TableReading } from "./table-reading.ts";

/** A word that may be a state. */
const STATE = /^[\p{L}_][\p{L}\p{N}_-]{0,62}$/u;
/** What languages print for a number that is none. */
const NO_NUMBER = /^\s*[+-]?(?:nan|inf(?:inity)?)\s*$/i;
/** How much of a text is looked at to find out whether it is this. */
const MAX_LOOK = 4096;
const MAX_WORD_LENGTH = 32;

const SILENT: CsvReport = { topic: "", onLeftOut: () => undefined };

/**
 * Numbers as text: one; several between commas, semicolons, tabs or spaces; lines of these, with or without a line of
 * names before them, which goes on to hold for messages that follow without one.
 *
 * Names hold if they come before the first line without names of as many columns. Later ones that share none with these hold
 * for their own message only, so that no other publisher's change what a publisher's columns mean; a message that brings
 * such, other than before, is refused, for its publisher may rely on them. Those that share one take their place (FM4p).
 * @param arrivedAt unix seconds
 * @returns what PT1 to PT4 make points of; undefined if it is a line of names alone
 * @throws DecodeError not-csv, message-too-large
 */
export function valueOfCsv(text: string, memory: CsvMemory, arrivedAt: number, report: CsvReport = SILENT): unknown {
  const settings = memory.csv ?? {};
  memory.lines ??= new TopicLines(settings.decimalComma);
  const topic = memory.lines;
  const line = withoutLineEnd(text);
  const number = topic.steadyNumber(line);
  if (number !== undefined) return number;
  const row = steadyRow(line, topic, memory, arrivedAt, report);
  if (row !== undefined) return row;
  const table = tableOf(text, topic);
  if (table.names === undefined && table.rows.length === 0) throw notCsv("there is no number in it");
  if (table.rows.length === 0) {
    const [state] = table.names?.length === 1 && table.units === undefined ? table.names : [];
    // Whether a word is a state, the mapping knows.
    if (state !== undefined && STATE.test(state)) return state;
    keepNames(table, topic, memory, arrivedAt, report);
    return undefined;
  }
  return new TableReading(table, topic, memory, arrivedAt, report).value();
}

function withoutLineEnd(text: string): string {
  if (!text.endsWith("\n")) return text;
  return text.slice(0, text.endsWith("\r\n") ? -2 : -1);
}

/** @throws DecodeError not-csv of words that are no names, as far as can be told */
function keepNames(
  table: Table,
  topic: TopicLines,
  memory: CsvMemory,
  arrivedAt: number,
  { topic: name }: CsvReport,
): void {
  const { names = [], units, separator } = table;
  const known = topic.known(names.length);
  if (known?.names !== undefined && isSame(names, known.names) && !known.isContested) return;
  // Between spaces, words may be any text.
  const isSure = separator !== undefined || !topic.hasLines;
  // Below names that no numbers follow, words are no units.
  if (!isSure || units !== undefined || !areNamesAlone(names)) {
    throw notCsv(
      `${quotedText(names.join(separator ?? " "))} is no number, and no numbers follow it`,
      adviceOn(names.join(" ")),
    );
  }
  topic.remember(names, undefined, true);
  memory.csv?.waiting?.add(memory, { topic: name, names, since: arrivedAt });
}

/** Whether it is lines of numbers, perhaps with one of names before them. Cheap enough to be asked of any text. */
export function looksLikeCsv(text: string): boolean {
  if (text.length <= MAX_WORD_LENGTH && NO_NUMBER.test(text)) return true;
  const start = text.length > MAX_LOOK ? text.slice(0, MAX_LOOK) : text;
  const isCut = start.length < text.length;
  const end = start.lastIndexOf("\n");
  // Of one long line only the last number is cut.
  const whole = !isCut ? start : end > 0 ? start.slice(0, end) : start.replace(/[^\s,;]{1,40}$/, "");
  const topic = new TopicLines(undefined);
  try {
    const { names, units, rows, separator } = tableOf(whole, topic);
    if (rows.length === 0)
      return !isCut && units === undefined && names !== undefined && separator !== undefined && areNamesAlone(names);
    const isRow = (row: Row): boolean => {
      if (names === undefined && mayBeOne(row, separator)) return true;
      const { cells, isGood } = parsedRow(names === undefined ? row : fitted(row, names.length), separator, topic);
      if (isBlank(cells) || hasUnsure(cells)) return true;
      return names === undefined ? isGood : cells.length === names.length && hasNumber(cells);
    };
    const good = rows.filter(isRow);
    return good.length * 2 >= rows.length && good.some((row) => row.cells.some((cell) => /\d/.test(cell)));
  } catch {
    return false;
  }
}

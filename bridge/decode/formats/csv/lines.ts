import { MAX_MESSAGE_VALUES, tooManyValues } from "../../size.ts";
import { notCsv } from "./not-csv.ts";

const MAX_COLUMNS = 4096;
const MAX_LINES = 100_000;
/** With quotes it is read letter by letter. */
const MAX_QUOTED_LINE_LENGTH = 1 << 20;
const COMMENT = /^\s*(?:#|\/\/|%|sep=.$)/i;

const NUMBER_FIRST = /^[ \t]*[+-]?\.?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?[ \t]*(?:[,; \t]|$)/;
const LINE_END = /[\r\n]/;

/** What stands between the cells of a line; undefined: spaces and tabs. */
export type Separator = ";" | "\t" | "," | undefined;

/** A line of a message that is neither blank nor a comment. */
export interface Line {
  /** The first of the message is 1. */
  number: number;
  text: string;
}

export interface Row {
  line: Line;
  /** Without white space around them. */
  cells: readonly string[];
  /** Whether each stood in quotes; undefined: none did. */
  quoted: readonly boolean[] | undefined;
}

/**
 * @returns the lines with something in them; and the last comment before the first of these, without its mark
 * @throws DecodeError not-csv
 */
export function linesOf(text: string): { lines: Line[]; comment: Line | undefined } {
  // Most messages are one line.
  if (NUMBER_FIRST.test(text) && !LINE_END.test(text)) return { lines: [{ number: 1, text }], comment: undefined };
  const all = text.split(/\r\n|\n|\r/, 2 * MAX_LINES + 1);
  const lines: Line[] = [];
  let comment: Line | undefined;
  for (const [i, line] of all.entries()) {
    if (COMMENT.test(line)) {
      if (lines.length === 0) comment = { number: i + 1, text: line.replace(/^[\s#/%]+/, "") };
    } else if (line.trim() !== "") lines.push({ number: i + 1, text: line });
  }
  if (lines.length > MAX_LINES || all.length > 2 * MAX_LINES) throw notCsv(`it has more than ${MAX_LINES} lines`);
  return { lines, comment };
}

/** Whether a line begins with a number, as one of names does not. */
export function beginsWithNumber({ text }: Line): boolean {
  return NUMBER_FIRST.test(text);
}

/** Cuts the lines of a message into cells. */
export class RowReader {
  #cells = 0;

  /** @throws DecodeError not-csv, message-too-large */
  read(line: Line, separator: Separator): Row {
    const row = rowOf(line, separator);
    // Of more cells than a line may have, it has one too many.
    if (row.cells.length > MAX_COLUMNS) throw notCsv(`it has more than ${MAX_COLUMNS} columns`);
    this.#cells += row.cells.length;
    if (this.#cells > MAX_MESSAGE_VALUES) throw tooManyValues();
    return row;
  }
}

/** Of ASCII alone: other spaces may stand within a number. */
export function wordsOf(text: string): string[] {
  return text.trim().split(/[ \t]+/, MAX_COLUMNS + 1);
}

/** A line without what is in quotes in it. */
export function withoutQuoted(text: string): string {
  return text.includes('"') ? text.replace(/"[^"]*"/g, "") : text;
}

function rowOf(line: Line, separator: Separator): Row {
  const { text } = line;
  if (text.includes('"')) return quotedRow(line, separator);
  const cells = separator === undefined ? wordsOf(text) : text.split(separator, MAX_COLUMNS + 1);
  if (separator !== undefined) for (let i = 0; i < cells.length; i++) cells[i] = (cells[i] ?? "").trim();
  return { line, cells, quoted: undefined };
}

/** RFC 4180: within quotes a separator is text, and two quotes are one. Line ends there are not known. */
function quotedRow(line: Line, separator: Separator): Row {
  const text = separator === undefined ? line.text.trim() : line.text;
  if (text.length > MAX_QUOTED_LINE_LENGTH) {
    throw notCsv(`a line with quotes has more than ${MAX_QUOTED_LINE_LENGTH} characters`);
  }
  const cells: string[] = [];
  const quoted: boolean[] = [];
  let cell = "";
  let isQuoted = false;
  let hadQuotes = false;
  const end = (): void => {
    cells.push(cell.trim());
    quoted.push(hadQuotes);
    cell = "";
    hadQuotes = false;
  };
  for (let i = 0; i < text.length && cells.length <= MAX_COLUMNS; i++) {
    const char = text.charAt(i);
    if (char === '"') {
      if (isQuoted && text[i + 1] === '"') cell += text.charAt(++i);
      else isQuoted = !isQuoted;
      hadQuotes = true;
    } else if (!isQuoted && (separator === undefined ? char === " " || char === "\t" : char === separator)) {
      // Several spaces are one.
      if (separator !== undefined || cell !== "" || hadQuotes) end();
    } else cell += char;
  }
  if (isQuoted) {
    // A quote that nothing closes belongs to a line that was cut or damaged: what is behind it is no number.
    cell += '"';
    hadQuotes = false;
  }
  end();
  return { line, cells, quoted };
}

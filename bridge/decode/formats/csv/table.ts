import { areCommaNumbers, hasSpacedThousands, mayBeOneNumber } from "./cell.ts";
import {
  beginsWithNumber,
  type Line,
  linesOf,
  type Row,
  RowReader,
  type Separator,
  withoutQuoted,
  wordsOf,
} from "./lines.ts";
import { areNamesAlone, isSame, mayBeNames, type TopicLines } from "./names.ts";

/** A message as rows, before anything is made of its numbers. */
export interface Table {
  /** Of a line of names before the rows; undefined: it has none. */
  names: readonly string[] | undefined;
  /** Of a second line of words below the names. */
  units: Row | undefined;
  rows: Row[];
  separator: Separator;
}

/** The first few lines tell what stands between cells. */
const MAX_LOOK_LINES = 8;

/**
 * @param topic what is known of it
 * @returns names alone if there is nothing else, and nothing at all of a blank message
 * @throws DecodeError not-csv, message-too-large
 */
export function tableOf(text: string, topic: TopicLines): Table {
  const { lines, comment } = linesOf(text);
  const reader = new RowReader();
  const [first, second] = lines;
  const named = first === undefined || beginsWithNumber(first) ? undefined : namesIn(first, second, reader, topic);
  if (named !== undefined) {
    const { names, separator } = named;
    const rows = lines.slice(1).map((line) => reader.read(line, separator));
    const [below, ...more] = rows;
    const isUnits =
      below?.cells.length === names.length && mayBeNames(below, topic.marks) && !isSame(below.cells, names);
    return isUnits ? { names, units: below, rows: more, separator } : { names, units: undefined, rows, separator };
  }
  const separator = separatorOf(lines, topic);
  const rows = lines.map((line) => reader.read(line, separator));
  return { names: comment && namesOfComment(comment, rows[0], separator, topic), units: undefined, rows, separator };
}

/** The names that the first line is, if it is that; and what separates the cells behind them. */
function namesIn(
  first: Line,
  second: Line | undefined,
  reader: RowReader,
  topic: TopicLines,
): { names: readonly string[]; separator: Separator } | undefined {
  const separator = separatorOf([first], topic);
  const row = reader.read(first, separator);
  if (!mayBeNames(row, topic.marks)) return undefined;
  const names = withoutBlankEnd(row.cells);
  if (separator !== undefined || second === undefined) return { names, separator };
  // A name of several words, above a column of its own.
  const isOne = names.length > 1 && wordsOf(second.text).length === 1 && separatorOf([second], topic) === undefined;
  return { names: isOne ? [first.text.trim()] : names, separator };
}

/** `# t,temp` as numpy.savetxt writes it: names with the rows' own separator; between spaces, one must be the time. */
function namesOfComment(
  comment: Line,
  row: Row | undefined,
  separator: Separator,
  { marks }: TopicLines,
): readonly string[] | undefined {
  const names = new RowReader().read(comment, separator);
  if (
    row === undefined ||
    names.cells.length !== row.cells.length ||
    !mayBeNames(names, marks) ||
    !areNamesAlone(names.cells)
  ) {
    return undefined;
  }
  const isSure = separator !== undefined || names.cells.some((name) => /^(?:t|time|timestamp|x)$/i.test(name));
  return isSure ? names.cells : undefined;
}

/** What the first line that shows it has. */
function separatorOf(lines: readonly Line[], topic: TopicLines): Separator {
  for (let i = 0; i < lines.length && i < MAX_LOOK_LINES; i++) {
    const bare = withoutQuoted(lines[i]?.text ?? "");
    if (bare.includes(";")) return ";";
    if (bare.trim().includes("\t")) return "\t";
    if (bare.includes(",") && topic.marks.decimalComma !== true) {
      const isSpaced =
        topic.marks.decimalComma === undefined && areCommaNumbers(wordsOf(bare)) && !hasSpacedThousands(bare);
      if (!isSpaced) return ",";
    }
  }
  return undefined;
}

export function withoutBlankEnd(cells: readonly string[]): readonly string[] {
  return cells.length > 1 && cells.at(-1) === "" ? cells.slice(0, -1) : cells;
}

/** Whether a row between commas could be one number, as far as the row itself says. */
export function mayBeOne({ line, quoted }: Row, separator: Separator): boolean {
  return separator === "," && quoted === undefined && mayBeOneNumber(line.text);
}

/** A row below so many names: with one cell too many, if that is blank, it fits. */
export function fitted(row: Row, columns: number): Row {
  return row.cells.length === columns + 1 ? { ...row, cells: withoutBlankEnd(row.cells) } : row;
}

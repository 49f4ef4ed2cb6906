import { crc32 } from "node:zlib";
import { isDecimal } from "../../decimal-text.ts";
import { DecodeError } from "../../message.ts";
import { ownText } from "../../text.ts";
import { type Cell, cellOf, type Marks } from "./cell.ts";
import { FirstColumn } from "./first-column.ts";
import type { Row } from "./lines.ts";
import type { DateOrder } from "./local-date.ts";
import type { TimeColumn } from "./time-column.ts";

/** What a topic's lines have been, by how many columns they have; and which names hold for them. */

/** Columns with names. */
export interface Columns {
  /** As they were written. */
  names: readonly string[];
  units: readonly string[] | undefined;
  /** Which is the time; undefined: no line has shown it. */
  time: TimeColumn | undefined;
  order: DateOrder;
  /** Names of series, made once it is known which is the time. */
  series?: readonly string[];
}

export interface Width {
  /** Of the line of names that was there before the first line of numbers, as it was written. */
  names: readonly string[] | undefined;
  units: readonly string[] | undefined;
  /** With those names. */
  columns: Columns | undefined;
  /** Without names, which column is the time, if its text has shown it. */
  time: TimeColumn | undefined;
  order: DateOrder;
  /** Lines of numbers that were read by these, or by no names. */
  lines: number;
  /** A line could be nothing but so many columns between commas. */
  hasCommas: boolean;
  /** The CRC-32 of names that came later, each of which is said once. */
  refused: Set<number>;
  /** The CRC-32 of names that held before. */
  former: Set<number>;
  /** Names that held before came again: two publishers have this topic. */
  isContested: boolean;
  /** Lines that were refused because another number of columns is the rule. */
  misfits: number;
  first: FirstColumn;
}

/** Publishers without topics may send lines of several widths. Past that each line is read by itself … */
const MAX_WIDTHS = 4;
/** … unless a width has had fewer lines than this. */
export const MIN_LINES_KEPT = 10;
const MAX_REFUSED = 16;
/** Of all headers of a topic: one that is too much holds for its own message only. */
const MAX_HEADER_LENGTH = 4096;
/** What a name may be that stands without numbers: no sentence, and nothing with a value in it. */
const NAME_ALONE = /^[\p{L}_][\p{L}\p{M}\p{N}_ .\-/%°]{0,62}(?:[\p{L}\p{N}_%°]|[[(][^\])]{0,16}[\])])?$/u;
const VALUE_IN_NAME = /[:=]\s*[+-]?\.?\d/;

export class TopicLines {
  readonly marks: Marks;
  readonly #widths = new Map<number, Width>();

  constructor(decimalComma: boolean | undefined) {
    this.marks = { decimalComma, hasComma: false, hasPoint: false };
  }

  /** What is known of lines of so many columns. */
  known(columns: number): Width | undefined {
    return this.#widths.get(columns);
  }

  /** What a message is that is one plain number as those before it; undefined: it is to be looked at. */
  steadyNumber(text: string): number | undefined {
    const width = this.#widths.get(1);
    if (width === undefined || width.lines === 0 || width.names !== undefined || !isDecimal(text)) return undefined;
    const cell = cellOf(text, false, undefined, this.marks);
    if (typeof cell !== "number") return undefined;
    width.lines++;
    return cell;
  }

  /** Whether lines of more than one column are known. */
  get hasSeveralColumns(): boolean {
    return this.#widths.size > (this.#widths.has(1) ? 1 : 0);
  }

  get hasLines(): boolean {
    return [...this.#widths.values()].some(({ lines }) => lines > 0);
  }

  /** Whether lines of some number of columns have been read by names. */
  get hasNamedLines(): boolean {
    return [...this.#widths.values()].some(({ names, lines }) => names !== undefined && lines > 0);
  }

  /** Whether all lines before had one column more, or one fewer, and ten had. */
  hasRuleBeside(columns: number): boolean {
    const [only, ...others] = [...this.#widths].filter(([, { lines }]) => lines > 0);
    if (only === undefined || others.length > 0) return false;
    const [usual, { lines }] = only;
    return Math.abs(usual - columns) === 1 && lines >= MIN_LINES_KEPT;
  }

  of(columns: number): Width {
    const widths = this.#widths;
    const known = widths.get(columns);
    if (known !== undefined) return known;
    const width = newWidth();
    if (widths.size >= MAX_WIDTHS) {
      const [fewest, { lines }] = [...widths].reduce((a, b) => (b[1].lines < a[1].lines ? b : a));
      if (lines >= MIN_LINES_KEPT) return width;
      widths.delete(fewest);
    }
    widths.set(columns, width);
    return width;
  }

  /**
   * Remembers names for later messages, if they come before the first line of as many columns, or are some of those that were
   * there before: then the publisher began anew with other columns.
   * @param isAlone whether no lines of numbers are behind them
   * @throws DecodeError not-csv if these names do not hold for what follows, and that has not been said of them
   */
  remember(names: readonly string[], units: readonly string[] | undefined, isAlone: boolean): void {
    const width = this.of(names.length);
    if (width.names !== undefined && isSame(names, width.names)) return;
    if (!width.isContested && width.lines === 0) return this.#take(width, names, units);
    const sum = crc32(names.join("\u0000"));
    if (width.names?.some((name) => name !== "" && names.includes(name)) && !width.isContested) {
      if (width.former.has(sum) || width.former.size >= MAX_REFUSED) {
        width.isContested = true;
        width.names = undefined;
        throw contested();
      }
      width.former.add(crc32(width.names.join("\u0000")));
      return this.#take(width, names, units);
    }
    const { refused } = width;
    if (!isAlone && (refused.has(sum) || refused.size >= MAX_REFUSED)) return;
    if (refused.size < MAX_REFUSED) refused.add(sum);
    throw width.isContested ? contested() : laterNames(width);
  }

  #take(width: Width, names: readonly string[], units: readonly string[] | undefined): void {
    width.names = undefined;
    width.units = undefined;
    width.columns = undefined;
    const kept = [...this.#widths.values()].reduce(
      (sum, { names: some = [], units: of = [] }) => sum + lengthOf(some) + lengthOf(of),
      0,
    );
    if (kept + lengthOf(names) + lengthOf(units ?? []) > MAX_HEADER_LENGTH) return;
    width.names = names.map(ownText);
    width.units = units?.map(ownText);
  }
}

/** Columns as a topic has them: what is found out of them is kept there. */
export function columnsIn(width: Width, names: readonly string[]): Columns {
  width.columns ??= { names, units: width.units, time: undefined, order: width.order };
  return width.columns;
}

function newWidth(): Width {
  return {
    names: undefined,
    units: undefined,
    columns: undefined,
    time: undefined,
    order: {},
    lines: 0,
    hasCommas: false,
    refused: new Set(),
    former: new Set(),
    isContested: false,
    misfits: 0,
    first: new FirstColumn(),
  };
}

/** Whether a row could be names of columns: words, of which some may be missing. */
export function mayBeNames({ cells, quoted }: Row, marks: Marks): boolean {
  // What is found out of marks here is found out again where they are read.
  const scratch = { ...marks };
  let names = 0;
  for (const [i, text] of cells.entries()) {
    if (text.startsWith("{") || (i === 0 && text.startsWith("["))) return false;
    const cell = cellOf(text, quoted?.[i] ?? false, undefined, scratch);
    if (cell === null) continue;
    if (!isWord(cell) || VALUE_IN_NAME.test(text)) return false;
    names++;
  }
  return names > 0;
}

/** Whether such a row is as names are that stand by themselves. */
export function areNamesAlone(names: readonly string[]): boolean {
  return names.length > 1 && names.every((name) => NAME_ALONE.test(name)) && new Set(names).size === names.length;
}

/** A word, or what is doubtful as `5V` is: a number with letters. */
function isWord(cell: Cell): boolean {
  if (typeof cell !== "object" || cell === null) return false;
  return (
    cell.kind === "word" || (cell.kind === "doubtful" && /^[\d.,]+\s*\p{L}/u.test(cell.text) && !/^0x/i.test(cell.text))
  );
}

/** Names as series have them: each once, and a number for one that is missing. */
export function seriesNames(names: readonly string[], reserved: string | undefined): string[] {
  const taken = new Set(names);
  const used = new Set(reserved === undefined ? [] : [reserved]);
  /** Of each name the number that is next. */
  const next = new Map<string, number>();
  return names.map((name, i) => {
    const wanted = name === "" ? String(i) : name;
    let unique = wanted;
    let n = next.get(wanted) ?? 2;
    while (used.has(unique) || (unique !== wanted && taken.has(unique))) unique = `${wanted}.${n++}`;
    next.set(wanted, n);
    used.add(unique);
    return unique;
  });
}

export function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((name, i) => name === others[i]);
}

function lengthOf(names: readonly string[]): number {
  return names.reduce((sum, name) => sum + name.length, 0);
}

function laterNames({ names }: Width): DecodeError {
  const before = names === undefined ? "without names" : `named ${names.slice(0, 4).join(", ").slice(0, 80)}`;
  return new DecodeError(
    "not-csv",
    `These words came after lines of as many columns ${before}, as which lines without names are still read: if they are ` +
      "names, another publisher's would change what the lines mean. Send the names with each message, or give each " +
      "publisher a topic of its own; if the publisher itself has changed them, start the bridge anew.",
  );
}

function contested(): DecodeError {
  return new DecodeError(
    "not-csv",
    "Two lines of names take turns on this topic, so lines without names could be of either. Send the names with each " +
      "message, or give each publisher a topic of its own.",
  );
}

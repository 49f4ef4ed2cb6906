import { cellOf, mayBeOneNumber } from "./cell.ts";
import type { CsvMemory, CsvReport } from "./csv-memory.ts";
import { columnsIn, type TopicLines } from "./names.ts";
import { namedValue, type OnCell, unnamedValue } from "./rows.ts";

/** Longer lines are read as tables are. */
const MAX_LENGTH = 256;
const COMMA = 0x2c;

/**
 * What a message is that is one line of plain numbers, as many as in lines before it: as a table of one row would be read,
 * at half the cost. Most who send lines send nothing else.
 * @returns undefined: it is to be looked at
 * @throws DecodeError as a table
 */
export function steadyRow(
  text: string,
  topic: TopicLines,
  memory: CsvMemory,
  arrivedAt: number,
  { topic: name, onLeftOut }: CsvReport,
): Record<string, unknown> | undefined {
  if (!topic.hasSeveralColumns || topic.marks.decimalComma === true || text.length > MAX_LENGTH) return undefined;
  const separator = onlySeparatorIn(text);
  if (separator === undefined) return undefined;
  const texts = text.split(separator);
  const columns = texts.length;
  const width = topic.known(columns);
  if (width === undefined || width.lines === 0 || width.isContested || width.time !== undefined) return undefined;
  const isSure = separator === ",";
  if (isSure && !(columns > 2 && texts[0]?.includes(".")) && mayBeOneNumber(text)) return undefined;
  const cells: number[] = [];
  for (const each of texts) {
    const cell = cellOf(each, false, isSure ? separator : undefined, topic.marks);
    if (typeof cell !== "number") return undefined;
    cells.push(cell);
  }
  const onCell: OnCell = (reason, place, sample, detail) =>
    onLeftOut({ topic: name, reason, place, sample, ...(detail === undefined ? {} : { detail }) });
  const { isTimeGiven = false, isUnitGiven = false, waiting } = memory.csv ?? {};
  const context = { arrivedAt, isTimeGiven, isUnitGiven, onCell };
  const row = { row: { line: { number: 1, text }, cells: texts, quoted: undefined }, cells, isGood: true };
  const value =
    width.names === undefined
      ? unnamedValue(row, width, context)
      : namedValue(row, columnsIn(width, width.names), context);
  width.lines++;
  if (isSure) width.hasCommas = true;
  waiting?.came(memory, columns);
  return value;
}

/** What stands between plain numbers, where that is one sign and nothing else is there. */
function onlySeparatorIn(text: string): "," | ";" | "\t" | " " | undefined {
  let found = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code >= 0x30 && code <= 0x39) || code === 0x2e || code === 0x2d || code === 0x2b || (code | 0x20) === 0x65)
      continue;
    if (found === 0) found = code;
    else if (code !== found) return undefined;
  }
  if (found === COMMA) return ",";
  if (found === 0x3b) return ";";
  if (found === 0x09) return "\t";
  return found === 0x20 ? " " : undefined;
}

import type { LeftOut } from "../../../observability/left-out.ts";
import type { DecodeError } from "../../message.ts";
import { cellOf } from "./cell.ts";
import type { Row } from "./lines.ts";
import { notCsv, quotedText } from "./not-csv.ts";
import type { ParsedRow } from "./rows.ts";

/** Why a row, or the message that it is, is refused; and what to do. */

/** @returns what to say of a row that could be one number or several */
export function notSure({ line }: Row): DecodeError {
  return notCsv(
    `${quotedText(line.text.trim())} in line ${line.number} may be columns, or one number with a comma in it: say ` +
      "--decimal-comma if the comma is the decimal mark, --no-decimal-comma if it stands between columns (decimal_comma in the " +
      "file). Or send a line of names above it, or a point for the decimal comma and no mark between thousands",
  );
}

/** What is told of units below names. */
export function unitsOf({ line, cells }: Row, topic: string): LeftOut {
  return {
    topic,
    reason: "record-unreadable",
    place: `line ${line.number}`,
    sample: cells.join(", "),
    detail: "A row of words below the names is taken for their units, which are not shown.",
  };
}

/** @param usual how many columns others have */
export function ragged({ line, cells }: Row, usual: number | undefined): DecodeError {
  const others = usual === undefined ? "lines before have one more or one fewer" : `the others have ${usual}`;
  return notCsv(
    `line ${line.number} has ${columnsText(cells.length)}, and ${others}; it is not known which cell is which`,
  );
}

export function columnsText(count: number): string {
  return count === 1 ? "1 column" : `${count} columns`;
}

/** Of a row without a number. */
export function wordsOnly(each: ParsedRow): DecodeError {
  const { line } = each.row;
  if (each.cells.length === 1 || each.cells.some((cell) => typeof cell === "object" && cell?.advice !== undefined))
    return notNumbers(each);
  return notCsv(
    `line ${line.number}, ${quotedText(line.text.trim())}, is words where numbers are expected`,
    adviceOn(line.text),
  );
}

export function notNumbers({ row, cells }: ParsedRow): DecodeError {
  const at = cells.findIndex(
    (cell) => typeof cell === "object" && cell !== null && cell.kind !== "quoted" && cell.kind !== "huge",
  );
  const cell = cells[at];
  const text = row.cells[at] ?? "";
  const where = cells.length === 1 ? `line ${row.line.number}` : `line ${row.line.number}, column ${at + 1}`;
  const advice = typeof cell === "object" && cell !== null ? cell.advice : undefined;
  return notCsv(`${quotedText(text)} in ${where} is no number`, advice ?? adviceOn(text));
}

/** What to do about `temp:21.5`, `21.5C` and words. */
export function adviceOn(text: string): string {
  const cell = cellOf(text.trim(), false, undefined, { decimalComma: undefined, hasComma: false, hasPoint: false });
  if (typeof cell === "object" && cell?.advice !== undefined) return cell.advice;
  return /[^\s\d:=][:=]\s{0,8}[+-]?\.?\d/.test(text)
    ? 'If these are names with values, send JSON such as {"temp": 21.5}; if a topic is in front, say --topic-delimiter.'
    : 'Send numbers; names of columns above them in the same message; states as JSON, {"pump": "on"}, to a field with kind = "step".';
}

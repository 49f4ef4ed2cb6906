import { PointError } from "../../../protocol/json/point-error.ts";
import { isPair, isTimedList } from "../../../protocol/json/shapes.ts";
import type { OnLeftOut } from "../../observability/left-out.ts";
import { notJsonText } from "../json-fault.ts";
import { DecodeError } from "../message.ts";
import { checkJsonValues } from "../size.ts";
import { jsonOrUndefined, MAY_BE_JSON, valueOfBoundedJson } from "../text.ts";

/** Lines of JSON (https://github.com/ndjson/ndjson-spec), each a value of any shape that a message may have. */

/** A NUL ends a text of C. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is one of the ends
const LINE_END = /\r\n|[\n\r\u0000]/;
/** Each costs an exception: with more, the message is refused. */
const MAX_BAD_LINES = 1000;
/** Lines at the beginning of a text that tell whether it is this; beside them, the last one. */
const MAX_LOOK_LINES = 8;
const MAX_SAMPLE_LENGTH = 200;

/**
 * The values of all lines that are JSON, in one list.
 * @param onLeftOut told of each line that is not, if others are
 * @throws PointError not-json if none is, DecodeError message-too-large
 */
export function valueOfLines(text: string, topic: string, onLeftOut: OnLeftOut): unknown {
  checkJsonValues(text);
  const bad: { line: string; number: number }[] = [];
  const values: unknown[] = [];
  for (const [i, line] of text.split(LINE_END).entries()) {
    if (line.trim() === "") continue;
    const value = MAY_BE_JSON.test(line) ? jsonOrUndefined(line) : undefined;
    if (value !== undefined) values.push(value);
    else if (bad.push({ line, number: i + 1 }) > MAX_BAD_LINES) throw noLines(text);
  }
  const [first] = bad;
  if (first !== undefined) {
    // JSON of several lines is no JSON on some of them.
    const whole = jsonOrUndefined(text);
    if (whole !== undefined) return whole;
    if (values.length === 0) throw noLines(text);
  }
  for (const { line, number } of bad) {
    onLeftOut({
      topic,
      reason: "record-unreadable",
      place: `line ${number}`,
      sample: line.slice(0, MAX_SAMPLE_LENGTH),
      // Only a part that is told of is worth a second look.
      get detail() {
        return notJsonText(line);
      },
    });
  }
  return listOf(values);
}

function noLines(text: string): PointError {
  return new PointError("not-json", "No line of this is JSON.", () => notJsonText(text));
}

/** What several values are as one. */
export function listOf(values: readonly unknown[]): unknown {
  if (values.length === 1) return values[0];
  const now = Date.now() / 1000;
  const areTimed = values.some((value) => !isPair(value) && isTimedList(value, now));
  const list: unknown[] = values.flatMap((value) =>
    isPair(value) || (areTimed && isRecordLine(value, now)) ? [value] : value,
  );
  // A list of two numbers would be x and y, and one that begins with a date a record (PT3).
  return list.map((item) => (typeof item === "object" && item !== null ? item : { y: item }));
}

/** `[time, 1, 2]`, `[time, {…}]` and their like, also where the time is missing. */
function isRecordLine(value: unknown, now: number): boolean {
  return (
    isTimedList(value, now) ||
    (Array.isArray(value) && !value.some((item) => typeof item === "object" && item !== null))
  );
}

/**
 * Whether text that is not JSON is lines of it, though one may be damaged: more of them are JSON's objects or arrays than
 * are none, or the only one that is none has lost its beginning, or its end. A look at the first lines and the last.
 */
export function looksLikeJsonLines(text: string): boolean {
  const lines = text.split(LINE_END, MAX_LOOK_LINES + 2).filter((line) => line.trim() !== "");
  if (lines.length < 2) return false;
  const last = text
    .slice(Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r"), text.lastIndexOf("\u0000")) + 1)
    .trim();
  if (lines.length > MAX_LOOK_LINES) lines.splice(MAX_LOOK_LINES, lines.length, ...(last === "" ? [] : [last]));
  const bad = lines.filter((line) => !isRecord(line));
  const good = lines.length - bad.length;
  if (good > bad.length) return true;
  const [only = ""] = bad;
  return good === 1 && bad.length === 1 && (only === lines[0] ? /[}\]]\s*$/.test(only) : /^\s*[{[]/.test(only));
}

/** Of a value that is no object and no array, a line of numbers is made of, too. */
function isRecord(line: string): boolean {
  if (!/^\s*[{[]/.test(line)) return false;
  try {
    return valueOfBoundedJson(line) !== undefined;
  } catch (error) {
    if (error instanceof DecodeError) throw error;
    return false;
  }
}

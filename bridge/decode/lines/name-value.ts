import { isTimeText } from "../../../protocol/json/date-field.ts";
import { decimalOf } from "../decimal-text.ts";
import { isDate } from "../layout.ts";
import type { DataRecord, FieldValue } from "../message.ts";
import { fieldsOf, isMissing, type LineFormat, otherThan } from "./line-format.ts";

/** Between pairs, in the order in which they are looked for: the later may be part of a value between the earlier. */
const SEPARATORS = [";", "\t", "&", ",", " "] as const;
/** A name begins as a word does, so that a number and a time of day are none. */
const PAIR = /^(\/?[\p{L}_][^:=;,"{}[\]]{0,200}?)([:=])(.*)$/su;
const BESIDE_SIGNS = /[ \t]{0,8}([:=])[ \t]{0,8}/g;
const QUOTED = /^(?:"([^"]*)"|'([^']*)')$/;
const WORD = /^[^\s:=;,"{}[\]]{1,256}$/u;
/** As lines of logs begin. */
const LEADING_TIME =
  /^\[?(\d{4}-\d\d-\d\d[T ][\d:.,]{5,20}(?:[Zz]|[+-]\d\d:?(?:\d\d)?)?|\d{10}(?:\.\d{1,9}|\d{3}|\d{6}|\d{9})?)\]?[ \t,;|]{1,3}(?=\/?[\p{L}_])/u;
const TIME_NAMES = new Set(["t", "time", "ts", "timestamp"]);
const MAX_PAIRS = 4096;

/**
 * Values by their names: `temp:21.5`, `a:1<tab>b:2` as for Arduino's serial plotter, `a=1;b=2`, `level=info temp=20.5` (logfmt).
 * `t`, `time`, `ts` and `timestamp` are the time if their value is a date: a `t` of 21.5 is a temperature, and `x` is a value.
 */
export const NAME_VALUE: LineFormat = {
  name: "name-value",
  needsNumber: true,
  read(line) {
    const { time, text } = withoutTime(line.trim());
    const pairs = pairsIn(text.replace(BESIDE_SIGNS, "$1"));
    if (pairs !== undefined) return [{ ...recordOf(pairs), ...(time === undefined ? {} : { time }) }];
    return otherThan("line of names and values", line, "one is temp:21.5 or a=1;b=2, with numbers alone");
  },
};

/** The time that a line begins with, and the rest. */
function withoutTime(line: string): { time?: number | string; text: string } {
  const [begin, word] = LEADING_TIME.exec(line) ?? [];
  if (begin === undefined || word === undefined) return { text: line };
  const time = word.includes("-") ? word : Number(word);
  return typeof time === "number" && !isDate(time) ? { text: line } : { time, text: line.slice(begin.length) };
}

function pairsIn(text: string): [string, FieldValue][] | undefined {
  const whole = pairOf(text);
  if (whole !== undefined) return [whole];
  for (const separator of SEPARATORS) {
    const pairs = text.includes(separator) ? pairsOf(text, separator) : undefined;
    if (pairs !== undefined) return pairs;
  }
  return undefined;
}

function pairsOf(text: string, separator: string): [string, FieldValue][] | undefined {
  const pairs: [string, FieldValue][] = [];
  for (const part of partsOf(text, separator)) {
    const trimmed = part.trim();
    if (trimmed === "") continue;
    const pair = pairOf(trimmed);
    if (pair === undefined || pairs.length >= MAX_PAIRS) return undefined;
    pairs.push(pair);
  }
  return pairs.length === 0 ? undefined : pairs;
}

function pairOf(text: string): [string, FieldValue] | undefined {
  const [, name, sign, value] = PAIR.exec(text) ?? [];
  // A blank before `=` stands between a topic, or InfluxDB's measurement, and its fields.
  if (name === undefined || value === undefined || (sign === "=" && name.includes(" "))) return undefined;
  const read = fieldValueOf(value);
  return read === undefined ? undefined : [name, read];
}

/** What stands between separators that are not within double quotes. */
function partsOf(text: string, separator: string): string[] {
  if (!text.includes('"')) return text.split(separator, MAX_PAIRS + 1);
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '"') isQuoted = !isQuoted;
    else if (char === separator && !isQuoted) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return [...parts, text.slice(start)];
}

function fieldValueOf(text: string): FieldValue | undefined {
  const number = decimalOf(text);
  if (number !== undefined) return number;
  if (isMissing(text)) return null;
  const quoted = QUOTED.exec(text);
  if (quoted !== null) return quoted[1] ?? quoted[2] ?? "";
  return isTimeText(text) || WORD.test(text) ? text : undefined;
}

function recordOf(pairs: readonly (readonly [string, FieldValue])[]): DataRecord {
  const names = new Map<string, number>();
  let time: number | string | undefined;
  const entries: [string, FieldValue][] = [];
  for (const [name, value] of pairs) {
    if (time === undefined && pairs.length > 1 && TIME_NAMES.has(name.toLowerCase()) && isTime(value)) {
      time = value;
      continue;
    }
    // Both of two values of one name are kept.
    const times = (names.get(name) ?? 0) + 1;
    names.set(name, times);
    entries.push([times === 1 ? name : `${name}.${times}`, value]);
  }
  return { ...(time === undefined ? {} : { time }), fields: fieldsOf(entries) };
}

function isTime(value: FieldValue): value is number | string {
  return typeof value === "number" ? isDate(value) : typeof value === "string" && isTimeText(value);
}

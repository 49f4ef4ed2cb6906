import type { OnLeftOut } from "../../observability/left-out.ts";
import { type DataRecord, DecodeError } from "../message.ts";
import { MAX_MESSAGE_VALUES, tooManyValues } from "../size.ts";
import { GRAPHITE } from "./graphite.ts";
import { INFLUX } from "./influx.ts";
import { isFault, type LineFormat, type LineFormatName } from "./line-format.ts";
import { NAME_VALUE } from "./name-value.ts";
import { NMEA } from "./nmea.ts";
import { PROMETHEUS } from "./prometheus.ts";
import { STATSD } from "./statsd.ts";
import { TELEPLOT } from "./teleplot.ts";

const FORMATS = {
  nmea: NMEA,
  statsd: STATSD,
  "name-value": NAME_VALUE,
  teleplot: TELEPLOT,
  influx: INFLUX,
  graphite: GRAPHITE,
  prometheus: PROMETHEUS,
} satisfies Record<LineFormatName, LineFormat>;
/** What says more of itself is tried first. */
const ORDER: readonly LineFormat[] = [NMEA, STATSD, NAME_VALUE, TELEPLOT, INFLUX, GRAPHITE, PROMETHEUS];

export function isLineFormat(name: string): name is LineFormatName {
  return Object.hasOwn(FORMATS, name);
}

/** So many lines show what a text is. */
const LOOK_LINES = 20;
const LOOK_CHARACTERS = 4096;
const MAX_LINES = 100_000;
const LINE_END = /\r\n|\n|\r/;

/** A line that cannot be read. */
interface WrongLine {
  /** From 1. */
  number: number;
  line: string;
  fault: string;
}

/** The format that every one of a text's first lines is in; undefined if there is none. */
export function lineFormatOf(text: string): LineFormatName | undefined {
  const start = text.slice(0, LOOK_CHARACTERS);
  const lines = start.split(LINE_END);
  // The last is cut.
  if (start.length < text.length && lines.length > 1) lines.pop();
  const looked = lines.filter((line) => line.trim() !== "").slice(0, LOOK_LINES);
  if (looked.length === 0) return undefined;
  return ORDER.find((format) => isIn(format, looked))?.name;
}

function isIn(format: LineFormat, lines: readonly string[]): boolean {
  let isFound = false;
  for (const line of lines) {
    const read = format.read(line);
    if (read === undefined) continue;
    if (isFault(read)) {
      if (!read.isOfFormat) return false;
      isFound = true;
    } else isFound ||= !format.needsNumber || read.some(hasNumber);
  }
  return isFound;
}

function hasNumber({ fields }: DataRecord): boolean {
  return Object.values(fields).some((value) => typeof value === "number");
}

/**
 * What the lines of a text say. A line that cannot be read costs no other.
 * @throws DecodeError not-lines if there is none that can, message-too-large
 */
export function recordsOf(name: LineFormatName, text: string, topic: string, onLeftOut: OnLeftOut): DataRecord[] {
  if (text.trim() === "") throw new DecodeError("not-lines", `This is no ${name}: the message is empty.`);
  const { records, wrong } = readLines(name, text);
  const [first] = wrong;
  if (first === undefined) return records;
  if (records.length === 0) throw new DecodeError("not-lines", `This is no ${name}: ${first.fault}`);
  onLeftOut({
    topic,
    reason: "record-unreadable",
    place: `line ${first.number}`,
    sample: first.line,
    count: wrong.length,
    detail: first.fault,
  });
  return records;
}

function readLines(name: LineFormatName, text: string): { records: DataRecord[]; wrong: WrongLine[] } {
  const format = FORMATS[name];
  const records: DataRecord[] = [];
  const wrong: WrongLine[] = [];
  let values = 0;
  const lines = text.split(LINE_END, MAX_LINES + 1);
  if (lines.length > MAX_LINES) {
    throw new DecodeError("message-too-large", `A message has ${MAX_LINES} lines at most. Send several.`);
  }
  for (const [i, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const read = format.read(line);
    if (read === undefined) continue;
    if (isFault(read)) wrong.push({ number: i + 1, line, fault: read.fault });
    else {
      for (const record of read) values += Object.keys(record.fields).length;
      if (values > MAX_MESSAGE_VALUES) throw tooManyValues();
      records.push(...read);
    }
  }
  return { records, wrong };
}

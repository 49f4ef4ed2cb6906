import type { DataRecord, FieldValue } from "../message.ts";

/** Why a line cannot be read: a sentence that says what to do. */
export interface LineFault {
  fault: string;
  /** Whether it is of the format all the same, such as a sentence whose checksum is wrong: no other format may read it. */
  isOfFormat: boolean;
}

export type LineFormatName = "nmea" | "statsd" | "name-value" | "teleplot" | "influx" | "graphite" | "prometheus";

/** A format that says one thing a line. */
export interface LineFormat {
  /** For --format. */
  readonly name: LineFormatName;
  /** Whether a text must have a number to be taken for this: words in this form may be anything. */
  readonly needsNumber: boolean;
  /**
   * @param line without its end, not blank
   * @returns several where one line says something of several times; undefined if it is a comment
   */
  read(line: string): readonly DataRecord[] | LineFault | undefined;
}

export function isFault(read: readonly DataRecord[] | LineFault | undefined): read is LineFault {
  return read !== undefined && "fault" in read;
}

/** A record without inherited names: `__proto__` is a field like others. */
export function fieldsOf(entries: Iterable<readonly [string, FieldValue]>): DataRecord["fields"] {
  const fields: Record<string, FieldValue> = Object.create(null);
  for (const [name, value] of entries) fields[name] = value;
  return fields;
}

/** Text for a value that a sensor does not have. */
export function isMissing(text: string): boolean {
  return /^(?:nan|null|none|n\/?a|-)$/i.test(text);
}

/** A line that is of another format. */
export function otherThan(what: string, line: string, why: string): LineFault {
  return { fault: `"${line.slice(0, 40)}" is no ${what}: ${why}.`, isOfFormat: false };
}

/** A line of this format that has no value that can be drawn. */
export function wrongIn(line: string, why: string): LineFault {
  return { fault: `"${line.slice(0, 40)}": ${why}.`, isOfFormat: true };
}

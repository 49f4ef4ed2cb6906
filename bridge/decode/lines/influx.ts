import { decimalOf } from "../decimal-text.ts";
import type { DataRecord } from "../message.ts";
import { fieldsOf, type LineFault, type LineFormat, otherThan } from "./line-format.ts";

const MAX_PARTS = 4096;
const IS_TRUE = /^(?:t|T|true|True|TRUE)$/;
const IS_FALSE = /^(?:f|F|false|False|FALSE)$/;

/**
 * InfluxDB's line protocol: `weather,room=a temp=21.5,hum=55i 1795872979000000000`. A series is named by measurement, field and
 * tags: `weather.temp{room=a}`, so that two rooms are two series. The time is in whatever unit makes it a date
 * (https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/).
 */
export const INFLUX: LineFormat = {
  name: "influx",
  needsNumber: true,
  read(line) {
    if (line.trimStart().startsWith("#")) return undefined;
    const [head, fieldPart, timePart, ...more] = splitUnescaped(line.trim(), " ").filter((part) => part !== "");
    if (head === undefined || fieldPart === undefined || more.length > 0) {
      return wrong(line, "one is measurement,tag=value field=value time");
    }
    const [measurement = "", ...tags] = splitUnescaped(head, ",");
    if (measurement === "" || /[=:]/.test(unescaped(measurement)) || tags.some((tag) => !tag.includes("="))) {
      return wrong(line, "it does not begin with a measurement and tags");
    }
    // A count or a time that stands in front would be a series of its own each time.
    if (decimalOf(measurement) !== undefined)
      return wrong(line, `"${measurement.slice(0, 20)}" is a number, and no measurement`);
    const entries: [string, number | string | boolean][] = [];
    for (const field of splitUnescaped(fieldPart, ",")) {
      const at = splitUnescaped(field, "=");
      const [key = "", text = ""] = at;
      const value = at.length === 2 ? fieldValueOf(text) : undefined;
      if (key === "" || value === undefined) return wrong(line, `"${field.slice(0, 20)}" is no field and value`);
      const label = tags.length === 0 ? "" : `{${tags.map(unescaped).join(",")}}`;
      entries.push([`${unescaped(measurement)}.${unescaped(key)}${label}`, value]);
    }
    if (timePart === undefined) return [{ fields: fieldsOf(entries) }];
    const time = /^-?\d{1,19}$/.test(timePart) ? Number(timePart) : undefined;
    if (time === undefined) return wrong(line, `"${timePart.slice(0, 20)}" is no time`);
    return [{ time, fields: fieldsOf(entries) } satisfies DataRecord];
  },
};

function fieldValueOf(text: string): number | string | boolean | undefined {
  if (text.startsWith('"')) {
    return text.length > 1 && text.endsWith('"') ? text.slice(1, -1).replace(/\\(["\\])/g, "$1") : undefined;
  }
  if (IS_TRUE.test(text)) return true;
  if (IS_FALSE.test(text)) return false;
  return decimalOf(/^[+-]?\d+[iu]$/.test(text) ? text.slice(0, -1) : text);
}

/** Parts between separators that are neither behind a backslash nor within quotes. */
function splitUnescaped(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === "\\") i++;
    else if (char === separator && !isQuoted) {
      if (parts.length >= MAX_PARTS) return [];
      parts.push(text.slice(start, i));
      start = i + 1;
    }
    // Only a field's value is in quotes: elsewhere a quote is a character like others.
    else if (char === '"' && (isQuoted || text[i - 1] === "=")) isQuoted = !isQuoted;
  }
  return [...parts, text.slice(start)];
}

function unescaped(text: string): string {
  return text.replace(/\\([, =\\])/g, "$1");
}

function wrong(line: string, why: string): LineFault {
  return otherThan("line of InfluxDB's protocol", line, why);
}

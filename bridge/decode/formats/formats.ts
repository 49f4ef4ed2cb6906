import { suggestion } from "../../../protocol/suggestion.ts";
import type { LineFormatName } from "../lines/line-format.ts";
import { parseSampleFormat } from "../samples/sample-format.ts";

/** The formats whose messages are values, with what they are. */
export const VALUE_FORMATS = {
  json: "JSON in any shape (README), or a word (the topic), a space and JSON",
  ndjson: "JSON, a line each",
  msgpack: "MessagePack",
  cbor: "CBOR",
  csv: "lines of numbers between commas, semicolons, tabs or spaces, with or without a line of names before",
  numbers: "plain numbers as text",
  "name-value": "names and values: temp:21.5, a=1;b=2, a:1<tab>b:2",
  teleplot: "Teleplot: >name:value|g, >name:milliseconds:value",
  influx: "InfluxDB line protocol: name,tag=a field=1 time",
  graphite: "Graphite plaintext: path value unix-seconds",
  statsd: "StatsD: name:value|c, |g, |ms",
  prometheus: 'Prometheus text: name{label="a"} value milliseconds',
  nmea: "NMEA 0183 sentences: $GPRMC,…, fields by number",
} as const satisfies Record<PlainFormat | LineFormatName, string>;
type PlainFormat = "json" | "ndjson" | "msgpack" | "cbor" | "csv" | "numbers";
export type ValueFormat = PlainFormat | LineFormatName;

export function isValueFormat(name: string): name is ValueFormat {
  return Object.hasOwn(VALUE_FORMATS, name);
}

/** What is wrong with what --format says; undefined if nothing is. */
export function formatFault(name: string, hasPreset = true): string | undefined {
  if (name === "auto" || isValueFormat(name)) return undefined;
  try {
    if (parseSampleFormat(name) !== undefined) return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  // What a preset's items are.
  if (name === "pmt") return hasPreset ? undefined : '"pmt" is what --preset gnuradio may read: say both.';
  const names = ["auto", ...Object.keys(VALUE_FORMATS)];
  const hint = suggestion(name, names);
  return `there is no format "${name}"${hint || `; there are ${names.join(", ")}, and binary samples such as f32@48k or i16x2@48k.`}`;
}

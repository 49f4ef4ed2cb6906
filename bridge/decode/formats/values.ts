import { PointError } from "../../../protocol/json/point-error.ts";
import { isPair } from "../../../protocol/json/shapes.ts";
import type { OnLeftOut } from "../../observability/left-out.ts";
import type { LineRecord } from "../lines/line-format.ts";
import { recordsOf } from "../lines/lines.ts";
import { DecodeError, withTopic } from "../message.ts";
import type { Payload } from "../payload.ts";
import { checkJsonValues } from "../size.ts";
import {
  IS_MEANT_AS_JSON,
  jsonOrUndefined,
  MAY_BE_JSON,
  notJson,
  textIfUtf8,
  textOf,
  valueOfBoundedJson,
  wordAndRest,
} from "../text.ts";
import { type CsvMemory, valueOfCsv } from "./csv.ts";
import type { ValueFormat } from "./formats.ts";
import { valueOfCbor, valueOfMsgpack } from "./packed.ts";

/** What a payload holds, and the topic if that stood before it in the same frame. */
export type Value = { value: unknown; topic?: string } | { records: readonly LineRecord[]; topic?: string };

/**
 * @param memory what the topic's messages have had so far
 * @param onLeftOut what cannot be read of a payload whose other parts are
 * @returns undefined if there is nothing to plot in it, and nothing wrong
 * @throws DecodeError, PointError
 */
export function readValue(
  format: ValueFormat,
  { bytes, isBare, arrivedAt, topic }: Payload,
  memory: CsvMemory,
  onLeftOut: OnLeftOut,
): Value | undefined {
  switch (format) {
    case "json":
      return readJson(textOf(bytes), isBare);
    case "ndjson":
      return { value: valueOfLines(textOf(bytes)) };
    case "msgpack":
      return { value: valueOfMsgpack(bytes) };
    case "cbor":
      return { value: valueOfCbor(bytes) };
    case "csv":
    case "numbers": {
      const text = textIfUtf8(bytes);
      if (text === undefined) throw new DecodeError("not-csv", "This is not text.");
      const value = valueOfCsv(text, memory, arrivedAt);
      return value === undefined ? undefined : { value };
    }
    case "nmea":
    case "statsd":
    case "name-value":
    case "teleplot":
    case "influx":
    case "graphite":
    case "prometheus":
      return { records: recordsOf(format, textOf(bytes), topic, onLeftOut) };
  }
}

/** JSON, or else a word, a space and JSON. @throws PointError not-json */
function readJson(text: string, isBare: boolean): Value {
  let fault: unknown;
  if (!isBare || MAY_BE_JSON.test(text)) {
    try {
      return { value: onceEncoded(valueOfBoundedJson(text)) };
    } catch (error) {
      if (error instanceof DecodeError || (error instanceof PointError && error.code !== "not-json")) throw error;
      fault = error;
    }
  }
  const split = isBare ? wordAndRest(text) : undefined;
  if (split === undefined) throw fault ?? notJson(text);
  try {
    return { value: onceEncoded(valueOfBoundedJson(split.rest)), topic: split.word };
  } catch (error) {
    throw withTopic(error, split.word);
  }
}

/** @throws PointError no-number if it is text that is JSON itself */
function onceEncoded(value: unknown): unknown {
  if (typeof value !== "string" || !IS_MEANT_AS_JSON.test(value) || jsonOrUndefined(value) === undefined) return value;
  throw new PointError(
    "no-number",
    "This is JSON inside of JSON: text that is JSON itself. It was encoded twice, as by send_json(json.dumps(…)). Encode it once.",
  );
}

/** A line is a value (https://github.com/ndjson/ndjson-spec), of any shape that a message may have. */
function valueOfLines(text: string): unknown {
  checkJsonValues(text);
  const values = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => valueOfBoundedJson(line));
  if (values.length === 1) return values[0];
  const list = values.flatMap((value) => (isPair(value) ? [value] : value));
  // A list of two numbers would be x and y (PT3).
  return isPair(list) ? list.map((y) => ({ y })) : list;
}

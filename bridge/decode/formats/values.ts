import { PointError } from "../../../protocol/json/point-error.ts";
import type { OnLeftOut } from "../../observability/left-out.ts";
import { recordsOf } from "../lines/lines.ts";
import { type DataRecord, DecodeError, withTopic } from "../message.ts";
import { paddedText, paddingLeftOut, recordsIn } from "../padding.ts";
import type { Payload } from "../payload.ts";
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
import { notUtf8Text } from "../utf8-fault.ts";
import { valueOfCsv } from "./csv/csv.ts";
import type { CsvMemory } from "./csv/csv-memory.ts";
import { DoubledNames } from "./doubled-names.ts";
import type { ValueFormat } from "./formats.ts";
import { listOf, valueOfLines } from "./json-lines.ts";
import { readPacked } from "./packed-records.ts";

/** What a topic's messages have had so far. */
export interface ValueMemory extends CsvMemory {
  doubledNames?: DoubledNames;
}

interface PlainValue {
  value: unknown;
  topic?: string;
}

/** What a payload holds, and the topic if that stood before it in the same frame. */
export type Value = PlainValue | { records: readonly DataRecord[]; topic?: string };

/**
 * @param memory what the topic's messages have had so far
 * @param onLeftOut what cannot be read of a payload whose other parts are
 * @returns undefined if there is nothing to plot in it, and nothing wrong
 * @throws DecodeError, PointError
 */
export function readValue(
  format: ValueFormat,
  payload: Payload,
  memory: ValueMemory,
  onLeftOut: OnLeftOut,
): Value | undefined {
  const { topic, bytes, isBare, arrivedAt } = payload;
  switch (format) {
    case "json":
      // Most messages are this: nothing is made for what hardly any is.
      try {
        return readJson(singled(textOf(bytes), payload, memory, onLeftOut), isBare);
      } catch (error) {
        return readPadded(error, payload, onLeftOut, (text) => readJson(text, isBare));
      }
    case "ndjson":
      try {
        return { value: valueOfLines(singled(textOf(bytes), payload, memory, onLeftOut), topic, onLeftOut) };
      } catch (error) {
        return readPadded(error, payload, onLeftOut, (text) => ({ value: valueOfLines(text, topic, onLeftOut) }));
      }
    case "msgpack":
    case "cbor":
      return { value: readPacked(format, payload, onLeftOut) };
    case "csv":
    case "numbers": {
      const value = valueOfCsv(unpadded(payload, onLeftOut), memory, arrivedAt, { topic, onLeftOut });
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

/** The text itself; what is said twice in it is told. */
function singled(text: string, { topic }: Payload, memory: ValueMemory, onLeftOut: OnLeftOut): string {
  memory.doubledNames ??= new DoubledNames();
  const found = memory.doubledNames.look(text);
  if (found !== undefined) {
    const { name, sample, count } = found;
    onLeftOut({ topic, reason: "doubled", place: name, sample, count, detail: TWICE });
  }
  return text;
}

const TWICE = "An object of this JSON has this name twice: the last is taken. Give each value a name of its own.";

/**
 * Of text that cannot be read, what stands before the first NUL, or the values between several.
 * @param error what reading the whole has thrown
 * @throws PointError, DecodeError
 */
function readPadded(
  error: unknown,
  { topic, bytes }: Payload,
  onLeftOut: OnLeftOut,
  read: (text: string) => PlainValue,
): PlainValue {
  const padded = error instanceof PointError && error.code === "not-json" ? paddedText(bytes) : undefined;
  if (padded === undefined || padded.rest.length === 0) throw error;
  const first = read(padded.text);
  const records = recordsIn(padded.rest);
  if (records !== undefined) return { ...first, value: listOf([first.value, ...records]) };
  onLeftOut(paddingLeftOut(padded, first.topic ?? topic));
  return first;
}

/** Text up to its first NUL. @throws DecodeError not-csv */
function unpadded({ topic, bytes }: Payload, onLeftOut: OnLeftOut): string {
  const text = textIfUtf8(bytes);
  if (text !== undefined && !text.includes("\u0000")) return text;
  const padded = paddedText(bytes);
  if (padded === undefined) throw new DecodeError("not-csv", "This is not text.", 1, [], () => notUtf8Text(bytes));
  onLeftOut(paddingLeftOut(padded, topic));
  return padded.text;
}

/** JSON, or else a word, a space and JSON. @throws PointError not-json */
function readJson(text: string, isBare: boolean): PlainValue {
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

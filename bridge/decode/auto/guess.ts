import { PointError } from "../../../protocol/json/point-error.ts";
import { foreignFault, textPickleFault } from "../foreign/foreign.ts";
import { magicOf } from "../foreign/magic.ts";
import { looksLikeCsv } from "../formats/csv/csv.ts";
import { VALUE_FORMATS, type ValueFormat } from "../formats/formats.ts";
import { looksLikeJsonLines } from "../formats/json-lines.ts";
import { cborTop, msgpackTop, type Top } from "../formats/structure.ts";
import { lineFormatOf } from "../lines/lines.ts";
import { DecodeError, withTopic } from "../message.ts";
import { surelyPaddedText } from "../padding.ts";
import {
  IS_MEANT_AS_JSON,
  IS_MEANT_AS_PYTHON,
  isMeantAsJson,
  jsonOrUndefined,
  meantAsJsonText,
  notJson,
  readableText,
  wordAndRest,
} from "../text.ts";
import { unknownText } from "../unknown-text.ts";

export type Guess =
  /** It is this, and could hardly be anything else. */
  | { kind: "sure"; format: ValueFormat; because: string }
  /** Binary that is no packed value, or one that could be by chance: more messages tell. */
  | { kind: "binary"; perhaps?: "msgpack" | "cbor" }
  | { kind: "none"; fault: DecodeError | PointError };

/** Without names of fields, what is shorter could be any of several things by chance. */
const MIN_SURE_BYTES = 32;
/** JSON's objects and arrays of more than plain numbers, right or wrong. */
const BEGINS_JSON = /^(?:\{|\[\s*[{[])\s*["'{[]/;

/**
 * What one message is, looked at by itself.
 * @param isBare whether a topic may stand before it: `lab {"temp": 1}`
 */
export function guessOf(bytes: Buffer, isBare: boolean): Guess {
  if (bytes.length === 0) return none(new DecodeError("format-unknown", "The message is empty."));
  const text = readableText(bytes);
  if (text !== undefined) {
    const pickle = textPickleFault(bytes);
    return pickle === undefined ? guessOfText(text, isBare) : none(pickle);
  }
  const padded = magicOf(bytes) === undefined ? surelyPaddedText(bytes) : undefined;
  const guess = padded === undefined ? undefined : guessOfText(padded, isBare);
  if (guess?.kind === "sure") return guess;
  const foreign = foreignFault(bytes);
  if (foreign !== undefined) return none(foreign);
  if (isMeantAsJson(bytes)) {
    return none(
      new PointError("not-json", "This begins as JSON does, and is not JSON in UTF-8.", () => meantAsJsonText(bytes)),
    );
  }
  const msgpack = msgpackTop(bytes, true);
  if (isSure(msgpack, bytes)) return { kind: "sure", format: "msgpack", because: "msgpack, to the last byte" };
  const cbor = cborTop(bytes, true);
  if (isSure(cbor, bytes)) return { kind: "sure", format: "cbor", because: "CBOR, to the last byte" };
  if (msgpack !== undefined && msgpack !== "other") return { kind: "binary", perhaps: "msgpack" };
  return cbor !== undefined && cbor !== "other" ? { kind: "binary", perhaps: "cbor" } : { kind: "binary" };
}

function isSure(top: Top | undefined, bytes: Buffer): boolean {
  return top === "fields" || ((top === "map" || top === "array") && bytes.length >= MIN_SURE_BYTES);
}

function guessOfText(text: string, isBare: boolean): Guess {
  if (jsonOrUndefined(text) !== undefined) return { kind: "sure", format: "json", because: "JSON" };
  if (looksLikeJsonLines(text)) return { kind: "sure", format: "ndjson", because: "JSON, a line each" };
  // Names between quotes, of columns, are no JSON.
  if (looksLikeCsv(text)) return { kind: "sure", format: "csv", because: "lines of numbers" };
  const split = isBare ? wordAndRest(text) : undefined;
  // A name that ends in JSON is none: `lab {"temp": .5` is no name and value.
  if (split !== undefined && BEGINS_JSON.test(split.rest)) return guessOfTopicAndJson(split);
  const lineFormat = lineFormatOf(text);
  if (lineFormat !== undefined) {
    return { kind: "sure", format: lineFormat, because: VALUE_FORMATS[lineFormat] };
  }
  if (IS_MEANT_AS_JSON.test(text)) {
    return none(notJson(text));
  }
  if (split !== undefined && (IS_MEANT_AS_JSON.test(split.rest) || jsonOrUndefined(split.rest) !== undefined)) {
    return guessOfTopicAndJson(split);
  }
  if (IS_MEANT_AS_PYTHON.test(text)) return none(notJson(text));
  return none(
    new DecodeError("format-unknown", "This is text in no format that is known.", 1, [], () => unknownText(text)),
  );
}

function guessOfTopicAndJson({ word, rest }: { word: string; rest: string }): Guess {
  if (jsonOrUndefined(rest) === undefined) return none(withTopic(notJson(rest), word));
  return { kind: "sure", format: "json", because: "a word (the topic), a space and JSON" };
}

function none(fault: DecodeError | PointError): Guess {
  return { kind: "none", fault };
}

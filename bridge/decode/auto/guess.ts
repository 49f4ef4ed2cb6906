import { PointError } from "../../../worker/protocol/points.ts";
import { foreignFault } from "../foreign.ts";
import { looksLikeCsv } from "../formats/csv.ts";
import type { ValueFormat } from "../formats/formats.ts";
import { cborTop, msgpackTop } from "../formats/structure.ts";
import { DecodeError } from "../message.ts";
import { IS_MEANT_AS_JSON, jsonOrUndefined, readableText, wordAndRest } from "../text.ts";

export type Guess =
  /** It is this, and could hardly be anything else. */
  | { kind: "sure"; format: ValueFormat; because: string }
  /** Binary that is no packed value: perhaps samples, which more messages tell. */
  | { kind: "binary" }
  | { kind: "none"; fault: DecodeError | PointError };

/** Messages shorter than this could be any of several things by chance. */
const MIN_PACKED_ARRAY_BYTES = 6;

/**
 * What one message is, looked at by itself.
 * @param isBare whether a topic may stand before it: `lab {"temp": 1}`
 */
export function guessOf(bytes: Buffer, isBare: boolean): Guess {
  if (bytes.length === 0) return none(new DecodeError("format-unknown", "The message is empty."));
  const text = readableText(bytes);
  if (text !== undefined) return guessOfText(text, isBare);
  const foreign = foreignFault(bytes);
  if (foreign !== undefined) return none(foreign);
  const msgpack = msgpackTop(bytes);
  if (isPacked(msgpack, bytes))
    return { kind: "sure", format: "msgpack", because: "one msgpack value, to the last byte" };
  const cbor = cborTop(bytes);
  if (isPacked(cbor, bytes)) return { kind: "sure", format: "cbor", because: "one CBOR value, to the last byte" };
  return { kind: "binary" };
}

function isPacked(top: ReturnType<typeof msgpackTop>, bytes: Buffer): boolean {
  if (top === "map" || top === "float") return bytes.length > 2;
  return top === "array" && bytes.length >= MIN_PACKED_ARRAY_BYTES;
}

function guessOfText(text: string, isBare: boolean): Guess {
  if (jsonOrUndefined(text) !== undefined) return { kind: "sure", format: "json", because: "JSON" };
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (
    lines.length > 1 &&
    [lines[0], lines[1]].every((line) => jsonOrUndefined(line ?? "") !== undefined && /[{[]/.test(line ?? ""))
  ) {
    return { kind: "sure", format: "ndjson", because: "JSON, a line each" };
  }
  if (IS_MEANT_AS_JSON.test(text)) {
    return none(new PointError("not-json", "This begins as JSON does, and is not JSON."));
  }
  if (looksLikeCsv(text)) return { kind: "sure", format: "csv", because: "lines of numbers" };
  if (isBare && jsonOrUndefined(wordAndRest(text)?.rest ?? "") !== undefined) {
    return { kind: "sure", format: "json", because: "a word (the topic), a space and JSON" };
  }
  return none(
    new DecodeError(
      "format-unknown",
      "This is text, and neither JSON, nor a word (the topic), a space and JSON, nor lines of numbers. " +
        "If a topic is in front, say with --topic-delimiter what ends it.",
    ),
  );
}

function none(fault: DecodeError | PointError): Guess {
  return { kind: "none", fault };
}

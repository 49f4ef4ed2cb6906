import type { ValueFormat } from "../formats/formats.ts";
import { FIRST_OBJECT, type Packing, topOf } from "../formats/structure.ts";
import { DecodeError } from "../message.ts";
import type { Payload } from "../payload.ts";
import { readableText } from "../text.ts";
import { guessOf } from "./guess.ts";
import { isTextRatherThan } from "./text-beside-samples.ts";

/** Whether it is text, which may be a packed number, too: to msgpack the text 1 is 49, and to CBOR -18. */
export function mayBeText(bytes: Buffer): boolean {
  return (bytes[0] ?? 0) < FIRST_OBJECT && readableText(bytes) !== undefined;
}

/**
 * As what to read text on a topic of packed values. A text that reads as a number is no packed value. Beside packed numbers it
 * is no text either: nobody can tell 49 from 1.
 * @param hasNumbers whether some of the packed values were numbers, each a message
 * @throws DecodeError, PointError
 */
export function formatBesidePacked(packing: Packing, { bytes, isBare }: Payload, hasNumbers: boolean): ValueFormat {
  const guess = guessOf(bytes, isBare);
  if (guess.kind === "binary") return packing;
  const isPacked = topOf(packing, bytes) !== undefined;
  if (guess.kind === "sure") {
    if (isPacked && hasNumbers) throw eitherFault(packing);
    return guess.format;
  }
  // A letter or two, which are no number as text, are one of the numbers.
  if (isPacked && hasNumbers && !isTextRatherThan(2, bytes)) return packing;
  throw guess.fault;
}

function eitherFault(packing: Packing): DecodeError {
  const name = packing === "msgpack" ? "msgpack" : "CBOR";
  return new DecodeError(
    "format-unknown",
    `This is a number as text, and another one as ${name}, as which this topic has had numbers. If all of the source is ${name}, say ` +
      `--format ${packing}; if not, send text on a topic of its own.`,
  );
}

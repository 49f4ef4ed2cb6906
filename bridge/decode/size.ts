import { MAX_BODY_POINTS } from "../../protocol/limits.ts";
import { DecodeError } from "./message.ts";

/**
 * What one message may hold and make, whatever its format. A few hundred bytes inflate to millions of values: each would
 * be an object or a row of 100 bytes and more, and nothing else is received until all of them are made.
 */

/** Numbers, text, null, arrays and objects. */
export const MAX_MESSAGE_VALUES = 1 << 20;
/** As many as one POST carries. */
export const MAX_MESSAGE_POINTS = MAX_BODY_POINTS;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING_BRACKET = 0x5b;
const OPENING_BRACE = 0x7b;
const LINE_FEED = 0x0a;

export function tooManyValues(): DecodeError {
  return new DecodeError(
    "message-too-large",
    `A message holds ${MAX_MESSAGE_VALUES} values at most, arrays and objects counted; this has more. Send several.`,
  );
}

export function tooManyPoints(): DecodeError {
  return new DecodeError(
    "message-too-large",
    `A message makes ${MAX_MESSAGE_POINTS} points at most; this makes more. Send several.`,
  );
}

/**
 * Counts what JSON, or lines of it, would make before it is parsed: commas, brackets and lines outside of strings.
 * @throws DecodeError message-too-large
 */
export function checkJsonValues(text: string): void {
  // Each takes a character at least.
  if (text.length <= MAX_MESSAGE_VALUES) return;
  let values = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === QUOTE) isQuoted = !isQuoted;
    else if (isQuoted) {
      if (char === BACKSLASH) i++;
    } else if (char === COMMA || char === OPENING_BRACKET || char === OPENING_BRACE || char === LINE_FEED) {
      if (++values > MAX_MESSAGE_VALUES) throw tooManyValues();
    }
  }
}

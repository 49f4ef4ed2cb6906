import { readableText } from "../text.ts";

/** Fewer may be samples whose bytes happen to be letters. */
const MIN_TEXT_BYTES = 8;
/** A signal whose values are all those of letters turns less from one value to the next. */
const MIN_TURN = 24;
/** Turns that text has: one in so many bytes, or as many as this. */
const BYTES_A_TURN = 8;
const MANY_TURNS = 8;

/** Whether bytes are text rather than samples of so many bytes: of one byte, a signal has values like letters, too. */
export function isTextRatherThan(itemBytes: number, bytes: Buffer): boolean {
  if (bytes.length < MIN_TEXT_BYTES || readableText(bytes) === undefined) return false;
  return itemBytes > 1 || turnsOf(bytes) >= Math.min(MANY_TURNS, bytes.length / BYTES_A_TURN);
}

function turnsOf(bytes: Buffer): number {
  let turns = 0;
  for (let i = 2; i < bytes.length; i++) {
    if (Math.abs((bytes[i] ?? 0) - 2 * (bytes[i - 1] ?? 0) + (bytes[i - 2] ?? 0)) >= MIN_TURN) turns++;
  }
  return turns;
}

import { replaceControl } from "../../protocol/characters.ts";

/** Longer than any sentence of ours, and than what a client sent may be that is said back to it. */
export const MAX_DETAIL_LENGTH = 1000;
const MAX_LOG_LENGTH = 8000;

/** A sentence that may hold what a client sent: no control characters, which a terminal would obey, and no more than fits. */
export function saidBack(sentence: string): string {
  return replaceControl(sentence.slice(0, MAX_DETAIL_LENGTH), () => " ");
}

/** An error for the log, on one line, so that nothing in it looks like a line of another. It has no headers, so no token. */
export function logLine(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
  return replaceControl(text.slice(0, MAX_LOG_LENGTH).replace(/\s*\n\s*/g, " | "), () => " ");
}

import { DecodeError } from "../../message.ts";

/**
 * What a message, or a line of it, that is no numbers is refused with.
 * @param why the rest of a sentence, without its period
 * @param advice a sentence of its own
 */
export function notCsv(why: string, advice = ""): DecodeError {
  return new DecodeError("not-csv", `This is not lines of numbers: ${why}.${advice && ` ${advice}`}`);
}

const MAX_QUOTED = 40;

/** A text of the message, short enough for a sentence. */
export function quotedText(text: string): string {
  return `"${text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text}"`;
}

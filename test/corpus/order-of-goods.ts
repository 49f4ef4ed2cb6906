/** The order of goods: no wrong value first, then nothing lost in silence. */
import type { Row } from "../../protocol/frame/frame-builder.ts";
import type { Outcome } from "./run.ts";

/** Values of rows that no number in the messages is. */
export function inventedValues(sent: { has: (value: number) => boolean }, rows: readonly Row[]): number[] {
  const invented = new Set<number>();
  const found = new Set<number>();
  for (const { values, marks = [] } of rows) {
    // A state is a number that stands for its name.
    if (marks.length > 0) continue;
    for (const value of values) {
      if (Number.isNaN(value) || found.has(value)) continue;
      if (sent.has(value)) found.add(value);
      else invented.add(value);
    }
  }
  return [...invented];
}

/** Whether something can be seen of an input: a point, a count or a line. */
export function isSeen({ rows, leftOut, refused, lines }: Outcome): boolean {
  return rows.length > 0 || Object.keys(leftOut).length > 0 || Object.keys(refused).length > 0 || lines.length > 0;
}

/**
 * Which of some messages change nothing: without it, the same comes of the others. One that is the same as one before it may,
 * and so may one with whose whole text another begins: names of columns are sent again and again, alone and above rows.
 * @param keys one for each message, the same for the same bytes
 * @param outcomeWithout what comes of all, or of all but one
 */
export function messagesInSilence(
  keys: readonly string[],
  outcomeWithout: (index: number | undefined) => string,
): number[] {
  const whole = outcomeWithout(undefined);
  const isSaidAgain = (key: string, index: number): boolean =>
    keys.some((other, i) => (other === key ? i < index : other.startsWith(key.trimEnd())));
  return keys.flatMap((key, index) => (isSaidAgain(key, index) || outcomeWithout(index) !== whole ? [] : [index]));
}

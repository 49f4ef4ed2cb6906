import { bestOf } from "./best-candidate.ts";
import { type Candidate, candidatesOf, lookedAt, MAX_VALUES, MIN_INSIDE, orderIn } from "./candidate.ts";
import { edgeOf } from "./records.ts";
import { type GuessedType, isFloat, isSaneFloat, valuesIn, WIDTH } from "./sample-types.ts";

/** A multiple of every width. */
const MAX_TAIL_BYTES = 256;

/** What stands before and after the samples of each message, in bytes. */
export function edgeBytes(messages: readonly Buffer[]): { before: number; after: number } {
  const best = bestOf(candidatesOf(messages, lookedAt(messages)));
  const [before = 0, after = 0] =
    best === undefined ? [] : edgesOf(best, 1, messages).map((edge) => edge * WIDTH[best.type]);
  return { before, after };
}

/** How many values at the beginning and at the end of each message are something else. */
export function edgesOf(
  { type, isBig, orders }: Candidate,
  channels: number,
  messages: readonly Buffer[],
): [number, number] {
  const tails = valuesIn(
    type,
    isBig,
    messages.map((message) => message.subarray(-MAX_TAIL_BYTES)),
    MAX_VALUES,
  );
  const backwards = tails.map((values) => values.reverse().map((value) => orderIn(value, type)));
  return [edgeOf(orders, channels), edgeOf(backwards, channels)];
}

/** Whether a float at either end of a message is of no size that values have, as a header or a checksum is. */
export function hasOddEnd({ type, orders, values }: Candidate): boolean {
  if (!isFloat(type)) return false;
  let from = 0;
  return orders.some(({ length }) => {
    const ends = [from, from + 1, from + length - 2, from + length - 1];
    from += length;
    return length >= MIN_INSIDE && ends.some((i) => isOdd(values[i] ?? 0, type));
  });
}

function isOdd(value: number, type: GuessedType): boolean {
  return !Number.isNaN(value) && !isSaneFloat(value, type);
}

import { type GuessedType, isFloat, isSaneFloat, orderOf, read, WIDTH } from "./sample-types.ts";
import { bitsAStep } from "./step-cost.ts";

/** What a field of a record may be. Signs hardly change a step. */
const FIELDS: readonly { type: GuessedType; isBig: boolean }[] = [
  { type: "u8", isBig: false },
  ...(["u16", "f32", "i32", "f64", "i64"] as const).flatMap((type) => [
    { type, isBig: false },
    { type, isBig: true },
  ]),
];
/** To tell what a field is. */
const BITS_A_FIELD = 3;

/**
 * What records of one length take, in bits, if each is fields of any type one after the other, and each field is told by
 * its step from the record before. The cheapest layout counts.
 */
export function bitsAsRecords(records: readonly Buffer[]): number {
  const [first] = records;
  if (first === undefined) return 0;
  const views = records.map(({ buffer, byteOffset, length }) => new DataView(buffer, byteOffset, length));
  /** The least that the bytes before each place take. */
  const least: number[] = [0];
  for (let end = 1; end <= first.length; end++) {
    let best = Number.POSITIVE_INFINITY;
    for (const { type, isBig } of FIELDS) {
      const at = end - WIDTH[type];
      if (at < 0) continue;
      const before = least[at] ?? Number.POSITIVE_INFINITY;
      if (before < best) best = Math.min(best, before + bitsOfField(type, isBig, at, views));
    }
    least.push(best);
  }
  return least[first.length] ?? 0;
}

/** What one field takes. */
export function bitsOfField(type: GuessedType, isBig: boolean, at: number, views: readonly DataView[]): number {
  const width = WIDTH[type];
  const values = views.map((view) => read(type, view, at, !isBig));
  if (isFloat(type) && !values.every((value) => isSaneFloat(value, type))) return Number.POSITIVE_INFINITY;
  const steps = isFloat(type) ? values.map((value) => orderOf(value, type)) : values;
  const bits = Math.min(8 * width, bitsAStep(steps, 1, isFloat(type)));
  return BITS_A_FIELD + 8 * width + bits * (views.length - 1);
}

/** Whether bytes at a place are the same letters in each of several messages: a name, and no number. */
export function hasLettersAt(messages: readonly Buffer[], at: number, width: number): boolean {
  const [first] = messages;
  if (first === undefined || messages.length < 2 || width < 2) return false;
  const letters = first.subarray(at, at + width);
  return (
    letters.every(
      (byte) => (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a),
    ) && messages.every((message) => message.subarray(at, at + width).equals(letters))
  );
}

/** So many values are looked at. */
export const MAX_EDGE = 16;
const MIN_VALUES = 16;
const MIN_MESSAGES = 3;
/** How much larger a step at the edge is, in powers of two, than nearly all of those inside. */
const EDGE_OCTAVES = 4;
const NEARLY_ALL = 0.97;
const MOST = 0.7;

/**
 * How many values at the beginning of each message are something else than the rest, such as a header. 0 if none are.
 * @param messages the values of each, floats as their orders; what is of no sane size is NaN
 */
export function edgeOf(messages: readonly (readonly number[])[], lag: number): number {
  const long = messages.filter(({ length }) => length >= Math.max(MIN_VALUES, 4 * lag));
  if (long.length < MIN_MESSAGES) return 0;
  const edge = Math.min(MAX_EDGE, Math.floor(Math.min(...long.map(({ length }) => length)) / 4));
  const sizes = long.flatMap((values) => values.slice(edge + lag).map((_, i) => stepAt(values, edge + lag + i, lag)));
  sizes.sort((a, b) => a - b);
  const usual = 1 + (sizes[Math.floor(sizes.length * NEARLY_ALL)] ?? 0);
  for (let at = edge; at >= lag; at--) {
    const odd = long.filter((values) => Math.log2(1 + stepAt(values, at, lag)) > Math.log2(usual) + EDGE_OCTAVES);
    if (odd.length >= MOST * long.length) return at;
  }
  return 0;
}

/** What is no number is as far away as can be. */
function stepAt(values: readonly number[], at: number, lag: number): number {
  const size = Math.abs((values[at] ?? 0) - (values[at - lag] ?? 0));
  return Number.isNaN(size) ? Number.MAX_VALUE : size;
}

import { numbersOf } from "../samples/columns.ts";
import type { ElementType } from "../samples/format.ts";

export interface SamplesGuess {
  /** For --format: `f32`, `i16be` … */
  format: string;
  /** Whether other formats fit these bytes far worse. */
  sure: boolean;
  because: string;
}

/** Of each message so much is looked at. */
const MAX_LOOK_BYTES = 2048;
const SIZES = [1, 2, 4, 8] as const;
type Size = (typeof SIZES)[number];
/** The likelier of two that say the same is the first. */
const INTEGERS: Readonly<Record<Size, readonly [ElementType, ElementType]>> = {
  1: ["u8", "i8"],
  2: ["i16", "u16"],
  4: ["i32", "u32"],
  8: ["i64", "u64"],
};
const SANE_SHARE = 0.98;
/** What measured values lie between, if they are not 0. */
const SANE_LEAST = 1e-15;
const SANE_MOST = 1e15;
/** Numbers of n bits that are anything at all take n bits and a little; these may have so many fewer at least. */
const BITS_SPARED = 0.5;
/** Integers that take so small a share of their bits are no parts of floats. */
const PLAIN_SHARE = 0.8;
/** Another reading that takes this many times the bits is far worse. */
const FAR = 1.15;
/** Fewer integers say nothing, and these little. */
const MIN_ITEMS = 8;
const MIN_SURE_ITEMS = 16;

/**
 * What arrays of numbers in binary these messages are. Floats show by their exponents: those of measured values are of
 * few sizes. Of integers that type is the right one in which the numbers take the fewest bits, as steps from one to the
 * next or as distances from their mean: read too wide, too narrow or the wrong way round, low bytes stand high.
 * @returns undefined if they look like none, as what is compressed does
 */
export function guessSamples(messages: readonly Buffer[]): SamplesGuess | undefined {
  const looked = messages.filter(({ length }) => length > 0).map((message) => message.subarray(0, MAX_LOOK_BYTES));
  if (looked.length === 0) return undefined;
  const fitting = SIZES.filter((size) => messages.every(({ length }) => length % size === 0));
  if (looked.every((message) => message.every((byte) => byte === 0))) {
    return fitting.includes(4) ? { format: "f32", sure: false, because: "all bytes are 0" } : undefined;
  }
  const readings = fitting.flatMap((size) => readingsOf(looked, size)).sort((a, b) => a.share - b.share);
  const [best] = readings;
  if (best === undefined) return undefined;
  const float = floatOf(looked, fitting, best);
  if (float !== undefined) return float;
  const items = looked.reduce((sum, { length }) => sum + length / best.size, 0);
  if (items < MIN_ITEMS || best.bits > 8 * best.size - BITS_SPARED) return undefined;
  const rival = readings.find(({ size, isBig }) => size !== best.size || isBig !== best.isBig);
  const sure = items >= MIN_SURE_ITEMS && (rival === undefined || rival.share > FAR * best.share);
  return { format: nameOf(best), sure, because: "as these, they take the fewest bits" };
}

interface Reading {
  element: ElementType;
  size: Size;
  isBig: boolean;
  /** What a number takes of information, and which share that is of the bits it has. */
  bits: number;
  share: number;
}

function readingsOf(messages: readonly Buffer[], size: Size): Reading[] {
  const orders = size === 1 ? [false] : [false, true];
  return INTEGERS[size].flatMap((element) =>
    orders.map((isBig) => {
      const bits = bitsOf(messages, element, isBig);
      return { element, size, isBig, bits, share: bits / (8 * size) };
    }),
  );
}

function nameOf({ element, isBig }: Pick<Reading, "element" | "isBig">): string {
  return `${element}${isBig ? "be" : ""}`;
}

function floatOf(messages: readonly Buffer[], fitting: readonly Size[], integers: Reading): SamplesGuess | undefined {
  // Narrow ones first: read as wide ones, they are as sane.
  for (const element of ["f32", "f64"] as const) {
    const size = element === "f32" ? 4 : 8;
    if (!fitting.includes(size) || (integers.size < size && integers.share < PLAIN_SHARE)) continue;
    const [little, big] = [saneShare(messages, element, false), saneShare(messages, element, true)];
    if (Math.max(little, big) < SANE_SHARE) continue;
    const isBig =
      little < SANE_SHARE || (big >= SANE_SHARE && bitsOf(messages, element, true) < bitsOf(messages, element, false));
    const because = "as floats, nearly all are of a size that values have";
    return { format: nameOf({ element, isBig }), sure: Math.min(little, big) < SANE_SHARE, because };
  }
  return undefined;
}

/**
 * How many bits a number takes whose distance, from the one before or from the mean, is as large as theirs is on
 * average: the entropy of a Laplace distribution is log2(2e × its mean distance).
 */
function bitsOf(messages: readonly Buffer[], element: ElementType, isBig: boolean): number {
  const all = messages.map((message) => numbersOf(message, element, isBig));
  let count = 0;
  let sum = 0;
  let steps = 0;
  // Messages follow each other: there may be but one item in each.
  let before = Number.NaN;
  for (const numbers of all) {
    for (const number of numbers) {
      if (!Number.isFinite(number)) continue;
      if (count++ > 0) steps += Math.abs(number - before);
      sum += number;
      before = number;
    }
  }
  const mean = sum / count;
  let distances = 0;
  for (const numbers of all) {
    for (const number of numbers) if (Number.isFinite(number)) distances += Math.abs(number - mean);
  }
  const distance = Math.min(distances / count, count > 1 ? steps / (count - 1) : Number.POSITIVE_INFINITY);
  // A number that is always the same takes nothing.
  return Math.log2(Math.max(1, 2 * Math.E * distance));
}

/** Which share of these items is 0 or of a size that values have. */
function saneShare(messages: readonly Buffer[], type: "f32" | "f64", isBig: boolean): number {
  let sane = 0;
  let count = 0;
  let zerosBefore = 0;
  for (const message of messages) {
    const numbers = numbersOf(message, type, isBig);
    for (let i = 0; i < numbers.length; i++) {
      const size = Math.abs(Number(numbers[i]));
      count++;
      if (size === 0 || (size > SANE_LEAST && size < SANE_MOST)) sane++;
      if (size === 0 && i % 2 === (isBig ? 1 : 0)) zerosBefore++;
    }
  }
  // Every other one is 0: these are the low halves of wider ones.
  if (type === "f32" && count > 3 && zerosBefore >= Math.floor(count / 2)) return 0;
  return count === 0 ? 0 : sane / count;
}

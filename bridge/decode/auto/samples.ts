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
const MAX_LOOK_BYTES = 16_384;
const SIZES = [1, 2, 4, 8] as const;
type Size = (typeof SIZES)[number];
/** Bins of byte values; finer ones would take more bytes to fill. */
const BINS = 16;
const SANE_SHARE = 0.98;
/** What measured values lie between, if they are not 0. */
const SANE_LEAST = 1e-15;
const SANE_MOST = 1e15;
/** The mean step of noise is a third of its range. */
const SMOOTH = 0.22;

/**
 * What arrays of numbers in binary these messages are. Floats show by their exponents: those of measured values are of
 * few sizes. Of integers the type that moves in the smallest steps is the right one: read too wide, two samples lie
 * between steps; too narrow or the wrong way round, low bytes jump. Where all is noise, the low bytes of an item differ
 * from its high ones, so that the statistics of bytes repeat with its size.
 * @returns undefined if they look like none, as noise of single bytes and what is compressed do
 */
export function guessSamples(messages: readonly Buffer[]): SamplesGuess | undefined {
  const looked = messages.filter(({ length }) => length > 0).map((message) => message.subarray(0, MAX_LOOK_BYTES));
  if (looked.length === 0) return undefined;
  const fitting = SIZES.filter((size) => messages.every(({ length }) => length % size === 0));
  if (looked.every((message) => message.every((byte) => byte === 0))) {
    return fitting.includes(4) ? { format: "f32", sure: false, because: "all bytes are 0" } : undefined;
  }
  const integers = integersOf(looked, fitting);
  const isBytes = integers?.size === 1 && integers.rough < SMOOTH;
  const float = isBytes ? undefined : floatOf(looked, fitting);
  if (float !== undefined) return float;
  if (integers !== undefined && integers.rough < SMOOTH) {
    return { format: integers.format, sure: integers.sure, because: "as these, they move in the smallest steps" };
  }
  const size = fitting.find((each) => repeatsWith(each, looked));
  if (size !== 2 && size !== 4) return undefined;
  const noise = ofSize(looked, size);
  return { format: noise.format, sure: false, because: `their bytes differ by place in items of ${size}` };
}

function floatOf(messages: readonly Buffer[], fitting: readonly Size[]): SamplesGuess | undefined {
  // Narrow ones first: read as wide ones, they are as sane.
  for (const type of ["f32", "f64"] as const) {
    if (!fitting.includes(type === "f32" ? 4 : 8)) continue;
    const [little, big] = [saneShare(messages, type, false), saneShare(messages, type, true)];
    if (Math.max(little, big) < SANE_SHARE) continue;
    const isBig =
      little < SANE_SHARE ||
      (big >= SANE_SHARE && meanStep(messages, type, true).step < meanStep(messages, type, false).step);
    const because = "as floats, nearly all are of a size that values have";
    return { format: isBig ? `${type}be` : type, sure: Math.min(little, big) < SANE_SHARE, because };
  }
  return undefined;
}

interface Integers {
  size: Size;
  format: string;
  /** The mean step, as a share of the range. */
  rough: number;
  sure: boolean;
}

function integersOf(messages: readonly Buffer[], fitting: readonly Size[]): Integers | undefined {
  const [best, second] = fitting
    // Wider ones' high bytes often are as smooth, but they differ from the low ones.
    .filter((size) => size <= 4 && (size > 1 || repeatsWith(1, messages)))
    .map((size) => ofSize(messages, size))
    .sort((a, b) => a.rough - b.rough);
  return best && { ...best, sure: second === undefined || best.rough < 0.7 * second.rough };
}

/** Signed or not, and in which order: what moves in the smallest steps. */
function ofSize(messages: readonly Buffer[], size: Size): Integers {
  const types = INTEGERS[size];
  const orders = size === 1 ? [false] : [false, true];
  const [first, ...others] = types.flatMap((type) =>
    orders.map((isBig) => ({ format: `${type}${isBig ? "be" : ""}`, ...meanStep(messages, type, isBig) })),
  );
  let best = first ?? { format: types[0], step: Number.POSITIVE_INFINITY, range: 1 };
  for (const other of others) if (other.step < best.step) best = other;
  return { size, format: best.format, rough: best.range > 0 ? best.step / best.range : 0, sure: false };
}

const INTEGERS: Readonly<Record<Size, readonly [ElementType, ElementType]>> = {
  1: ["u8", "i8"],
  2: ["i16", "u16"],
  4: ["i32", "u32"],
  8: ["i64", "u64"],
};

function meanStep(messages: readonly Buffer[], type: ElementType, isBig: boolean): { step: number; range: number } {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let steps = 0;
  let sum = 0;
  // Messages follow each other: there may be but one item in each.
  let before = Number.NaN;
  for (const message of messages) {
    const numbers = numbersOf(message, type, isBig);
    for (let i = 0; i < numbers.length; i++) {
      const number = Number(numbers[i]);
      if (!Number.isFinite(number)) continue;
      least = Math.min(least, number);
      most = Math.max(most, number);
      const step = Math.abs(number - before);
      before = number;
      if (!Number.isFinite(step)) continue;
      sum += step;
      steps++;
    }
  }
  return { step: steps === 0 ? Number.POSITIVE_INFINITY : sum / steps, range: most - least };
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

/** Whether bytes so many places apart are alike, as the statistics of their high halves say. */
function repeatsWith(size: Size, messages: readonly Buffer[]): boolean {
  const histograms = Array.from({ length: 8 }, () => new Float64Array(BINS));
  let at = 0;
  for (const message of messages) {
    for (const byte of message) {
      const histogram = histograms[at++ % 8];
      if (histogram !== undefined) histogram[byte >> 4] = (histogram[byte >> 4] ?? 0) + 1;
    }
  }
  const perPosition = at / 8;
  // Two samples of one distribution differ by about so much by chance.
  const chance = 0.08 + 0.8 * Math.sqrt(BINS / perPosition);
  return histograms.every((histogram, i) => {
    const other = histograms[(i + size) % 8] ?? histogram;
    const differing = histogram.reduce((sum, count, bin) => sum + Math.abs(count - (other[bin] ?? 0)), 0);
    return differing / 2 / perPosition < chance;
  });
}

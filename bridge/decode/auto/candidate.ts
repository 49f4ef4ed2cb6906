import { edgeOf, MAX_EDGE } from "./records.ts";
import { GUESSED, type GuessedType, isFloat, isSaneFloat, orderOf, valuesIn, WIDTH } from "./sample-types.ts";
import { bitsAStep, octaves } from "./step-cost.ts";

const MIN_SANE = 0.98;
/** What half of a signal's values are spread over, at most: a sine's over one or two. */
const MAX_OCTAVES = 10;
/** Looking further makes it no surer. */
export const MAX_VALUES = 1024;
const MAX_LOOK_BYTES = 1024;
/** Fewer halves are equal by chance. */
const MIN_HALVES = 4;
export const MIN_INSIDE = 16;
/** Channels that are interleaved: a step goes from one to the next of the same. */
export const LAGS = [2, 3, 4, 6, 8] as const;
/** Bits a byte: any wider type is one of interleaved parts, too. */
const LAG_COST = 0.4;
/** Integers of several channels: so many rows a message tell the channels from the fields of a record. */
export const MIN_CHANNEL_ROWS = 8;
/** What is no longer than this, and as long each time, is rather a record than samples. */
export const MAX_RECORD_BYTES = 128;

export interface Candidate {
  type: GuessedType;
  isBig: boolean;
  /** Bits a byte, with what the lag costs. */
  cost: number;
  /** The steps' own, in bits. */
  stepBits: number;
  /** Of each message; floats as their orders. */
  orders: number[][];
  flat: number[];
  values: number[];
  hasHighBit: boolean;
  isConstant: boolean;
  /** Every other value is like the lower half of an f64: 0, or of any size. */
  isHalf: boolean;
}

/** What is looked at of the messages that have anything. */
export function lookedAt(messages: readonly Buffer[]): Buffer[] {
  return messages.filter(({ length }) => length > 0).map((message) => message.subarray(0, MAX_LOOK_BYTES));
}

/** The value as a number whose steps are told: a float's order; NaN if it is of no size that values have. */
export function orderIn(value: number, type: GuessedType): number {
  if (!isFloat(type)) return value;
  return isSaneFloat(value, type) ? orderOf(value, type) : Number.NaN;
}

export function candidatesOf(messages: readonly Buffer[], looked: readonly Buffer[]): Candidate[] {
  if (looked.length === 0) return [];
  const record = recordOf(messages);
  return GUESSED.flatMap((type) => {
    if (!messages.every(({ length }) => length % WIDTH[type] === 0)) return [];
    const ends = WIDTH[type] === 1 ? [false] : [false, true];
    return ends.flatMap((isBig) => candidateOf(type, isBig, looked, record) ?? []);
  });
}

function candidateOf(
  type: GuessedType,
  isBig: boolean,
  looked: readonly Buffer[],
  record: number | undefined,
): Candidate | undefined {
  const width = WIDTH[type];
  const split = valuesIn(type, isBig, looked, MAX_VALUES);
  const values = split.flat();
  if (values.length === 0) return undefined;
  const inside = split.flatMap(insideOf);
  if (isFloat(type) && !isSane(inside, type)) return undefined;
  const lower = values.filter((_, i) => i % 2 === (isBig ? 1 : 0));
  const insideLower = split.flatMap((each) => insideOf(each).filter((_, i) => i % 2 === (isBig ? 1 : 0)));
  if (type === "f32" && insideLower.length > 0 && !isSane(insideLower, type)) return undefined;
  if (width === 1 && hasTwoKinds(values)) return undefined;
  if (width === 8 && !isFloat(type) && !isPlainWide(values)) return undefined;
  if (width > 1 && hasEqualHalves(looked, width)) return undefined;
  const orders = isFloat(type) ? split.map((each) => each.map((value) => orderIn(value, type))) : split;
  const flat = orders.flat();
  const { stepBits, cost } = costIn(flat, type, record);
  const [first] = values;
  return {
    type,
    isBig,
    cost,
    stepBits,
    orders,
    flat,
    values,
    hasHighBit: values.some((value) => value < 0 || value >= 2 ** (8 * width - 1)),
    isConstant: values.every((value) => Object.is(value, first)),
    isHalf: isHalfOfWider(
      lower,
      values.filter((_, i) => i % 2 === (isBig ? 0 : 1)),
    ),
  };
}

/** The values of a longer message without those that may be a header or a checksum: {@link edgeOf} looks at these. */
function insideOf(values: readonly number[]): readonly number[] {
  const { length } = values;
  // An even number, so that what are halves of wider values stays so.
  return length < MIN_INSIDE ? values : values.slice(Math.min(MAX_EDGE, 2 * (length >> 3)), length - 2 * (length >> 4));
}

/** What a step takes on average, from one value to the next or to that of the same channel. */
function costIn(
  flat: readonly number[],
  type: GuessedType,
  record: number | undefined,
): Pick<Candidate, "stepBits" | "cost"> {
  const width = WIDTH[type];
  let stepBits = bitsAStep(flat, 1, isFloat(type));
  let cost = stepBits / width;
  // Channels of single bytes are rare, and would be the high and the low bytes of i16.
  for (const lag of width === 1 ? [] : LAGS) {
    // What goes on from record to record is a field of any type.
    if (!isFloat(type) && record !== undefined && lag * width * MIN_CHANNEL_ROWS > record) break;
    const bits = bitsAStep(flat, lag, isFloat(type));
    if (bits / width + LAG_COST >= cost) continue;
    stepBits = bits;
    cost = bits / width + LAG_COST;
  }
  return { stepBits, cost };
}

/** The length of all messages, if they may be records. */
export function recordOf(messages: readonly Buffer[]): number | undefined {
  const length = messages[0]?.length ?? 0;
  return length < MAX_RECORD_BYTES && messages.every((message) => message.length === length) ? length : undefined;
}

/** Whether integers of 64 bits are small, or all near to each other, as times are: eight bytes of something else are neither. */
function isPlainWide(values: readonly number[]): boolean {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  const size = Math.max(Math.abs(least), Math.abs(greatest));
  if (size < 2 ** 47) return true;
  return greatest - least < size / 256 && new Set(values).size > values.length / 2;
}

/** Whether both halves of most values are nearly equal, as those of two values of a narrower type that go on are. */
function hasEqualHalves(looked: readonly Buffer[], width: number): boolean {
  const half = width / 2;
  const full = 2 ** (8 * half);
  const near = width === 8 ? 0 : full / 256;
  let [little, big, all] = [0, 0, 0];
  for (const message of looked) {
    for (let at = 0; at + width <= message.length; at += width) {
      const first = message.readUIntLE(at, half);
      const second = message.readUIntLE(at + half, half);
      // A half of zeros or ones is the sign of the other.
      if (first === 0 || second === 0 || first === full - 1 || second === full - 1) continue;
      all++;
      if (Math.abs(first - second) <= near) little++;
      if (Math.abs(message.readUIntBE(at, half) - message.readUIntBE(at + half, half)) <= near) big++;
    }
  }
  return all >= MIN_HALVES && Math.max(little, big) > all / 2;
}

/** Whether almost all are of a size that a measurement has; a missing value (NaN) is as good as any, but not alone. */
function isSane(values: readonly number[], type: GuessedType): boolean {
  let sane = 0;
  let missing = 0;
  for (const value of values) {
    if (Number.isNaN(value)) missing++;
    else if (isSaneFloat(value, type)) sane++;
  }
  const share = type === "f16" ? 1 : MIN_SANE;
  return sane > 0 && sane >= share * (values.length - missing) && missing <= (type === "f16" ? 0 : values.length / 4);
}

function isHalfOfWider(lower: readonly number[], upper: readonly number[]): boolean {
  if (lower.every((value) => value === 0)) return upper.some((value) => value !== 0);
  return octaves(lower) > MAX_OCTAVES && octaves(upper) <= MAX_OCTAVES;
}

/** Whether every other value goes up and down much more than those between: they are the low bytes of a wider type. */
function hasTwoKinds(values: readonly number[]): boolean {
  const sums: [number, number] = [0, 0];
  for (let i = 2; i < values.length; i++) sums[i & 1 ? 1 : 0] += Math.abs((values[i] ?? 0) - (values[i - 2] ?? 0));
  return Math.max(...sums) > 3 * Math.min(...sums) + values.length;
}

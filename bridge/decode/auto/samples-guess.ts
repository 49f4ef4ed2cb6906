import { differByPlace } from "./by-place.ts";
import { bitsByFrequency, bitsByPlace } from "./byte-models.ts";
import { bitsBySize, hasOtherFields } from "./float-fields.ts";
import { bitsAsRecords, edgeOf, hasLettersAt, MAX_EDGE } from "./records.ts";
import { GUESSED, type GuessedType, isFloat, isSaneFloat, orderOf, valuesIn, WIDTH } from "./sample-types.ts";
import { bitsAStep, octaves, smoothestLag, swings } from "./step-cost.ts";

export interface SamplesGuess {
  /** For --format: `f32`, `i16be`, `f32x2` … */
  format: string;
  sure: boolean;
  /** Why, in a few words for people. */
  because: string;
}

const MIN_SANE = 0.98;
/** What half of a signal's values are spread over, at most: a sine's over one or two. */
const MAX_OCTAVES = 10;
/** Looking further makes it no surer. */
const MAX_VALUES = 1024;
const MAX_LOOK_BYTES = 1024;
/** A multiple of every width. */
const MAX_TAIL_BYTES = 256;
/** What ints must cost less than a float type whose numbers are of a sane size: by chance an f64 hardly ever is. */
const F32_ADVANTAGE = 1;
const F64_ADVANTAGE = 2.5;
/** Values of fewer kinds, as of a switch, are no more like one type than like another. */
const MIN_DISTINCT = 8;
/** Fewer halves are equal by chance. */
const MIN_HALVES = 4;
const MIN_INSIDE = 16;
/** The lower half of round numbers, and of what was an f32 before, is a multiple of this. */
const ROUND_HALF = 2 ** 16;
const MAX_COUNT_BITS = 20;
/** What noise takes, of all bits, at least. */
const MIN_NOISE = 0.87;
/** How much of the range nine of ten steps of a smooth signal are, at most. */
const MAX_SMOOTH_STEP = 0.3;
/** What the best must be better by, and of how much, to be sure. Bits a byte. */
const SURE_ADVANTAGE = 0.4;
/** The same for the other sign: they differ only where the values leap from one end of the type to the other. */
const SIGN_ADVANTAGE = 0.01;
const MIN_SURE_VALUES = 32;
const MIN_SURE_BYTES = 128;
/** As halves, integers that are nearer to 0 are smaller than 0.002. */
const MAX_NEAR_HALF = 0x1800;
/** Bits: a step to the next value of a sure signal is so much smaller than one further. */
const SURE_SMOOTHER = 0.35;
/** Channels that are interleaved: a step goes from one to the next of the same. */
const LAGS = [2, 3, 4, 6, 8] as const;
/** Bits a byte: any wider type is one of interleaved parts, too. */
const LAG_COST = 0.4;
/** Integers of several channels: so many rows a message tell the channels from the fields of a record. */
const MIN_CHANNEL_ROWS = 8;
/** What is no longer than this, and as long each time, is rather a record than samples. */
export const MAX_RECORD_BYTES = 128;
const MIN_RECORDS = 3;
/** Fewer messages do not show which places differ. */
const MIN_PLACED = 6;
/** Longer structs of fields are rare, and go on less smoothly than samples. */
export const MAX_STRUCT_BYTES = 256;
/** Floats are plain to see: a record of nothing else is so many channels. */
const MAX_RECORD_CHANNELS = 32;
/** Shorter messages have too few bytes of one kind to tell small integers from bytes of something else. */
const MIN_VALUES_ALONE = 16;
/** What a type must save of all bits, in bits and of each byte: by chance noise saves some, and there are many types. */
const MIN_SAVED_BITS = 20;
const MIN_SAVED_A_BYTE = 0.5;
const MIN_SAVED_A_FLOAT_BYTE = 0.25;
/** Single bytes that leap may be anything's. */
const MAX_BYTE_COST = 6.6;
const MAX_SMOOTH_BYTE_COST = 4.7;
/** Messages that are all alike say less at each place. */
const MAX_STEADY_BYTE_COST = 5.2;
const MIN_MOVES = 0.3;
/** Of single bytes, what tells each by how often it comes may be cheaper by so much. */
const MAX_FREQUENCY_ADVANTAGE = 0.5;
const ALL_EQUAL = "all its values are equal, which any type may have";

interface Candidate {
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

/**
 * Which type the numbers of a binary array are of: the one as which they take the fewest bits, told step by step. A
 * signal's steps are small in its own type, and noise in every other. Floats show by their exponents, too: those of
 * measured values are of few sizes. What takes as few bits as bytes at their places in each message, or as letters of a
 * text, is no signal.
 * @param messages of one publisher, in order
 * @returns undefined if they are like no signal of any type
 */
export function guessSamples(messages: readonly Buffer[]): SamplesGuess | undefined {
  const looked = messages.filter(({ length }) => length > 0).map((message) => message.subarray(0, MAX_LOOK_BYTES));
  const candidates = candidatesOf(messages, looked);
  const best = bestOf(candidates);
  if (best === undefined || (best.type === "f64" && hasCountingHalf(best, looked))) return undefined;
  const format = `${best.type}${best.isBig ? "be" : ""}`;
  if (best.values.length < 2) return undefined;
  if (best.isConstant) return isPlainConstant(best) ? { format, sure: false, because: ALL_EQUAL } : undefined;
  if (!savesEnough(best)) return undefined;
  const record = recordOf(messages);
  const channels = channelsOf(best, messages, record);
  if (channels === undefined || !isNoRecord(best, channels, looked, record)) return undefined;
  if (WIDTH[best.type] === 1 && !isNoText(best, looked)) return undefined;
  if (isStruct(best, channels, looked)) return undefined;
  if (edgesOf(best, channels, messages).some((edge) => edge > 0) || hasOddEnd(best)) return undefined;
  const count = best.values.length;
  if (channels > 1) {
    return {
      format: `${format}x${channels}`,
      sure: false,
      because: `${count} values are like ${channels} channels in turn`,
    };
  }
  const sure = isSure(best, candidates, looked, record);
  return { format, sure, because: `${count} values go on from one to the next more smoothly than as any other` };
}

/** What stands before and after the samples of each message, in bytes. */
export function edgeBytes(messages: readonly Buffer[]): { before: number; after: number } {
  const looked = messages.filter(({ length }) => length > 0).map((message) => message.subarray(0, MAX_LOOK_BYTES));
  const best = bestOf(candidatesOf(messages, looked));
  const [before = 0, after = 0] =
    best === undefined ? [] : edgesOf(best, 1, messages).map((edge) => edge * WIDTH[best.type]);
  return { before, after };
}

/** How many values at the beginning and at the end of each message are something else. */
function edgesOf({ type, isBig, orders }: Candidate, channels: number, messages: readonly Buffer[]): [number, number] {
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
function hasOddEnd({ type, orders, values }: Candidate): boolean {
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

function orderIn(value: number, type: GuessedType): number {
  if (!isFloat(type)) return value;
  return isSaneFloat(value, type) ? orderOf(value, type) : Number.NaN;
}

function candidatesOf(messages: readonly Buffer[], looked: readonly Buffer[]): Candidate[] {
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

function bestOf(candidates: readonly Candidate[]): Candidate | undefined {
  const cheapest = (from: readonly Candidate[]): Candidate | undefined =>
    from.reduce<Candidate | undefined>((a, b) => (a === undefined || b.cost < a.cost - 1e-9 ? b : a), undefined);
  const float = cheapest([false, true].flatMap((isBig) => floatOf(candidates, isBig) ?? []));
  const cheapestInt = cheapest(candidates.filter(({ type }) => !isFloat(type)));
  const int = halfOfInt(cheapestInt, candidates) ?? cheapestInt;
  if (float === undefined || int === undefined) return float ?? int;
  return int.cost < float.cost - (float.type === "f32" ? F32_ADVANTAGE : F64_ADVANTAGE) ? int : float;
}

/**
 * Halves have the same bits as integers of 16 bits, in the same order. They differ where there are both signs: then the integers
 * are of two kinds, far from 0, and the halves go through it.
 */
function halfOfInt(int: Candidate | undefined, candidates: readonly Candidate[]): Candidate | undefined {
  if (int?.type !== "i16" && int?.type !== "u16") return undefined;
  const half = candidates.find(({ type, isBig }) => type === "f16" && isBig === int.isBig);
  const signed = candidates.find(({ type, isBig }) => type === "i16" && isBig === int.isBig);
  if (half === undefined || signed === undefined || distinct(half.values) < MIN_DISTINCT) return undefined;
  const near = signed.values.filter((value) => Math.abs(value) < MAX_NEAR_HALF).length;
  return hasBothSigns(half.values) && near < signed.values.length / 50 ? half : undefined;
}

function hasBothSigns(values: readonly number[]): boolean {
  return values.some((value) => value < 0) && values.some((value) => value > 0);
}

function distinct(values: readonly number[]): number {
  return new Set(values).size;
}

/** Half of an f64 is hardly ever of a sane size, so what is sane as f32 is f32, unless every other number is 0. */
function floatOf(candidates: readonly Candidate[], isBig: boolean): Candidate | undefined {
  const f32 = candidates.find((candidate) => candidate.type === "f32" && candidate.isBig === isBig);
  const f64 = candidates.find((candidate) => candidate.type === "f64" && candidate.isBig === isBig);
  return f32 === undefined || (f64 !== undefined && f32.isHalf) ? f64 : f32;
}

/** Of one value again and again, nothing tells the type but that it is round, or small. */
function isPlainConstant({ type, values, orders }: Candidate): boolean {
  const value = values[0] ?? Number.NaN;
  if (value === 0) return true;
  if (!isFloat(type)) return Math.abs(value) < 2 ** (4 * WIDTH[type]);
  const order = Math.abs(orders[0]?.[0] ?? Number.NaN);
  return type === "f32" ? order % 2 ** 12 === 0 : type === "f64" && order % 2 ** 32 === 0;
}

/** Whether the type saves more of all bits than it can by chance. */
function savesEnough({ type, values, stepBits, flat }: Candidate): boolean {
  const width = WIDTH[type];
  const bytes = values.length * width;
  const steps = Math.max(0, values.length - 1);
  const byStep = (values.length - steps) * 8 * width + steps * Math.min(stepBits, 8 * width);
  if (!isFloat(type)) return byStep <= 8 * bytes - MIN_SAVED_BITS - MIN_SAVED_A_BYTE * bytes;
  const bits = Math.min(byStep, bitsBySize(type, values));
  // All values are of a sane size, which half of the bytes at random would be as f32, and a tenth as f64.
  return flat.length > 0 && bits <= 8 * bytes - MIN_SAVED_BITS / 2 - MIN_SAVED_A_FLOAT_BYTE * bytes;
}

/** The length of all messages, if they may be records. */
function recordOf(messages: readonly Buffer[]): number | undefined {
  const length = messages[0]?.length ?? 0;
  return length < MAX_RECORD_BYTES && messages.every((message) => message.length === length) ? length : undefined;
}

/** How many channels the format has; undefined if they do not fit the messages. */
function channelsOf(best: Candidate, messages: readonly Buffer[], record: number | undefined): number | undefined {
  const width = WIDTH[best.type];
  if (record !== undefined && (best.type === "f32" || best.type === "f64")) {
    const elements = record / width;
    if (messages.length < MIN_RECORDS || elements === 1) return 1;
    const byRecord = bitsAStep(best.flat, elements, true);
    const byValue = bitsAStep(best.flat, 1, true);
    if (byRecord < byValue - SURE_SMOOTHER * 2) return elements <= MAX_RECORD_CHANNELS ? elements : undefined;
  }
  const lag = width === 1 ? 1 : smoothestLag(best.values, LAGS);
  return messages.every(({ length }) => length % (lag * width) === 0) ? lag : undefined;
}

/** Whether messages of one length have fields at their places: what a signal has is alike everywhere. */
function isStruct(best: Candidate, channels: number, looked: readonly Buffer[]): boolean {
  const { type, isBig, orders, values } = best;
  const [{ length } = { length: 0 }] = looked;
  if (length > MAX_STRUCT_BYTES || looked.some((message) => message.length !== length)) return false;
  const elements = length / WIDTH[type];
  // A block of a smooth signal may begin at the same place each time, as a trace does.
  if (channels === 1 && elements >= MIN_SURE_VALUES && isContinuous(values) && movesIn(values) >= MIN_MOVES)
    return false;
  if (isFloat(type)) return looked.length >= MIN_RECORDS && hasOtherFields(looked, type, isBig);
  if (looked.length < MIN_PLACED) return length < MAX_RECORD_BYTES;
  return differByPlace(
    orders.filter((each) => each.length === elements),
    channels,
  );
}

/** Whether short messages of one length are samples, and no fields. */
function isNoRecord(best: Candidate, channels: number, looked: readonly Buffer[], record: number | undefined): boolean {
  const width = WIDTH[best.type];
  const count = best.values.length;
  if (!isFloat(best.type) && channels > 1 && (record ?? Number.POSITIVE_INFINITY) < MIN_CHANNEL_ROWS * channels * width)
    return false;
  if (record === undefined) return width > 1 || isSmooth(best, MAX_STEADY_BYTE_COST) || bitsByPlace(looked) > best.cost;
  const elements = record / width;
  if (isFloat(best.type)) {
    if (!best.flat.every((order, i) => !Number.isNaN(order) || Number.isNaN(best.values[i]))) return false;
    for (let at = 0; at < record; at += width) {
      if (hasLettersAt(looked, at, width) || (best.isBig && hasSmallIntegersAt(looked, at, width))) return false;
    }
    return true;
  }
  if (looked.length < MIN_RECORDS) return count >= MIN_VALUES_ALONE;
  // Few values a message, of which a byte is a constant, may be two fields.
  if (elements <= 4 && hasConstantByte(best)) return false;
  const steps = Math.max(0, count - channels);
  return steps * best.stepBits + (count - steps) * 8 * width <= bitsAsRecords(looked) + elements / 2;
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

/** Whether integers have a byte that never changes, and is not what the sign makes of it: it may be a field of its own. */
function hasConstantByte({ type, values }: Candidate): boolean {
  for (let at = 0; at < WIDTH[type]; at++) {
    const bytes = values.map((value) => byteOf(value, at));
    const isConstant = bytes.every((byte) => byte === bytes[0]);
    if (isConstant && WIDTH[type] > 1 && !bytes.every((byte, i) => byte === ((values[i] ?? 0) < 0 ? 0xff : 0)))
      return true;
  }
  return false;
}

function byteOf(value: number, at: number): number {
  const shifted = Math.floor(value / 2 ** (8 * at));
  return shifted - 256 * Math.floor(shifted / 256);
}

/** Whether floats of big endian at a place have one byte alone: they are small integers of the other order. */
function hasSmallIntegersAt(looked: readonly Buffer[], at: number, width: number): boolean {
  return (
    looked.every((message) => message.subarray(at + 1, at + width).every((byte) => byte === 0)) &&
    looked.some((message) => message[at] !== 0)
  );
}

/** Whether single bytes move as a signal does: text has few different bytes that leap. */
function isNoText(best: Candidate, looked: readonly Buffer[]): boolean {
  if (best.cost > MAX_BYTE_COST) return false;
  return (
    isSmooth(best, MAX_SMOOTH_BYTE_COST) ||
    swings(best.values) ||
    bitsByFrequency(looked) >= best.cost - MAX_FREQUENCY_ADVANTAGE
  );
}

/** Whether single bytes move, and by little. */
function isSmooth({ cost, values }: Candidate, maxCost: number): boolean {
  return cost <= maxCost && movesIn(values) >= MIN_MOVES;
}

/** How many of the values are another than the one before. */
function movesIn(values: readonly number[]): number {
  return values.filter((value, i) => i > 0 && value !== values[i - 1]).length / Math.max(1, values.length);
}

function isSure(
  best: Candidate,
  candidates: readonly Candidate[],
  looked: readonly Buffer[],
  record: number | undefined,
): boolean {
  const { type, values, flat, stepBits } = best;
  const width = WIDTH[type];
  if (record !== undefined || values.length < MIN_SURE_VALUES || values.length * width < MIN_SURE_BYTES) return false;
  // Halves and single bytes may always be something else.
  if (width === 1 || type === "f16" || distinct(values) < MIN_DISTINCT) return false;
  const further = Math.min(...LAGS.map((lag) => bitsAStep(flat, lag, isFloat(type))));
  if (stepBits > further - SURE_SMOOTHER || !isContinuous(values)) return false;
  const byBytes = bitsOfBytes(looked, width);
  if (isFloat(type)) {
    // The last bytes of a float are noise. Where these go on, too, each may be a value.
    if (Math.max(...byBytes) < MAX_STEADY_BYTE_COST || !hasNoisyHalf(best, looked)) return false;
  } else if (width < 8 && byBytes.reduce((sum, bits) => sum + bits, 0) / width <= best.cost + SURE_ADVANTAGE) {
    // The upper bytes of small int64 are signs, which no other values are.
    return false;
  }
  if (type === "f64") return true;
  // Of halves at random, one in sixteen is none.
  if (type === "f32" && candidates.some((other) => other.type === "f16")) return false;
  // Floats of one sign have the same bits as large integers, in the same order.
  return type === "f32" ? hasBothSigns(values) : isAlone(best, candidates);
}

/** Whether nearly all steps are small beside the range of the values. */
function isContinuous(values: readonly number[]): boolean {
  const finite = values.filter((value) => Number.isFinite(value));
  const steps = finite.slice(1).map((value, i) => Math.abs(value - (finite[i] ?? 0)));
  steps.sort((a, b) => a - b);
  const range = finite.reduce((a, b) => Math.max(a, b), -Infinity) - finite.reduce((a, b) => Math.min(a, b), Infinity);
  return (steps[Math.floor(steps.length * 0.9)] ?? 0) <= MAX_SMOOTH_STEP * range;
}

/** Whether the lower halves of f64 count, whatever the upper do: these are an f32, and no number turns over into them. */
function hasCountingHalf({ isBig }: Candidate, looked: readonly Buffer[]): boolean {
  const halves = valuesIn("u32", isBig, looked, 2 * MAX_VALUES).flat();
  const lower = halves.filter((_, i) => i % 2 === (isBig ? 1 : 0));
  const upper = halves.filter((_, i) => i % 2 === (isBig ? 0 : 1));
  if (lower.every((value) => value % ROUND_HALF === 0)) return false;
  const moves = upper.filter((value, i) => i > 0 && value !== upper[i - 1]).length;
  return moves > upper.length / 2 && bitsAStep(lower, 1, false) < MAX_COUNT_BITS;
}

/** Whether the lower halves of floats do not go on from one to the next, as values of a narrower type would. */
function hasNoisyHalf({ type, isBig }: Candidate, looked: readonly Buffer[]): boolean {
  const half = WIDTH[type] / 2;
  const narrow = half === 2 ? "u16" : "u32";
  return [false, true].every((isNarrowBig) => {
    const halves = valuesIn(narrow, isNarrowBig, looked, 2 * MAX_VALUES).map((values) =>
      values.filter((_, i) => i % 2 === (isBig ? 1 : 0)),
    );
    return bitsAStep(halves.flat(), 1, false) > MIN_NOISE * 8 * half;
  });
}

/** What each byte of values takes, in bits, that is told by its step from the same byte of the value before. */
function bitsOfBytes(looked: readonly Buffer[], width: number): number[] {
  return Array.from({ length: width }, (_, at) => {
    const bytes = looked.flatMap((message) => Array.from(message).filter((_, i) => i % width === at));
    return Math.min(8, bitsAStep(bytes, 1, false));
  });
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

/** Whether nothing comes near. A signed and an unsigned type are told apart only by values with the high bit. */
function isAlone(best: Candidate, candidates: readonly Candidate[]): boolean {
  if (isFloat(best.type)) return true;
  const isTwin = ({ type, isBig }: Candidate): boolean =>
    !isFloat(type) && WIDTH[type] === WIDTH[best.type] && isBig === best.isBig;
  // Of 64 bits, no count is as large as what both signs read differently.
  const isTold = best.hasHighBit || WIDTH[best.type] === 8;
  const isNear = (other: Candidate): boolean => {
    if (other === best || other.type === "f32" || other.type === "f64") return false;
    if (isTwin(other) && !best.hasHighBit) return false;
    return other.cost - best.cost < (isTwin(other) ? SIGN_ADVANTAGE : SURE_ADVANTAGE);
  };
  return isTold && !candidates.some(isNear);
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

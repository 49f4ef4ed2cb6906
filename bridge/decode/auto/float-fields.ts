import { bitsAsRecords, bitsOfField } from "./records.ts";
import { type GuessedType, isSaneFloat, read, valuesIn, WIDTH } from "./sample-types.ts";
import { bitsAStep, octaves } from "./step-cost.ts";

/** Bits a message: fields of other types may take so much less than one float does, by chance. */
const MAX_SPARE_BITS: Readonly<Partial<Record<GuessedType, number>>> = { f16: 4, f32: 6, f64: 16 };
/** Few values again and again take few bits as anything. */
const MIN_DISTINCT = 6;
/** What half of a measured value is spread over, at most: {@link octaves}. */
const MAX_OCTAVES = 10;
/** The lower half of round numbers, and of what was an f32 before, is a multiple of this. */
const ROUND_HALF = 2 ** 16;
const MAX_COUNT_BITS = 20;
/** Looking further makes it no surer. */
const MAX_HALVES = 2048;
/** Unix seconds: doubles of these have one upper half for minutes, and a lower that counts. */
const FIRST_TIME = 1e9;
const LAST_TIME = 4e9;

/**
 * Whether what is read as floats in records of one length is rather fields of other types, at any place: a counter and an
 * f32 have the size of an f64, and values of a sane size.
 */
export function hasOtherFields(records: readonly Buffer[], type: GuessedType, isBig: boolean): boolean {
  const width = WIDTH[type];
  const length = records[0]?.length ?? 0;
  const most = (MAX_SPARE_BITS[type] ?? 0) * (records.length - 1);
  const views = records.map(({ buffer, byteOffset, length }) => new DataView(buffer, byteOffset, length));
  for (let at = 0; at + width <= length; at += width) {
    const values = views.map((view) => read(type, view, at, !isBig));
    if (!values.every((value) => Number.isNaN(value) || isSaneFloat(value, type))) return true;
    if (octaves(values) > MAX_OCTAVES) return true;
    if (new Set(values).size >= MIN_DISTINCT) {
      const alone = bitsAsRecords(records.map((record) => record.subarray(at, at + width)));
      if (Math.min(bitsOfField(type, isBig, at, views), bitsBySize(type, values)) - alone > most) return true;
    }
    if (type === "f64" && hasIntegerHalf(values, views, at, isBig)) return true;
  }
  return false;
}

/** What floats take that are told by how far each is from the usual size. */
export function bitsBySize(type: GuessedType, values: readonly number[]): number {
  const sizes = values.map((value) =>
    value === 0 || !Number.isFinite(value) ? undefined : Math.floor(Math.log2(Math.abs(value))),
  );
  const known = sizes.filter((size) => size !== undefined).sort((a, b) => a - b);
  const usual = known[known.length >> 1] ?? 0;
  const rest = type === "f32" ? 24 : type === "f64" ? 53 : 11;
  return sizes.reduce<number>(
    (sum, size) => sum + (size === undefined ? 8 : rest + 1.5 + Math.log2(1 + Math.abs(size - usual))),
    8,
  );
}

/** Whether the lower halves of an f64 are a constant or a count, and not those of a time. */
function hasIntegerHalf(values: readonly number[], views: readonly DataView[], at: number, isBig: boolean): boolean {
  const lower = views.map((view) => read("u32", view, at + (isBig ? 4 : 0), !isBig));
  const upper = views.map((view) => read("u32", view, at + (isBig ? 0 : 4), !isBig));
  if (lower.every((half) => half % ROUND_HALF === 0)) return false;
  // A double's lower half has all its bits, or the least of them are 0.
  if (lower.every((half) => half < ROUND_HALF)) return true;
  if (isConstant(lower)) return !isConstant(upper);
  if (new Set(lower).size < MIN_DISTINCT) return false;
  if (bitsAStep(lower, 1, false) >= MAX_COUNT_BITS) return false;
  return !(isConstant(upper) && values.every((value) => value > FIRST_TIME && value < LAST_TIME));
}

function isConstant(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}

/** Whether the lower halves of f64 count, whatever the upper do: these are an f32, and no number turns over into them. */
export function hasCountingHalf(looked: readonly Buffer[], isBig: boolean): boolean {
  const halves = valuesIn("u32", isBig, looked, MAX_HALVES).flat();
  const lower = halves.filter((_, i) => i % 2 === (isBig ? 1 : 0));
  const upper = halves.filter((_, i) => i % 2 === (isBig ? 0 : 1));
  if (lower.every((value) => value % ROUND_HALF === 0)) return false;
  const moves = upper.filter((value, i) => i > 0 && value !== upper[i - 1]).length;
  return moves > upper.length / 2 && bitsAStep(lower, 1, false) < MAX_COUNT_BITS;
}

import { differByPlace } from "./by-place.ts";
import { bitsByPlace } from "./byte-models.ts";
import { type Candidate, LAGS, MAX_RECORD_BYTES, MIN_CHANNEL_ROWS } from "./candidate.ts";
import { hasOtherFields } from "./float-fields.ts";
import { bitsAsRecords, hasLettersAt } from "./records.ts";
import { isFloat, WIDTH } from "./sample-types.ts";
import { bitsAStep, smoothestLag } from "./step-cost.ts";
import { isContinuous, isSmooth, MIN_MOVES, movesIn } from "./traits.ts";

export const MIN_SURE_VALUES = 32;
/** Bits: a step to the next value of a sure signal is so much smaller than one further. */
export const SURE_SMOOTHER = 0.35;
const MIN_RECORDS = 3;
/** Fewer messages do not show which places differ. */
const MIN_PLACED = 6;
/** Longer structs of fields are rare, and go on less smoothly than samples. */
export const MAX_STRUCT_BYTES = 256;
/** Floats are plain to see: a record of nothing else is so many channels. */
const MAX_RECORD_CHANNELS = 32;
/** Shorter messages have too few bytes of one kind to tell small integers from bytes of something else. */
const MIN_VALUES_ALONE = 16;
/** Messages that are all alike say less at each place. */
export const MAX_STEADY_BYTE_COST = 5.2;

/** How many channels the format has; undefined if they do not fit the messages. */
export function channelsOf(
  best: Candidate,
  messages: readonly Buffer[],
  record: number | undefined,
): number | undefined {
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
export function isStruct(best: Candidate, channels: number, looked: readonly Buffer[]): boolean {
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
export function isNoRecord(
  best: Candidate,
  channels: number,
  looked: readonly Buffer[],
  record: number | undefined,
): boolean {
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

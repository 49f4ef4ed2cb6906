import { bestOf } from "./best-candidate.ts";
import { bitsByFrequency } from "./byte-models.ts";
import { type Candidate, candidatesOf, lookedAt, recordOf } from "./candidate.ts";
import { edgesOf, hasOddEnd } from "./edges.ts";
import { bitsBySize, hasCountingHalf } from "./float-fields.ts";
import { channelsOf, isNoRecord, isStruct } from "./no-record.ts";
import { isFloat, WIDTH } from "./sample-types.ts";
import { swings } from "./step-cost.ts";
import { isSure } from "./sureness.ts";
import { isSmooth } from "./traits.ts";

export interface SamplesGuess {
  /** For --format: `f32`, `i16be`, `f32x2` … */
  format: string;
  sure: boolean;
  /** Why, in a few words for people. */
  because: string;
}

/** What a type must save of all bits, in bits and of each byte: by chance noise saves some, and there are many types. */
const MIN_SAVED_BITS = 20;
const MIN_SAVED_A_BYTE = 0.5;
const MIN_SAVED_A_FLOAT_BYTE = 0.25;
/** Single bytes that leap may be anything's. */
const MAX_BYTE_COST = 6.6;
const MAX_SMOOTH_BYTE_COST = 4.7;
/** Of single bytes, what tells each by how often it comes may be cheaper by so much. */
const MAX_FREQUENCY_ADVANTAGE = 0.5;
const ALL_EQUAL = "all its values are equal, which any type may have";

/**
 * Which type the numbers of a binary array are of: the one as which they take the fewest bits, told step by step. A
 * signal's steps are small in its own type, and noise in every other. Floats show by their exponents, too: those of
 * measured values are of few sizes. What takes as few bits as bytes at their places in each message, or as letters of a
 * text, is no signal.
 * @param messages of one publisher, in order
 * @returns undefined if they are like no signal of any type
 */
export function guessSamples(messages: readonly Buffer[]): SamplesGuess | undefined {
  const looked = lookedAt(messages);
  const candidates = candidatesOf(messages, looked);
  const best = bestOf(candidates);
  if (best === undefined || (best.type === "f64" && hasCountingHalf(looked, best.isBig))) return undefined;
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

/** Whether single bytes move as a signal does: text has few different bytes that leap. */
function isNoText(best: Candidate, looked: readonly Buffer[]): boolean {
  if (best.cost > MAX_BYTE_COST) return false;
  return (
    isSmooth(best, MAX_SMOOTH_BYTE_COST) ||
    swings(best.values) ||
    bitsByFrequency(looked) >= best.cost - MAX_FREQUENCY_ADVANTAGE
  );
}

import { type Candidate, LAGS, MAX_VALUES } from "./candidate.ts";
import { MAX_STEADY_BYTE_COST, MIN_SURE_VALUES, SURE_SMOOTHER } from "./no-record.ts";
import { isFloat, valuesIn, WIDTH } from "./sample-types.ts";
import { bitsAStep } from "./step-cost.ts";
import { distinct, hasBothSigns, isContinuous, MIN_DISTINCT } from "./traits.ts";

/** What noise takes, of all bits, at least. */
const MIN_NOISE = 0.87;
/** What the best must be better by, and of how much, to be sure. Bits a byte. */
const SURE_ADVANTAGE = 0.4;
/** The same for the other sign: they differ only where the values leap from one end of the type to the other. */
const SIGN_ADVANTAGE = 0.01;
const MIN_SURE_BYTES = 128;

export function isSure(
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

import type { Candidate } from "./candidate.ts";
import { isFloat } from "./sample-types.ts";
import { distinct, hasBothSigns, MIN_DISTINCT } from "./traits.ts";

/** What ints must cost less than a float type whose numbers are of a sane size: by chance an f64 hardly ever is. */
const F32_ADVANTAGE = 1;
const F64_ADVANTAGE = 2.5;
/** As halves, integers that are nearer to 0 are smaller than 0.002. */
const MAX_NEAR_HALF = 0x1800;

export function bestOf(candidates: readonly Candidate[]): Candidate | undefined {
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

/** Half of an f64 is hardly ever of a sane size, so what is sane as f32 is f32, unless every other number is 0. */
function floatOf(candidates: readonly Candidate[], isBig: boolean): Candidate | undefined {
  const f32 = candidates.find((candidate) => candidate.type === "f32" && candidate.isBig === isBig);
  const f64 = candidates.find((candidate) => candidate.type === "f64" && candidate.isBig === isBig);
  return f32 === undefined || (f64 !== undefined && f32.isHalf) ? f64 : f32;
}

import type { Candidate } from "./candidate.ts";

/** Values of fewer kinds, as of a switch, are no more like one type than like another. */
export const MIN_DISTINCT = 8;
/** How much of the range nine of ten steps of a smooth signal are, at most. */
const MAX_SMOOTH_STEP = 0.3;
export const MIN_MOVES = 0.3;

export function hasBothSigns(values: readonly number[]): boolean {
  return values.some((value) => value < 0) && values.some((value) => value > 0);
}

export function distinct(values: readonly number[]): number {
  return new Set(values).size;
}

/** Whether single bytes move, and by little. */
export function isSmooth({ cost, values }: Candidate, maxCost: number): boolean {
  return cost <= maxCost && movesIn(values) >= MIN_MOVES;
}

/** How many of the values are another than the one before. */
export function movesIn(values: readonly number[]): number {
  return values.filter((value, i) => i > 0 && value !== values[i - 1]).length / Math.max(1, values.length);
}

/** Whether nearly all steps are small beside the range of the values. */
export function isContinuous(values: readonly number[]): boolean {
  const finite = values.filter((value) => Number.isFinite(value));
  const steps = finite.slice(1).map((value, i) => Math.abs(value - (finite[i] ?? 0)));
  steps.sort((a, b) => a - b);
  const range = finite.reduce((a, b) => Math.max(a, b), -Infinity) - finite.reduce((a, b) => Math.min(a, b), Infinity);
  return (steps[Math.floor(steps.length * 0.9)] ?? 0) <= MAX_SMOOTH_STEP * range;
}

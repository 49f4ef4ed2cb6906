import type { Range } from "../../data/segment.ts";

const MIN_DIGITS = 12;
const MAX_DIGITS = 17;

/** The range with as many digits as tell its ends apart, and twelve at least: it is read by people, and stands in URLs. */
export function tidyRange({ min, max }: Range): Range {
  const apart = Math.ceil(Math.log10(Math.max(Math.abs(min), Math.abs(max)) / (max - min))) + 4;
  const digits = Math.min(MAX_DIGITS, Math.max(MIN_DIGITS, apart));
  return { min: Number(min.toPrecision(digits)), max: Number(max.toPrecision(digits)) };
}

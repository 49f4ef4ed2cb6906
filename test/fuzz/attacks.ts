/** What is meant to do harm, each with the targets it is meant for. */
import type { Attack } from "./attack.ts";
import { CLAIMS, PACKED } from "./attacks-claims.ts";
import { FLOODS } from "./attacks-floods.ts";
import { BOMBS, LARGE } from "./attacks-size.ts";

/** @param size 1 is all of it; less is less */
export function attacks(size: number): readonly Attack[] {
  return [...CLAIMS, ...PACKED, ...BOMBS, ...LARGE(size), ...FLOODS(size)];
}

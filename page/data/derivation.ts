import type { Range, Segment } from "./segment.ts";
import type { Series } from "./store/series.ts";

/** A series that is calculated from others. */
export interface Derivation {
  readonly name: string;
  readonly expression: string;
}

/** Of one channel. */
export const MAX_DERIVED = 8;
export const MAX_EXPRESSION = 1024;

/** The points that are calculated from. */
export interface DerivationInput {
  has(name: string): boolean;
  /** All of them. */
  names(): Iterable<string>;
  /** Where its last point is. */
  headX(name: string): number;
  segments(name: string, range: Range): readonly Segment[];
}

/** What calculates them: loaded when there is one, as most pages have none. */
export interface DerivedSeries {
  /** Those whose series there are, named with their units or without, and whose name no other has. */
  readonly series: readonly Series[];
  /** As of any series; undefined for what is none of these. */
  segments(series: Series, range: Range): readonly Segment[] | undefined;
}

export type DerivedClass = new (derivations: readonly Derivation[], stored: DerivationInput) => DerivedSeries;

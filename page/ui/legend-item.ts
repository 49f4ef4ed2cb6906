import type { Series } from "../data/store/series.ts";

/** A series of the legend's panel. */
export interface LegendItem {
  series: Series;
  /** The number of its colour and, past the last colour, of its dashes. */
  slot: number;
  onRight: boolean;
  isHidden: boolean;
  /** Of y in view; Infinity and -Infinity where there is nothing. */
  minY: number;
  maxY: number;
  /** Where texts are sentences, the entry does not become as wide as they are. */
  renderer: { readonly hasLongTexts?: boolean };
}

import type { Part } from "../hold/part.ts";
import type { Series } from "../hold/series.ts";

/** A series of a panel as it was drawn last. */
export interface Shown {
  series: Series;
  /** The how-manieth of its panel. */
  slot: number;
  onRight: boolean;
  isHidden: boolean;
  parts: readonly Part[];
  /** Of y in view; Infinity and -Infinity where there is nothing. */
  minY: number;
  maxY: number;
}

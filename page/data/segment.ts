/** Consecutive points of a series as they lie in memory: x ascending, a y of NaN is a break. */
export interface Segment {
  x: Float64Array;
  y: Float64Array;
}

/** A part of an axis. */
export interface Range {
  min: number;
  max: number;
}

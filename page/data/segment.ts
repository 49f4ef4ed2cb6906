/** Consecutive points of a series as they lie in memory: x ascending unless it is a path, a y of NaN is a break. */
export interface Segment {
  x: Float64Array;
  y: Float64Array;
  /** In the order of arrival: x falls, too. */
  isPath?: boolean;
}

/** A part of an axis. */
export interface Range {
  min: number;
  max: number;
}

import type { Segment } from "../data/segment.ts";
import { partsWithin } from "./export/window-data.ts";

/** What the points of a series in a window come to; NaN where there is none. */
export interface Stats {
  points: number;
  lastX: number;
  lastY: number;
  min: number;
  max: number;
  mean: number;
  rms: number;
  /** Points for each unit of x, a second where x is a time, over the whole width of the window. */
  rate: number;
  /** Every y is a whole number. */
  integers: boolean;
}

/** The statistics of all points from minX to maxX, breaks not counted. */
export function statsOf(segments: readonly Segment[], minX: number, maxX: number): Stats {
  const within = partsWithin(segments, minX, maxX);
  let points = 0;
  let lastX = Number.NaN;
  let lastY = Number.NaN;
  let min = Infinity;
  let max = -Infinity;
  let integers = true;
  for (const { x, y } of within) {
    for (let i = 0; i < y.length; i++) {
      const value = y[i] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      points++;
      lastX = x[i] ?? 0;
      lastY = value;
      if (value < min) min = value;
      if (value > max) max = value;
      if (integers && !Number.isInteger(value)) integers = false;
    }
  }
  const rate = maxX > minX ? points / (maxX - minX) : Number.NaN;
  if (points === 0) {
    const none = Number.NaN;
    return { points, lastX, lastY, min: none, max: none, mean: none, rms: none, rate, integers: false };
  }
  const largest = Math.max(Math.abs(min), Math.abs(max));
  const means = meansOf(within, points, largest);
  // By rounding they can lie an ulp outside of what they must lie in.
  const mean = Math.min(max, Math.max(min, means.mean));
  const rms = Math.min(largest, Math.max(Math.abs(mean), means.rms));
  return { points, lastX, lastY, min, max, mean, rms, rate, integers };
}

/** The mean and the root of the mean square. */
function meansOf(segments: readonly Segment[], points: number, largest: number): { mean: number; rms: number } {
  // A power of two near the largest: dividing by it is exact, and no square is too large or too small for a float64.
  const exponent = Math.floor(Math.log2(largest));
  const scale = 2 ** Math.min(1000, Math.max(-1000, exponent));
  const sum = new ExactSum();
  const squares = new ExactSum();
  for (const { y } of segments) {
    for (const value of y) {
      if (Number.isNaN(value)) continue;
      const scaled = value / scale;
      sum.add(scaled);
      squares.add(scaled * scaled);
    }
  }
  return { mean: (sum.value / points) * scale, rms: Math.sqrt(squares.value / points) * scale };
}

/** A sum that keeps what rounding takes from it (Neumaier). */
class ExactSum {
  #sum = 0;
  #lost = 0;

  add(value: number): void {
    const sum = this.#sum + value;
    this.#lost += Math.abs(this.#sum) >= Math.abs(value) ? this.#sum - sum + value : value - sum + this.#sum;
    this.#sum = sum;
  }

  get value(): number {
    return this.#sum + this.#lost;
  }
}

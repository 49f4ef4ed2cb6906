import type { Segment } from "../../data/segment.ts";
import type { Expression, OfOne, OfTwo } from "./expression.ts";

/** The points that an expression is calculated at, and every series that it names at these. */
export interface Inputs {
  x: Float64Array;
  /** Writes a y for each x; NaN where there is none. */
  read(name: string, into: Float64Array): void;
}

const NOTHING: Segment = { x: new Float64Array(), y: new Float64Array() };

/** Columns that are used again from one calculation to the next: the last taken is the first given back. */
export class Columns {
  readonly #columns: Float64Array[] = [];
  #taken = 0;

  take(length: number): Float64Array {
    const at = this.#taken++;
    const known = this.#columns[at];
    const column =
      known !== undefined && known.length >= length ? known : new Float64Array(2 ** Math.ceil(Math.log2(length)));
    this.#columns[at] = column;
    return column.subarray(0, length);
  }

  giveBack(count: number): void {
    this.#taken -= count;
  }
}

/** The expression at each x, in a column that was taken: give it back. */
export function evaluate(node: Expression, inputs: Inputs, columns: Columns): Float64Array {
  const { x } = inputs;
  switch (node.kind) {
    case "number":
      return columns.take(x.length).fill(node.value);
    case "series": {
      const y = columns.take(x.length);
      inputs.read(node.name, y);
      return y;
    }
    case "one": {
      const y = evaluate(node.a, inputs, columns);
      ofOne(node.of, x, y);
      return y;
    }
    case "two": {
      const a = evaluate(node.a, inputs, columns);
      ofTwo(node.of, a, evaluate(node.b, inputs, columns));
      columns.giveBack(1);
      return a;
    }
    case "avg": {
      const y = evaluate(node.a, inputs, columns);
      // Where x falls there is no width of it.
      if (x.some((each, i) => each < (x[i - 1] ?? each))) return y.fill(Number.NaN);
      average(x, y, node.width, columns.take(x.length), columns.take(x.length));
      columns.giveBack(2);
      return y;
    }
  }
}

function ofOne(of: OfOne, x: Float64Array, y: Float64Array): void {
  const n = y.length;
  switch (of) {
    case "-":
      for (let i = 0; i < n; i++) y[i] = -(y[i] ?? 0);
      return;
    case "abs":
      for (let i = 0; i < n; i++) y[i] = Math.abs(y[i] ?? 0);
      return;
    case "sqrt":
      for (let i = 0; i < n; i++) y[i] = Math.sqrt(y[i] ?? 0);
      return;
    case "log10":
      for (let i = 0; i < n; i++) y[i] = Math.log10(y[i] ?? 0);
      return;
    case "d":
      // From the last on: each needs the one before as it was.
      for (let i = n - 1; i > 0; i--) {
        const step = (x[i] ?? 0) - (x[i - 1] ?? 0);
        y[i] = step > 0 ? ((y[i] ?? 0) - (y[i - 1] ?? 0)) / step : Number.NaN;
      }
      if (n > 0) y[0] = Number.NaN;
      return;
  }
}

/** Into the first. */
function ofTwo(of: OfTwo, a: Float64Array, b: Float64Array): void {
  const n = a.length;
  switch (of) {
    case "+":
      for (let i = 0; i < n; i++) a[i] = (a[i] ?? 0) + (b[i] ?? 0);
      return;
    case "-":
      for (let i = 0; i < n; i++) a[i] = (a[i] ?? 0) - (b[i] ?? 0);
      return;
    case "*":
      for (let i = 0; i < n; i++) a[i] = (a[i] ?? 0) * (b[i] ?? 0);
      return;
    case "/":
      for (let i = 0; i < n; i++) a[i] = (a[i] ?? 0) / (b[i] ?? 0);
      return;
    case "^":
      for (let i = 0; i < n; i++) a[i] = power(a[i] ?? 0, b[i] ?? 0);
      return;
    case "min":
      for (let i = 0; i < n; i++) a[i] = Math.min(a[i] ?? 0, b[i] ?? 0);
      return;
    case "max":
      for (let i = 0; i < n; i++) a[i] = Math.max(a[i] ?? 0, b[i] ?? 0);
      return;
  }
}

/** Of what is missing nothing is known: not 1 either, for an exponent of 0. */
function power(a: number, b: number): number {
  if (b === 2) return a * a;
  return Number.isNaN(a) ? a : a ** b;
}

/**
 * The mean of the values above x - width and up to x; where there is none at x, there is no mean. Sums only grow, and are
 * never taken from: what a large value would leave behind in them would stay.
 *
 * @param sums from each value to the last of its batch
 */
function average(x: Float64Array, y: Float64Array, width: number, sums: Float64Array, means: Float64Array): void {
  let from = 0;
  let batchEnd = 0;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < y.length; i++) {
    const value = y[i] ?? 0;
    if (!Number.isNaN(value)) {
      sum += value;
      count++;
    }
    for (const after = (x[i] ?? 0) - width; from < i && (x[from] ?? 0) <= after; from++) {
      if (!Number.isNaN(y[from])) count--;
    }
    // The batch is used up: what came since is the next one.
    if (from >= batchEnd) {
      let batch = 0;
      for (let k = i; k >= from; k--) {
        const one = y[k] ?? 0;
        if (!Number.isNaN(one)) batch += one;
        sums[k] = batch;
      }
      batchEnd = i + 1;
      sum = 0;
    }
    means[i] = Number.isNaN(value) ? value : ((sums[from] ?? 0) + sum) / count;
  }
  y.set(means);
}

/**
 * Of a series, what is the last at or before each x. In a gap there is nothing: a break stands at the x of the point after
 * it, so it begins right after the one before.
 */
export function sample(segments: readonly Segment[], x: Float64Array, into: Float64Array): void {
  if (segments[0]?.isPath) return samplePath(segments, x, into);
  let segment = 0;
  let { x: ownX, y: ownY } = segments[segment] ?? NOTHING;
  let at = 0;
  let last = Number.NaN;
  let lastX = -Infinity;
  for (let i = 0; i < x.length; i++) {
    const here = x[i] ?? 0;
    for (;;) {
      if (at < ownX.length) {
        const nextX = ownX[at] ?? 0;
        if (nextX > here) break;
        lastX = nextX;
        last = ownY[at++] ?? 0;
      } else if (segment + 1 < segments.length) {
        ({ x: ownX, y: ownY } = segments[++segment] ?? NOTHING);
        at = 0;
      } else {
        break;
      }
    }
    const isInGap = here > lastX && at < ownX.length && Number.isNaN(ownY[at]);
    into[i] = isInGap ? Number.NaN : last;
  }
}

/** How many points without a counterpart are passed over. */
const LOOK_AHEAD = 16;

/** Of a path, what came at the same places in the same order. */
function samplePath(segments: readonly Segment[], x: Float64Array, into: Float64Array): void {
  const points = segments.flatMap((segment) => Array.from(segment.x, (at, i) => [at, segment.y[i] ?? 0] as const));
  let next = 0;
  for (const [i, here] of x.entries()) {
    const ahead = points.slice(next, next + LOOK_AHEAD).findIndex(([at]) => at === here);
    into[i] = ahead < 0 ? Number.NaN : (points[next + ahead]?.[1] ?? Number.NaN);
    if (ahead >= 0) next += ahead + 1;
  }
}

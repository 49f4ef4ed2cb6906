import type { Part } from "../data/part.ts";

/** What is drawn of one series: at most a few points for each pixel column. Reused from one drawing to the next. */
export class Line {
  /** Drawn with a line of one device pixel last time. */
  thin = false;
  /** Each value holds until the next. */
  step = false;
  x = new Float64Array(4096);
  /** NaN is a break. */
  y = new Float64Array(4096);
  length = 0;
  /** The range of y; Infinity and -Infinity where there is nothing. */
  minY = Number.POSITIVE_INFINITY;
  maxY = Number.NEGATIVE_INFINITY;

  /** Empties the line and makes room. */
  begin(capacity: number): void {
    this.length = 0;
    this.minY = Number.POSITIVE_INFINITY;
    this.maxY = Number.NEGATIVE_INFINITY;
    if (this.x.length >= capacity) return;
    const larger = 2 ** Math.ceil(Math.log2(capacity));
    this.x = new Float64Array(larger);
    this.y = new Float64Array(larger);
  }

  put(x: number, y: number): void {
    this.x[this.length] = x;
    this.y[this.length++] = y;
  }

  /** Goes on at its last value as far as this x. */
  hold(x: number): void {
    const last = this.length - 1;
    if (x > (this.x[last] ?? x)) this.put(x, this.y[last] ?? 0);
  }

  /** Makes every y the power of ten that it is; what is not above 0 is none, and breaks the line. */
  toPowers(): void {
    this.minY = Number.POSITIVE_INFINITY;
    this.maxY = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < this.length; i++) {
      const value = this.y[i] ?? 0;
      const power = value > 0 ? Math.log10(value) : Number.NaN;
      this.y[i] = power;
      if (power < this.minY) this.minY = power;
      if (power > this.maxY) this.maxY = power;
    }
  }
}

/** Fewer points than this for each bucket are drawn as they are. */
const POINTS_A_BUCKET = 2;

/**
 * Reduces points to the smallest and the largest y of every bucket of x, each at its own x. Buckets are counted
 * from x = 0 and not from the edge of the window, so that a peak is the same pixel however the window moves.
 *
 * A break stays where one can be seen: not between two points of the same bucket.
 *
 * @param parts one after the other, their x ascending
 * @param bucket the width of a bucket, in x; 0 draws every point
 */
export function decimate(parts: readonly Part[], bucket: number, line: Line): void {
  const rooms = parts.map(({ x }) => {
    const buckets = ((x.at(-1) ?? 0) - (x[0] ?? 0)) / bucket;
    const isDense = bucket > 0 && x.length > POINTS_A_BUCKET * (buckets + 1);
    return { isDense, points: isDense ? Math.min(x.length, 3 * (buckets + 2)) + 1 : x.length };
  });
  line.begin(rooms.reduce((sum, { points }) => sum + points, 1));
  for (const [i, { x, y }] of parts.entries()) {
    if (rooms[i]?.isDense) reduce(x, y, bucket, line);
    else copy(x, y, line);
  }
}

function copy(x: Float64Array, y: Float64Array, line: Line): void {
  line.x.set(x, line.length);
  line.y.set(y, line.length);
  line.length += x.length;
  for (const value of y) {
    if (value < line.minY) line.minY = value;
    if (value > line.maxY) line.maxY = value;
  }
}

function reduce(x: Float64Array, y: Float64Array, bucket: number, line: Line): void {
  const n = x.length;
  for (let i = 0; i < n; ) {
    const end = (Math.floor((x[i] ?? 0) / bucket) + 1) * bucket;
    let low = -1;
    let high = -1;
    let lowY = Number.POSITIVE_INFINITY;
    let highY = Number.NEGATIVE_INFINITY;
    let breaksAt = -1;
    // The first of a bucket is taken whatever rounding says of its end: no x may be left behind.
    do {
      const value = y[i] ?? 0;
      if (value < lowY) {
        lowY = value;
        low = i;
      }
      if (value > highY) {
        highY = value;
        high = i;
      }
      if (Number.isNaN(value)) {
        if (low < 0) line.put(x[i] ?? 0, value);
        breaksAt = i;
      } else {
        breaksAt = -1;
      }
      i++;
    } while (i < n && (x[i] ?? 0) < end);

    if (low < 0) continue;
    const [early, late] = low < high ? [low, high] : [high, low];
    line.put(x[early] ?? 0, y[early] ?? 0);
    if (late !== early) line.put(x[late] ?? 0, y[late] ?? 0);
    if (breaksAt >= 0) line.put(x[breaksAt] ?? 0, Number.NaN);
    // What comes after the bucket goes on from its last value, if that holds.
    else if ((i === n || line.step) && late !== i - 1) line.put(x[i - 1] ?? 0, y[i - 1] ?? 0);
    if (lowY < line.minY) line.minY = lowY;
    if (highY > line.maxY) line.maxY = highY;
  }
}

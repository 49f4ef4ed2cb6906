import type { Segment } from "../../data/segment.ts";
import type { PointBuffer } from "./point-buffer.ts";

/** Fewer points than this for each bucket are drawn as they are. */
const POINTS_A_BUCKET = 2;

/**
 * Reduces points to the smallest and the largest y of every bucket of x, each at its own x. Buckets are counted
 * from x = 0 and not from the edge of the window, so that a peak is the same pixel however the window moves.
 *
 * A break stays where one can be seen: not between two points of the same bucket.
 *
 * @param segments one after the other, their x ascending, or a path, which has no buckets
 * @param bucket the width of a bucket, in x; 0 keeps every point
 * @param keepsLast the last point of each bucket stays, too: what comes after goes on from its value
 */
export function decimate(segments: readonly Segment[], bucket: number, buffer: PointBuffer, keepsLast = false): void {
  const rooms = segments.map(({ x, isPath }) => {
    const buckets = ((x.at(-1) ?? 0) - (x[0] ?? 0)) / bucket;
    const isDense = !isPath && bucket > 0 && x.length > POINTS_A_BUCKET * (buckets + 1);
    return { isDense, points: isDense ? Math.min(x.length, 4 * (buckets + 2)) + 1 : x.length };
  });
  buffer.begin(rooms.reduce((sum, { points }) => sum + points, 1));
  for (const [i, segment] of segments.entries()) {
    const { x, y } = segment;
    if (rooms[i]?.isDense) reduce(x, y, bucket, buffer, keepsLast);
    else copy(x, y, buffer);
  }
}

function copy(x: Float64Array, y: Float64Array, buffer: PointBuffer): void {
  buffer.x.set(x, buffer.length);
  buffer.y.set(y, buffer.length);
  buffer.length += x.length;
  for (const value of y) {
    if (value < buffer.minY) buffer.minY = value;
    if (value > buffer.maxY) buffer.maxY = value;
  }
}

function reduce(x: Float64Array, y: Float64Array, bucket: number, buffer: PointBuffer, keepsLast: boolean): void {
  const n = x.length;
  for (let i = 0; i < n; ) {
    const end = (Math.floor((x[i] ?? 0) / bucket) + 1) * bucket;
    let low = -1;
    let high = -1;
    let lowY = Infinity;
    let highY = -Infinity;
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
        if (low < 0 && breaksAt < 0) buffer.put(x[i] ?? 0, value);
        breaksAt = i;
      } else {
        breaksAt = -1;
      }
      i++;
    } while (i < n && (x[i] ?? 0) < end);

    if (low < 0) continue;
    const [early, late] = low < high ? [low, high] : [high, low];
    buffer.put(x[early] ?? 0, y[early] ?? 0);
    if (late !== early) buffer.put(x[late] ?? 0, y[late] ?? 0);
    if (breaksAt >= 0) buffer.put(x[breaksAt] ?? 0, Number.NaN);
    // The line ends where its last point is, not at the extreme before.
    else if ((i === n || keepsLast) && late !== i - 1) buffer.put(x[i - 1] ?? 0, y[i - 1] ?? 0);
    if (lowY < buffer.minY) buffer.minY = lowY;
    if (highY > buffer.maxY) buffer.maxY = highY;
  }
}

/** Everything that is held of all series, in bytes. A point takes 32: x and y as float64, each written twice. */
export const BUDGET_BYTES = 64 * 1024 * 1024;
const BYTES_A_POINT = 32;
export const FIRST_CAPACITY = 1024;

/**
 * The newest points of one series, x ascending, equal x in order of arrival. A y of NaN is a break in the line.
 * Both columns are written twice, at p and at p + capacity, so that whatever the ring holds is one view, not copied.
 */
export class Ring {
  #capacity: number;
  #x: Float64Array;
  #y: Float64Array;
  #start = 0;
  #length = 0;
  #completeFromX = Number.NEGATIVE_INFINITY;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#x = new Float64Array(2 * capacity);
    this.#y = new Float64Array(2 * capacity);
  }

  get capacity(): number {
    return this.#capacity;
  }

  get length(): number {
    return this.#length;
  }

  /** From this x on nothing was dropped: just above the largest x that was, since others at that very x may be left. */
  get completeFromX(): number {
    return this.#completeFromX;
  }

  /** A view, valid until the next change. */
  get x(): Float64Array {
    return this.#x.subarray(this.#start, this.#start + this.#length);
  }

  /** A view, valid until the next change. */
  get y(): Float64Array {
    return this.#y.subarray(this.#start, this.#start + this.#length);
  }

  /** The largest x; -Infinity in an empty ring. */
  get lastX(): number {
    return this.#length === 0 ? Number.NEGATIVE_INFINITY : (this.#x[this.#start + this.#length - 1] ?? 0);
  }

  /** The last y, which may be NaN; NaN in an empty ring. */
  get lastY(): number {
    return this.#length === 0 ? Number.NaN : (this.#y[this.#start + this.#length - 1] ?? 0);
  }

  /** Adds points, x ascending. Those below the last x are put in their place; what does not fit goes, lowest x first. */
  append(x: Float64Array, y: Float64Array): void {
    const first = x[0];
    if (first === undefined) return;
    if (first >= this.lastX) {
      this.#push(x, y);
      return;
    }
    const at = upperBound(this.x, first);
    const [mergedX, mergedY] = merge(this.x.subarray(at), this.y.subarray(at), x, y);
    this.#length = at;
    this.#push(mergedX, mergedY);
  }

  /** Keeps as many of the newest points as fit. */
  resize(capacity: number): void {
    const { x, y } = this;
    this.#capacity = capacity;
    this.#x = new Float64Array(2 * capacity);
    this.#y = new Float64Array(2 * capacity);
    this.#start = 0;
    this.#length = 0;
    this.#push(x, y);
  }

  /** Forgets everything, and that anything was dropped. */
  clear(): void {
    this.#start = 0;
    this.#length = 0;
    this.#completeFromX = Number.NEGATIVE_INFINITY;
  }

  #push(x: Float64Array, y: Float64Array): void {
    const fit = Math.min(x.length, this.#capacity);
    const over = Math.max(0, this.#length + fit - this.#capacity);
    const droppedX = fit < x.length ? x[x.length - fit - 1] : over > 0 ? this.#x[this.#start + over - 1] : undefined;
    if (droppedX !== undefined && droppedX >= this.#completeFromX) this.#completeFromX = justAbove(droppedX);
    this.#start = (this.#start + over) % this.#capacity;
    this.#length -= over;
    const at = (this.#start + this.#length) % this.#capacity;
    this.#write(this.#x, at, x.subarray(x.length - fit));
    this.#write(this.#y, at, y.subarray(y.length - fit));
    this.#length += fit;
  }

  #write(column: Float64Array, at: number, values: Float64Array): void {
    const untilEnd = values.subarray(0, this.#capacity - at);
    const rest = values.subarray(untilEnd.length);
    column.set(untilEnd, at);
    column.set(untilEnd, at + this.#capacity);
    column.set(rest, 0);
    column.set(rest, this.#capacity);
  }
}

/** Shares {@link BUDGET_BYTES} out: a ring doubles while there is room, and then at the cost of one four times its size. */
export class RingBudget {
  readonly #rings: Ring[] = [];
  readonly #maxPoints: number;
  #points = 0;

  constructor(bytes = BUDGET_BYTES) {
    this.#maxPoints = Math.floor(bytes / BYTES_A_POINT);
  }

  /** What all rings can hold, in bytes. */
  get bytes(): number {
    return this.#points * BYTES_A_POINT;
  }

  /** A new, small ring. */
  newRing(): Ring {
    while (this.#points + FIRST_CAPACITY > this.#maxPoints) {
      const largest = this.#largest();
      if (largest === undefined || largest.capacity < 2 * FIRST_CAPACITY) break;
      this.#resize(largest, largest.capacity / 2);
    }
    const ring = new Ring(FIRST_CAPACITY);
    this.#rings.push(ring);
    this.#points += ring.capacity;
    return ring;
  }

  /** Makes the ring large enough for `points`, or as large as its share allows. */
  makeRoom(ring: Ring, points: number): void {
    while (ring.capacity < points) {
      if (this.#points + ring.capacity > this.#maxPoints) {
        const largest = this.#largest();
        if (largest === undefined || largest.capacity < 4 * ring.capacity) return;
        this.#resize(largest, largest.capacity / 2);
      } else {
        this.#resize(ring, ring.capacity * 2);
      }
    }
  }

  #largest(): Ring | undefined {
    let largest: Ring | undefined;
    for (const ring of this.#rings) if (largest === undefined || ring.capacity > largest.capacity) largest = ring;
    return largest;
  }

  #resize(ring: Ring, capacity: number): void {
    this.#points += capacity - ring.capacity;
    ring.resize(capacity);
  }
}

/** The first index whose value is at least `value`, in an ascending column. */
export function lowerBound(column: Float64Array, value: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((column[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first index whose value is above `value`, in an ascending column. */
export function upperBound(column: Float64Array, value: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((column[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const float = new Float64Array(1);
const bits = new BigInt64Array(float.buffer);

/** The next number that a float64 can be. */
export function justAbove(x: number): number {
  if (x === 0) return Number.MIN_VALUE;
  float[0] = x;
  bits[0] = (bits[0] ?? 0n) + (x > 0 ? 1n : -1n);
  return float[0];
}

/** Two ascending runs as one; of equal x, those of the first come first. */
function merge(ax: Float64Array, ay: Float64Array, bx: Float64Array, by: Float64Array): [Float64Array, Float64Array] {
  const x = new Float64Array(ax.length + bx.length);
  const y = new Float64Array(x.length);
  for (let i = 0, a = 0, b = 0; i < x.length; i++) {
    const fromA = b === bx.length || (a < ax.length && (ax[a] ?? 0) <= (bx[b] ?? 0));
    x[i] = (fromA ? ax[a] : bx[b]) ?? 0;
    y[i] = (fromA ? ay[a++] : by[b++]) ?? 0;
  }
  return [x, y];
}

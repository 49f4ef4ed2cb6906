import { justAbove, lowerBound, upperBound } from "../sorted-column.ts";

/** Late points that are more than a 32nd of their ring are put in their place: that may copy all of it. */
const LATE_SHARE = 32;

/**
 * The newest points of one series, x ascending, equal x in order of arrival; those of a path all in order of arrival. A y of
 * NaN is a break in the line.
 * Both columns are written twice, at p and at p + capacity, so that whatever the ring holds is one view, not copied.
 * Late points wait until the buffer is read, or there are many: together they cost one copy then, not one each.
 */
export class RingBuffer {
  /** How many points fit: see {@link resize}. */
  capacity = 0;
  /** Its x are no times, and fall: points stay in the order they came in, and the newest ones are kept. */
  isPath = false;
  /** How many points were appended in all. */
  total = 0;
  #x = new Float64Array();
  #y = new Float64Array();
  #start = 0;
  #length = 0;
  /** In order of arrival. The last point that does not wait is above them all. */
  #late: [x: number, y: number][] = [];
  /** The largest x that was dropped. */
  #droppedX: number | undefined;

  constructor(capacity: number) {
    this.resize(capacity);
  }

  /** How many points it holds; those that wait may be more than fit. */
  get length(): number {
    return this.#length + this.#late.length;
  }

  /** From this x on nothing was dropped: just above the largest x that was, since others at that very x may be left. */
  get completeFromX(): number {
    this.#settle();
    return this.#droppedX === undefined || this.isPath ? -Infinity : justAbove(this.#droppedX);
  }

  /** A view, valid until the next change, or until late points are put in their place. */
  get x(): Float64Array {
    this.#settle();
    return this.#view(this.#x);
  }

  /** As {@link x}. */
  get y(): Float64Array {
    this.#settle();
    return this.#view(this.#y);
  }

  /** The largest x, of a path the last; -Infinity in an empty ring. */
  get lastX(): number {
    return this.#view(this.#x).at(-1) ?? -Infinity;
  }

  /** The smallest x of those that do not wait. */
  get firstX(): number {
    return this.#x[this.#start] ?? 0;
  }

  /** The largest x below this one; -Infinity if there is none. */
  before(x: number): number {
    if (this.isPath) return this.lastX < x ? this.lastX : -Infinity;
    const held = this.#view(this.#x);
    let nearest = held[lowerBound(held, x) - 1] ?? -Infinity;
    for (const [late] of this.#late) if (late < x) nearest = Math.max(nearest, late);
    return nearest;
  }

  /** The next x above this one, of those that do not wait. */
  after(x: number): number | undefined {
    const held = this.#view(this.#x);
    return held[upperBound(held, x)];
  }

  /** How many points have a larger x. */
  countAbove(x: number): number {
    return this.#length - upperBound(this.#view(this.#x), x) + this.#late.filter(([late]) => late > x).length;
  }

  /** Adds points, x ascending unless it is a path. Those below the last x are put in their place; what does not fit goes, lowest x first. */
  append(x: Float64Array, y: Float64Array): void {
    const lastX = this.isPath ? -Infinity : this.lastX;
    this.total += x.length;
    x.forEach((each, i) => {
      if (each < lastX) this.#late.push([each, y[i] ?? 0]);
      else this.#put(each, y[i] ?? 0);
    });
    if (this.#late.length * LATE_SHARE > this.#length) this.#settle();
  }

  /** Keeps as many of the newest points as fit. */
  resize(capacity: number): void {
    const { x, y } = this;
    this.capacity = capacity;
    this.#x = new Float64Array(2 * capacity);
    this.#y = new Float64Array(2 * capacity);
    this.#start = 0;
    this.#length = 0;
    x.forEach((each, i) => {
      this.#put(each, y[i] ?? 0);
    });
  }

  /** Forgets everything, and that anything was dropped. */
  clear(): void {
    this.#length = 0;
    this.#late = [];
    this.#droppedX = undefined;
  }

  /** With the same points, in memory of its own. */
  copy(): RingBuffer {
    const copy = new RingBuffer(this.capacity);
    copy.isPath = this.isPath;
    copy.append(this.x, this.y);
    copy.total = this.total;
    copy.#droppedX = this.#droppedX;
    return copy;
  }

  #view(column: Float64Array): Float64Array {
    return column.subarray(this.#start, this.#start + this.#length);
  }

  /** Puts late points in their place: behind those of the same x, which came before. */
  #settle(): void {
    const late = this.#late.sort(([a], [b]) => a - b);
    const [first] = late;
    if (first === undefined) return;
    this.#late = [];
    const from = upperBound(this.x, first[0]);
    const x = this.x.slice(from);
    const y = this.y.slice(from);
    this.#length = from;
    let next = 0;
    x.forEach((each, i) => {
      for (let point = late[next]; point !== undefined && point[0] < each; point = late[++next]) this.#put(...point);
      this.#put(each, y[i] ?? 0);
    });
  }

  #put(x: number, y: number): void {
    const capacity = this.capacity;
    if (this.#length < capacity) {
      this.#length++;
    } else {
      this.#droppedX = Math.max(this.#droppedX ?? this.firstX, this.firstX);
      this.#start = (this.#start + 1) % capacity;
    }
    const at = (this.#start + this.#length - 1) % capacity;
    this.#x[at] = this.#x[at + capacity] = x;
    this.#y[at] = this.#y[at + capacity] = y;
  }
}

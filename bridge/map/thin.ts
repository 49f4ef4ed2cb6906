/** One value on its way through thinning; NaN where the line breaks. */
export interface Thinned {
  x: number;
  y: number;
  arrival: boolean;
}

/**
 * Leaves of a series the least and the greatest of each stretch of x, and one break of the line. Stretches begin at
 * multiples of their width, whatever came first, so what is left does not depend on when this began. Pure: what is due
 * by time, the caller says.
 */
export class MinMax {
  /** Of a stretch, in the unit of x. */
  readonly width: number;
  #index = Number.NaN;
  #min: Thinned | undefined;
  #max: Thinned | undefined;
  #break: Thinned | undefined;

  constructor(width: number) {
    this.width = width;
  }

  get isEmpty(): boolean {
    return this.#min === undefined && this.#break === undefined;
  }

  /** @returns what the stretch before comes to, if this value begins another; none if it goes on */
  add(x: number, y: number, arrival: boolean): readonly Thinned[] {
    const index = Math.floor(x / this.width);
    const due = index === this.#index || this.isEmpty ? NONE : this.take();
    this.#index = index;
    if (Number.isNaN(y)) {
      this.#break ??= { x, y, arrival };
    } else if (this.#min === undefined || this.#max === undefined) {
      this.#min = { x, y, arrival };
      this.#max = this.#min;
    } else if (y < this.#min.y) {
      this.#min = { x, y, arrival };
    } else if (y > this.#max.y) {
      this.#max = { x, y, arrival };
    }
    return due;
  }

  /** What is held, in the order of x; then nothing is. */
  take(): readonly Thinned[] {
    const [min, max, gap] = [this.#min, this.#max, this.#break];
    this.#min = undefined;
    this.#max = undefined;
    this.#break = undefined;
    const held = min === max ? [gap, min] : [gap, min, max];
    // A break at the x of a value was before it: what comes first stays first.
    return held.filter((value) => value !== undefined).sort((a, b) => a.x - b.x);
  }
}

const NONE: readonly Thinned[] = [];

/** Leaves of a state its changes, and the same again once in each stretch of x. */
export class Changes {
  readonly #width: number;
  #index = Number.NaN;
  #value = Number.NaN;

  constructor(width: number) {
    this.#width = width;
  }

  /** Whether this value is to be kept. */
  isKept(x: number, value: number): boolean {
    const index = Math.floor(x / this.#width);
    if (index === this.#index && Object.is(value, this.#value)) return false;
    this.#index = index;
    this.#value = value;
    return true;
  }
}

/** The names of the series that have a point in a row. */
export type RowSeries = ReadonlySet<string>;

const NONE: RowSeries = new Set();
/** An absence that came so many times in a row is how the series is published, and no loss. */
const HABIT = 3;

/**
 * Tells a missing value from a series that was not part of the message at all. Two series that have nothing to do with
 * each other can share a table, and a frame may hold only messages without the series, so neither a NaN nor its lack
 * says anything: a value is missing where those are present that stood in one row with the last one.
 */
export class MissingValueDetector {
  /** The last value holds until the next: that there is none in a row means nothing, unless there is none at all. */
  holdsValues = false;
  #last: RowSeries = NONE;
  #missed = 0;
  /** How many were missed before each of the last points, newest first. */
  #missedBefore = [0, 0, 0];

  /** Rows came without this series. */
  absent(shape: RowSeries, rows: number): void {
    // A row of nobody stands in a table only because its publisher said null.
    if (shape.size === 0) this.#missed = Number.POSITIVE_INFINITY;
    else if (this.#last.size > 1 && meet(this.#last, shape)) this.#missed += rows;
  }

  /** A row came with it. @returns whether values are missing before it */
  present(shape: RowSeries): boolean {
    const missed = this.#missed;
    const isStated = missed === Number.POSITIVE_INFINITY;
    const usual = Math.min(...this.#missedBefore);
    this.#last = shape;
    this.#missed = 0;
    this.#missedBefore = [isStated ? 0 : missed, ...this.#missedBefore.slice(0, HABIT - 1)];
    return isStated || (!this.holdsValues && missed > 2 * usual);
  }
}

function meet(a: RowSeries, b: RowSeries): boolean {
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  for (const name of few) if (many.has(name)) return true;
  return false;
}

/** The names of the series that have a point in a row. */
export type RowSeries = ReadonlySet<string>;

const NONE: RowSeries = new Set();
/** An absence that was repeated this often is how the series is published, and no loss. */
const HABIT = 3;

/**
 * Tells a missing value from a series that was not part of the message. Unrelated series can share a table, and a frame may
 * contain only messages without the series, so a NaN alone proves nothing. A value is missing where series have values that
 * shared a row with the last one.
 */
export class MissingValueDetector {
  /** Each value holds until the next: a row without one means nothing, unless the row has no value at all. */
  holdsValues = false;
  #last: RowSeries = NONE;
  #missed = 0;
  /** How many were missed before each of the last points, newest first. */
  #missedBefore = [0, 0, 0];

  copy(): MissingValueDetector {
    const copy = new MissingValueDetector();
    copy.#last = this.#last;
    copy.#missed = this.#missed;
    copy.#missedBefore = this.#missedBefore;
    return copy;
  }

  /** Rows came without this series. */
  absent(series: RowSeries, rows: number): void {
    // A row without any value is in a table only because its publisher sent null.
    if (series.size === 0) this.#missed = Infinity;
    else if (this.#last.size > 1 && haveCommon(this.#last, series)) this.#missed += rows;
  }

  /** A row came with it. @returns whether values are missing before it */
  present(series: RowSeries): boolean {
    const missed = this.#missed;
    const isStated = missed === Infinity;
    const usual = Math.min(...this.#missedBefore);
    this.#last = series;
    this.#missed = 0;
    this.#missedBefore = [isStated ? 0 : missed, ...this.#missedBefore.slice(0, HABIT - 1)];
    return isStated || (!this.holdsValues && missed > 2 * usual);
  }
}

function haveCommon(a: RowSeries, b: RowSeries): boolean {
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  for (const name of few) if (many.has(name)) return true;
  return false;
}

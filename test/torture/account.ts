/** What one viewer got, kept as what is not in order: holes in a series' counter, and the gaps that were told. */

/** What a viewer was told is missing. */
export interface Told {
  reason: string;
  /** null: nobody knows. */
  points: number | null;
  /** "" is every series. */
  series: string;
  /** Of a gap of the Channel's: the numbers that are missing, from the first not included to the last. */
  numbers?: { after: number; upTo: number };
}

/** Counters of one series that did not come between two that did. */
export interface Hole {
  series: string;
  /** Neither of these is missing. */
  after: number;
  before: number;
  /** Which gaps were told there: from this index into {@link Account.gaps} to, not including, that. */
  firstGap: number;
  endGap: number;
  /** What stands before the first that came: nobody promised it, yet a gap may tell of it. */
  isHead: boolean;
  /** Those that came after all, when others had come already. */
  late: Set<number>;
}

export interface Place {
  series: string;
  value: number;
}

export class Account {
  readonly holes: Hole[] = [];
  readonly gaps: Told[] = [];
  readonly repeated: Place[] = [];
  readonly late: Place[] = [];
  readonly #last = new Map<string, { value: number; gaps: number }>();
  points = 0;

  /** The highest counter of a series that came; undefined before the first. */
  last(series: string): number | undefined {
    return this.#last.get(series)?.value;
  }

  point(series: string, value: number): void {
    this.points++;
    const last = this.#last.get(series);
    if (last === undefined) {
      this.#last.set(series, { value, gaps: this.gaps.length });
      this.#hole(series, -1, value, 0, true);
      return;
    }
    if (value <= last.value) return this.#belated(series, value);
    this.#hole(series, last.value, value, last.gaps, false);
    last.value = value;
    last.gaps = this.gaps.length;
  }

  gap(told: Told): void {
    this.gaps.push(told);
  }

  /** Nothing comes any more; `lastSent` should have. */
  end(series: string, lastSent: number): void {
    const { value, gaps } = this.#last.get(series) ?? { value: -1, gaps: 0 };
    this.#hole(series, value, lastSent + 1, gaps, false);
  }

  #hole(series: string, after: number, before: number, firstGap: number, isHead: boolean): void {
    const endGap = this.gaps.length;
    // Where nothing is missing a gap may have been told all the same, but then it finds no hole to be for.
    if (before === after + 1) return;
    this.holes.push({ series, after, before, firstGap, endGap, isHead, late: new Set() });
  }

  #belated(series: string, value: number): void {
    const hole = this.holes.find(
      (hole) => hole.series === series && hole.after < value && value < hole.before && !hole.late.has(value),
    );
    if (hole === undefined) {
      this.repeated.push({ series, value });
      return;
    }
    hole.late.add(value);
    this.late.push({ series, value });
  }
}

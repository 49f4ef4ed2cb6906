import type { EarlierPoints } from "../../../client/viewer.ts";
import type { RingBudget } from "../store/ring-budget.ts";
import type { SeriesStore } from "../store/series-store.ts";
import type { ValueNamesRegistry } from "../store/value-names.ts";

/** What comes meanwhile is kept to be taken in again: not more than this. Then what is missing is fetched when it is shown. */
const MAX_POINTS = 2 ** 20;

/** What came, as it is taken in: a frame, or that points are missing. */
export type Arrival = (store: SeriesStore) => void;

/** Points in rings, with what the rings share. */
export interface HeldPoints {
  store: SeriesStore;
  budget: RingBudget;
  valueNames: ValueNamesRegistry;
}

/** The points that the page holds, as far as others take their place. */
export interface ReplacedPoints {
  readonly store: SeriesStore;
  /** Whether what was left out of the tail is being read. */
  filling: "idle" | "fetching" | "failed";
  /** @returns nothing held yet */
  empty(): HeldPoints;
  replace(by: HeldPoints): void;
}

/** What comes while older points are still read: it is taken in once more, after these. */
export class Arrivals {
  /** The points that were left out of the tail; undefined: none, or they are not waited for any more. */
  left: EarlierPoints | undefined;
  all: Arrival[] = [];
  readonly #held: ReplacedPoints;
  #points = 0;

  constructor(held: ReplacedPoints) {
    this.#held = held;
  }

  /** These were left out of the tail that comes now. */
  begin(left: EarlierPoints): void {
    this.end();
    this.left = left;
    this.#held.filling = "fetching";
  }

  take(arrival: Arrival, points = 0): void {
    arrival(this.#held.store);
    if (this.left === undefined) return;
    this.all.push(arrival);
    this.#points += points;
    if (this.#points > MAX_POINTS) this.end();
  }

  /** What is missing from now on is fetched when it is shown. */
  end(): void {
    this.left = undefined;
    this.all = [];
    this.#points = 0;
    this.#held.filling = "idle";
  }
}

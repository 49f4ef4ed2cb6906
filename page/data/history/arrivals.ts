import type { EarlierPoints } from "../../../client/viewer.ts";
import { RingBudget } from "../store/ring-budget.ts";
import type { SeriesStore } from "../store/series-store.ts";

/** What comes meanwhile is kept to be taken in again: not more than this. Then what is missing is fetched when it is shown. */
const MAX_POINTS = 2 ** 20;

/** What came, as it is taken in: a frame, or that points are missing. */
export type Arrival = (store: SeriesStore) => void;

/** Points that were left out: those numbered above `after`, up to `through`. */
export interface Hole {
  readonly epoch: number;
  after: number;
  /** Falls as they are read, the newest first. */
  through: number;
  /** What was read of them. */
  frames?: readonly Uint8Array[];
  /** How many of them the channel has no more. */
  lost?: number;
}

/** Points in rings, with the memory that the rings share. */
export interface HeldPoints {
  store: SeriesStore;
  budget: RingBudget;
}

/** The points that the page holds, as far as others take their place. */
export interface ReplacedPoints {
  readonly store: SeriesStore;
  /** Whether what was left out is being read. */
  filling: "idle" | "fetching" | "failed";
  replace(by: HeldPoints): void;
}

/**
 * The order in which everything belongs, while older points are still read: what was there before the first hole, holes,
 * and what came since.
 */
export class Arrivals {
  /** Empty: nothing is left out, or it is not waited for any more. */
  all: (Arrival | Hole)[] = [];
  /** What was there before the first hole. */
  before: HeldPoints | undefined;
  readonly #held: ReplacedPoints;
  #points = 0;

  constructor(held: ReplacedPoints) {
    this.#held = held;
  }

  /** These are left out before what comes now. */
  begin({ epoch, after, seq }: EarlierPoints): void {
    const { all } = this;
    const { store } = this.#held;
    const last = all.at(-1);
    const isOpen = isHole(last);
    // Nothing came since: the connection ended again, and more is left out.
    if (isOpen) all.pop();
    if (!all[0]) this.before = copied(store);
    all.push({ epoch, after: isOpen ? Math.min(last.after, after) : after, through: seq });
    store.leaveOut();
    this.#held.filling = "fetching";
  }

  /** @param end of a frame: how many points it has, and the number of the last */
  take(arrival: Arrival, { points = 0, seq = 0 }: { points?: number; seq?: number } = {}): void {
    arrival(this.#held.store);
    const { all } = this;
    const last = all.at(-1);
    if (last === undefined) return;
    // A frame begins where it begins: the hole may have been said to end inside of it.
    if (isHole(last) && seq > 0) last.through = seq - points;
    all.push(arrival);
    this.#points += points;
    if (this.#points > MAX_POINTS) this.end();
  }

  /** What is missing from now on is fetched when it is shown. */
  end(): void {
    this.all = [];
    this.before = undefined;
    this.#points = 0;
    this.#held.filling = "idle";
  }
}

export function isHole(item: Arrival | Hole | undefined): item is Hole {
  return typeof item === "object";
}

/** The same points; what comes later comes to one of them. */
export function copied(store: SeriesStore): HeldPoints {
  const budget = new RingBudget();
  return { budget, store: store.copy(budget) };
}

import type { Derivation, DerivedClass, DerivedSeries, Stored } from "./derivation.ts";
import type { HistoryFetcher } from "./history/history-fetcher.ts";
import { partsOf, seriesOf } from "./history/join-segments.ts";
import { newestX, type PointSource } from "./point-source.ts";
import type { Part, Range } from "./segment.ts";
import type { GapRecord } from "./store/gap-log.ts";
import { RingBudget } from "./store/ring-budget.ts";
import { type Series, Store } from "./store/series-store.ts";

/** All points that can be looked at: those that came, and older ones that are fetched when somebody looks there. */
export class Holdings implements PointSource {
  budget = new RingBudget();
  store: Store;
  readonly past: HistoryFetcher;
  readonly isHidden: (name: string) => boolean;
  /** What is not calculated from other series. */
  readonly stored: Stored = {
    has: (name) => this.#find(name) !== undefined,
    headX: (name) => this.#find(name)?.headX ?? Number.NaN,
    parts: (name, { min, max }) => partsOf(name, min, max, this.store, this.past.held),
  };
  #derivations: readonly Derivation[] = [];
  #derived: DerivedSeries | undefined;
  /** Points of a file have nothing before them. */
  #hasPast = true;

  constructor(past: HistoryFetcher, isHidden: (name: string) => boolean) {
    this.past = past;
    this.store = new Store(this.budget, past.namings);
    this.isHidden = isHidden;
  }

  get series(): Iterable<Series> {
    const stored = this.past.held === undefined ? this.store.series : seriesOf(this.store, this.past.held.store);
    return this.#derived === undefined ? stored : [...stored, ...this.#derived.series];
  }

  seriesOf(name: string): Series | undefined {
    return this.#find(name) ?? this.#derived?.series.find((series) => series.name === name);
  }

  get oldestX(): number {
    let oldest = this.past.oldestX ?? this.past.held?.min ?? Number.POSITIVE_INFINITY;
    for (const { ring } of this.store.series) oldest = Math.min(oldest, ring.x[0] ?? oldest);
    return oldest;
  }

  get gaps(): readonly GapRecord[] {
    const { gaps } = this.store;
    const old = this.past.held?.store.gaps ?? [];
    if (old.length === 0) return gaps;
    // What was fetched may have come before.
    const ends = new Set(gaps.flatMap(({ places }) => places.map(({ toX }) => toX)));
    return [...old.filter(({ places }) => !places.some(({ toX }) => ends.has(toX))), ...gaps];
  }

  parts(series: Series, range: Range): readonly Part[] {
    return this.#derived?.parts(series, range) ?? this.stored.parts(series.name, range);
  }

  /**
   * Has these, and no others, calculated.
   * @param load undefined: it cannot be had now; it is asked again next time
   * @param changed they are calculated from now on
   */
  async derive(
    derivations: readonly Derivation[],
    load: () => Promise<DerivedClass | undefined>,
    changed: () => void,
  ): Promise<void> {
    if (derivations === this.#derivations) return;
    this.#derivations = derivations;
    this.#derived = undefined;
    if (derivations.length === 0) return;
    const Derived = await load();
    if (derivations !== this.#derivations) return;
    if (Derived === undefined) {
      this.#derivations = [];
    } else {
      this.#derived = new Derived(derivations, this.stored);
      changed();
    }
  }

  /** Says what is looked at, so that what is older than what came is fetched. */
  want(range: Range | undefined): void {
    if (this.#hasPast) this.past.want(range, this.store.completeFromX, newestX(this));
  }

  /** Begins again with nothing, for points that are not the channel's. */
  beginAnew(): void {
    this.#hasPast = false;
    this.past.clear();
    this.budget = new RingBudget();
    this.store = new Store(this.budget, this.past.namings);
  }

  #find(name: string): Series | undefined {
    return this.store.find(name) ?? this.past.held?.store.find(name);
  }
}

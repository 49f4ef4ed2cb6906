import type { Derivation, DerivationInput, DerivedClass, DerivedSeries } from "./derivation.ts";
import { HeldRange } from "./held-range.ts";
import type { HeldPoints, ReplacedPoints } from "./history/arrivals.ts";
import type { StoredHistory } from "./history/stored-history.ts";
import { type ChannelSource, newestX } from "./point-source.ts";
import type { Range, Segment } from "./segment.ts";
import type { GapRecord } from "./store/gap-log.ts";
import { RingBudget } from "./store/ring-budget.ts";
import { isSetBack } from "./store/series.ts";
import { isTime, type Series, SeriesStore } from "./store/series-store.ts";

/** All points of a channel: live ones, and older ones that are fetched when they are shown. */
export class ChannelData extends HeldRange implements ChannelSource, ReplacedPoints {
  budget = new RingBudget();
  store: SeriesStore;
  readonly history: StoredHistory;
  readonly isHidden: (name: string) => boolean;
  /** The series that are not derived. */
  readonly stored: DerivationInput = {
    has: (name) => this.#find(name) !== undefined,
    names: () => Array.from(this.history.series(this.store), ({ name }) => name),
    headX: (name) => this.#find(name)?.headX ?? Number.NaN,
    segments: (name, range) => this.history.segments(this.store, name, range),
  };
  /** Whether what was left out of the tail is being read. Until it is here, nothing else is fetched. */
  filling: "idle" | "fetching" | "failed" = "idle";
  #derivations: readonly Derivation[] = [];
  #derived: DerivedSeries | undefined;
  /** Points of a file have nothing before them. */
  #hasHistory = true;

  constructor(history: StoredHistory, isHidden: (name: string) => boolean) {
    super();
    this.history = history;
    this.store = new SeriesStore(this.budget, history.valueNames);
    this.isHidden = isHidden;
  }

  get series(): Iterable<Series> {
    const stored = this.history.series(this.store);
    return this.#derived === undefined ? stored : [...stored, ...this.#derived.series];
  }

  seriesOf(name: string): Series | undefined {
    return this.#find(name) ?? this.#derived?.series.find((series) => series.name === name);
  }

  get gaps(): readonly GapRecord[] {
    const { gaps } = this.store;
    const old = this.history.fetched?.store.gaps ?? [];
    if (old.length === 0) return gaps;
    // What was fetched may have come before.
    const ends = new Set(gaps.flatMap(({ spans }) => spans.map(({ toX }) => toX)));
    return [...old.filter(({ spans }) => !spans.some(({ toX }) => ends.has(toX))), ...gaps];
  }

  segments(series: Series, range: Range): readonly Segment[] {
    return this.#derived?.segments(series, range) ?? this.stored.segments(series.name, range);
  }

  /**
   * Sets the derived series.
   * @param load undefined: it cannot be loaded now; the next call tries again
   * @param changed they are calculated from now on, and want to be drawn
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

  /** Whether older points are being fetched. */
  get fetchState(): "idle" | "fetching" | "failed" {
    return this.filling === "idle" ? this.history.state : this.filling;
  }

  /** Requests what is shown, so that points older than the live ones are fetched. */
  requestHistory(range: Range | undefined): void {
    if (!this.#hasHistory || this.filling !== "idle") return;
    const { store } = this;
    // What came before it joined may show that it is a path, of which only a part that rises came since.
    for (const { name, ring } of this.history.fetched?.store.series ?? []) {
      const now = ring.isPath ? store.find(name) : undefined;
      if (now !== undefined && !isTime(now.headX)) now.ring.isPath = true;
    }
    this.history.joinedSeq = store.joinedSeq ?? 0;
    const isWhole = store.joinedSeq === 0 && [...store.series].every(({ ring }) => ring.completeFromX === -Infinity);
    let wanted = isWhole ? undefined : range;
    let { completeFromX } = store;
    // Where time ran back, what is later is among what came before.
    const isBack = wanted?.min === -Infinity && [...store.series].some(isSetBack);
    if (wanted !== undefined && (isBack || this.isPath)) {
      // What is older is anywhere in x.
      completeFromX = Number.MAX_VALUE;
      if (isBack) wanted = { ...wanted, max: completeFromX };
      if (this.history.joinedSeq === 0) wanted = undefined;
    }
    this.history.request(wanted, completeFromX, newestX(this));
  }

  /** Drops all points and fetches none, for the points of a file. @param paths the series that are paths there */
  reset(paths: readonly string[]): void {
    this.#hasHistory = false;
    this.nowX = () => Number.NaN;
    this.history.clear();
    const budget = new RingBudget();
    this.replace({ budget, store: new SeriesStore(budget) });
    this.store.paths = new Set(paths);
  }

  replace({ store, budget }: HeldPoints): void {
    this.store = store;
    this.budget = budget;
    this.history.valueNames = store.valueNames;
  }

  protected override get all(): Series[] {
    return [...this.store.series, ...(this.history.fetched?.store.series ?? [])];
  }

  protected override get knownX(): number | undefined {
    return this.history.oldestX ?? this.history.fetched?.min;
  }

  #find(name: string): Series | undefined {
    return this.store.find(name) ?? this.history.fetched?.store.find(name);
  }
}

import type { Part } from "../draw/decimate.ts";
import type { Range } from "../draw/range.ts";
import { newestX, type Source } from "../look/view.ts";
import type { Past } from "./past.ts";
import { RingBudget } from "./rings.ts";
import { partsOf, seriesOf } from "./slices.ts";
import { type Series, Store } from "./store.ts";

/** All points that can be looked at: those that came, and older ones that are fetched when somebody looks there. */
export class Holdings implements Source {
  budget = new RingBudget();
  store = new Store(this.budget);
  readonly past: Past;
  readonly isHidden: (name: string) => boolean;
  /** Points of a file have nothing before them. */
  #hasPast = true;

  constructor(past: Past, isHidden: (name: string) => boolean) {
    this.past = past;
    this.isHidden = isHidden;
  }

  get series(): Iterable<Series> {
    return this.past.held === undefined ? this.store.series : seriesOf(this.store, this.past.held.store);
  }

  seriesOf(name: string): Series | undefined {
    return this.store.find(name) ?? this.past.held?.store.find(name);
  }

  get oldestX(): number {
    let oldest = this.past.oldestX ?? this.past.held?.min ?? Number.POSITIVE_INFINITY;
    for (const { ring } of this.store.series) oldest = Math.min(oldest, ring.x[0] ?? oldest);
    return oldest;
  }

  parts(series: Series, { min, max }: Range): readonly Part[] {
    return partsOf(series.name, min, max, this.store, this.past.held);
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
    this.store = new Store(this.budget);
  }
}

import { HeldRange } from "./held-range.ts";
import { liveSegments } from "./live-segments.ts";
import type { PointSource } from "./point-source.ts";
import type { Range, Segment } from "./segment.ts";
import type { GapRecord } from "./store/gap-log.ts";
import type { Series } from "./store/series.ts";
import type { SeriesStore } from "./store/series-store.ts";

/** The points of a channel that came live, as one of several who show them sees them: nothing older is fetched. */
export class LivePoints extends HeldRange implements PointSource {
  store: SeriesStore;
  readonly isHidden: (name: string) => boolean;

  constructor(store: SeriesStore, isHidden: (name: string) => boolean) {
    super();
    this.store = store;
    this.isHidden = isHidden;
  }

  get gaps(): readonly GapRecord[] {
    return this.store.gaps;
  }

  get series(): Iterable<Series> {
    return this.store.series;
  }

  seriesOf(name: string): Series | undefined {
    return this.store.find(name);
  }

  segments({ name }: Series, range: Range): readonly Segment[] {
    return liveSegments(this.store, name, range);
  }

  protected override get all(): Series[] {
    return [...this.store.series];
  }

  protected override get knownX(): undefined {
    return undefined;
  }
}

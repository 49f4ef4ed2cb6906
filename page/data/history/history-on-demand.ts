import { liveSegments } from "../live-segments.ts";
import type { Range, Segment } from "../segment.ts";
import type { Series } from "../store/series.ts";
import type { SeriesStore } from "../store/series-store.ts";
import { ValueNamesRegistry } from "../store/value-names.ts";
import type { StoredHistory } from "./stored-history.ts";

const RETRY_MS = 3000;

/** What fetches older points, loaded when such are shown first: most pages show only what they hold. */
export class HistoryOnDemand implements StoredHistory {
  joinedSeq = 0;
  readonly #load: () => Promise<StoredHistory | undefined>;
  readonly #changed: () => void;
  #loaded: StoredHistory | undefined;
  #valueNames = new ValueNamesRegistry();
  #isLoading = false;
  #hasFailed = false;

  /**
   * @param load undefined: it cannot be had now
   * @param changed called when it is there, or the state changed
   */
  constructor(load: () => Promise<StoredHistory | undefined>, changed: () => void) {
    this.#load = load;
    this.#changed = changed;
  }

  get valueNames(): ValueNamesRegistry {
    return this.#valueNames;
  }

  set valueNames(valueNames: ValueNamesRegistry) {
    this.#valueNames = valueNames;
    if (this.#loaded !== undefined) this.#loaded.valueNames = valueNames;
  }

  get fetched(): StoredHistory["fetched"] {
    return this.#loaded?.fetched;
  }

  get state(): StoredHistory["state"] {
    return this.#loaded?.state ?? (this.#hasFailed ? "failed" : "idle");
  }

  truncation(seen: Range): string | undefined {
    return this.#loaded?.truncation(seen);
  }

  get oldestX(): number | undefined {
    return this.#loaded?.oldestX;
  }

  request(range: Range | undefined, completeFromX: number, newestX: number): void {
    const isNeeded = range !== undefined && range.min < completeFromX && range.min <= range.max;
    this.#hasFailed &&= isNeeded;
    if (this.#loaded !== undefined) {
      this.#loaded.joinedSeq = this.joinedSeq;
      this.#loaded.request(range, completeFromX, newestX);
    } else if (isNeeded && !this.#isLoading) {
      this.#isLoading = true;
      void this.#begin();
    }
  }

  segments(live: SeriesStore, name: string, range: Range): Segment[] {
    return this.#loaded?.segments(live, name, range) ?? liveSegments(live, name, range);
  }

  series(live: SeriesStore): Iterable<Series> {
    return this.#loaded?.series(live) ?? live.series;
  }

  clear(): void {
    this.#loaded?.clear();
  }

  async #begin(): Promise<void> {
    this.#loaded = await this.#load();
    this.#hasFailed = this.#loaded === undefined;
    if (this.#loaded !== undefined) this.#loaded.valueNames = this.#valueNames;
    else
      setTimeout(() => {
        this.#isLoading = false;
        this.#changed();
      }, RETRY_MS);
    this.#changed();
  }
}

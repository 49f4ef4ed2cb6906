import type { Frame } from "../../../protocol/frame/frame.ts";
import { completeFrom } from "../store/series.ts";
import { SeriesStore } from "../store/series-store.ts";
import type { ValueNamesRegistry } from "../store/value-names.ts";
import type { FetchedRange } from "./fetch-plan.ts";

/** One range of stored points, with a budget of its own. Frames reach beyond its ends, but not all that do are in it. */
export class HistoryChunk implements FetchedRange {
  readonly store: SeriesStore;
  readonly #from: number;
  #max: number;
  readonly #isCut: boolean;
  #epoch: number | undefined;
  /** The frames that reach to the end, by number, and where they end: what goes on from there brings them again. */
  readonly #atEnd = new Map<number, number>();

  /** @param joinedSeq from here on the live points have everything of a path; of one that is cut nothing is shown */
  constructor(from: number, to: number, valueNames?: ValueNamesRegistry, isCut = false, joinedSeq = 0) {
    this.store = new SeriesStore(undefined, valueNames);
    this.store.beforeSeq = isCut ? 0 : joinedSeq;
    this.#from = from;
    this.#max = to;
    this.#isCut = isCut;
  }

  get min(): number {
    let min = this.#from;
    for (const series of this.store.series) min = Math.max(min, completeFrom(series));
    return min;
  }

  get max(): number {
    return this.#max;
  }

  get isTruncated(): boolean {
    return this.#isCut || this.min > this.#from;
  }

  /** Takes a frame in, unless it is there, or of another numbering. */
  take(frame: Frame): void {
    const { epoch, seq, maxX } = frame.header;
    this.#epoch ??= epoch;
    if (epoch !== this.#epoch || this.#atEnd.has(seq)) return;
    if (maxX >= this.#max) this.#atEnd.set(seq, maxX);
    this.store.ingest(frame);
  }

  /** Everything up to here was taken. */
  reach(to: number): void {
    this.#max = to;
    for (const [seq, maxX] of this.#atEnd) if (maxX < to) this.#atEnd.delete(seq);
  }
}

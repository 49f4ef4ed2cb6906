import { framesIn, isNotPermitted } from "../../../client/stored-frames.ts";
import { fullJitterMs } from "../../../protocol/backoff.ts";
import { decodeFrame } from "../../../protocol/frame/frame.ts";
import { liveSegments } from "../live-segments.ts";
import type { Range, Segment } from "../segment.ts";
import type { Series } from "../store/series.ts";
import type { SeriesStore } from "../store/series-store.ts";
import { ValueNamesRegistry } from "../store/value-names.ts";
import { type FetchedRange, type FetchPlan, type HistoryNeed, planFetch } from "./fetch-plan.ts";
import { HistoryChunk } from "./history-chunk.ts";
import { allSeries, joinedSegments } from "./join-segments.ts";
import type { StoredHistory } from "./stored-history.ts";

/** What one request may bring; the rings have no room for more. */
export const MAX_FETCH_BYTES = 64 * 1024 * 1024;
/** A gesture passes through many ranges: so long it is left to go on before its range is fetched. */
export const SETTLE_MS = 200;
const BASE_DELAY_MS = 1000;
const MAX_DELAY_MS = 30_000;

/** Everything it needs of the world, so that tests can stand in for it. */
export interface HistoryEnvironment {
  /** The frames that are stored in the range of the query, in pieces. To leave off reading ends the request. */
  read(query: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** One timer: a new time replaces the old one. */
  wakeIn(ms: number, wake: () => void): void;
  /** Lets the page answer, if it has not for a while. */
  yieldToPage(): Promise<void>;
  random(): number;
}

interface PendingFetch {
  plan: FetchPlan;
  /** What will be available after it. */
  result: FetchedRange;
  abort: AbortController;
}

/** What a request has brought. */
interface FetchResult {
  earliestX: number;
  /** Up to which x everything was read: the end of the request, or where it became too much. */
  toX: number;
  whole: boolean;
}

/** {@link StoredHistory} by requests to the Channel. */
export class HistoryFetcher implements StoredHistory {
  valueNames = new ValueNamesRegistry();
  joinedSeq = 0;
  #fetched: HistoryChunk | undefined;
  #need: HistoryNeed | undefined;
  #completeFromX = -Infinity;
  #ringsDrop = false;
  #oldestX: number | undefined;
  #flight: PendingFetch | undefined;
  #waiting = false;
  #failures = 0;
  /** It may not be read with the token that the page has: nothing is asked for until `clear`. */
  #isDenied = false;
  readonly #environment: HistoryEnvironment;
  readonly #changed: () => void;

  /** @param changed called when the fetched points, or the state, changed */
  constructor(environment: HistoryEnvironment, changed: () => void) {
    this.#environment = environment;
    this.#changed = changed;
  }

  get fetched(): HistoryChunk | undefined {
    return this.#fetched;
  }

  get state(): "idle" | "fetching" | "failed" {
    if (this.#flight !== undefined) return "fetching";
    return this.#failures > 0 && this.#next() !== undefined ? "failed" : "idle";
  }

  truncation(seen: Range): string | undefined {
    if (!this.#fetched?.isTruncated || seen.min >= this.#fetched.min) return undefined;
    return "There is more history than this page can hold. Zoom in to see older points.";
  }

  get oldestX(): number | undefined {
    return this.#oldestX;
  }

  request(range: Range | undefined, completeFromX: number, newestX: number): void {
    // It falls where x begins again: points from before do not belong to that.
    if (completeFromX < this.#completeFromX) this.clear();
    this.#ringsDrop ||= completeFromX > this.#completeFromX && Number.isFinite(this.#completeFromX);
    this.#completeFromX = completeFromX;
    this.#need = range && { range, completeFromX, newestX: this.#ringsDrop ? newestX : completeFromX };
    this.#consider();
  }

  segments(live: SeriesStore, name: string, range: Range): Segment[] {
    return this.#fetched === undefined
      ? liveSegments(live, name, range)
      : joinedSegments(live, name, range, this.#fetched);
  }

  series(live: SeriesStore): Series[] {
    return this.#fetched === undefined ? [...live.series] : allSeries(live, this.#fetched.store);
  }

  clear(): void {
    this.#flight?.abort.abort();
    this.#flight = this.#fetched = this.#need = this.#oldestX = undefined;
    this.#failures = 0;
    this.#waiting = this.#isDenied = false;
  }

  #consider(): void {
    if (!this.#waiting && this.#next() !== undefined) this.#wakeIn(SETTLE_MS);
  }

  #wakeIn(ms: number): void {
    this.#waiting = true;
    this.#environment.wakeIn(ms, () => {
      this.#waiting = false;
      const plan = this.#next();
      if (plan !== undefined) void this.#fetch(plan);
    });
  }

  /** What to fetch now. A continuation of a pending fetch waits for it. */
  #next(): FetchPlan | undefined {
    if (this.#need === undefined || this.#isDenied) return undefined;
    const plan = planFetch(this.#need, this.#flight?.result ?? this.#fetched, this.#oldestX);
    return this.#flight !== undefined && plan?.appends ? undefined : plan;
  }

  async #fetch(plan: FetchPlan): Promise<void> {
    this.#flight?.abort.abort();
    const fetched = plan.appends ? this.#fetched : undefined;
    const result = { min: fetched?.min ?? plan.from, max: plan.to, isTruncated: fetched?.isTruncated ?? false };
    const abort = new AbortController();
    const flight = { plan, result, abort };
    this.#flight = flight;
    this.#changed();
    try {
      const stretch = await this.#stretch(plan, fetched, abort.signal);
      if (this.#flight !== flight) return;
      this.#fetched = stretch;
      this.#failures = 0;
    } catch (error) {
      if (this.#flight !== flight) return;
      this.#isDenied = isNotPermitted(error);
      if (!this.#isDenied)
        this.#wakeIn(fullJitterMs(this.#failures++, BASE_DELAY_MS, MAX_DELAY_MS, this.#environment.random()));
    }
    this.#flight = undefined;
    this.#changed();
    this.#consider();
  }

  async #stretch(
    { from, to }: FetchPlan,
    fetched: HistoryChunk | undefined,
    signal: AbortSignal,
  ): Promise<HistoryChunk> {
    const stretch = fetched ?? new HistoryChunk(from, to, this.valueNames, false, this.joinedSeq);
    const haul = await this.#read(from, to, stretch, signal);
    if (haul.whole) {
      stretch.reach(to);
      if (fetched === undefined && (await this.#isOldest(from, haul.earliestX, signal))) {
        this.#oldestX = Math.min(haul.earliestX, to);
      }
      return stretch;
    }
    if (fetched === undefined) {
      // The oldest come first, but the newest are to be kept. This much of x was too much: ask for the last half of it.
      const span = haul.toX - Math.max(from, haul.earliestX);
      const newest = new HistoryChunk(to - span / 2, to, this.valueNames, true);
      const { whole, toX } = await this.#read(to - span / 2, to, newest, signal);
      newest.reach(whole ? to : toX);
      return newest;
    }
    // If all frames begin before, another request would bring no more.
    stretch.reach(haul.toX > from ? haul.toX : to);
    return stretch;
  }

  async #read(from: number, to: number, into: HistoryChunk, signal: AbortSignal): Promise<FetchResult> {
    // The plus of 1e+300 would be read as a blank.
    const until = `to=${encodeURIComponent(to)}`;
    const query = from === -Infinity ? until : `from=${encodeURIComponent(from)}&${until}`;
    const haul = { earliestX: Infinity, toX: to, whole: true };
    let bytes = 0;
    for await (const each of framesIn(await this.#environment.read(query, signal))) {
      signal.throwIfAborted();
      const frame = decodeFrame(each);
      into.take(frame);
      haul.earliestX = Math.min(haul.earliestX, frame.header.minX);
      haul.toX = frame.header.minX;
      await this.#environment.yieldToPage();
      bytes += each.length;
      if (bytes > MAX_FETCH_BYTES) return { ...haul, whole: false };
    }
    return { ...haul, toX: to };
  }

  /** True where what was found, from an x on, is all there is. Nothing there may also be a time of silence. */
  async #isOldest(from: number, earliestX: number, signal: AbortSignal): Promise<boolean> {
    if (from === -Infinity) return true;
    if (earliestX <= from) return false;
    for await (const piece of await this.#environment.read(`to=${encodeURIComponent(from)}`, signal))
      if (piece.length > 0) return false;
    return true;
  }
}

import type { Cursor } from "../../../protocol/cursor.ts";
import { ANONYMOUS, type FrameHeader, numberFrame, readHeader, splitFrames } from "../../../protocol/frame/header.ts";
import { MAX_TAIL_BYTES } from "../../../protocol/limits.ts";
import type { Repeats } from "../../../protocol/messages/publish.ts";
import type { Refusal } from "../../../protocol/problem.ts";
import type { BatchBounds, FrameBatch, FrameLog, Taken as TakenAt } from "../../hub/frame-log.ts";
import { usualPauseOf } from "../../hub/log/takings.ts";
import type { Decided } from "./layout.ts";
import { LogStore } from "./log-store.ts";
import { Numbering } from "./numbering.ts";
import { CATCH_UP, READ_SLICE } from "./read-limits.ts";
import { readSlice, type SliceSelection } from "./read-slice.ts";
import type { SegmentHeader } from "./segment.ts";
import {
  ANY_X,
  type Cut,
  noFrames,
  type Opened,
  type ReadRequest,
  type Slice,
  type SliceBounds,
  type SliceRequest,
} from "./slice.ts";
import type { Bounds } from "./trim.ts";

/** What came of an append: the frames that were new, numbered, and the number of the body's last point. */
export interface Taken {
  fresh: Uint8Array[];
  /** Whose frames these are. */
  publisher: string;
  seq: number;
  points: number;
  /** How many of these points are in repeats, and were not taken again. */
  duplicates: number;
  repeats: Repeats | undefined;
  /** Scales of series that these frames decided. */
  decided: Decided;
}

/** The channel's log: numbers and stores what is published, and reads it for viewers ({@link FrameLog}) and requests. */
export class ChannelLog implements FrameLog {
  readonly #store: LogStore;

  constructor(storage: DurableObjectStorage, bounds: Bounds, nowMs: number) {
    this.#store = new LogStore(storage, bounds, nowMs);
  }

  /** Whether anything was ever published here. What asks this makes nothing. */
  static isIn({ sql }: DurableObjectStorage): boolean {
    return Numbering.isIn(sql);
  }

  /** When the channel was last used: the newest frame was taken, or the numbering began. */
  get usedAtMs(): number {
    return Math.max(this.#store.epoch, this.takenAtMs ?? 0);
  }

  get position(): Cursor {
    return { epoch: this.#store.epoch, seq: this.#store.state.seq };
  }

  get series(): string[] {
    return this.#store.series.all;
  }

  get scales(): (number | null)[] {
    return this.#store.layout.scales;
  }

  get arrangement(): string {
    return this.#store.layout.arrangement;
  }

  /** Keeps what the owner wants everybody to see; "" for nothing. */
  set arrangement(text: string) {
    this.#store.layout.arrangement = text;
  }

  get takenAtMs(): number | null {
    return this.#store.state.takenAtMs;
  }

  get takenEveryMs(): number | null {
    return usualPauseOf(this.#store.state.takings, this.#keptAfter) ?? null;
  }

  /** When the last new frame of a publisher was taken; undefined if that is not known. */
  takenOf(publisher: string): number | undefined {
    return this.#store.publishers.lastOf(publisher)?.takenAtMs;
  }

  /**
   * Numbers and stores a body's frames, all or none; repeats are passed over (CH3, CH4). The frames are
   * numbered in place. Nothing that leaves the object is sent before this is durable: the output gate holds it.
   *
   * @param nowMs by a clock that never runs back
   * @param maxSeries with more than so many series in the log, none is added
   * @returns a refusal, and nothing has changed, if the publisher cannot have got to these numbers, or there are too many series
   */
  append(body: Uint8Array, series: readonly string[], nowMs: number, maxSeries?: number): Taken | Refusal {
    const { publishers, index } = this.#store;
    const excess = maxSeries === undefined ? undefined : this.#seriesExcess(series, maxSeries);
    if (excess !== undefined) return { code: "quota-exceeded", detail: excess };
    const frames = splitFrames(body);
    const headers = frames.map((frame) => readHeader(frame));
    const detail = publishers.sequenceFault(headers);
    if (detail !== undefined) return { code: "frame-sequence", detail };
    const { publisher } = headers[0] ?? { publisher: ANONYMOUS };
    const lastBefore = publishers.lastOf(publisher)?.publisherSeq;
    const repeated =
      publisher === ANONYMOUS ? 0 : headers.filter(({ publisherSeq }) => publisherSeq <= (lastBefore ?? -1)).length;
    const fresh = frames.slice(repeated);
    this.#append(fresh, headers.slice(repeated), series, nowMs);
    const known = lastBefore !== undefined && repeated > 0 ? index.compare(frames.slice(0, repeated)) : undefined;
    const repeats = lastBefore !== undefined && known ? { last: lastBefore, frames: known.letters } : undefined;
    const last = headers.at(-1);
    return {
      fresh,
      publisher,
      seq: fresh.length > 0 || last === undefined ? this.position.seq : this.#firstAnswer(last, known?.lastSeq),
      points: pointsIn(headers),
      duplicates: pointsIn(headers.slice(0, repeated)),
      repeats,
      decided: this.#store.layout.decide(fresh, series, nowMs),
    };
  }

  /** The last number of a publisher's frames; 0 if there is none. */
  lastNumberOf(publisher: string): number {
    return this.#store.publishers.lastOf(publisher)?.publisherSeq ?? 0;
  }

  /**
   * Puts another frame in the place of one that was stored alone, with the same number of points.
   * @param frameOf makes it, by the publisher's number of the other
   * @returns that frame; undefined: the other is not there
   */
  rewrite(seq: number, frameOf: (publisherSeq: number) => Uint8Array): Uint8Array | undefined {
    const { segments } = this.#store;
    const segment = seq > this.#keptAfter ? segments.at(seq) : undefined;
    if (segment?.frames !== 1) return undefined;
    const frame = frameOf(segment.publisherSeq);
    numberFrame(frame, this.position.epoch, seq);
    segments.rewrite(seq, frame);
    return frame;
  }

  /** Forgets every point and begins the numbering anew. */
  clear(nowMs: number): void {
    this.#store.clear(nowMs);
  }

  async tailStart(points: number, seconds: number): Promise<Cursor> {
    const { segments, state, epoch } = this.#store;
    const { seq, totalBytes, kept, takenAtMs } = state;
    const sinceMs = (takenAtMs ?? 0) - 1000 * seconds;
    const first = seconds > 0 && segments.firstWhere(kept.after, seq, (segment) => segment.takenAtMs >= sinceMs);
    const bySeconds = first ? first.afterSeq : seq;
    const isInTail = (segment: SegmentHeader) => totalBytes - (segment.totalBytes - segment.bytes) <= MAX_TAIL_BYTES;
    const byBytes = kept.bytes <= MAX_TAIL_BYTES ? undefined : segments.firstWhere(kept.after, seq, isInTail);
    // A number within a frame is as good: viewers that take single points begin exactly there.
    return { epoch, seq: Math.max(kept.after, byBytes?.afterSeq ?? 0, Math.min(seq - points, bySeconds)) };
  }

  async framesAfter(cursor: Cursor, bounds: BatchBounds): Promise<FrameBatch | undefined> {
    const { epoch, seq } = this.position;
    if (cursor.epoch !== epoch || cursor.seq > seq) return undefined;
    const after = Math.max(cursor.seq, this.#keptAfter);
    const { frames, to } = this.#slice({ direction: "forward", after, through: seq, range: ANY_X }, bounds);
    const lostInTrimmed = after > cursor.seq ? this.#store.gapLedger.totalAfter(cursor.seq) : 0;
    return { frames, after, seq: to, lostInTrimmed };
  }

  async framesBefore(seq: number, bounds: BatchBounds): Promise<{ frames: Uint8Array; after: number }> {
    const selection = { direction: "backward", after: 0, through: seq, range: ANY_X } as const;
    const { frames, from } = this.#slice(selection, bounds);
    return { frames, after: frames.byteLength > 0 ? from : seq };
  }

  async takings(after: number, through: number): Promise<TakenAt[]> {
    const takings: TakenAt[] = [];
    for (const headers of this.#store.segments.headers(Math.max(after, this.#keptAfter), through)) {
      for (const { afterSeq, seq, takenAtMs } of headers) {
        const last = takings.at(-1);
        if (last?.atMs === takenAtMs) last.seq = seq;
        else takings.push({ after: afterSeq, seq, atMs: takenAtMs });
      }
    }
    // A long publish has several rows.
    const [first, last] = [takings[0], takings.at(-1)];
    if (first !== undefined) first.after = Math.min(first.after, await this.takenSince(first.atMs));
    if (last !== undefined) last.seq = Math.max(last.seq, await this.takenSince(last.atMs + 1));
    return takings;
  }

  async takenSince(ms: number): Promise<number> {
    const { seq } = this.position;
    const first = this.#store.segments.firstWhere(this.#keptAfter, seq, ({ takenAtMs }) => takenAtMs >= ms);
    return first?.afterSeq ?? seq;
  }

  /** Begins a read up to where the channel stands now, or to a number before. */
  openRead({ direction, points = Number.POSITIVE_INFINITY, range, series, ...asked }: ReadRequest): Opened {
    const { epoch, seq } = this.position;
    const through = Math.min(seq, asked.through);
    const after = direction === "forward" ? Math.max(asked.after, through - points) : asked.after;
    const isKnown = series.length === 0 || this.#store.series.mayHave(series);
    const first =
      isKnown && after < through
        ? this.#slice({ direction, after, through, range, series }, READ_SLICE)
        : noFrames(after, through);
    const nearNames = isKnown ? undefined : this.#store.series.near(series[0] ?? "");
    return { kind: "opened", epoch, seq: through, first, newest: seq, nearNames, seriesCount: this.#store.series.size };
  }

  /** One slice of a read: all that it asks for and the store has, or why it cannot go on. */
  slice({ epoch, mayBeginLater, ...request }: SliceRequest): ({ kind: "slice" } & Slice) | Cut {
    if (epoch !== this.#store.epoch) return { kind: "cut", reason: "emptied" };
    const { direction, after, through } = request;
    const isTrimmed = (mayBeginLater ? through : after + 1) <= this.#keptAfter;
    if (direction === "forward" && isTrimmed) return { kind: "cut", reason: "trimmed" };
    return { kind: "slice", ...this.#slice(request, READ_SLICE) };
  }

  /** AC13g. @returns what is wrong; undefined: nothing */
  #seriesExcess(series: readonly string[], maxSeries: number): string | undefined {
    const known = this.#store.series.size;
    const added = this.#store.series.countNew(series);
    if (added === 0 || known + added <= maxSeries) return undefined;
    return `This channel has ${known} series, and this publish would add ${added}; with this token it may have ${maxSeries} (QUOTA_TOKEN has series=${maxSeries}). Publish fewer names.`;
  }

  /** Every point after this number is in the store. */
  get #keptAfter(): number {
    return this.#store.state.kept.after;
  }

  #append(
    fresh: readonly Uint8Array[],
    headers: readonly FrameHeader[],
    series: readonly string[],
    nowMs: number,
  ): void {
    const newSeries = this.#store.series.newOf(series);
    let { epoch, seq } = this.position;
    fresh.forEach((frame, i) => {
      seq += headers[i]?.points ?? 0;
      numberFrame(frame, epoch, seq);
    });
    // What is kept is told from the newest frame: a repeat, however late, frees nothing.
    if (fresh.length > 0) this.#store.store(fresh, newSeries, nowMs);
    else this.#store.addSeries(newSeries);
  }

  #slice(selection: SliceSelection, bounds: Partial<SliceBounds> & BatchBounds): Slice {
    // Points that are trimmed may still be there, until they are overwritten.
    const after = Math.max(selection.after, this.#keptAfter);
    return readSlice(this.#store.segments, { ...selection, after }, { ...CATCH_UP, ...bounds });
  }

  /** What a repeat was answered the first time; if that frame is gone, where its publisher stands. */
  #firstAnswer({ publisher, publisherSeq }: FrameHeader, storedSeq: number | undefined): number {
    const last = this.#store.publishers.lastOf(publisher);
    if (last?.publisherSeq === publisherSeq) return last.seq;
    return storedSeq ?? last?.seq ?? this.position.seq;
  }
}

function pointsIn(headers: readonly FrameHeader[]): number {
  return headers.reduce((sum, { points }) => sum + points, 0);
}

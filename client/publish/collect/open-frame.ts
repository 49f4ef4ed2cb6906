import { FrameBuilder, gapBlock, type Row } from "../../../protocol/frame/frame-builder.ts";
import { HEADER_BYTES } from "../../../protocol/frame/header.ts";
import { namesBytes, tableBytes } from "../../../protocol/frame/table-builder.ts";
import { GAPS_BYTES, mergeAllSeries, mergeLosses, type PublisherGap } from "./gaps.ts";

/** More that wait for a point, each of another series, are told as one of all series: 16 KiB with names of usual length. */
const MAX_GAPS_WAITING = 192;
const MAX_WAITING_BYTES = 16_384;
const FEW_GAPS = 8;

/** The one frame that rows go into. */
export class OpenFrame {
  /** Lost frames that came before this one: told at its very beginning, by `withGaps`. */
  losses: PublisherGap[] = [];
  sinceMs = 0;
  /** Grows with whatever changes what {@link encode} returns. */
  version = 0;
  readonly #maxBytes: number;
  #builder: FrameBuilder;
  /** Told right before the point that comes next: not yet part of the frame. */
  #gaps: PublisherGap[] = [];

  constructor(maxFrameBytes: number) {
    this.#maxBytes = maxFrameBytes - GAPS_BYTES;
    this.#builder = new FrameBuilder(this.#maxBytes);
  }

  get points(): number {
    return this.#builder.points;
  }

  get bytes(): number {
    return this.points === 0 ? 0 : this.#builder.bytes;
  }

  /** What must be told and stands in no frame yet. */
  get unreported(): readonly PublisherGap[] {
    return this.points === 0 ? mergeLosses([...this.losses, ...this.#gaps]) : this.#gaps;
  }

  /** Says that points are missing before the point that is added next. */
  addGap(gap: PublisherGap): void {
    this.#gaps = mergeLosses([...this.#gaps, gap]);
    const bytes = this.#gaps.length < FEW_GAPS ? 0 : blockBytes(this.#gaps);
    if (this.#gaps.length > MAX_GAPS_WAITING || bytes > MAX_WAITING_BYTES) this.#gaps = mergeAllSeries(this.#gaps);
  }

  /** Adds a row and the gaps before it, all or nothing. @returns how many points; undefined if it does not fit */
  add(row: Row, nowMs: number): number | undefined {
    const before = this.#builder.points;
    if (this.#gaps.length > 0 && row.values.some((value) => !Number.isNaN(value))) {
      const blocks = blockBytes(this.#gaps);
      const added = tableBytes(row.names.length, namesBytes(row.names), 1) + this.#builder.labelsGrowth(row);
      if (this.#builder.bytes + blocks + added > this.#maxBytes) return this.#startAnew(row, nowMs);
      for (const gap of this.#gaps) this.#builder.addGap(gap);
      this.#gaps = [];
    }
    if (!this.#builder.add(row)) return this.#startAnew(row, nowMs);
    if (before === 0) this.sinceMs = nowMs;
    this.version++;
    return this.#builder.points - before;
  }

  /** Rows of nothing but NaN are no frame by themselves: full of those, it begins again without them. */
  #startAnew(row: Row, nowMs: number): number | undefined {
    if (this.points > 0) return undefined;
    // The widest row, 256 names of 256 bytes, takes half a frame.
    if (this.#builder.bytes === HEADER_BYTES) throw new RangeError("A row does not fit a frame of its own.");
    this.#builder = new FrameBuilder(this.#maxBytes);
    return this.add(row, nowMs);
  }

  encode(publisher: string, seq: number): Uint8Array {
    return this.#builder.encode(publisher, seq);
  }

  /** Begins the next frame; gaps that wait for a point go on waiting. */
  next(): void {
    this.#builder = new FrameBuilder(this.#maxBytes);
    this.losses = [];
    this.version++;
  }
}

function blockBytes(gaps: readonly PublisherGap[]): number {
  return gaps.reduce((sum, gap) => sum + gapBlock(gap).length, 0);
}

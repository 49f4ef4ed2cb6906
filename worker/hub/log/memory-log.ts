import { concat } from "../../../protocol/bytes.ts";
import type { Cursor } from "../../../protocol/cursor.ts";
import { valuesIn } from "../../../protocol/frame/frame.ts";
import { readHeader } from "../../../protocol/frame/header.ts";
import { MAX_SERIES_LISTED, MAX_TAIL_BYTES } from "../../../protocol/limits.ts";
import type { BatchBounds, FrameBatch, FrameLog, Taken } from "../frame-log.ts";
import { type LossEntry, lossesIn, merged, totalAfter } from "./losses.ts";
import { type Taking, usualPauseOf, withTaking } from "./takings.ts";

/** A frame in memory. */
interface HeldFrame {
  bytes: Uint8Array;
  /** It holds the points above the one number, up to the other. */
  afterSeq: number;
  seq: number;
  takenAtMs: number;
}

/** How much a ring keeps: of what was taken in so many seconds before its newest frame, so many bytes. */
export interface RingBounds {
  bytes: number;
  seconds: number;
}

/**
 * The newest frames of a channel, in memory: as many as have so many bytes together and were taken within so many seconds, and the newest
 * whatever it has. The oldest go first. It numbers nothing: it is given frames that are numbered, without a hole.
 */
export class MemoryLog implements FrameLog {
  /** How many points were dropped in this numbering because the ring was full. */
  droppedPoints = 0;
  /** As the log that it follows says them: they cannot be found out from the newest frames. */
  scales: readonly (number | null)[] = [];
  arrangement = "";
  readonly #bounds: RingBounds;
  readonly #frames: HeldFrame[] = [];
  readonly #series = new Set<string>();
  #losses: LossEntry[] = [];
  #takings: Taking[] = [];
  #bytes = 0;
  #epoch: number;
  #seq: number;

  /** @param position of the log that it follows: what was taken before is not here */
  constructor(position: Cursor, bounds: RingBounds) {
    this.#bounds = bounds;
    this.#epoch = position.epoch;
    this.#seq = position.seq;
  }

  get position(): Cursor {
    return { epoch: this.#epoch, seq: this.#seq };
  }

  get series(): string[] {
    return [...this.#series];
  }

  get takenAtMs(): number | null {
    return this.#frames.at(-1)?.takenAtMs ?? null;
  }

  get takenEveryMs(): number | null {
    return usualPauseOf(this.#takings, this.keptAfter) ?? null;
  }

  /**
   * Adds frames that were taken together. The hub is handed them in the same turn (see {@link FrameLog}).
   * @param frames numbered, the first right after `position`
   * @throws RangeError if there is a hole before one of them
   */
  append(frames: readonly Uint8Array[], series: readonly string[], takenAtMs: number): void {
    for (const bytes of frames) {
      const { epoch, seq, points } = readHeader(bytes);
      if (epoch !== this.#epoch || seq - points !== this.#seq) throw new RangeError(`Frame ${seq} is not the next.`);
      this.#frames.push({ bytes, afterSeq: this.#seq, seq, takenAtMs });
      this.#seq = seq;
      this.#bytes += bytes.byteLength;
    }
    for (const name of series) if (this.#series.size < MAX_SERIES_LISTED) this.#series.add(name);
    if (frames.length > 0) this.#takings = withTaking(this.#takings, [takenAtMs, frames.length, this.#seq]);
    this.#drop();
  }

  /** The numbering began anew: what was here is gone. */
  resetEpoch(position: Cursor): void {
    this.#epoch = position.epoch;
    this.#seq = position.seq;
    this.#frames.length = 0;
    this.#bytes = 0;
    this.#series.clear();
    this.#losses = [];
    this.#takings = [];
    this.droppedPoints = 0;
  }

  async tailStart(points: number, seconds: number): Promise<Cursor> {
    const sinceMs = (this.takenAtMs ?? 0) - 1000 * seconds;
    const first = seconds > 0 && this.#frames.find(({ takenAtMs }) => takenAtMs >= sinceMs);
    const bySeconds = first ? first.afterSeq : this.#seq;
    let left = MAX_TAIL_BYTES;
    const before = this.#frames.findLast(({ bytes }) => {
      left -= bytes.byteLength;
      return left < 0;
    });
    const seq = Math.max(this.keptAfter, before?.seq ?? 0, Math.min(this.#seq - points, bySeconds));
    return { epoch: this.#epoch, seq };
  }

  async framesAfter({ epoch, seq }: Cursor, bounds: BatchBounds): Promise<FrameBatch | undefined> {
    if (epoch !== this.#epoch || seq > this.#seq) return undefined;
    const after = Math.max(seq, this.keptAfter);
    const chosen: HeldFrame[] = [];
    let [bytes, values] = [bounds.bytes, bounds.values];
    for (let i = this.#indexAfter(after); i < this.#frames.length; i++) {
      const frame = this.#frames[i];
      if (frame === undefined) break;
      bytes -= frame.bytes.byteLength;
      values -= valuesIn(frame.bytes);
      if (chosen.length > 0 && Math.min(bytes, values) < 0) break;
      chosen.push(frame);
    }
    const lost = totalAfter(
      this.#losses.filter((loss) => loss.seq > seq),
      seq,
    );
    return {
      frames: concat(chosen.map((frame) => frame.bytes)),
      after,
      seq: chosen.at(-1)?.seq ?? after,
      lostInTrimmed: after > seq ? lost : 0,
    };
  }

  async framesBefore(seq: number, bounds: BatchBounds): Promise<{ frames: Uint8Array; after: number }> {
    const chosen: HeldFrame[] = [];
    let [bytes, values] = [bounds.bytes, bounds.values];
    for (const frame of this.#frames.toReversed()) {
      if (frame.afterSeq >= seq) continue;
      bytes -= frame.bytes.byteLength;
      values -= valuesIn(frame.bytes);
      if (chosen.length > 0 && Math.min(bytes, values) < 0) break;
      chosen.unshift(frame);
    }
    return { frames: concat(chosen.map((frame) => frame.bytes)), after: chosen[0]?.afterSeq ?? seq };
  }

  async takings(after: number, through: number): Promise<Taken[]> {
    const takings: Taken[] = [];
    for (const { afterSeq, seq, takenAtMs } of this.#frames) {
      const last = takings.at(-1);
      if (last?.atMs === takenAtMs) last.seq = seq;
      else takings.push({ after: afterSeq, seq, atMs: takenAtMs });
    }
    return takings.filter((taking) => taking.seq > after && taking.after < through);
  }

  async takenSince(ms: number): Promise<number> {
    return this.#frames.find(({ takenAtMs }) => takenAtMs >= ms)?.afterSeq ?? this.#seq;
  }

  /** Every point after this number is here. */
  get keptAfter(): number {
    return this.#frames[0]?.afterSeq ?? this.#seq;
  }

  /** Puts a frame in the place of the one with the same numbers, if that is here. */
  replace(bytes: Uint8Array): void {
    const { epoch, seq, points } = readHeader(bytes);
    const held = this.#frames[this.#indexAfter(seq - points)];
    if (epoch !== this.#epoch || held?.seq !== seq || held.afterSeq !== seq - points) return;
    this.#bytes += bytes.byteLength - held.bytes.byteLength;
    held.bytes = bytes;
  }

  /** Where the frame stands that holds the point after a number; the end if there is none. */
  #indexAfter(after: number): number {
    let [low, high] = [0, this.#frames.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#frames[middle]?.seq ?? 0) > after) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Drops the oldest frames beyond the bound; what they reported as lost is remembered. */
  #drop(): void {
    const sinceMs = (this.takenAtMs ?? 0) - 1000 * this.#bounds.seconds;
    let count = 0;
    for (; count < this.#frames.length - 1; count++) {
      const frame = this.#frames[count];
      if (frame === undefined || (this.#bytes <= this.#bounds.bytes && frame.takenAtMs >= sinceMs)) break;
      this.#bytes -= frame.bytes.byteLength;
      this.droppedPoints += frame.seq - frame.afterSeq;
    }
    if (count === 0) return;
    this.#losses = merged(this.#losses, lossesIn(this.#frames.splice(0, count).map(({ bytes }) => bytes)));
  }
}

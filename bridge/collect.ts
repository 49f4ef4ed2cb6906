import { FrameBuilder, type Row } from "../worker/protocol/builder.ts";
import { MAX_FRAME_BYTES } from "../worker/protocol/limits.ts";
import { GAPS_BYTES, type Loss, type LossReason, lossOf, mergeLosses, withGaps } from "./gaps.ts";

export interface CollectorOptions {
  /** 16 hexadecimal digits. */
  publisher: string;
  /** The publisher's number of the first frame. */
  firstSeq?: number;
  /** Bound of everything held, in flight included; at least {@link MIN_FRAMES_HELD} frames. */
  maxBytes: number;
  maxFrameBytes?: number;
  nowMs?: () => number;
  /** Called for each frame that is lost. */
  lost: (reason: LossReason, points: number) => void;
}

/** A frame that nobody has confirmed. Its bytes, publisher and number stay the same however often it is sent. */
interface HeldFrame {
  bytes: Uint8Array;
  points: number;
  heldSinceMs: number;
  /** What was lost between the frame before and this one. */
  losses: Loss[];
}

/** What one POST carries. */
export interface Batch {
  body: Uint8Array;
  points: number;
  readonly frames: readonly HeldFrame[];
}

export interface Held {
  points: number;
  bytes: number;
  /** How long the oldest point has waited for its confirmation, in milliseconds; 0 when nothing waits. */
  oldestAgeMs: number;
}

/** With fewer, what is in flight (a quarter of the bound at most) and the open frame would leave no room. */
export const MIN_FRAMES_HELD = 8;

/**
 * Rows → frames, kept until confirmed, in order. Rows go into one open frame; full ones wait in a queue. Past the
 * bound the oldest in the queue is lost, counted, and told as a gap before the frame that follows it. What is in flight
 * is never lost and never changed: the Channel may have taken it already.
 */
export class Collector {
  readonly #options: Required<CollectorOptions>;
  #open: FrameBuilder;
  #openSinceMs = 0;
  #openLosses: Loss[] = [];
  /** The oldest is at `#head`: shifting an array of thousands is slow. */
  #queue: HeldFrame[] = [];
  #head = 0;
  #inFlight: Batch | undefined;
  #nextSeq: number;
  #closedBytes = 0;
  #closedPoints = 0;
  #wake: (() => void) | undefined;

  constructor(options: CollectorOptions) {
    this.#options = { firstSeq: 1, maxFrameBytes: MAX_FRAME_BYTES, nowMs: () => performance.now(), ...options };
    const leastBytes = MIN_FRAMES_HELD * this.#options.maxFrameBytes;
    if (options.maxBytes < leastBytes) throw new RangeError(`The buffer must have ${leastBytes} bytes at least.`);
    this.#nextSeq = this.#options.firstSeq;
    this.#open = this.#newFrame();
  }

  /** What no 2xx has confirmed yet, in flight included. */
  get held(): Held {
    const points = this.#closedPoints + this.#open.points;
    const oldest = this.#inFlight?.frames[0] ?? this.#queue[this.#head];
    const sinceMs = oldest?.heldSinceMs ?? this.#openSinceMs;
    return { points, bytes: this.#bytes, oldestAgeMs: points === 0 ? 0 : this.#options.nowMs() - sinceMs };
  }

  /** Bytes that {@link take} could hand out now. */
  get waitingBytes(): number {
    return this.#bytes - (this.#inFlight === undefined ? 0 : bytesOf(this.#inFlight));
  }

  get #bytes(): number {
    return this.#closedBytes + (this.#open.points === 0 ? 0 : this.#open.bytes);
  }

  /** Adds the rows of a message. Never refuses: what is too much goes at the other end. @returns how many points */
  add(rows: readonly Row[]): number {
    let points = 0;
    for (const row of rows) points += this.#addRow(row);
    this.wake();
    return points;
  }

  /** Resolves when there is something to take, or at {@link wake}. One at a time may wait. */
  arrival(): Promise<void> {
    if (this.waitingBytes > 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  wake(): void {
    if (this.#wake === undefined) return;
    this.#wake();
    this.#wake = undefined;
  }

  /**
   * The next frames, oldest first: as many as `maxBytes` allows and the open one too if it fits; undefined if nothing
   * waits. Then one of {@link delivered}, {@link putBack} and {@link setAside} must follow.
   */
  take(maxBytes: number, maxFrames = Number.POSITIVE_INFINITY): Batch | undefined {
    if (this.#inFlight !== undefined) throw new Error("There is a batch in flight already.");
    const limit = Math.min(maxBytes, this.#options.maxBytes / 4);
    const frames: HeldFrame[] = [];
    let bytes = 0;
    while (frames.length < maxFrames) {
      const size = (this.#queue[this.#head]?.bytes.length ?? this.#open.bytes) + GAPS_BYTES;
      if (frames.length > 0 && bytes + size > limit) break;
      if (this.#head === this.#queue.length) this.#closeOpen();
      const frame = this.#shift();
      if (frame === undefined) break;
      frames.push(frame);
      bytes += size;
    }
    if (frames.length === 0) return undefined;
    const points = frames.reduce((sum, frame) => sum + frame.points, 0);
    this.#inFlight = { frames, points, body: concat(frames.map((frame) => withGaps(frame.bytes, frame.losses))) };
    return this.#inFlight;
  }

  /** A 2xx confirmed the batch. */
  delivered(batch: Batch): void {
    this.#forget(batch);
  }

  /** The batch will be taken again, frame by frame if need be. */
  putBack(batch: Batch): void {
    this.#forget(batch);
    this.#queue = [...batch.frames, ...this.#queue.slice(this.#head)];
    this.#head = 0;
    for (const frame of batch.frames) this.#count(frame, 1);
  }

  /** The batch was refused for good: it is lost, and told as a gap. */
  setAside(batch: Batch): void {
    this.#forget(batch);
    for (const frame of batch.frames) this.#lose(frame, "frame-refused");
  }

  #forget(batch: Batch): void {
    if (batch !== this.#inFlight) throw new Error("This batch is not in flight.");
    this.#inFlight = undefined;
    for (const frame of batch.frames) this.#count(frame, -1);
  }

  #addRow(row: Row): number {
    const before = this.#open.points;
    if (before === 0) this.#openSinceMs = this.#options.nowMs();
    if (!this.#open.add(row)) {
      // The widest row, 256 names of 256 bytes, takes half a frame.
      if (before === 0) throw new RangeError("A row does not fit a frame of its own.");
      this.#closeOpen();
      return this.#addRow(row);
    }
    const points = this.#open.points - before;
    while (this.#bytes > this.#options.maxBytes) {
      const oldest = this.#shift();
      if (oldest === undefined) break;
      this.#count(oldest, -1);
      this.#lose(oldest, "bridge-full");
    }
    return points;
  }

  #closeOpen(): void {
    if (this.#open.points === 0) return;
    const bytes = this.#open.encode(this.#options.publisher, this.#nextSeq++);
    const frame = { bytes, points: this.#open.points, heldSinceMs: this.#openSinceMs, losses: this.#openLosses };
    this.#queue.push(frame);
    this.#count(frame, 1);
    this.#open = this.#newFrame();
    this.#openSinceMs = this.#options.nowMs();
    this.#openLosses = [];
  }

  #newFrame(): FrameBuilder {
    return new FrameBuilder(this.#options.maxFrameBytes - GAPS_BYTES);
  }

  #shift(): HeldFrame | undefined {
    const frame = this.#queue[this.#head];
    if (frame === undefined) return undefined;
    this.#head++;
    if (this.#head === this.#queue.length || this.#head >= 1024) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    return frame;
  }

  /** Its points, and those it would have told as lost, are told as lost by the frame that follows it. */
  #lose(frame: HeldFrame, reason: LossReason): void {
    this.#options.lost(reason, frame.points);
    const losses = [...frame.losses, lossOf(frame.bytes, reason)];
    const next = this.#queue[this.#head];
    if (next === undefined) this.#openLosses = mergeLosses([...losses, ...this.#openLosses]);
    else next.losses = mergeLosses([...losses, ...next.losses]);
  }

  #count(frame: HeldFrame, sign: 1 | -1): void {
    this.#closedBytes += sign * frame.bytes.length;
    this.#closedPoints += sign * frame.points;
  }
}

function bytesOf(batch: Batch): number {
  return batch.frames.reduce((sum, frame) => sum + frame.bytes.length, 0);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : Buffer.concat(parts);
}

import { concat } from "../../../protocol/bytes.ts";
import type { Row } from "../../../protocol/frame/frame-builder.ts";
import { framedBy } from "../../../protocol/frame/header.ts";
import { MAX_BODY_POINTS, MAX_FRAME_BYTES } from "../../../protocol/limits.ts";
import { Backlog } from "./backlog.ts";
import type { Batch, Confirmation, NewId } from "./batch.ts";
import { type FrameLossReason, GAPS_BYTES, gapOf, mergeAllSeries, type PublisherGap, withGaps } from "./gaps.ts";
import type { Letter } from "./held-back.ts";
import { type HeldFrame, type Identity, type KeptState, newPublisherId } from "./held-frame.ts";
import type { FrameKeeper } from "./keeper.ts";
import { KeeperSync } from "./keeper-sync.ts";
import { OpenFrame } from "./open-frame.ts";

/** What no 2xx has confirmed yet, in memory and on disk. */
export interface Undelivered {
  points: number;
  bytes: number;
  /** How long the oldest point has waited for its confirmation, in milliseconds; 0 when nothing waits. */
  oldestAgeMs: number;
}

export interface CollectorOptions {
  /** 16 hexadecimal digits. */
  publisher: string;
  /** A frame's number for the Channel is its own less this. */
  base?: number;
  /** The publisher's number of the first frame. */
  firstSeq?: number;
  /** Bound of everything held in memory, in flight included; at least {@link MIN_FRAMES_HELD} frames. */
  maxBytes: number;
  /** Bound of the closed frames; none by default. */
  maxFrames?: number;
  maxFrameBytes?: number;
  /** As which gap the loss of what is beyond the bounds is told; `bridge-full` by default. */
  fullReason?: FrameLossReason;
  /** As `Date.now()`: ages outlive a restart. */
  nowMs?: () => number;
  /** Called for each frame that is lost. */
  lost: (reason: FrameLossReason, points: number) => void;
  /** Called for each gap that is told and of which nobody knows how many points are in it. */
  gap?: (gap: PublisherGap) => void;
  /** What keeps it all on disk too, and the bound of that. */
  keeper?: FrameKeeper;
  maxKeptBytes?: number;
  /** What an earlier process left in the keeper. */
  state?: Pick<KeptState, "frames" | "sentSeq" | "gaps">;
}

/** With fewer, what is in flight (a quarter of the bound at most) and the open frame would leave no room. */
export const MIN_FRAMES_HELD = 8;

/**
 * Rows → frames, kept until confirmed, in order. Rows go into one open frame; full ones wait in a backlog, in memory
 * and in the keeper. Past the bounds the oldest is lost, counted, and told as a gap before the frame that follows it.
 */
export class Collector {
  readonly #options: CollectorOptions & { maxFrameBytes: number; nowMs: () => number };
  readonly #open: OpenFrame;
  readonly #backlog: Backlog;
  #inFlight: Batch | undefined;
  #nextSeq: number;
  #identity: Identity;
  readonly #sync: KeeperSync | undefined;
  #wake: (() => void) | undefined;

  constructor(options: CollectorOptions) {
    this.#options = { maxFrameBytes: MAX_FRAME_BYTES, nowMs: Date.now, ...options };
    const { maxBytes, maxFrameBytes, state, keeper, maxKeptBytes = 0 } = this.#options;
    const leastBytes = MIN_FRAMES_HELD * maxFrameBytes;
    if (maxBytes < leastBytes) throw new RangeError(`The buffer must have ${leastBytes} bytes at least.`);
    this.#nextSeq = options.firstSeq ?? 1;
    this.#identity = { publisher: options.publisher, base: options.base ?? 0 };
    this.#open = new OpenFrame(maxFrameBytes);
    this.#backlog = new Backlog({
      memoryBytes: maxBytes,
      maxFrames: options.maxFrames ?? Number.POSITIVE_INFINITY,
      totalBytes: keeper === undefined ? maxBytes : Math.max(maxBytes, maxKeptBytes),
      sentSeq: state?.sentSeq ?? 0,
      frames: state?.frames ?? [],
      read: (seq) => keeper?.read(seq),
      fullReason: options.fullReason ?? "bridge-full",
      lost: options.lost,
    });
    if (keeper !== undefined) {
      this.#sync = new KeeperSync({
        keeper,
        backlog: this.#backlog,
        open: this.#open,
        numbering: () => ({ identity: this.#identity, nextSeq: this.#nextSeq }),
        draft: () => this.#asFrame(),
        onRenewed: () => {
          const gap = gapOf("spool-damaged", null);
          this.#options.gap?.(gap);
          this.addGap(gap);
        },
      });
    }
    for (const gap of state?.gaps ?? []) this.#open.addGap(gap);
    this.#report(this.#backlog.dropToFit(0));
  }

  /** The id under which frames are sent now. */
  get publisher(): string {
    return this.#identity.publisher;
  }

  /** What no 2xx has confirmed yet, in flight included. */
  get held(): Undelivered {
    const points = this.#backlog.points + this.#open.points;
    const sinceMs = this.#backlog.first?.sinceMs ?? this.#open.sinceMs;
    const ageMs = points === 0 ? 0 : Math.max(0, this.#options.nowMs() - sinceMs);
    return { points, bytes: this.#backlog.bytes + this.#open.bytes, oldestAgeMs: ageMs };
  }

  /** Frames in the backlog, and how many bytes of it and of the open frame are in memory. */
  get backlog(): { frames: number; bytes: number; memoryBytes: number } {
    const { length, bytes, memoryBytes } = this.#backlog;
    return { frames: length, bytes, memoryBytes: memoryBytes + this.#open.bytes };
  }

  /** Bytes that {@link take} could hand out now. */
  get waitingBytes(): number {
    const inFlight = this.#inFlight?.frames.reduce((sum, { size }) => sum + size, 0) ?? 0;
    return this.#backlog.bytes + this.#open.bytes - inFlight;
  }

  /** Adds the rows of a message. Never refuses: what is too much goes at the other end. @returns how many points */
  add(rows: readonly Row[]): number {
    let points = 0;
    for (const row of rows) points += this.#addRow(row);
    // Not before the last row: what is saved is whole messages, as the publishers' numbers are that are saved with it.
    if (this.#backlog.needsKeeper(this.#open.bytes)) this.save();
    this.#report(this.#backlog.dropToFit(this.#open.bytes));
    this.wake();
    return points;
  }

  /** Says that points are missing before those that are added next. */
  addGap(gap: PublisherGap): void {
    this.#open.addGap(gap);
    this.#sync?.gapsChanged();
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
   * The next frames, oldest first: as many as the limits allow and the open one too if it fits; undefined if nothing
   * waits. One goes whatever the limits are. They are in the keeper then. One of {@link delivered}, {@link putBack} and {@link setAside} must follow.
   */
  take(maxBytes: number, maxFrames = Number.POSITIVE_INFINITY, maxPoints = MAX_BODY_POINTS): Batch | undefined {
    if (this.#inFlight !== undefined) throw new Error("There is a batch in flight already.");
    const limit = Math.min(maxBytes, this.#options.maxBytes / 4);
    const frames: HeldFrame[] = [];
    const parts: Uint8Array[] = [];
    let bytes = 0;
    let points = 0;
    while (frames.length < maxFrames) {
      if (frames.length === this.#backlog.length && this.#open.points === 0) break;
      const next = this.#backlog.at(frames.length);
      const size = (next?.size ?? this.#open.bytes) + GAPS_BYTES;
      const count = next?.points ?? this.#open.points;
      const last = frames.at(-1);
      if (last !== undefined && (bytes + size > limit || points + count > maxPoints)) break;
      if (last !== undefined && !this.#backlog.mayFollow(next?.seq ?? this.#nextSeq, last)) break;
      if (frames.length === this.#backlog.length) this.#closeOpen();
      const frame = this.#backlog.at(frames.length);
      if (frame === undefined) break;
      const content = this.#backlog.settle(frame);
      if (content === undefined) {
        // The disk does not have it any more. What is before it goes first.
        if (frames.length > 0) break;
        this.#report(this.#backlog.loseFirst("spool-damaged"));
        continue;
      }
      frames.push(frame);
      parts.push(this.#sendable(content, frame));
      bytes += size;
      points += frame.points;
    }
    if (frames.length === 0) return undefined;
    // Before the POST: what was sent must be known to have been, even by a process that follows this one.
    if (this.#backlog.isUnsaved) this.save();
    else this.#sync?.saveProgress();
    this.#inFlight = { frames, points, body: concat(parts) };
    return this.#inFlight;
  }

  /**
   * Everything, for a request of which nobody may be left to hear the answer, if some of it was never sent: as much as fits,
   * oldest first, what is in flight included. It is as if its answer had been lost.
   */
  farewell(maxBytes: number): Pick<Batch, "body" | "points"> | undefined {
    const { sentSeq } = this.#backlog;
    const parts: Uint8Array[] = [];
    let bytes = 0;
    let points = 0;
    for (let i = 0; i < this.#backlog.length || this.#open.points > 0; i++) {
      const size = (this.#backlog.at(i)?.size ?? this.#open.bytes) + GAPS_BYTES;
      if (bytes + size > maxBytes) break;
      if (i === this.#backlog.length) this.#closeOpen();
      const frame = this.#backlog.at(i);
      const content = frame && this.#backlog.settle(frame);
      if (frame === undefined || content === undefined) break;
      parts.push(this.#sendable(content, frame));
      bytes += size;
      points += frame.points;
    }
    if (this.#backlog.sentSeq === sentSeq) return undefined;
    this.inDoubt();
    this.save();
    return { body: concat(parts), points };
  }

  /** Nobody knows whether the Channel has taken the batch: from now on not a byte of it may change. */
  inDoubt(): void {
    this.#backlog.keepSettled();
  }

  /** A 2xx answered the batch. What it confirms is done with; what was passed over as another's repeat is held back. */
  delivered(batch: Batch, { repeats }: Confirmation = {}): void {
    this.#land(batch);
    const letters = batch.frames.map((_, i) => letterAt(repeats?.frames, i));
    const isForeign = repeats !== undefined && !this.#backlog.isInDoubt(repeats.last + this.#identity.base);
    this.#backlog.answered(letters, isForeign);
  }

  /** The batch was refused for its numbers, so none of it was ever taken: it is held back. */
  refusedNumbers(batch: Batch): void {
    this.#land(batch);
    this.#backlog.answered(
      batch.frames.map(() => "d"),
      true,
    );
  }

  /**
   * Goes on under a new id (SPEC.md, BR26), if frames are held back and none is in doubt any more. Until then what is in
   * doubt is sent under the old one. So what goes out under the new id was never taken under any, and cannot come twice.
   * The keeper learns of it in one transaction: before it, a new start finds these frames in doubt under the old id, sends
   * them and gets the same answers; after it, frames that were never sent, under the new one.
   */
  renew(): NewId | undefined {
    if (!this.#backlog.mayStartAnew) return undefined;
    const points = this.#backlog.startAnew(this.#nextSeq);
    const newId = { before: this.#identity.publisher, now: newPublisherId(), points };
    this.#identity = { publisher: newId.now, base: this.#backlog.sentSeq };
    this.save();
    return newId;
  }

  /** The batch was not taken, or {@link inDoubt} has said so. It will be taken again, frame by frame if need be. */
  putBack(batch: Batch): void {
    this.#land(batch);
    this.#backlog.unsettle();
  }

  /** The batch was refused for good: it is lost, and told as a gap. */
  setAside(batch: Batch): void {
    this.#land(batch);
    this.#backlog.unsettle();
    for (const _ of batch.frames) this.#report(this.#backlog.loseFirst("frame-refused"));
  }

  /** Brings the keeper up to date. */
  save(): void {
    this.#sync?.save();
  }

  /** Above every number used, the draft's included. */
  get unusedSeq(): number {
    return this.#nextSeq + 1;
  }

  #sendable(content: Uint8Array, frame: HeldFrame): Uint8Array {
    return withGaps(framedBy(content, this.#identity.publisher, this.#numberOf(frame)), frame.losses);
  }

  /** The number that the Channel is told. */
  #numberOf({ seq }: Pick<HeldFrame, "seq">): number {
    return seq - this.#identity.base;
  }

  #land(batch: Batch): void {
    if (batch !== this.#inFlight) throw new Error("This batch is not in flight.");
    this.#inFlight = undefined;
  }

  #addRow(row: Row): number {
    const points = this.#open.add(row, this.#options.nowMs());
    if (points !== undefined) return points;
    this.#closeOpen();
    return this.#addRow(row);
  }

  #closeOpen(): void {
    this.#backlog.push(this.#asFrame());
    this.#nextSeq++;
    this.#open.next();
  }

  #asFrame(): HeldFrame {
    const seq = this.#nextSeq;
    const { points, sinceMs, losses } = this.#open;
    const bytes = this.#open.encode(this.#identity.publisher, this.#numberOf({ seq }));
    const wasDraft = this.#sync?.hasDraft(seq) ?? false;
    return { seq, points, size: bytes.length, sinceMs, losses, bytes, isKept: false, wasDraft };
  }

  /** Losses that no closed frame can tell. */
  #report(losses: readonly PublisherGap[]): void {
    if (losses.length === 0) return;
    this.#open.losses = mergeAllSeries([...this.#open.losses, ...losses]);
    this.#open.version++;
    this.#sync?.gapsChanged();
  }
}

function letterAt(letters: string | undefined, i: number): Letter {
  const letter = letters?.[i];
  return letter === "s" || letter === "d" || letter === "-" ? letter : undefined;
}

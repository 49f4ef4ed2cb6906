import { type FrameLossReason, gapOf, lossesOf, mergeAllSeries, type PublisherGap } from "./gaps.ts";
import { HeldBack, type Letter } from "./held-back.ts";
import type { HeldFrame } from "./held-frame.ts";

export interface BacklogOptions {
  /** Bound of the frames held in memory. */
  memoryBytes: number;
  /** Bound of all frames, those that only the keeper has included. */
  totalBytes: number;
  /** Bound of their number. */
  maxFrames: number;
  /** Frames up to here may have been sent. */
  sentSeq: number;
  frames: readonly HeldFrame[];
  /** A frame's bytes from the keeper. */
  read: (seq: number) => Uint8Array | undefined;
  /** Why frames are lost that are beyond the bounds. */
  fullReason: FrameLossReason;
  lost: (reason: FrameLossReason, points: number) => void;
}

/**
 * The closed frames that nobody has confirmed, oldest first; some with their bytes in memory, the rest in the keeper.
 *
 * What may have been sent once is settled: it is never dropped to make room and its bytes never change, since the
 * Channel may have taken it, whatever came of the answer. So a loss is told by the first frame after it that was never
 * sent, and there always is one: the open frame is it, if no other.
 */
export class Backlog {
  readonly #options: BacklogOptions;
  /** The oldest is at `#head`: shifting an array of thousands is slow. */
  #frames: HeldFrame[];
  #head = 0;
  /** Frames from before these that were sent, and not taken. */
  readonly #heldBack = new HeldBack<HeldFrame>();
  #sentSeq: number;
  /** Of these, the Channel may have taken those up to here. */
  #uncertainSeq: number;
  points = 0;
  bytes = 0;
  /** Of these bytes, those in memory. */
  memoryBytes = 0;
  /** What the keeper does not have as it is here. */
  readonly unsaved = new Set<HeldFrame>();
  readonly lossesChanged = new Set<HeldFrame>();
  readonly gone = new Set<number>();
  goneUpTo = 0;

  constructor(options: BacklogOptions) {
    this.#options = options;
    this.#frames = [...options.frames];
    this.#sentSeq = options.sentSeq;
    this.#uncertainSeq = options.sentSeq;
    for (const frame of this.#frames) this.#count(frame, 1);
  }

  /** Whether it is the number of a frame that the Channel may have taken, and of which nobody has confirmed it. */
  isInDoubt(seq: number): boolean {
    return seq <= this.#uncertainSeq && this.#frames.some((frame, i) => i >= this.#head && frame.seq === seq);
  }

  get sentSeq(): number {
    return this.#sentSeq;
  }

  /** Frames that can be sent now. */
  get length(): number {
    return this.#frames.length - this.#head;
  }

  get first(): HeldFrame | undefined {
    return this.#heldBack.first ?? this.#frames[this.#head];
  }

  /** Whether frames are held back, and it is known of all others that were sent whether they were taken. */
  get mayStartAnew(): boolean {
    return this.#heldBack.length > 0 && !this.#hasDoubt;
  }

  get #hasDoubt(): boolean {
    return (this.at(0)?.seq ?? Number.POSITIVE_INFINITY) <= this.#uncertainSeq;
  }

  /** Whether the keeper lacks anything but how far delivery has come. */
  get isUnsaved(): boolean {
    return this.unsaved.size + this.lossesChanged.size + this.gone.size > 0;
  }

  at(index: number): HeldFrame | undefined {
    return this.#frames[this.#head + index];
  }

  /**
   * Whether a frame may be in one body with that before it. Of a body of which the Channel passes some frames over and takes
   * the others, the answer can be lost: then nobody could tell what became of the first, if another used a number between.
   */
  mayFollow(seq: number, last: HeldFrame): boolean {
    return seq === last.seq + 1 && (seq <= this.#uncertainSeq || last.seq > this.#uncertainSeq);
  }

  push(frame: HeldFrame): void {
    this.#frames.push(frame);
    this.#count(frame, 1);
    this.unsaved.add(frame);
  }

  /** The bytes of a frame that is about to be sent. From now on they are settled. */
  settle(frame: HeldFrame): Uint8Array | undefined {
    const bytes = this.bytesOf(frame);
    if (bytes !== undefined) this.#sentSeq = Math.max(this.#sentSeq, frame.seq);
    return bytes;
  }

  /** What has been sent was refused as a whole: it is as if it had not been sent, but for what was sent before. */
  unsettle(): void {
    this.#sentSeq = this.#uncertainSeq;
  }

  /** What has been sent may have been taken: it is settled for good. */
  keepSettled(): void {
    this.#uncertainSeq = this.#sentSeq;
  }

  bytesOf(frame: HeldFrame): Uint8Array | undefined {
    return frame.bytes ?? this.#options.read(frame.seq);
  }

  /** The oldest `count` frames are done with. */
  remove(count: number): void {
    for (const frame of this.#frames.slice(this.#head, this.#head + count)) {
      this.#count(frame, -1);
      this.#forget(frame);
      // Not up to it: what is held back comes before it.
      if (this.#heldBack.length > 0) this.gone.add(frame.seq);
      else this.goneUpTo = Math.max(this.goneUpTo, frame.seq);
    }
    this.#head += count;
    this.#compact();
  }

  /**
   * The oldest frames were sent, and this is what became of each. They are done with, but for those that are held back: of
   * these nothing is sent until {@link startAnew}.
   * @param isContested whether somebody has used a number that this bridge has not
   */
  answered(letters: readonly Letter[], isContested: boolean): void {
    for (const letter of letters) {
      const frame = this.at(0);
      if (frame === undefined) break;
      this.#release(this.#heldBack.see(frame, letter, frame.seq > this.#uncertainSeq));
      if (letter === undefined || letter === "s") this.remove(1);
      else this.#head++;
    }
    this.#compact();
    if (isContested) this.#heldBack.contest();
    if (!this.#hasDoubt) this.#release(this.#heldBack.decide());
    // What was taken is settled.
    this.#uncertainSeq = this.#sentSeq;
  }

  /**
   * What is held back and all that follow were never taken: they are as if they had not been sent.
   * @param nextSeq the number of the frame that comes after all of these
   * @returns how many points were held back
   */
  startAnew(nextSeq: number): number {
    const held = this.#heldBack.takeAll();
    this.#frames = [...held, ...this.#frames.slice(this.#head)];
    this.#head = 0;
    this.#sentSeq = (this.first?.seq ?? nextSeq) - 1;
    this.#uncertainSeq = this.#sentSeq;
    return held.reduce((sum, { points }) => sum + points, 0);
  }

  /** The oldest frame is lost. @returns what the open frame must tell, if no other can */
  loseFirst(reason: FrameLossReason): PublisherGap[] {
    const first = this.at(0);
    if (first === undefined) return [];
    const losses = this.#lossesWith(first, reason);
    this.remove(1);
    return this.#report(losses, this.#head);
  }

  /** Drops the oldest that were never sent, until the bounds are kept. @returns what the open frame must tell */
  dropToFit(openBytes: number): PublisherGap[] {
    const unreported: PublisherGap[] = [];
    const { totalBytes, maxFrames } = this.#options;
    while (this.bytes + openBytes > totalBytes || this.length > maxFrames) {
      const lost = this.#drop(() => true);
      if (lost === undefined) break;
      unreported.push(...lost);
    }
    while (this.#freeMemory(openBytes) > 0) {
      const lost = this.#drop((frame) => frame.bytes !== undefined);
      if (lost === undefined) break;
      unreported.push(...lost);
    }
    return unreported;
  }

  /** Whether frames would have to be dropped from memory that the keeper could take over. */
  needsKeeper(openBytes: number): boolean {
    return this.memoryBytes + openBytes > this.#options.memoryBytes && this.unsaved.size > 0;
  }

  /** The keeper has everything as it is here. */
  saved(): void {
    for (const frame of this.unsaved) frame.isKept = true;
    this.unsaved.clear();
    this.lossesChanged.clear();
    this.gone.clear();
  }

  /** The keeper has nothing any more: what is in memory is to be written again, and the rest is lost when it is due. */
  keeperRenewed(): void {
    for (const frame of [...this.#heldBack.frames, ...this.#frames.slice(this.#head)]) {
      frame.isKept = false;
      if (frame.bytes !== undefined) this.unsaved.add(frame);
    }
    this.lossesChanged.clear();
    this.gone.clear();
  }

  /** Leaves the newest to the keeper alone, as it is needed last. @returns by how many bytes memory is still too full */
  #freeMemory(openBytes: number): number {
    let excess = this.memoryBytes + openBytes - this.#options.memoryBytes;
    for (let i = this.#frames.length - 1; i >= this.#head && excess > 0; i--) {
      const frame = this.#frames[i];
      if (frame === undefined || !frame.isKept || frame.bytes === undefined) continue;
      frame.bytes = undefined;
      this.memoryBytes -= frame.size;
      excess -= frame.size;
    }
    return excess;
  }

  #drop(which: (frame: HeldFrame) => boolean): PublisherGap[] | undefined {
    let i = this.#head;
    for (; i < this.#frames.length; i++) {
      const frame = this.#frames[i];
      if (frame !== undefined && frame.seq > this.#sentSeq && which(frame)) break;
    }
    const frame = this.#frames[i];
    if (frame === undefined) return undefined;
    const losses = this.#lossesWith(frame, this.#options.fullReason);
    this.#count(frame, -1);
    this.#forget(frame);
    if (frame.isKept || frame.wasDraft) this.gone.add(frame.seq);
    if (i > this.#head) this.#frames.splice(i, 1);
    else i = ++this.#head;
    const unreported = this.#report(losses, i);
    this.#compact();
    return unreported;
  }

  #lossesWith(frame: HeldFrame, reason: FrameLossReason): PublisherGap[] {
    this.#options.lost(reason, frame.points);
    const bytes = this.bytesOf(frame);
    return [...frame.losses, ...(bytes === undefined ? [gapOf(reason, frame.points)] : lossesOf(bytes, reason))];
  }

  #report(losses: readonly PublisherGap[], from: number): PublisherGap[] {
    let i = from;
    while (i < this.#frames.length && (this.#frames[i]?.seq ?? 0) <= this.#sentSeq) i++;
    const next = this.#frames[i];
    if (next === undefined) return [...losses];
    next.losses = mergeAllSeries([...losses, ...next.losses]);
    if (next.isKept) this.lossesChanged.add(next);
    return [];
  }

  /** Frames that were held back are done with. */
  #release(frames: readonly HeldFrame[]): void {
    for (const frame of frames) {
      this.#count(frame, -1);
      this.#forget(frame);
      this.gone.add(frame.seq);
    }
  }

  #compact(): void {
    if (this.#head < this.#frames.length && this.#head < 1024) return;
    this.#frames = this.#frames.slice(this.#head);
    this.#head = 0;
  }

  #forget(frame: HeldFrame): void {
    this.unsaved.delete(frame);
    this.lossesChanged.delete(frame);
  }

  #count(frame: HeldFrame, sign: 1 | -1): void {
    this.points += sign * frame.points;
    this.bytes += sign * frame.size;
    if (frame.bytes !== undefined) this.memoryBytes += sign * frame.size;
  }
}

import type { FrameLog, Taken } from "../frame-log.ts";

/**
 * What a viewer with `max_rate` gets is made stretch by stretch of the log (VW22). Where these begin and end follows from when
 * frames were taken, and from nothing else: so it is the same live, from the log, after an eviction, and for whoever comes back.
 */

/** A stretch gives each series three points at least: its least, its greatest, and its last. */
const POINTS_OF_A_STRETCH = 3;

/** Frames that were taken, one after the other. */
export interface TakenFrames extends Taken {
  frames: readonly Uint8Array[];
}

/** A part of the log that is thinned as one; its last frames were taken `atMs`. */
export interface Stretch extends TakenFrames {
  /** For how long it stands: since something was taken before it. */
  coveredMs: number;
}

/** How long a stretch lasts that is not the first after a pause. Whole, so that no rounding decides where a frame belongs. */
export function stretchMs(maxRate: number): number {
  return Math.ceil((1000 * POINTS_OF_A_STRETCH) / maxRate);
}

/**
 * Takes the log apart. A stretch is what was taken between two multiples of its length. But where nothing was taken in the one
 * before, what was taken first is a stretch of its own, which ends at once: a point that comes alone is not held back.
 */
export class StretchSplitter {
  readonly #lengthMs: number;
  readonly #maxBytes: number;
  /** When something was taken last; undefined: never, as far as is known. */
  #lastAtMs: number | undefined;
  /** What has not ended yet. Without frames it is not known whole. */
  #open: (Stretch & { frames: Uint8Array[] }) | undefined;
  #openBytes = 0;
  #isWhole = true;

  /**
   * @param lastAtMs when something was taken before what is added first; undefined: nothing was, or nobody knows
   * @param isBeginning whether a stretch begins with what is added first
   * @param maxBytes what a stretch may hold here; one with more is passed over
   */
  constructor(
    lengthMs: number,
    lastAtMs: number | undefined,
    isBeginning: boolean,
    maxBytes = Number.POSITIVE_INFINITY,
  ) {
    this.#lengthMs = lengthMs;
    this.#lastAtMs = lastAtMs;
    this.#maxBytes = maxBytes;
    this.#isWhole = isBeginning;
  }

  /** The number after which begins what has not ended; null: everything has. undefined: nobody knows. */
  get openAfter(): number | null | undefined {
    if (!this.#isWhole) return undefined;
    return this.#open?.after ?? null;
  }

  /** Adds what was taken next. @returns the stretches that have ended with that */
  add(taken: TakenFrames): Stretch[] {
    const { atMs } = taken;
    const lastAtMs = this.#lastAtMs;
    const ended: Stretch[] = [];
    if (lastAtMs === undefined || this.#indexOf(atMs) > this.#indexOf(lastAtMs)) ended.push(...this.#end());
    this.#lastAtMs = atMs;
    if (this.#open === undefined && this.#isWhole && this.#isAfterPause(atMs, lastAtMs)) {
      return [...ended, { ...taken, coveredMs: lastAtMs === undefined ? this.#lengthMs : atMs - lastAtMs }];
    }
    this.#hold(taken);
    return ended;
  }

  /** What has ended by now, since nothing more can be taken in it. */
  endedBy(nowMs: number): Stretch[] {
    const isOver = this.#lastAtMs !== undefined && this.#indexOf(nowMs) > this.#indexOf(this.#lastAtMs);
    return isOver ? this.#end() : [];
  }

  #indexOf(ms: number): number {
    return Math.floor(ms / this.#lengthMs);
  }

  #isAfterPause(atMs: number, lastAtMs: number | undefined): boolean {
    return lastAtMs === undefined || this.#indexOf(lastAtMs) < this.#indexOf(atMs) - 1;
  }

  #hold({ after, seq, atMs, frames }: TakenFrames): void {
    this.#openBytes += frames.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (this.#openBytes > this.#maxBytes) this.#isWhole = false;
    if (!this.#isWhole) {
      this.#open = undefined;
      return;
    }
    this.#open ??= { after, seq, atMs, frames: [], coveredMs: this.#lengthMs };
    this.#open.frames.push(...frames);
    this.#open.seq = seq;
    this.#open.atMs = atMs;
  }

  #end(): Stretch[] {
    const ended = this.#open === undefined ? [] : [this.#open];
    this.#open = undefined;
    this.#openBytes = 0;
    this.#isWhole = true;
    return ended;
  }
}

/** Where the stretches begin that are to be looked through for the points after a number, and when something was taken before that. */
export async function beginningOfStretches(
  log: FrameLog,
  seq: number,
  lengthMs: number,
): Promise<{ after: number; lastAtMs: number | undefined }> {
  const [holding] = await log.takings(seq, seq + 1);
  if (holding === undefined) return { after: seq, lastAtMs: undefined };
  const after = await log.takenSince(Math.floor(holding.atMs / lengthMs) * lengthMs);
  const before = after > 0 ? (await log.takings(after - 1, after))[0] : undefined;
  return { after, lastAtMs: before?.atMs };
}

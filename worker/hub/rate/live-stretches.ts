import { readHeader } from "../../../protocol/frame/header.ts";
import { type Stretch, StretchSplitter } from "./stretches.ts";

/** What a stretch that has not ended may have here. One with more is read from the log. */
const MAX_OPEN_BYTES = 4 * 1024 * 1024;

/** What has ended for viewers with one `max_rate`. */
export interface Ended {
  stretches: readonly Stretch[];
  /** The number after which begins what has not; undefined: that is not known here. */
  openAfter: number | undefined;
}

/**
 * The stretches of what comes, for viewers that have everything before them: each is taken apart once for all that have the same
 * `max_rate`. It forgets what it likes: who lacks something reads it from the log.
 */
export class LiveStretches {
  #splitters = new Map<number, StretchSplitter>();
  /** Up to where everything that has ended was sent, by the length of stretches. */
  readonly #flushedSeq = new Map<number, number>();
  #seq: number;
  #lastAtMs: number | undefined;

  /** @param seq what was taken before */
  constructor(seq: number, lastAtMs: number | null) {
    this.#seq = seq;
    this.#lastAtMs = lastAtMs ?? undefined;
  }

  /**
   * Adds what was taken together. @returns what has ended with that, for stretches of a length; it is to be asked before the next is
   * added, or what is open is forgotten
   */
  add(frames: readonly Uint8Array[], atMs: number): (lengthMs: number) => Ended {
    const [before, lastAtMs] = [this.#splitters, this.#lastAtMs];
    const last = frames.at(-1);
    const taken = { after: this.#seq, seq: last === undefined ? this.#seq : readHeader(last).seq, atMs, frames };
    const asked = new Map<number, Ended>();
    this.#splitters = new Map();
    this.#seq = taken.seq;
    this.#lastAtMs = atMs;
    return (lengthMs) => {
      const known = asked.get(lengthMs);
      if (known !== undefined) return known;
      const isBeginning = lastAtMs === undefined || indexOf(lastAtMs, lengthMs) < indexOf(atMs, lengthMs);
      const splitter = before.get(lengthMs) ?? new StretchSplitter(lengthMs, lastAtMs, isBeginning, MAX_OPEN_BYTES);
      this.#splitters.set(lengthMs, splitter);
      const stretches = splitter.add(taken);
      const { openAfter } = splitter;
      if (openAfter === null) this.#flushedSeq.set(lengthMs, taken.seq);
      const ended = { stretches, openAfter: openAfter ?? (openAfter === null ? taken.seq : undefined) };
      asked.set(lengthMs, ended);
      return ended;
    };
  }

  /** What has ended since, because nothing more can be taken in it; undefined: nothing has. */
  endBy(nowMs: number, lengthMs: number): Ended | undefined {
    if (!this.#isHeld(lengthMs) || indexOf(nowMs, lengthMs) <= indexOf(this.#lastAtMs ?? nowMs, lengthMs))
      return undefined;
    this.#flushedSeq.set(lengthMs, this.#seq);
    return { stretches: this.#splitters.get(lengthMs)?.endedBy(nowMs) ?? [], openAfter: this.#seq };
  }

  /** When something of what was taken ends at the latest; undefined: all of it has. */
  dueInMs(nowMs: number, lengthsMs: Iterable<number>): number | undefined {
    let dueInMs: number | undefined;
    for (const lengthMs of lengthsMs) {
      if (!this.#isHeld(lengthMs)) continue;
      const endMs = (indexOf(this.#lastAtMs ?? nowMs, lengthMs) + 1) * lengthMs;
      // Whoever has joined since it ended has all of it.
      if (endMs <= nowMs && !this.#splitters.has(lengthMs)) continue;
      dueInMs = Math.min(dueInMs ?? Number.POSITIVE_INFINITY, endMs - nowMs);
    }
    return dueInMs;
  }

  #isHeld(lengthMs: number): boolean {
    return this.#lastAtMs !== undefined && (this.#flushedSeq.get(lengthMs) ?? -1) < this.#seq;
  }
}

function indexOf(ms: number, lengthMs: number): number {
  return Math.floor(ms / lengthMs);
}

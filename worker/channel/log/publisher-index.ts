import { readHeader } from "../../../protocol/frame/header.ts";
import { hasGrownFrom, isSameFrame } from "../../../protocol/frame/same-frame.ts";
import type { SegmentHeader } from "./segment.ts";

/**
 * Frames of one body that are decoded to see whether the store has more of them. A spool has one draft for each time that
 * its bridge was killed; a body that has more costs no more.
 */
const MAX_GROWN_FRAMES = 16;

/** Where a segment stands in the list of its publisher's. */
export type Links = Pick<SegmentHeader, "previousSeq" | "jumpSeq" | "depth">;

/** The part of the stored segments that is used. */
interface SegmentsByNumber {
  at(seq: number): SegmentHeader | undefined;
  frames(seq: number): Uint8Array[];
}

/** What is stored of frames that were sent again. */
interface Compared {
  /** One for each of them (`Repeats`). */
  letters: string;
  /** The channel's number under which the last of them is stored; undefined if it is not. */
  lastSeq: number | undefined;
}

/**
 * Finds a publisher's frame by the publisher's own number of it, without an index of SQLite's, which would be one more row
 * written for each segment. A publisher's segments are a list, the newest first, in which each knows the one before it and
 * one further back, chosen so that any is some 2 log n steps away (Myers, "An applicative random-access stack", 1983).
 */
export class PublisherIndex {
  readonly #segments: SegmentsByNumber;
  readonly #lastSeqOf: (publisher: string) => number;
  readonly #keptAfter: () => number;

  /**
   * @param lastSeqOf the channel's number of a publisher's newest frame; 0 if it has none in this numbering
   * @param keptAfter points up to this number are trimmed
   */
  constructor(segments: SegmentsByNumber, lastSeqOf: (publisher: string) => number, keptAfter: () => number) {
    this.#segments = segments;
    this.#lastSeqOf = lastSeqOf;
    this.#keptAfter = keptAfter;
  }

  /** The links of the next segment of a publisher. */
  linksFor(publisher: string): Links {
    const last = this.#at(this.#lastSeqOf(publisher));
    if (last === undefined) return { previousSeq: 0, jumpSeq: 0, depth: 0 };
    const jump = this.#at(last.jumpSeq);
    const far = jump && this.#at(jump.jumpSeq);
    const isEven = jump && far && last.depth - jump.depth === jump.depth - far.depth;
    return { previousSeq: last.seq, jumpSeq: isEven ? far.seq : last.seq, depth: last.depth + 1 };
  }

  /**
   * What the store has under the numbers of these frames of one publisher. The bytes decide, and not what headers say: whoever
   * has the token can make a frame with another's id, number, times and count of points.
   */
  compare(frames: readonly Uint8Array[]): Compared {
    const repeats = new Map(frames.map((frame) => [readHeader(frame).publisherSeq, frame]));
    const [first, last] = [frames[0], frames.at(-1)].map((frame) => frame && readHeader(frame));
    if (first === undefined || last === undefined) return { letters: "", lastSeq: undefined };
    const letters = new Map<number, "s" | "d">();
    let grownLeft = MAX_GROWN_FRAMES;
    let oldest = Number.POSITIVE_INFINITY;
    let lastSeq: number | undefined;
    for (const segment of this.#between(first.publisher, first.publisherSeq, last.publisherSeq)) {
      for (const { header, frame } of this.#framesOf(segment)) {
        oldest = Math.min(oldest, header.publisherSeq);
        const sent = repeats.get(header.publisherSeq);
        if (sent === undefined) continue;
        if (header.publisherSeq === last.publisherSeq) lastSeq = header.seq;
        letters.set(header.publisherSeq, "d");
        const { points, minX, maxX } = readHeader(sent);
        if (header.points < points || header.minX > minX || header.maxX < maxX) continue;
        if (isSameFrame(frame, sent)) letters.set(header.publisherSeq, "s");
        else if (grownLeft > 0) {
          grownLeft--;
          if (hasGrownFrom(frame, sent)) letters.set(header.publisherSeq, "s");
        }
      }
    }
    // Frames of one publisher are taken and trimmed in order: what is missing above its oldest was never taken.
    const all = [...repeats.keys()].map((number) => letters.get(number) ?? (number > oldest ? "d" : "-"));
    return { letters: all.join(""), lastSeq };
  }

  /** A publisher's segments that have frames numbered from one to another, and one that is older if there is; oldest first. */
  #between(publisher: string, first: number, last: number): SegmentHeader[] {
    const found: SegmentHeader[] = [];
    let segment = this.#find(publisher, last);
    for (; segment !== undefined; segment = this.#at(segment.previousSeq)) {
      found.push(segment);
      if (segment.publisherSeq < first) break;
    }
    return found.reverse();
  }

  /** The newest segment of a publisher that has frames numbered so or less. */
  #find(publisher: string, publisherSeq: number): SegmentHeader | undefined {
    let segment = this.#at(this.#lastSeqOf(publisher));
    while (segment !== undefined && segment.firstPublisherSeq > publisherSeq) {
      const jump: SegmentHeader | undefined = this.#at(segment.jumpSeq);
      // Not beyond it: the frame looked for may be between the two.
      const isShort = jump === undefined || jump.publisherSeq < publisherSeq;
      segment = isShort ? this.#at(segment.previousSeq) : jump;
    }
    return segment;
  }

  /** A segment that is not wholly trimmed. */
  #at(seq: number): SegmentHeader | undefined {
    return seq > this.#keptAfter() ? this.#segments.at(seq) : undefined;
  }

  /** The frames of a segment that are not trimmed. */
  #framesOf({ seq }: SegmentHeader) {
    const frames = this.#segments.frames(seq).map((frame) => ({ frame, header: readHeader(frame) }));
    return frames.filter(({ header }) => header.seq > this.#keptAfter());
  }
}

import { readHeader } from "../../../protocol/frame/header.ts";
import type { SegmentHeader } from "./segment.ts";

/** How much of a channel is kept: so long before its newest frame, or so many bytes, whichever is less. */
export interface Bounds {
  seconds: number;
  bytes: number;
}

/** What is kept: the points after a number, in so many bytes of frames. */
export interface Kept {
  after: number;
  bytes: number;
}

type TrimSegment = Pick<SegmentHeader, "seq" | "afterSeq" | "takenAtMs" | "bytes" | "tellsLoss">;

/** What comes of a trim. */
export interface Trimmed {
  kept: Kept;
  /** When the oldest point kept was taken; undefined if there is none. */
  oldestTakenAtMs: number | undefined;
  /** Those of which frames are gone, and that tell of losses. */
  losing: TrimSegment[];
}

/** Trimming is amortised: it waits until the bounds are passed by a sixteenth, then frees so much at once. */
const TRIM_SHARE = 1 / 16;

/** Whether something is to be trimmed now. */
export function isTrimDue(kept: Kept, oldestTakenAtMs: number, bounds: Bounds, nowMs: number): boolean {
  return kept.bytes > bounds.bytes || oldestTakenAtMs < nowMs - 1000 * bounds.seconds * (1 + TRIM_SHARE);
}

/**
 * What is kept after a trim. The oldest frames go first; the newest stays. A frame goes alone only where bytes are what is
 * short: all of a segment were taken at once.
 *
 * @param before what was kept
 * @param segments those that hold it, the oldest first, some at a time: what is stored, and what is added
 * @param framesOf the frames of one of them
 */
export function trim(
  before: Kept,
  segments: readonly Iterable<readonly TrimSegment[]>[],
  framesOf: (segment: TrimSegment) => readonly Uint8Array[],
  newestSeq: number,
  bounds: Bounds,
  nowMs: number,
): Trimmed {
  const bytesToKeep = before.bytes <= bounds.bytes ? bounds.bytes : bounds.bytes * (1 - TRIM_SHARE);
  const result: Trimmed = { kept: { ...before }, oldestTakenAtMs: undefined, losing: [] };
  const { kept } = result;
  for (const segment of allOf(segments)) {
    result.oldestTakenAtMs = segment.takenAtMs;
    const isTooOld = segment.takenAtMs < nowMs - 1000 * bounds.seconds;
    if (!isTooOld && kept.bytes <= bytesToKeep) return result;
    if (segment.tellsLoss) result.losing.push(segment);
    const isWhole = kept.after <= segment.afterSeq;
    if (isWhole && segment.seq !== newestSeq && (isTooOld || kept.bytes - segment.bytes >= bytesToKeep)) {
      kept.bytes -= segment.bytes;
      kept.after = segment.seq;
    } else {
      for (const frame of framesOf(segment)) {
        const { seq } = readHeader(frame);
        if (seq <= kept.after) continue;
        if (seq === newestSeq || (!isTooOld && kept.bytes <= bytesToKeep)) return result;
        kept.bytes -= frame.byteLength;
        kept.after = seq;
      }
    }
  }
  return result;
}

function* allOf<T>(parts: readonly Iterable<readonly T[]>[]): Generator<T> {
  for (const part of parts) for (const items of part) yield* items;
}

import { concat } from "../../../protocol/bytes.ts";
import { hasSeries, valuesIn } from "../../../protocol/frame/frame.ts";
import { readHeader, splitFrames } from "../../../protocol/frame/header.ts";
import { SeriesFilter } from "../../../protocol/series-filter.ts";
import type { SegmentHeader } from "./segment.ts";
import type { Segments } from "./segments.ts";
import type { Direction, RangeOfX, Slice, SliceBounds } from "./slice.ts";

const NONE: ReadonlyMap<number, Uint8Array> = new Map();

/** Which frames a slice may have. */
export interface SliceSelection {
  direction: Direction;
  /** Points numbered above `after`, up to `through`. */
  after: number;
  through: number;
  range: RangeOfX;
  /** Frames that have one of these, in which `*` is any characters; any, if there are none. */
  series?: readonly string[];
}

/**
 * Some of the frames that hold the points selected: the oldest of them, or the newest. At least one if there is any, then as
 * many as the bounds allow; of these, those that have one of the series. Frames out of range are looked at all the same: they
 * cost time, and no room.
 */
export function readSlice(segments: Segments, selection: SliceSelection, bounds: SliceBounds): Slice {
  const { direction, after, through, series = [] } = selection;
  const filter = new SeriesFilter(series);
  const left = { ...bounds };
  const chosen: Uint8Array[] = [];
  let [first, last]: (number | undefined)[] = [];
  let isLast = true;
  let x: RangeOfX | undefined;
  for (const { frame, frames, points, minX, maxX, fromSeq, toSeq } of looked(segments, selection, left)) {
    left.rows -= frames;
    if (frame !== undefined) {
      left.bytes -= frame.byteLength;
      left.points -= points;
      left.values -= valuesIn(frame);
    }
    const fits = Math.min(left.rows, left.bytes, left.points, left.values) >= 0;
    isLast = last === undefined || fits;
    if (!isLast) break;
    x = { fromX: Math.min(x?.fromX ?? minX, minX), toX: Math.max(x?.toX ?? maxX, maxX) };
    if (frame !== undefined && (filter.isAll || hasSeries(frame, filter))) chosen.push(frame);
    [first, last] = direction === "forward" ? [first ?? fromSeq, toSeq] : [fromSeq, last ?? toSeq];
  }
  const isForward = direction === "forward";
  const frames = concat(isForward ? chosen : chosen.reverse());
  return {
    // A view would take all that it is a view of to whoever asked.
    frames: frames.byteLength < frames.buffer.byteLength ? frames.slice() : frames,
    from: first ?? after,
    to: last ?? (isForward ? through : after),
    isLast,
    x,
  };
}

/** A frame in range; or frames out of range, one or a whole segment's. */
interface Looked {
  frame: Uint8Array | undefined;
  frames: number;
  points: number;
  minX: number;
  maxX: number;
  /** It holds the points above the one number, up to the other. */
  fromSeq: number;
  toSeq: number;
}

/** What is selected, in its order. */
function* looked(segments: Segments, selection: SliceSelection, left: Readonly<SliceBounds>): Generator<Looked> {
  const { direction, after, through, range } = selection;
  for (const headers of segments.headers(after, through, direction, left.rows + 1)) {
    for (let rest = headers; rest.length > 0; ) {
      const stretch = stretchOf(rest, range, left.bytes);
      rest = rest.slice(stretch.length);
      const inRange = stretch.filter((header) => isIn(range, header)).map(({ seq }) => seq);
      const bodies = inRange.length === 0 ? NONE : segments.bodies(Math.min(...inRange), Math.max(...inRange), range);
      for (const header of stretch) {
        const { seq, afterSeq, frames, minX, maxX } = header;
        if (!isIn(range, header) && frames <= left.rows) {
          yield { frame: undefined, frames, points: seq - afterSeq, minX, maxX, fromSeq: afterSeq, toSeq: seq };
          continue;
        }
        const inOrder = splitFrames(bodies.get(seq) ?? segments.body(seq));
        for (const frame of direction === "forward" ? inOrder : inOrder.reverse()) {
          const { seq: toSeq, points, minX, maxX } = readHeader(frame);
          if (toSeq <= after || toSeq - points >= through) continue;
          const isInRange = isIn(range, { minX, maxX });
          yield {
            frame: isInRange ? frame : undefined,
            frames: 1,
            points,
            minX,
            maxX,
            fromSeq: toSeq - points,
            toSeq,
          };
        }
      }
    }
  }
}

/** The first of these segments: one, and as many more as have so many bytes in range together, which are read at once. */
function stretchOf(headers: readonly SegmentHeader[], range: RangeOfX, bytes: number): readonly SegmentHeader[] {
  let left = bytes;
  const end = headers.findIndex((header, i) => {
    if (isIn(range, header)) left -= header.bytes;
    return left < 0 && i > 0;
  });
  return end < 0 ? headers : headers.slice(0, end);
}

function isIn({ fromX, toX }: RangeOfX, { minX, maxX }: { minX: number; maxX: number }): boolean {
  return maxX >= fromX && minX <= toX;
}

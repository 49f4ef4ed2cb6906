import { concat } from "../../protocol/bytes.ts";
import type { Cursor } from "../../protocol/cursor.ts";
import type { Gap } from "../../protocol/frame/frame.ts";
import { readHeader } from "../../protocol/frame/header.ts";
import { pickPoints } from "../../protocol/frame/pick-points.ts";
import { type Picked, pickSeries } from "../../protocol/frame/pick-series.ts";
import { CATCH_UP_BYTES } from "../../protocol/limits.ts";
import { chosenBy, type FramesView } from "./text-view.ts";
import type { ViewerSession } from "./viewer-session.ts";

/** What a viewer that picks series, or points, gets of a frame that was taken. */
export interface PickedFrame {
  picked: Picked;
  /** The number before the first of its points. */
  before: number;
  /** Where the frame leads, of whose series its points may be. */
  at: Cursor;
}

/**
 * What a view has of each of these frames.
 * @param kept the numbers of the points that it may have; without it of all
 * @param after of a frame that this number is inside of, only the points behind it
 */
export function pickedFrames(
  frames: readonly Uint8Array[],
  view: FramesView,
  kept?: ReadonlySet<number>,
  after = 0,
): PickedFrame[] {
  const has = chosenBy(view);
  return frames.map((frame) => {
    const { epoch, seq, points } = readHeader(frame);
    const isWhole = kept === undefined && after <= seq - points;
    const isKept = (number: number): boolean => number > after && kept?.has(number) !== false;
    const picked = isWhole ? pickSeries(frame, has) : pickPoints(frame, has, isKept);
    return { picked, before: seq - points, at: { epoch, seq } };
  });
}

/**
 * VW21, VW3e. Sends a viewer a step from the log, for which it has room: the frames that follow each other as one message.
 * @returns the number up to which it then has all
 */
export function sendPickedStep(session: ViewerSession, frames: readonly PickedFrame[], after: number): number {
  let together: Uint8Array[] = [];
  let [bytes, sent] = [0, after];
  const send = (): void => {
    if (together.length > 0) session.send(concat(together));
    together = [];
  };
  for (const { picked, at } of frames) {
    if (at.seq <= after) continue;
    if (picked.kind === "frame") {
      bytes += picked.bytes.byteLength;
      if (bytes > CATCH_UP_BYTES && bytes > picked.bytes.byteLength) break;
      together.push(picked.bytes);
    } else {
      if (picked.gaps.length > 0) send();
      tellLost(session, picked.gaps, at);
    }
    sent = at.seq;
  }
  send();
  return sent;
}

/** VW21. Sends a viewer what was just taken, as far as it has room. @returns undefined if that is everything, or the number up to which it then has all */
export function sendPicked(session: ViewerSession, frames: readonly PickedFrame[], after = 0): number | undefined {
  for (const { picked, before, at } of frames) {
    if (at.seq <= after) continue;
    // It gets the rest of that alone, from the log.
    if (before < after) return after;
    if (picked.kind === "frame") {
      if (picked.bytes.byteLength > session.room) return before;
      session.send(picked.bytes);
      session.toldSeq = at.seq;
      continue;
    }
    tellLost(session, picked.gaps, at);
  }
  return undefined;
}

function tellLost(session: ViewerSession, gaps: readonly Gap[], at: Cursor): void {
  for (const { reason, points, series } of gaps) session.tell({ type: "lost", reason, points, series, ...at });
}

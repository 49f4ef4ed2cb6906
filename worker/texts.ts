import { decodeFrame, pointsOf } from "./protocol/frame.ts";
import { splitFrames } from "./protocol/header.ts";
import { pointText } from "./protocol/points.ts";

/** A point as a viewer without a subprotocol gets it, with the channel's number of it. */
export interface NumberedText {
  seq: number;
  text: string;
  /** In UTF-8. */
  bytes: number;
}

const encoder = new TextEncoder();

/** The points of frames that are numbered above `after`, as texts, each made when it is asked for. */
export function* textsAfter(after: number, frames: Uint8Array): Generator<NumberedText> {
  for (const bytes of splitFrames(frames)) {
    const frame = decodeFrame(bytes);
    let seq = frame.header.seq - frame.header.points;
    for (const { series, x, y, text: called } of pointsOf(frame)) {
      seq++;
      if (seq <= after) continue;
      const text = pointText(series, x, y, called);
      yield { seq, text, bytes: encoder.encode(text).length };
    }
  }
}

/** The points of frames as texts, made once for all viewers that want them, and only if one does. */
export class Texts {
  readonly #made = new Map<Uint8Array, NumberedText[]>();

  of(frames: Uint8Array): NumberedText[] {
    const made = this.#made.get(frames) ?? [...textsAfter(0, frames)];
    this.#made.set(frames, made);
    return made;
  }
}

import { decodeFrame, pointsOf } from "../../protocol/frame/frame.ts";
import { splitFrames } from "../../protocol/frame/header.ts";
import { pointText } from "../../protocol/json/point-text.ts";

/** A point as a viewer without a subprotocol gets it, with the channel's number of it. */
export interface NumberedText {
  seq: number;
  text: string;
  /** In UTF-8. */
  bytes: number;
}

const encoder = new TextEncoder();

/** The points of a publish as texts. */
export function* textsOf(frames: readonly Uint8Array[]): Generator<NumberedText> {
  for (const frame of frames) yield* textsAfter(0, frame);
}

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

/** Texts for several viewers, each made once, when the first viewer wants it. */
export class SharedTexts implements Iterable<NumberedText> {
  readonly #rest: Iterator<NumberedText>;
  readonly #made: NumberedText[] = [];

  constructor(texts: Iterable<NumberedText>) {
    this.#rest = texts[Symbol.iterator]();
  }

  *[Symbol.iterator](): Generator<NumberedText> {
    for (let i = 0; ; i++) {
      if (i === this.#made.length) {
        const next = this.#rest.next();
        if (next.done) return;
        this.#made.push(next.value);
      }
      const text = this.#made[i];
      if (text !== undefined) yield text;
    }
  }
}

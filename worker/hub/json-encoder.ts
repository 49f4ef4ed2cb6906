import type { Cursor } from "../../protocol/cursor.ts";
import { decodeFrame, type Point, pointsOf } from "../../protocol/frame/frame.ts";
import { readHeader } from "../../protocol/frame/header.ts";
import { pointText } from "../../protocol/json/point-text.ts";

/** A point as a viewer of JSON text gets it, with the channel's number of it. */
export interface NumberedText {
  seq: number;
  text: string;
  /** In UTF-8. */
  bytes: number;
}

/**
 * Batches that are kept for viewers that come to them later; what was made first goes first. Objects of one class may share
 * the 128 MB of an isolate, so it is not much.
 */
const MAX_KEPT_BYTES = 1024 * 1024;
const MAX_KEPT_BATCHES = 64;
const utf8 = new TextEncoder();

/**
 * Makes JSON text of frames, each once for all viewers who want it. The texts of the last batches are kept with their
 * numbers: a viewer that is behind somewhere within them goes on from there, and nothing is decoded or encoded again.
 */
export class JsonEncoder {
  /** The newest first. */
  #batches: EncodedBatch[] = [];

  /** The batch that has the point after a cursor, if it is kept. */
  batchAfter({ epoch, seq }: Cursor): EncodedBatch | undefined {
    // Texts were made since: what they take counts, too.
    this.#batches = bounded(this.#batches);
    return this.#batches.find((batch) => batch.epoch === epoch && batch.after <= seq && seq < batch.seq);
  }

  /** A batch of frames that follow each other; its texts are made as they are asked for. */
  encode(frames: readonly Uint8Array[]): EncodedBatch {
    const batch = new EncodedBatch(frames);
    this.#batches = bounded([batch, ...this.#batches]);
    return batch;
  }
}

/** The first of these, whatever it takes, and as many more as may be kept. */
function bounded(batches: readonly EncodedBatch[]): EncodedBatch[] {
  let bytes = 0;
  return batches.slice(0, MAX_KEPT_BATCHES).filter(({ keptBytes }, i) => {
    if (i > 0) bytes += keptBytes;
    return bytes <= MAX_KEPT_BYTES;
  });
}

/** The texts of some frames. */
export class EncodedBatch {
  readonly epoch: number;
  /** It has the points numbered above this, up to `seq`. */
  readonly after: number;
  readonly seq: number;
  readonly #rest: Iterator<Point>;
  readonly #texts: NumberedText[] = [];
  #keptBytes: number;

  constructor(frames: readonly Uint8Array[]) {
    const headers = frames.map((frame) => readHeader(frame));
    const [first, last] = [headers[0], headers.at(-1)];
    this.epoch = first?.epoch ?? 0;
    this.after = first === undefined ? 0 : first.seq - first.points;
    this.seq = last?.seq ?? this.after;
    this.#keptBytes = frames.reduce((sum, { byteLength }) => sum + byteLength, 0);
    this.#rest = pointsOfAll(frames);
  }

  /** What it takes in memory, about. */
  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** How many texts were made; of these none is made again. */
  get made(): number {
    return this.#texts.length;
  }

  /** The texts of the points numbered above `seq`. */
  *textsAfter(seq: number): Generator<NumberedText> {
    for (let i = Math.max(0, seq - this.after); ; i++) {
      while (this.#texts.length <= i) {
        const { done, value } = this.#rest.next();
        if (done) return;
        this.#make(value);
      }
      const text = this.#texts[i];
      if (text !== undefined) yield text;
    }
  }

  #make({ series, x, y, text: label }: Point): void {
    const text = pointText(series, x, y, label);
    const { length } = utf8.encode(text);
    this.#texts.push({ seq: this.after + this.#texts.length + 1, text, bytes: length });
    // A string and its entry take some 60 bytes beside its characters.
    this.#keptBytes += length + 60;
  }
}

function* pointsOfAll(frames: readonly Uint8Array[]): Generator<Point> {
  for (const bytes of frames) yield* pointsOf(decodeFrame(bytes));
}

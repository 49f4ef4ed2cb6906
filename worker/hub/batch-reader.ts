import type { Cursor } from "../../protocol/cursor.ts";
import { valuesIn } from "../../protocol/frame/frame.ts";
import { readHeader, splitFrames } from "../../protocol/frame/header.ts";
import { CATCH_UP_BYTES } from "../../protocol/limits.ts";
import type { BatchBounds, FrameBatch, FrameLog } from "./frame-log.ts";
import { type PickedFrame, pickedFrames } from "./picked-frames.ts";
import { keptPoints } from "./rate/kept-points.ts";
import { beginningOfStretches, type Stretch, StretchSplitter, stretchMs, type TakenFrames } from "./rate/stretches.ts";
import type { Turn } from "./send-budget.ts";
import { chosenBy, type FramesView, type TextView, type Thinned, type ThinnedView } from "./text-view.ts";
import type { EncodedBatch, ViewEncoder } from "./view-encoder.ts";

/** One step of a viewer of frames. */
const FRAMES_BOUNDS = { bytes: CATCH_UP_BYTES, values: 262_144 } as const satisfies BatchBounds;
/** What is decoded at once for viewers of text: of one point each some 240 frames, and no more texts have room. */
const TEXT_BOUNDS = { bytes: 32 * 1024, values: 8192 } as const satisfies BatchBounds;
/** Batches of frames that are kept for others at the same cursor: after a cut many come back at one. */
const MAX_KEPT_BATCHES = 4;

/** Texts from the log, and where they begin if what is before cannot be had any more. */
export interface TextBatch extends Pick<FrameBatch, "after" | "lostInTrimmed"> {
  texts: EncodedBatch;
}

/** Stretches from the log, and where they begin if what is before cannot be had any more. */
export interface StretchBatch extends Pick<FrameBatch, "after" | "lostInTrimmed"> {
  stretches: readonly Stretch[];
  /** What follows them, if anything does, has not ended. */
  isAll: boolean;
}

/** A batch that was read, or is being read. */
interface KeptBatch {
  reading: Promise<FrameBatch | undefined>;
  /** How far the log reached then: a batch that ends there has less than it would have later. */
  logSeq: number;
}

/** Reads the log for viewers that are behind: each batch once for all who are at the same cursor, in either format. */
export class BatchReader {
  readonly #encoder: ViewEncoder;
  readonly #kept = new Map<string, KeptBatch>();
  #forgotten = 0;

  constructor(encoder: ViewEncoder) {
    this.#encoder = encoder;
  }

  /** What was read, or is being read, is read anew. */
  forget(): void {
    this.#forgotten++;
    this.#kept.clear();
    this.#encoder.forget();
  }

  /** The frames after a cursor; undefined if it is none of the log's. */
  async frames(log: FrameLog, cursor: Cursor, turn: Turn): Promise<FrameBatch | undefined> {
    const batch = await this.#read(log, cursor, FRAMES_BOUNDS, turn);
    if (batch !== undefined) turn.sentFrames(batch.frames.byteLength);
    return batch;
  }

  /** The texts after a cursor; undefined if it is none of the log's, or nothing follows. */
  async texts(log: FrameLog, cursor: Cursor, view: TextView, turn: Turn): Promise<TextBatch | undefined> {
    const kept = this.#encoder.batchAfter(cursor, view);
    if (kept !== undefined) return { after: cursor.seq, texts: kept, lostInTrimmed: 0 };
    const batch = await this.#read(log, cursor, TEXT_BOUNDS, turn);
    if (batch === undefined || batch.frames.byteLength === 0) return undefined;
    // Somebody else may have waited for the same.
    const { after, lostInTrimmed } = batch;
    const encoded = this.#encoder.batchAfter({ epoch: cursor.epoch, seq: after }, view);
    if (encoded !== undefined) return { after, texts: encoded, lostInTrimmed };
    const frames = splitFrames(batch.frames);
    turn.decoded(frames.reduce((sum, frame) => sum + valuesIn(frame), 0));
    return { after, texts: this.#encoder.encode(frames, view), lostInTrimmed };
  }

  /**
   * The stretches after a cursor that have ended by now; undefined if it is none of the log's. They are some, if there are any, and
   * together about as long as other batches. Where the cursor is inside of one it comes whole.
   */
  async stretches(
    log: FrameLog,
    cursor: Cursor,
    view: ThinnedView,
    turn: Turn,
    nowMs: number,
  ): Promise<StretchBatch | undefined> {
    const bounds = view.writing === "frames" ? FRAMES_BOUNDS : TEXT_BOUNDS;
    const first = await this.#read(log, cursor, bounds, turn);
    if (first === undefined) return undefined;
    const { after, lostInTrimmed } = first;
    const lengthMs = stretchMs(view.maxRate);
    const from = await beginningOfStretches(log, after, lengthMs);
    const splitter = new StretchSplitter(lengthMs, from.lastAtMs, true);
    const stretches: Stretch[] = [];
    const whole = wholeTakings(log);
    let bytes = 0;
    for (let seq = from.after; ; ) {
      const batch = seq === after ? first : await this.#read(log, { epoch: cursor.epoch, seq }, bounds, turn);
      // The numbering ended, or what was to come was trimmed meanwhile.
      if (batch === undefined || batch.after !== seq) return undefined;
      for (const taken of await whole(batch)) stretches.push(...splitter.add(taken).filter((each) => each.seq > after));
      if (batch.frames.byteLength === 0) {
        stretches.push(...splitter.endedBy(nowMs).filter((each) => each.seq > after));
        return { after, lostInTrimmed, stretches, isAll: true };
      }
      bytes += batch.frames.byteLength;
      if (stretches.length > 0 && bytes >= bounds.bytes) return { after, lostInTrimmed, stretches, isAll: false };
      ({ seq } = batch);
    }
  }

  /** The texts of the stretch that holds the point after a cursor, if they are kept. */
  keptTexts(cursor: Cursor, view: TextView): EncodedBatch | undefined {
    return this.#encoder.batchAfter(cursor, view);
  }

  /** What a view has of stretches that were read. */
  pickedOf(stretches: readonly Stretch[], view: FramesView & Thinned, after: number, turn: Turn): PickedFrame[] {
    return stretches.flatMap((stretch) => pickedFrames(stretch.frames, view, keptOf(stretch, view, turn), after));
  }

  /** The texts of stretches that were read. */
  textsOf(stretches: readonly Stretch[], view: TextView & Thinned, turn: Turn): EncodedBatch[] {
    return stretches.map((stretch) => this.#encoder.encode(stretch.frames, view, keptOf(stretch, view, turn)));
  }

  /** What a view has of frames that were read. */
  picked(frames: Uint8Array, view: FramesView, after: number, turn: Turn): PickedFrame[] {
    const all = splitFrames(frames);
    turn.decoded(all.reduce((sum, frame) => sum + valuesIn(frame), 0));
    return pickedFrames(all, view, undefined, after);
  }

  async #read(log: FrameLog, cursor: Cursor, bounds: BatchBounds, turn: Turn): Promise<FrameBatch | undefined> {
    const key = `${cursor.epoch} ${cursor.seq} ${bounds.bytes}`;
    const kept = this.#kept.get(key);
    // What ended with the log as it was then is read anew once there is more.
    const isStale = (batch: FrameBatch): boolean => batch.seq === kept?.logSeq && batch.seq < log.position.seq;
    if (kept !== undefined) {
      const batch = await kept.reading;
      if (batch !== undefined && !isStale(batch) && this.#kept.get(key) === kept) return batch;
    }
    turn.read();
    const reading = log.framesAfter(cursor, bounds);
    this.#keep(key, { reading, logSeq: log.position.seq });
    const forgotten = this.#forgotten;
    const batch = await reading;
    return forgotten === this.#forgotten ? batch : await this.#read(log, cursor, bounds, turn);
  }

  #keep(key: string, batch: KeptBatch): void {
    this.#kept.delete(key);
    this.#kept.set(key, batch);
    // One that failed is asked for again.
    batch.reading.catch(() => this.#kept.delete(key));
    const first = this.#kept.keys().next();
    if (this.#kept.size > MAX_KEPT_BATCHES && !first.done) this.#kept.delete(first.value);
  }
}

function keptOf(stretch: Stretch, view: ThinnedView, turn: Turn): ReadonlySet<number> {
  turn.decoded(stretch.frames.reduce((sum, frame) => sum + valuesIn(frame), 0));
  return keptPoints(stretch, { has: chosenBy(view), maxRate: view.maxRate });
}

/** Puts the frames of batches that follow each other together as they were taken. */
function wholeTakings(log: FrameLog): (batch: FrameBatch) => Promise<TakenFrames[]> {
  let rest: Uint8Array[] = [];
  return async (batch) => {
    const whole: TakenFrames[] = [];
    const frames = splitFrames(batch.frames);
    const numbers = frames.map((frame) => readHeader(frame).seq);
    for (const taking of await log.takings(batch.after, batch.seq)) {
      const count = numbers.filter((seq) => seq > taking.after && seq <= taking.seq).length;
      rest.push(...frames.splice(0, count));
      numbers.splice(0, count);
      if (taking.seq > batch.seq) break;
      whole.push({ ...taking, frames: rest });
      rest = [];
    }
    return whole;
  };
}

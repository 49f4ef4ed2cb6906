import type { Cursor } from "../../protocol/cursor.ts";
import { valuesIn } from "../../protocol/frame/frame.ts";
import { splitFrames } from "../../protocol/frame/header.ts";
import { CATCH_UP_BYTES } from "../../protocol/limits.ts";
import type { BatchBounds, FrameBatch, FrameLog } from "./frame-log.ts";
import type { EncodedBatch, JsonEncoder } from "./json-encoder.ts";
import type { Turn } from "./send-budget.ts";

/** One step of a viewer of frames. */
const FRAMES_BOUNDS = { bytes: CATCH_UP_BYTES, values: 262_144 } as const satisfies BatchBounds;
/** What is decoded at once for viewers of text: of one point each some 240 frames, and no more texts have room. */
const JSON_BOUNDS = { bytes: 32 * 1024, values: 8192 } as const satisfies BatchBounds;
/** Batches of frames that are kept for others at the same cursor: after a cut many come back at one. */
const MAX_KEPT_BATCHES = 4;

/** Texts from the log, and where they begin if what is before cannot be had any more. */
export interface TextBatch {
  after: number;
  texts: EncodedBatch;
}

/** A batch that was read, or is being read. */
interface KeptBatch {
  reading: Promise<FrameBatch | undefined>;
  /** How far the log reached then: a batch that ends there has less than it would have later. */
  logSeq: number;
}

/** Reads the log for viewers that are behind: each batch once for all who are at the same cursor, in either format. */
export class BatchReader {
  readonly #encoder: JsonEncoder;
  readonly #kept = new Map<string, KeptBatch>();

  constructor(encoder: JsonEncoder) {
    this.#encoder = encoder;
  }

  /** The frames after a cursor; undefined if it is none of the log's. */
  async frames(log: FrameLog, cursor: Cursor, turn: Turn): Promise<FrameBatch | undefined> {
    const batch = await this.#read(log, cursor, FRAMES_BOUNDS, turn);
    if (batch !== undefined) turn.sentFrames(batch.frames.byteLength);
    return batch;
  }

  /** The texts after a cursor; undefined if it is none of the log's, or nothing follows. */
  async texts(log: FrameLog, cursor: Cursor, turn: Turn): Promise<TextBatch | undefined> {
    const kept = this.#encoder.batchAfter(cursor);
    if (kept !== undefined) return { after: cursor.seq, texts: kept };
    const batch = await this.#read(log, cursor, JSON_BOUNDS, turn);
    if (batch === undefined || batch.frames.byteLength === 0) return undefined;
    // Somebody else may have waited for the same.
    const from = { epoch: cursor.epoch, seq: batch.after };
    const encoded = this.#encoder.batchAfter(from);
    if (encoded !== undefined) return { after: batch.after, texts: encoded };
    const frames = splitFrames(batch.frames);
    turn.decoded(frames.reduce((sum, frame) => sum + valuesIn(frame), 0));
    return { after: batch.after, texts: this.#encoder.encode(frames) };
  }

  async #read(log: FrameLog, cursor: Cursor, bounds: BatchBounds, turn: Turn): Promise<FrameBatch | undefined> {
    const key = `${cursor.epoch} ${cursor.seq} ${bounds.bytes}`;
    const kept = this.#kept.get(key);
    // What ended with the log as it was then is read anew once there is more.
    const isStale = (batch: FrameBatch): boolean => batch.seq === kept?.logSeq && batch.seq < log.position.seq;
    if (kept !== undefined) {
      const batch = await kept.reading;
      if (batch !== undefined && !isStale(batch)) return batch;
    }
    turn.read();
    const reading = log.framesAfter(cursor, bounds);
    this.#keep(key, { reading, logSeq: log.position.seq });
    return await reading;
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

import { concat } from "../../protocol/bytes.ts";
import type { Cursor } from "../../protocol/cursor.ts";
import { valuesIn } from "../../protocol/frame/frame.ts";
import { numberFrame, readHeader } from "../../protocol/frame/header.ts";
import type { BatchBounds, FrameBatch, FrameLog } from "../../worker/hub/frame-log.ts";

/** A log in memory, which counts what it is asked; it answers in a later turn, as one does that has to fetch. */
export class FrameRing implements FrameLog {
  position: Cursor = { epoch: 1, seq: 0 };
  series: string[] = [];
  scales: number[] = [];
  arrangement = "";
  takenAtMs: number | null = null;
  takenEveryMs: number | null = null;
  /** How often {@link framesAfter} was asked. */
  reads = 0;
  /** What {@link tailStart} was asked. */
  readonly tails: { points: number; seconds: number }[] = [];
  readonly #frames: Uint8Array[] = [];

  /** Takes a frame. @returns it, numbered */
  append(frame: Uint8Array): Uint8Array {
    const { points } = readHeader(frame);
    const { epoch, seq } = this.position;
    this.position = { epoch, seq: seq + points };
    numberFrame(frame, epoch, seq + points);
    this.#frames.push(frame);
    return frame;
  }

  /** Forgets the oldest frames, so many. */
  trim(count: number): void {
    this.#frames.splice(0, count);
  }

  async tailStart(points: number, seconds: number): Promise<Cursor> {
    this.tails.push({ points, seconds });
    const { epoch, seq } = this.position;
    const start = { epoch, seq: Math.max(this.#keptAfter, seq - points) };
    await later();
    return start;
  }

  async framesAfter({ epoch, seq }: Cursor, { bytes, values }: BatchBounds): Promise<FrameBatch | undefined> {
    this.reads++;
    const batch = this.#batchAfter({ epoch, seq }, { bytes, values });
    await later();
    return batch;
  }

  #batchAfter({ epoch, seq }: Cursor, { bytes, values }: BatchBounds): FrameBatch | undefined {
    if (epoch !== this.position.epoch || seq > this.position.seq) return undefined;
    const after = Math.max(seq, this.#keptAfter);
    const chosen: Uint8Array[] = [];
    let [bytesLeft, valuesLeft, last] = [bytes, values, after];
    for (const frame of this.#frames) {
      const header = readHeader(frame);
      if (header.seq <= after) continue;
      bytesLeft -= frame.byteLength;
      valuesLeft -= valuesIn(frame);
      if (chosen.length > 0 && (bytesLeft < 0 || valuesLeft < 0)) break;
      chosen.push(frame);
      last = header.seq;
    }
    return { frames: concat(chosen), after, seq: last, lostInTrimmed: 0 };
  }

  get #keptAfter(): number {
    const [first] = this.#frames;
    if (first === undefined) return this.position.seq;
    const { seq, points } = readHeader(first);
    return seq - points;
  }
}

function later(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

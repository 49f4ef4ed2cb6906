import { concat } from "../../protocol/bytes.ts";
import type { Cursor } from "../../protocol/cursor.ts";
import { valuesIn } from "../../protocol/frame/frame.ts";
import { numberFrame, readHeader } from "../../protocol/frame/header.ts";
import type { BatchBounds, FrameBatch, FrameLog, Taken } from "../../worker/hub/frame-log.ts";

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
  #takings: Taken[] = [];

  /** Takes a frame. @param takenAtMs when; without it the log says of no time @returns it, numbered */
  append(frame: Uint8Array, takenAtMs?: number): Uint8Array {
    const { points } = readHeader(frame);
    const { epoch, seq } = this.position;
    this.position = { epoch, seq: seq + points };
    numberFrame(frame, epoch, seq + points);
    this.#frames.push(frame);
    if (takenAtMs !== undefined) this.takenAtMs = takenAtMs;
    const last = this.#takings.at(-1);
    const atMs = takenAtMs ?? (last?.atMs ?? 0) + 1;
    if (last?.atMs === atMs) last.seq = seq + points;
    else this.#takings.push({ after: seq, seq: seq + points, atMs });
    return frame;
  }

  /** Puts a frame in the place of the one with its number. */
  replace(frame: Uint8Array): void {
    const { seq } = readHeader(frame);
    this.#frames.splice(
      this.#frames.findIndex((each) => readHeader(each).seq === seq),
      1,
      frame,
    );
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

  async framesBefore(seq: number, { bytes, values }: BatchBounds): Promise<{ frames: Uint8Array; after: number }> {
    await later();
    const chosen: Uint8Array[] = [];
    let [bytesLeft, valuesLeft, after] = [bytes, values, seq];
    for (const frame of this.#frames.toReversed()) {
      const header = readHeader(frame);
      if (header.seq - header.points >= seq) continue;
      bytesLeft -= frame.byteLength;
      valuesLeft -= valuesIn(frame);
      if (chosen.length > 0 && (bytesLeft < 0 || valuesLeft < 0)) break;
      chosen.unshift(frame);
      after = header.seq - header.points;
    }
    return { frames: concat(chosen), after };
  }

  async takings(after: number, through: number): Promise<Taken[]> {
    await later();
    const from = Math.max(after, this.#keptAfter);
    return this.#takings
      .filter((taking) => taking.seq > from && taking.after < through)
      .map((taking) => ({ ...taking }));
  }

  async takenSince(ms: number): Promise<number> {
    await later();
    const first = this.#takings.find(({ atMs, seq }) => atMs >= ms && seq > this.#keptAfter);
    return first?.after ?? this.position.seq;
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

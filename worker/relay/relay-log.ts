import { concat } from "../../protocol/bytes.ts";
import { type Cursor, cursorText } from "../../protocol/cursor.ts";
import { readHeader, splitFrames } from "../../protocol/frame/header.ts";
import { MAX_SERIES_LISTED } from "../../protocol/limits.ts";
import type { BatchBounds, FrameBatch, FrameLog, Taken } from "../hub/frame-log.ts";
import { MemoryLog, type RingBounds } from "../hub/log/memory-log.ts";
import { SingleFlight } from "./single-flight.ts";

/** What is asked of the channel, whose log has more. */
export type OlderFrames = Pick<FrameLog, "tailStart" | "framesAfter" | "framesBefore" | "takings" | "takenSince">;

/** What the channel's log says of series and panels. */
export interface LogDescription {
  series: readonly string[];
  /** Of each of these. */
  scales: readonly (number | null)[];
  arrangement: string;
}

/** What becomes of a relay's viewers when its feed is opened. */
export type Opened =
  /** They go on as if there had been none but this feed. */
  | { kind: "continued" }
  /** Whoever had everything up to this number reads on from there. */
  | { kind: "skipped"; after: number }
  /** The numbering is another; `isFirst`: there was none before. */
  | { kind: "epoch"; isFirst: boolean };

/** Batches are 128 KiB at most. */
const MAX_KEPT_BATCHES = 16;
const MAX_KEPT_ANSWERS = 64;

/**
 * The log of a relay: a ring with the newest frames of its channel, as the feed brings them. What is older is asked of the channel, once
 * for all viewers that want it.
 */
export class RelayLog implements FrameLog {
  arrangement = "";
  readonly #older: OlderFrames;
  readonly #bounds: RingBounds;
  #ring: MemoryLog;
  /** A ring that a new feed fills from further back: it takes the other's place once it has come as far. */
  #filling: MemoryLog | undefined;
  /** When the newest frame was taken, if it is not in the ring. */
  #takenAtMs: number | null;
  readonly #scales = new Map<string, number | null>();
  readonly #batches = new SingleFlight<FrameBatch | undefined>(MAX_KEPT_BATCHES);
  readonly #before = new SingleFlight<{ frames: Uint8Array; after: number }>(MAX_KEPT_BATCHES);
  readonly #tails = new SingleFlight<Cursor>(MAX_KEPT_ANSWERS);
  readonly #takings = new SingleFlight<readonly Taken[]>(MAX_KEPT_ANSWERS);
  readonly #since = new SingleFlight<number>(MAX_KEPT_ANSWERS);

  /**
   * @param position up to where the relay's viewers were sent everything, before its memory was lost; 0:0 for a new one
   * @param bounds of the ring
   */
  constructor(older: OlderFrames, position: Cursor, takenAtMs: number | null, bounds: RingBounds) {
    this.#older = older;
    this.#bounds = bounds;
    this.#ring = new MemoryLog(position, bounds);
    this.#takenAtMs = takenAtMs;
  }

  get position(): Cursor {
    return this.#ring.position;
  }

  /** Up to where it has everything of what its feed began with. */
  get filledTo(): Cursor {
    return this.#filling?.position ?? this.position;
  }

  get series(): string[] {
    return [...this.#scales.keys()];
  }

  get scales(): (number | null)[] {
    return [...this.#scales.values()];
  }

  get takenAtMs(): number | null {
    return this.#ring.takenAtMs ?? this.#takenAtMs;
  }

  get takenEveryMs(): number | null {
    return this.#ring.takenEveryMs;
  }

  /** A feed begins: the frames after this cursor come next. */
  open(at: Cursor, { series, scales, arrangement }: LogDescription): Opened {
    const before = this.position;
    this.#scales.clear();
    this.addSeries(series);
    this.decide(series, scales);
    this.arrangement = arrangement;
    this.#filling = undefined;
    if (at.epoch !== before.epoch) {
      this.#restart(at);
      return { kind: "epoch", isFirst: before.epoch === 0 };
    }
    if (at.seq < before.seq) this.#filling = new MemoryLog(at, this.#bounds);
    if (at.seq <= before.seq) return { kind: "continued" };
    this.#restart(at);
    return { kind: "skipped", after: before.seq };
  }

  /**
   * Adds frames that were taken together. The hub is handed what is returned in the same turn (see {@link FrameLog}).
   * @returns those that are new to viewers
   * @throws RangeError if there is a hole before one of them
   */
  append(frames: readonly Uint8Array[], takenAtMs: number): Uint8Array[] {
    if (this.#filling === undefined) {
      this.#ring.append(frames, [], takenAtMs);
      return [...frames];
    }
    const { seq } = this.position;
    this.#filling.append(frames, [], takenAtMs);
    if (this.#filling.position.seq < seq) return [];
    this.#ring = this.#filling;
    this.#filling = undefined;
    return frames.filter((frame) => readHeader(frame).seq > seq);
  }

  /** One frame stands in the place of another with the same numbers. */
  replace(frame: Uint8Array): void {
    this.#ring.replace(frame);
    this.#filling?.replace(frame);
    this.#forgetAnswers();
  }

  /** Series that are new. */
  addSeries(names: readonly string[]): void {
    for (const name of names)
      if (this.#scales.size < MAX_SERIES_LISTED && !this.#scales.has(name)) this.#scales.set(name, null);
  }

  /** Scales that were decided. */
  decide(series: readonly string[], scales: readonly (number | null)[]): void {
    for (const [i, name] of series.entries()) if (this.#scales.has(name)) this.#scales.set(name, scales[i] ?? null);
  }

  /** The numbering began anew. */
  resetEpoch(at: Cursor): void {
    this.#scales.clear();
    this.arrangement = at.epoch === 0 ? "" : this.arrangement;
    this.#filling = undefined;
    this.#restart(at);
  }

  async tailStart(points: number, seconds: number): Promise<Cursor> {
    const local = await this.#ring.tailStart(points, seconds);
    const { position } = this;
    if (local.seq > this.#ring.keptAfter) return local;
    const key = `${points} ${seconds} ${cursorText(position)}`;
    const start = await this.#tails.ask(key, () => this.#older.tailStart(points, seconds));
    return start.epoch === this.position.epoch ? { ...start, seq: Math.min(start.seq, this.position.seq) } : position;
  }

  async framesAfter(cursor: Cursor, bounds: BatchBounds): Promise<FrameBatch | undefined> {
    const { epoch, seq } = this.position;
    if (cursor.epoch !== epoch || cursor.seq > seq) return undefined;
    if (cursor.seq >= this.#ring.keptAfter) return await this.#ring.framesAfter(cursor, bounds);
    const key = `${cursorText(cursor)} ${bounds.bytes} ${bounds.values} ${cursorText(this.position)}`;
    const batch = await this.#batches.ask(key, () => this.#older.framesAfter(cursor, bounds));
    return batch && this.position.epoch === epoch ? upTo(this.position.seq, batch) : undefined;
  }

  async framesBefore(seq: number, bounds: BatchBounds): Promise<{ frames: Uint8Array; after: number }> {
    const local = await this.#ring.framesBefore(seq, bounds);
    if (local.after > this.#ring.keptAfter) return local;
    const key = `${seq} ${bounds.bytes} ${bounds.values} ${cursorText(this.position)}`;
    return await this.#before.ask(key, () => this.#older.framesBefore(seq, bounds));
  }

  async takings(after: number, through: number): Promise<readonly Taken[]> {
    if (after >= this.#ring.keptAfter) return await this.#ring.takings(after, through);
    const key = `${after} ${through} ${cursorText(this.position)}`;
    return await this.#takings.ask(key, () => this.#older.takings(after, through));
  }

  async takenSince(ms: number): Promise<number> {
    const local = await this.#ring.takenSince(ms);
    if (local > this.#ring.keptAfter) return local;
    const key = `${ms} ${cursorText(this.position)}`;
    const since = await this.#since.ask(key, () => this.#older.takenSince(ms));
    return Math.min(since, this.position.seq);
  }

  #restart(at: Cursor): void {
    this.#ring = new MemoryLog(at, this.#bounds);
    this.#takenAtMs = null;
    this.#forgetAnswers();
  }

  #forgetAnswers(): void {
    for (const answers of [this.#batches, this.#before, this.#tails, this.#takings, this.#since]) answers.clear();
  }
}

/** The channel may be ahead: what comes by the feed must not come before. @returns undefined if there is nothing else */
function upTo(seq: number, batch: FrameBatch): FrameBatch | undefined {
  if (batch.after > seq) return undefined;
  if (batch.seq <= seq) return batch;
  const frames = splitFrames(batch.frames).filter((frame) => readHeader(frame).seq <= seq);
  const last = frames.at(-1);
  return { ...batch, frames: concat(frames), seq: last === undefined ? batch.after : readHeader(last).seq };
}

import { concat } from "../../../protocol/bytes.ts";
import type { Cursor } from "../../../protocol/cursor.ts";
import { readHeader, splitFrames } from "../../../protocol/frame/header.ts";
import { closeQuietly } from "../../hub/close.ts";
import type { FrameLog } from "../../hub/frame-log.ts";
import { frameStart } from "../../hub/join-start.ts";
import {
  encodeFeedFrames,
  FeedEnd,
  type FeedMessage,
  type FeedStatus,
  type RelayPosition,
} from "../../relay/feed-message.ts";

/** What may wait in a feed: a relay that reads more slowly is fed anew from where it is, which its viewers notice as a delay. */
export const FEED_BUFFER_BYTES = 8 * 1024 * 1024;
/** What is read of the log at once, while a feed is filled, and may wait before more is read. */
const FILL_BOUNDS = { bytes: 256 * 1024, values: 1_048_576 };
const FILL_PAUSE_MS = 20;
const MAX_FILL_MS = 30_000;
/** What a relay is filled with that has nothing: what viewers that join are sent of it. */
const TAIL = { points: 1000, seconds: 300 };

/** The part of a WebSocket that is used. */
export interface FeedSocket {
  readonly bufferedAmount: number;
  send(data: string | Uint8Array): void;
  close(code: number, reason: string): void;
}

/** What a feed needs of its channel. */
export interface FeedParts {
  log(): FrameLog;
  pause(ms: number): Promise<void>;
  /** The channel's time. */
  nowMs(): number;
}

/**
 * Where a feed begins: at the relay's own position, if it has what is before and what follows is kept; or where a viewer would.
 * @param position of the relay
 * @param rewrites with another count the relay has frames as they are not any more
 */
export async function feedStart(log: FrameLog, position: RelayPosition, rewrites: number): Promise<Cursor> {
  const { epoch, seq, isWhole } = position;
  if (isWhole && position.rewrites === rewrites && epoch === log.position.epoch && seq <= log.position.seq) {
    // As far back as the largest tail goes.
    const oldest = await log.tailStart(Number.MAX_SAFE_INTEGER, 0);
    if (seq >= oldest.seq && epoch === log.position.epoch) return { epoch, seq };
  }
  // A relay gets whole frames.
  return await frameStart(log, await log.tailStart(TAIL.points, TAIL.seconds));
}

/**
 * The line from a channel to one of its relays: first what the relay lacks, then each frame as it is taken. The relay numbers nothing, so
 * what it gets has no hole; where that cannot be, the feed ends, and the relay is fed anew.
 */
export class Feed {
  readonly #socket: FeedSocket;
  readonly #parts: FeedParts;
  #isLive = false;
  #isEnded = false;
  /** What was read up to here was sent. */
  #at: Cursor = { epoch: 0, seq: 0 };
  /** How many of the log's series it knows. */
  #knownSeries = 0;
  /** How many frames were rewritten since it was opened. */
  #rewritten = 0;

  constructor(socket: FeedSocket, parts: FeedParts) {
    this.#socket = socket;
    this.#parts = parts;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Whether it has everything, and gets each frame as it is taken. */
  get isLive(): boolean {
    return this.#isLive;
  }

  /** Tells what there is, then sends the frames that the relay lacks after this cursor, until it has everything. */
  async open(from: Cursor, rewrites: number, status: FeedStatus): Promise<void> {
    this.#at = from;
    const { position, series, scales, arrangement } = this.#parts.log();
    this.#knownSeries = series.length;
    this.send({
      type: "open",
      ...this.#at,
      rewrites,
      throughSeq: position.epoch === this.#at.epoch ? position.seq : this.#at.seq,
      series: [...series],
      scales: [...scales],
      arrangement,
      ...status,
    });
    await this.#fill();
  }

  /**
   * Frames were taken together.
   * @param message the same for all feeds
   * @param series of the log
   */
  taken(message: Uint8Array, series: readonly string[]): void {
    if (!this.#isLive) return;
    this.#tellSeries(series);
    this.#sendFrames(message);
  }

  /** One frame stands in the place of another. A feed that has not come so far reads it as it is now. */
  rewritten(message: Uint8Array): void {
    this.#rewritten++;
    this.#sendFrames(message);
  }

  /** What panels are made from has changed. Series keep the order in which they came. */
  tellLayout(message: Extract<FeedMessage, { type: "layout" }>, series: readonly string[]): void {
    this.#tellSeries(series);
    this.send(message);
  }

  /** The numbering began anew: there is nothing else to be sent. */
  resetEpoch(at: Cursor, isFirst: boolean): void {
    this.#at = at;
    this.#knownSeries = 0;
    this.send({ type: "epoch", isFirst, ...at });
    this.#isLive = true;
  }

  send(message: FeedMessage): void {
    this.#trySend(JSON.stringify(message));
  }

  end(code: number, reason: string): void {
    this.#isEnded = true;
    this.#isLive = false;
    closeQuietly(this.#socket, code, reason);
  }

  /** Its line was cut. */
  cut(): void {
    this.#isEnded = true;
    this.#isLive = false;
  }

  async #fill(): Promise<void> {
    const untilMs = this.#parts.nowMs() + MAX_FILL_MS;
    while (!this.#isEnded && !this.#isLive) {
      const log = this.#parts.log();
      const from = this.#at;
      if (from.epoch === log.position.epoch && from.seq === log.position.seq) {
        this.#isLive = true;
        return;
      }
      if (this.#socket.bufferedAmount > FILL_BOUNDS.bytes) {
        if (this.#parts.nowMs() > untilMs) return this.end(FeedEnd.restart, "Reads too slowly.");
        await this.#parts.pause(FILL_PAUSE_MS);
        continue;
      }
      const rewritten = this.#rewritten;
      const batch = await log.framesAfter(from, FILL_BOUNDS);
      const takings = batch && (await log.takings(from.seq, batch.seq));
      // The numbering began anew meanwhile, and the relay was told.
      if (this.#at !== from || this.#isLive || this.#isEnded) return;
      // It was told what is new, and would get the old form after it.
      if (rewritten !== this.#rewritten) continue;
      if (batch === undefined || takings === undefined || batch.after !== from.seq)
        return this.end(FeedEnd.restart, "What comes next is not kept any more.");
      this.#tellSeries(this.#parts.log().series);
      this.#sendBatch(batch.frames, takings);
      this.#at = { epoch: from.epoch, seq: batch.seq };
    }
  }

  #sendBatch(bytes: Uint8Array, takings: Awaited<ReturnType<FrameLog["takings"]>>): void {
    const frames = splitFrames(bytes);
    for (const { seq, atMs } of takings) {
      const count = frames.findIndex((frame) => readHeader(frame).seq > seq);
      const together = frames.splice(0, count < 0 ? frames.length : count);
      if (together.length > 0) this.#sendFrames(encodeFeedFrames({ kind: "taken", atMs, frames: concat(together) }));
    }
    // No log leaves a frame out of its takings.
    if (frames.length > 0) this.end(FeedEnd.restart, "Nobody knows when these frames were taken.");
  }

  #tellSeries(series: readonly string[]): void {
    if (series.length === this.#knownSeries) return;
    this.send({ type: "series", series: series.slice(this.#knownSeries) });
    this.#knownSeries = series.length;
  }

  #sendFrames(message: Uint8Array): void {
    if (this.#socket.bufferedAmount + message.byteLength > FEED_BUFFER_BYTES)
      return this.end(FeedEnd.restart, "Reads too slowly.");
    this.#trySend(message);
  }

  #trySend(data: string | Uint8Array): void {
    if (this.#isEnded) return;
    try {
      this.#socket.send(data);
    } catch {
      this.cut();
    }
  }
}

import type { Cursor } from "../../protocol/cursor.ts";

/**
 * A channel's frames, as its viewers need them: the hub knows this and nothing else of whoever numbers and stores. The log
 * of a channel in SQLite is one, a ring in memory another. What may have to be fetched is awaited; what a frame that comes
 * changes (`position`, `series`, `takenAtMs`, `takenEveryMs`) is in memory and read without waiting.
 *
 * **Nothing is lost or repeated between a stored frame and the first live one**, though {@link framesAfter} takes time and
 * frames come meanwhile, if both sides keep this order:
 * 1. The log moves `position` past a frame and hands that frame to the hub in one turn, with no `await` between. So whoever
 *    has everything up to `position` gets the rest by broadcast.
 * 2. A session that waits for {@link framesAfter} is behind: broadcasts pass it over. It asks for one batch at a time.
 * 3. When a batch has come, and in the same turn, the session is sent it and compared with `position` as that is now: it is
 *    live if the batch reaches `position`, else it asks for the next from `batch.seq`.
 * 4. The numbering may end while a session waits. The hub then places every session anew, and what a session had asked for
 *    before that is dropped, whether it is a batch or undefined.
 */
export interface FrameLog {
  /** The number of the last point taken, and its numbering: epoch 0 before the first publish. */
  readonly position: Cursor;
  /** The series seen in this numbering, in the order of their first points, as far as they are listed. */
  readonly series: readonly string[];
  /** Of each of these the scale that was decided once by its first points; null while it is not. */
  readonly scales: readonly (number | null)[];
  /** What the owner wants everybody to see, as the page's URLs have it; "" if nothing was stored. */
  readonly arrangement: string;
  /** When the newest frame was taken, by the channel's clock; null if there is none. */
  readonly takenAtMs: number | null;
  /** The usual pause between the last takings (VW12); null while it cannot be known. */
  readonly takenEveryMs: number | null;
  /**
   * Where a viewer begins that wants at least the last `points`, and the last `seconds`, whichever reaches further: within
   * what can be had, and `MAX_TAIL_BYTES`.
   */
  tailStart(points: number, seconds: number): Promise<Cursor>;
  /**
   * Whole frames that hold the points after a cursor, the oldest first: at least one if there is any, else as many as fit.
   * They never reach beyond `position` as it is when they have come, or what the hub is handed next would be a repeat.
   * @returns undefined if the cursor's numbering is not the log's any more, or reaches beyond its position
   */
  framesAfter(cursor: Cursor, bounds: BatchBounds): Promise<FrameBatch | undefined>;
  /**
   * The newest whole frames that hold points up to a number, the oldest first, bounded in the same way.
   * @returns them, and the number that they begin after; no frames: nothing is kept up to there
   */
  framesBefore(seq: number, bounds: BatchBounds): Promise<{ frames: Uint8Array; after: number }>;
  /**
   * What was taken when, of the points numbered above `after` up to `through`: as far as it is kept, in order. Frames that were
   * taken together are one; two that were not have different times.
   */
  takings(after: number, through: number): Promise<readonly Taken[]>;
  /** The number after which begins what is kept and was taken at a time, or later. */
  takenSince(ms: number): Promise<number>;
}

/** The points numbered above `after`, up to `seq`, were taken at this time of the channel's. */
export interface Taken {
  after: number;
  seq: number;
  atMs: number;
}

/** What one batch may have. A frame that alone has more comes alone. */
export interface BatchBounds {
  bytes: number;
  /** Values to decode, those of x and missing ones counted too. */
  values: number;
}

/** Stored frames, all of one moment of the log. */
export interface FrameBatch {
  /** Whole frames, one after the other; none if the cursor is at the log's position. */
  frames: Uint8Array;
  /**
   * The points numbered above this, up to `seq`, are in the frames. It is the cursor's number, or a larger one: what is
   * between cannot be had any more. (A cursor inside a frame brings the whole frame.)
   */
  after: number;
  /** The number of the last point in the frames: where to go on. */
  seq: number;
  /**
   * If `after` is beyond the cursor: how many points were told as lost, before points numbered above the cursor, in frames that
   * cannot be had any more; null if nobody can know. Else 0.
   */
  lostInTrimmed: number | null;
}

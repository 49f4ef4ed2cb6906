import type { SliceBounds } from "./slice.ts";

/** The limits of reads of the store. SPEC.md, "Reading", lists them too. */

/**
 * One slice of a read of the store: so many bytes, points and values at most, or one frame, after looking at so many frames. A
 * slice is what the Channel does at once, and what a reader that does not read keeps in memory.
 */
export const READ_SLICE = {
  bytes: 128 * 1024,
  points: 16_384,
  /** Those of so many points of one series. Frames that were stored before FR8 may have thousands of missing ones in 16 bytes. */
  values: 32_768,
  rows: 1024,
} as const satisfies SliceBounds;
/**
 * A read of a channel waits so long for each read of it before it asks for the next slice. A slice takes about a millisecond,
 * so all of them together take half of the channel's time, from however many isolates of the Worker they come.
 */
export const SLICE_PAUSE_MS = 2;
/** Reads of one channel at once; and of one address, in a channel and in all. */
export const MAX_READS = 32;
export const MAX_READS_PER_ADDRESS = 16;
/** Reads of all channels that one isolate of the Worker serves at once. */
export const MAX_READS_IN_WORKER = 256;
/** A read of which nothing is taken for so long is ended, and so is one that has lasted so long. */
export const MAX_READ_PAUSE_MS = 60_000;
export const MAX_READ_MS = 15 * 60_000;
/** So long may a read look for the next point of its answer. */
export const MAX_SEARCH_MS = 30_000;
/** One step in which a viewer catches up, beside `CATCH_UP_BYTES`. */
export const CATCH_UP = { points: 131_072, values: 262_144, rows: 1024 } as const satisfies Omit<SliceBounds, "bytes">;

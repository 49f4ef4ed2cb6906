/** What libzmq may hold before all connections of the process are ended (SPEC.md, BR36). */
export const MAX_NATIVE_BYTES = 2 * 1024 * 1024 * 1024;
/** Freed memory goes back to the system only after a while, and not all of it. */
const SETTLE_MS = 5000;

/** Memory of the process outside of what JavaScript has: most of what can grow there is libzmq's. */
export function nativeBytes({ rss, heapTotal, external }: NodeJS.MemoryUsage = process.memoryUsage()): number {
  return rss - heapTotal - external;
}

/**
 * Watches over memory that nothing else bounds: libzmq counts the messages that wait, but not the parts of one that has no
 * end yet. Pure: it is told what there is and when.
 */
export class NativeMemory {
  readonly #maxBytes: number;
  /** What the system had not got back after the last time: it is used again before more is taken. */
  #floorBytes = 0;
  #settlesAtMs = Number.NEGATIVE_INFINITY;

  constructor(maxBytes = MAX_NATIVE_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** To be called about once a second. @returns whether connections must be ended */
  isTooMuch(bytes: number, nowMs: number): boolean {
    if (nowMs < this.#settlesAtMs) {
      this.#floorBytes = bytes;
      return false;
    }
    this.#floorBytes = Math.min(this.#floorBytes, bytes);
    if (bytes - this.#floorBytes <= this.#maxBytes) return false;
    this.#settlesAtMs = nowMs + SETTLE_MS;
    return true;
  }
}

import { totalmem } from "node:os";

const MIB = 1024 * 1024;
const MOST_BYTES = 2048 * MIB;
/** Less is soon reached without any fault. */
const LEAST_BYTES = 256 * MIB;
/** Freed memory goes back to the system only after a while, and not all of it. */
const SETTLE_MS = 5000;

/**
 * What libzmq may hold before all connections of the process are ended (SPEC.md, BR36): a third of the memory that there
 * is. The rest is for JavaScript, for what comes within the second between two looks, and for others.
 */
export function maxNativeBytes(memoryBytes = memoryOf(process.constrainedMemory(), totalmem())): number {
  return Math.min(MOST_BYTES, Math.max(LEAST_BYTES, Math.floor(memoryBytes / 3)));
}

/** @param constrained what the control group may have (a unit's MemoryMax=); 0 or more than the machine has: no bound */
export function memoryOf(constrained: number, machine: number): number {
  return constrained > 0 ? Math.min(constrained, machine) : machine;
}

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

  constructor(maxBytes = maxNativeBytes()) {
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

/** What may wait for all viewers of a hub together. Objects of one class may share the 128 MB of an isolate. */
export const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** Adding it up asks each socket: so it is not done with every frame. */
const ADD_UP_EVERY_MS = 100;

/**
 * What waits for all viewers of a hub together, unread. Each viewer has a bound of its own; where these together are too much, only those
 * get more for whom nothing waits, and who is behind waits until others have read or are gone.
 */
export class WaitingBytes {
  /** How often it was found to be too much. */
  overflows = 0;
  #total = 0;
  #addedUpAtMs = Number.NEGATIVE_INFINITY;

  /** As far as it was added up. */
  get total(): number {
    return this.#total;
  }

  get isTooMuch(): boolean {
    return this.#total >= MAX_WAITING_BYTES;
  }

  /** Adds it up, if that was not done just now. */
  look(sessions: Iterable<{ readonly waitingBytes: number }>, nowMs: number): void {
    if (nowMs - this.#addedUpAtMs < ADD_UP_EVERY_MS && nowMs >= this.#addedUpAtMs) return;
    this.#addedUpAtMs = nowMs;
    this.#total = 0;
    for (const { waitingBytes } of sessions) this.#total += waitingBytes;
    if (this.isTooMuch) this.overflows++;
  }
}

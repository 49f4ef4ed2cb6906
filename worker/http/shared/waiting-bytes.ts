/** Of all shared connections of an isolate, which has 128 MB for everything. Beyond, less may wait for each. */
const MAX_WAITING_IN_ISOLATE_BYTES = 32 * 1024 * 1024;
const WAITING_BYTES_WHEN_FULL = 16 * 1024;
const LOOK_AGAIN_MS = 1_000;

/** One connection. */
interface Owner {
  /** What waits for its client now. */
  readonly waitingBytes: number;
}

/** What waits for the clients of an isolate to read. */
export class WaitingBytes {
  readonly #noted = new Map<Owner, number>();
  #sum = 0;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  note(owner: Owner, bytes: number): void {
    this.#sum += bytes - (this.#noted.get(owner) ?? 0);
    this.#noted.set(owner, bytes);
  }

  forget(owner: Owner): void {
    this.#sum -= this.#noted.get(owner) ?? 0;
    this.#noted.delete(owner);
  }

  /** How much may wait for one. @param bytes where there is room */
  mostFor(bytes: number, nowMs: number): number {
    if (this.#sum < MAX_WAITING_IN_ISOLATE_BYTES) return bytes;
    // What was noted of those that nothing was sent to since may have been read.
    if (Math.abs(nowMs - this.#lookedAtMs) >= LOOK_AGAIN_MS) {
      this.#lookedAtMs = nowMs;
      for (const owner of this.#noted.keys()) this.note(owner, owner.waitingBytes);
    }
    return this.#sum < MAX_WAITING_IN_ISOLATE_BYTES ? bytes : WAITING_BYTES_WHEN_FULL;
  }
}

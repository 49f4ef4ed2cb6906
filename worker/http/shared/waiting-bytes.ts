/** Of all shared connections of an isolate, which has 128 MB for everything. Beyond, less may wait for each. */
const MAX_WAITING_IN_ISOLATE_BYTES = 32 * 1024 * 1024;
const WAITING_BYTES_WHEN_FULL = 16 * 1024;

/** What waits for the clients of an isolate to read, as far as was noted. */
export class WaitingBytes {
  readonly #ofEach = new Map<object, number>();
  #sum = 0;

  note(owner: object, bytes: number): void {
    this.#sum += bytes - (this.#ofEach.get(owner) ?? 0);
    this.#ofEach.set(owner, bytes);
  }

  forget(owner: object): void {
    this.#sum -= this.#ofEach.get(owner) ?? 0;
    this.#ofEach.delete(owner);
  }

  /** How much may wait for one. @param bytes where there is room */
  mostFor(bytes: number): number {
    return this.#sum < MAX_WAITING_IN_ISOLATE_BYTES ? bytes : WAITING_BYTES_WHEN_FULL;
  }
}

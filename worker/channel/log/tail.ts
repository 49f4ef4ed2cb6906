/** The part of the stored frames that is used: columns of those after a number, oldest first. */
interface FrameRows {
  scan(columns: string, after: number): Iterable<Record<string, unknown>>;
}

/**
 * Where the newest bytes of a store begin, so many at most. Viewers that join ask for it, and anybody may join: so each
 * frame is looked at once, however often it is asked for.
 */
export class NewestBytes {
  readonly #frames: FrameRows;
  readonly #maxBytes: number;
  #after = 0;
  #bytes: number;

  /** @param bytes of all frames that are stored */
  constructor(frames: FrameRows, maxBytes: number, bytes: number) {
    this.#frames = frames;
    this.#maxBytes = maxBytes;
    this.#bytes = bytes;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
  }

  /**
   * The number after which they begin.
   * @param keptAfter every point after this number is in the store
   * @param bytes of all frames that are stored
   */
  start(keptAfter: number, bytes: number): number {
    if (this.#after < keptAfter) {
      // Some of what was counted is gone.
      this.#after = keptAfter;
      this.#bytes = bytes;
    }
    if (this.#bytes <= this.#maxBytes) return this.#after;
    for (const row of this.#frames.scan("LENGTH(frame) AS bytes", this.#after)) {
      this.#bytes -= Number(row.bytes);
      this.#after = Number(row.seq);
      if (this.#bytes <= this.#maxBytes) break;
    }
    return this.#after;
  }
}

/** What libzmq may hold for one publisher, near enough, while this process is busy. */
const MAX_WAITING_BYTES = 512 * 1024 * 1024;
/** And for all of a socket together. */
const MAX_WAITING_BYTES_OF_ALL = 3 * MAX_WAITING_BYTES;
/** A message that is twice as large as usual, and larger than this, is no chance among small ones. */
const SUDDEN_BYTES = 64 * 1024;
/** For each frame, however short it is: what libzmq and this process keep for it beside its bytes. */
const FRAME_BYTES = 256;
/** What a second adds to what is known of messages' size. */
const FORGET = 0.9;

/**
 * The high-water mark that bounds bytes: libzmq's own counts messages, and 100,000 of 100 MB would be 10 TB. It is
 * brought down, by powers of two, where messages are so large that it has to be, and up again after them.
 */
export class HighWater {
  readonly #most: number;
  #usualBytes = 0;
  #messages = 0;
  #bytes = 0;

  /** @param most the mark for messages that are small */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * To be called for each message.
   * @returns whether it is so much larger than what came before that {@link mark} cannot wait
   */
  heard(frames: readonly Buffer[]): boolean {
    let bytes = frames.length * FRAME_BYTES;
    for (const frame of frames) bytes += frame.length;
    this.#messages++;
    this.#bytes += bytes;
    return bytes > SUDDEN_BYTES && bytes > 2 * this.#usualBytes;
  }

  /**
   * To be called about once a second.
   * @param publishers how many are connected: the mark holds for each
   * @returns messages
   */
  mark(publishers = 1): number {
    if (this.#messages > 0) {
      this.#usualBytes = Math.max(this.#bytes / this.#messages, this.#usualBytes * FORGET);
      this.#messages = 0;
      this.#bytes = 0;
    }
    const budget = Math.min(MAX_WAITING_BYTES, MAX_WAITING_BYTES_OF_ALL / Math.max(1, publishers));
    const fitting = budget / Math.max(1, this.#usualBytes);
    if (fitting >= this.#most) return this.#most;
    return Math.max(1, 2 ** Math.floor(Math.log2(fitting)));
  }
}

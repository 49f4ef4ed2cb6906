const NEWLINE = 10;
const FIRST_ROOM = 4_096;

/** What has come of a stream of lines and is not taken yet. Pieces of one byte are added as fast as large ones. */
export class LineBuffer {
  #bytes = new Uint8Array(FIRST_ROOM);
  #length = 0;
  /** Behind the last line end. */
  #linesEnd = 0;

  get length(): number {
    return this.#length;
  }

  /** Of the line that is not whole yet. */
  get openBytes(): number {
    return this.#length - this.#linesEnd;
  }

  get hasLines(): boolean {
    return this.#linesEnd > 0;
  }

  add(piece: Uint8Array): void {
    const length = this.#length + piece.byteLength;
    if (length > this.#bytes.byteLength) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#bytes.byteLength));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    const end = piece.lastIndexOf(NEWLINE);
    if (end >= 0) this.#linesEnd = this.#length + end + 1;
    this.#length = length;
  }

  /** Takes whole lines, at least one, and as many as have so many bytes; none if there is none. */
  takeLines(maxBytes: number): Uint8Array {
    if (this.#linesEnd <= maxBytes) return this.#take(this.#linesEnd);
    const lines = this.#bytes.subarray(0, this.#linesEnd);
    return this.#take(lines.lastIndexOf(NEWLINE, maxBytes - 1) + 1 || lines.indexOf(NEWLINE) + 1);
  }

  /** Takes what is left, with a line that has no end. */
  takeRest(): Uint8Array {
    return this.#take(this.#length);
  }

  #take(bytes: number): Uint8Array {
    const taken = this.#bytes.slice(0, bytes);
    this.#bytes.copyWithin(0, bytes, this.#length);
    this.#length -= bytes;
    this.#linesEnd = Math.max(0, this.#linesEnd - bytes);
    // What one long line needed is not kept for short ones.
    if (this.#length === 0) this.#bytes = new Uint8Array(FIRST_ROOM);
    return taken;
  }
}

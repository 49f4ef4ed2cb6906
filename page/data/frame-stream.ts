import { FrameError, HEADER_BYTES, readHeader } from "../../protocol/frame/header.ts";

/** Whole frames out of bytes that come in pieces, wherever these were cut. */
export class FrameStream {
  #rest = new Uint8Array();

  /** True unless a frame has begun and not ended. */
  get isWhole(): boolean {
    return this.#rest.length === 0;
  }

  /**
   * The frames that end in this piece.
   * @throws FrameError if these are no frames
   */
  take(piece: Uint8Array): Uint8Array[] {
    const bytes = new Uint8Array(this.#rest.length + piece.length);
    bytes.set(this.#rest);
    bytes.set(piece, this.#rest.length);
    const frames: Uint8Array[] = [];
    let end = 0;
    try {
      while (end < bytes.length) {
        const next = end + HEADER_BYTES + readHeader(bytes, end).bodyBytes;
        frames.push(bytes.subarray(end, next));
        end = next;
      }
    } catch (error) {
      if (!(error instanceof FrameError && error.code === "frame-truncated")) throw error;
    }
    this.#rest = bytes.slice(end);
    return frames;
  }
}

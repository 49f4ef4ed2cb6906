import { FrameError, HEADER_BYTES, readHeader, splitFrames } from "../../protocol/header.ts";

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
    const end = endOfFrames(bytes);
    this.#rest = bytes.slice(end);
    return splitFrames(bytes.subarray(0, end));
  }
}

function endOfFrames(bytes: Uint8Array): number {
  let end = 0;
  try {
    while (end < bytes.length) end += HEADER_BYTES + readHeader(bytes, end).bodyBytes;
  } catch (error) {
    if (!(error instanceof FrameError && error.code === "frame-truncated")) throw error;
  }
  return end;
}

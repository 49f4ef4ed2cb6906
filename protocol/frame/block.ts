import { type Column, type Encoding, readColumn } from "./columns.ts";
import { FrameError, viewOf } from "./header.ts";

/**
 * What the blocks of a body are. A table is points; a gap says that points before the next table are lost; labels say how
 * a series is drawn, and what its values are called.
 */
export const BlockKind = { table: 1, gap: 2, labels: 3 } as const;
/** The least that each kind has, by its number. */
const SMALLEST_BYTES = [0, 16, 40, 16];

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** One block of a body, with every access inside its bounds. */
export class BlockReader {
  readonly kind: number;
  readonly length: number;
  readonly view: DataView;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, offset: number) {
    const rest = bytes.byteLength - offset;
    const head = new DataView(bytes.buffer, bytes.byteOffset + offset, rest);
    this.kind = head.getUint16(0, true);
    this.length = head.getUint32(4, true);
    const smallest = SMALLEST_BYTES[this.kind];
    if (!smallest) {
      throw new FrameError("frame-column", `There is no block of kind ${this.kind} in this version of the frame.`);
    }
    if (this.length % 8 !== 0 || this.length < smallest || this.length > rest) {
      throw new FrameError("frame-length", `A block's length of ${this.length} does not fit the body.`);
    }
    this.#bytes = bytes.subarray(offset, offset + this.length);
    this.view = viewOf(this.#bytes);
  }

  text(offset: number, length: number): string {
    if (offset + length > this.length)
      throw new FrameError("frame-length", "A name reaches past the end of its block.");
    try {
      return decoder.decode(this.#bytes.subarray(offset, offset + length));
    } catch {
      throw new FrameError("frame-column", "A name is not UTF-8.");
    }
  }

  column(offset: number, encoding: Encoding, rows: number): Column {
    if (offset % 8 !== 0) throw new FrameError("frame-column", "A column's data must begin at a multiple of 8 bytes.");
    return readColumn(this.#bytes, offset, encoding, rows);
  }
}

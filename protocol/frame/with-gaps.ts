import { concat } from "../bytes.ts";
import { MAX_FRAME_BYTES } from "../limits.ts";
import type { Gap } from "./frame.ts";
import { gapBlock } from "./frame-builder.ts";
import { HEADER_BYTES, readHeader, splitFrames, writeHeader } from "./header.ts";

/**
 * Frames, the first that has room with these gaps before everything that it has: for who gets nothing but frames, of which a hole
 * says nothing.
 * @returns undefined if none has room
 */
export function withGaps(
  frames: Uint8Array,
  gaps: readonly Pick<Gap, "reason" | "points" | "series">[],
): Uint8Array | undefined {
  const blocks = concat(gaps.map((gap) => gapBlock({ kind: "gap", fromX: null, toX: null, ...gap })));
  const all = splitFrames(frames);
  const index = all.findIndex(({ byteLength }) => byteLength + blocks.byteLength <= MAX_FRAME_BYTES);
  const frame = all[index];
  if (frame === undefined) return undefined;
  const header = readHeader(frame);
  const longer = concat([frame.subarray(0, HEADER_BYTES), blocks, frame.subarray(HEADER_BYTES)]);
  writeHeader(longer, { ...header, bodyBytes: header.bodyBytes + blocks.byteLength });
  return concat(all.toSpliced(index, 1, longer));
}

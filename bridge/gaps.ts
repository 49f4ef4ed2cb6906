import { gapBlock } from "../worker/protocol/builder.ts";
import type { Gap } from "../worker/protocol/frame.ts";
import { HEADER_BYTES, readHeader, viewOf } from "../worker/protocol/header.ts";

/** Why the bridge lost points, as viewers are told (SPEC.md, "Viewers", gap reasons). */
export type LossReason = "bridge-full" | "frame-refused";

export interface Loss extends Gap {
  reason: LossReason;
  points: number;
  fromX: number;
  toX: number;
}

/** What {@link withGaps} adds to a frame at most: one gap for each reason, 56 bytes each. */
export const GAPS_BYTES = 112;

/** What is lost when this frame is. */
export function lossOf(frame: Uint8Array, reason: LossReason): Loss {
  const { points, minX, maxX } = readHeader(frame);
  return { kind: "gap", reason, points, fromX: minX, toX: maxX, series: "" };
}

/** Several losses as one of each reason: no point that was lost is forgotten. */
export function mergeLosses(losses: readonly Loss[]): Loss[] {
  const merged = new Map<LossReason, Loss>();
  for (const loss of losses) {
    const before = merged.get(loss.reason);
    merged.set(
      loss.reason,
      before === undefined
        ? loss
        : {
            ...loss,
            points: before.points + loss.points,
            fromX: Math.min(before.fromX, loss.fromX),
            toX: Math.max(before.toX, loss.toX),
          },
    );
  }
  return [...merged.values()];
}

/** The frame with these gaps before its points; only for a frame that no Channel can have taken yet. */
export function withGaps(frame: Uint8Array, losses: readonly Loss[]): Uint8Array {
  if (losses.length === 0) return frame;
  const blocks = losses.map(gapBlock);
  const gapBytes = blocks.reduce((sum, block) => sum + block.length, 0);
  const bytes = new Uint8Array(frame.length + gapBytes);
  bytes.set(frame.subarray(0, HEADER_BYTES));
  let offset = HEADER_BYTES;
  for (const block of blocks) {
    bytes.set(block, offset);
    offset += block.length;
  }
  bytes.set(frame.subarray(HEADER_BYTES), offset);
  viewOf(bytes).setUint32(44, bytes.length - HEADER_BYTES, true);
  return bytes;
}

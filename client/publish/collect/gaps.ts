import { type Gap, gapsOf } from "../../../protocol/frame/frame.ts";
import { gapBlock } from "../../../protocol/frame/frame-builder.ts";
import { HEADER_BYTES, readHeader, viewOf } from "../../../protocol/frame/header.ts";

/** Why a frame was lost before it was delivered, as viewers are told (SPEC.md, "Viewers", gap reasons). */
export type FrameLossReason = "bridge-full" | "publisher-full" | "frame-refused" | "spool-damaged";

/** What a gap in a frame of ours may say: how many points are missing, or that nobody knows. */
const WITH_POINTS = [
  "bridge-full",
  "publisher-full",
  "frame-refused",
  "spool-damaged",
  "publisher-dropped",
  "too-many-series",
] as const;
const WITHOUT_POINTS = [
  "spool-damaged",
  "bridge-restarted",
  "publisher-dropped",
  "publisher-restarted",
  "publisher-reconnected",
] as const;
export type PublisherGapReason = (typeof WITH_POINTS)[number] | (typeof WITHOUT_POINTS)[number];

/** Points that are missing before those that follow. */
export interface PublisherGap extends Gap {
  reason: PublisherGapReason;
}

/** What {@link withGaps} adds to a frame at most: each of these once. */
export const GAPS_BYTES = [
  ...WITH_POINTS.map((reason) => gapOf(reason, 0)),
  ...WITHOUT_POINTS.map((reason) => gapOf(reason, null)),
]
  .map((gap) => gapBlock(gap).length)
  .reduce((sum, bytes) => sum + bytes, 0);

/** A gap of all series whose x nobody knows. */
export function gapOf(reason: PublisherGapReason, points: number | null): PublisherGap {
  return { kind: "gap", reason, points, fromX: null, toX: null, series: "" };
}

/** What is lost when this frame is: its points, and what it would have told as lost. */
export function lossesOf(frame: Uint8Array, reason: FrameLossReason): PublisherGap[] {
  const { points, minX, maxX } = readHeader(frame);
  return [...gapsIn(frame), { ...gapOf(reason, points), fromX: minX, toX: maxX }].map(withFiniteBounds);
}

/** A frame may be refused for an x that is not finite. Its loss would be refused too, with every frame that tells it. */
function withFiniteBounds(loss: PublisherGap): PublisherGap {
  return { ...loss, fromX: finiteOrNull(loss.fromX), toX: finiteOrNull(loss.toX) };
}

function finiteOrNull(x: number | null): number | null {
  return x !== null && Number.isFinite(x) ? x : null;
}

/** The gaps of our own that stand among the points of a frame. */
export function gapsIn(frame: Uint8Array): PublisherGap[] {
  return gapsOf(frame).filter(isPublisherGap);
}

export function isPublisherGap(gap: Pick<Gap, "reason">): gap is PublisherGap {
  return [...WITH_POINTS, ...WITHOUT_POINTS].some((reason) => reason === gap.reason);
}

/** Several losses as one of each reason and series: no point that was lost is forgotten, and no exact number blurred. */
export function mergeLosses(losses: readonly PublisherGap[]): PublisherGap[] {
  const merged = new Map<string, PublisherGap>();
  for (const loss of losses) {
    const key = `${loss.reason} ${loss.points === null} ${loss.series}`;
    const before = merged.get(key);
    merged.set(key, before === undefined ? loss : joined(before, loss));
  }
  return [...merged.values()];
}

/** The same without their series: {@link GAPS_BYTES} then hold them all. */
export function mergeAllSeries(losses: readonly PublisherGap[]): PublisherGap[] {
  return mergeLosses(losses.map((loss) => (loss.series === "" ? loss : { ...loss, series: "" })));
}

function joined(a: PublisherGap, b: PublisherGap): PublisherGap {
  return {
    ...b,
    points: sumOf(a.points, b.points),
    fromX: a.fromX === null || b.fromX === null ? null : Math.min(a.fromX, b.fromX),
    toX: a.toX === null || b.toX === null ? null : Math.max(a.toX, b.toX),
  };
}

/** null: nobody can know, or it is more than can be counted exactly. */
function sumOf(a: number | null, b: number | null): number | null {
  const sum = a === null || b === null ? null : a + b;
  return Number.isSafeInteger(sum) ? sum : null;
}

/** The frame with these gaps before its points; only for a frame that no Channel can have taken yet. */
export function withGaps(frame: Uint8Array, losses: readonly PublisherGap[]): Uint8Array {
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

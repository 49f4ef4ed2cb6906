import { concat } from "../../../protocol/bytes.ts";
import { readHeader } from "../../../protocol/frame/header.ts";
import { lostBefore } from "../../hub/log/losses.ts";
import type { Links } from "./publisher-index.ts";
import type { Segment } from "./segment.ts";

/** SQLite stores 2 MB in a row at most, and a frame has 128 KiB: so a publish has one segment, or one for each MiB. */
const MAX_SEGMENT_BYTES = 1024 * 1024;

/** What does not depend on what else is stored. */
export type NewSegment = Omit<Segment, "keptAfter" | "keptBytes" | "checkpointSeq">;

/**
 * The frames of one publish as segments.
 * @param frames of one publisher, numbered, one after the other
 * @param links of the first segment
 * @param totalBytes of all segments before
 */
export function segmentsOf(
  frames: readonly Uint8Array[],
  takenAtMs: number,
  links: Links,
  totalBytes: number,
): NewSegment[] {
  const segments: NewSegment[] = [];
  for (const group of groupsOf(frames)) {
    const headers = group.map((frame) => readHeader(frame));
    const [first, last] = [headers[0], headers.at(-1)];
    if (first === undefined || last === undefined) continue;
    const before = segments.at(-1);
    const body = concat(group);
    segments.push({
      seq: last.seq,
      afterSeq: first.seq - first.points,
      takenAtMs,
      minX: Math.min(...headers.map(({ minX }) => minX)),
      maxX: Math.max(...headers.map(({ maxX }) => maxX)),
      frames: group.length,
      bytes: body.byteLength,
      totalBytes: (before?.totalBytes ?? totalBytes) + body.byteLength,
      publisher: first.publisher,
      firstPublisherSeq: first.publisherSeq,
      publisherSeq: last.publisherSeq,
      ...(before === undefined ? links : { previousSeq: before.seq, jumpSeq: before.seq, depth: before.depth + 1 }),
      tellsLoss: group.some((frame) => lostBefore(frame) !== 0),
      body,
    });
  }
  return segments;
}

/** The frames, as many together as a segment has room for. */
function groupsOf(frames: readonly Uint8Array[]): Uint8Array[][] {
  const groups: Uint8Array[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const frame of frames) {
    bytes += frame.byteLength;
    if (bytes > MAX_SEGMENT_BYTES) {
      groups.push([]);
      bytes = frame.byteLength;
    }
    groups.at(-1)?.push(frame);
  }
  return groups;
}

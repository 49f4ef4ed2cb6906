import { MAX_GAP_REASON_BYTES } from "../limits.ts";
import { isSeriesName } from "../names.ts";
import { columnBytes, Encoding, isEncoding, padTo8 } from "./columns.ts";
import { BlockKind, decodeFrame, type Frame, type Gap } from "./frame.ts";
import { FrameError, HEADER_BYTES, viewOf } from "./header.ts";

/** A table's block header, and each column's descriptor. */
const ENTRY_BYTES = 16;
/** Where a gap's texts begin, and the reserved bytes before them. */
const GAP_HEAD_BYTES = 40;
const GAP_RESERVED_AT = 34;
/** Where the values of a labels block begin; each has 8 bytes, and 2 for the length of its text. */
const LABELS_HEAD_BYTES = 16;

/**
 * Decodes a frame that is to be published, and checks what {@link decodeFrame} passes over because readers do not need
 * it: that nothing stands anywhere but where SPEC.md puts it. So each byte of an accepted frame has one meaning, and no
 * frame carries bytes that nobody looks at.
 *
 * @param bytes one frame
 * @throws FrameError with the code of SPEC.md if anything does not add up
 */
export function checkFrame(bytes: Uint8Array): Frame {
  const frame = decodeFrame(bytes);
  for (const block of frame.blocks) if (block.kind === "gap") checkGap(block);
  const view = viewOf(bytes);
  for (let at = HEADER_BYTES; at < bytes.byteLength; at += view.getUint32(at + 4, true)) {
    checkBlock(bytes.subarray(at, at + view.getUint32(at + 4, true)));
  }
  return frame;
}

/** One block, whose lengths and counts are checked already. */
function checkBlock(block: Uint8Array): void {
  const view = viewOf(block);
  switch (view.getUint16(0, true)) {
    case BlockKind.table:
      return checkTable(block, view);
    case BlockKind.gap:
      checkZeros(block, GAP_RESERVED_AT, GAP_HEAD_BYTES);
      return checkEnd(block, GAP_HEAD_BYTES + view.getUint16(2, true) + view.getUint16(32, true));
    case BlockKind.labels:
      return checkEnd(block, labelsEnd(view));
  }
}

/** Names follow the descriptors in their order, without a space between; the data follows the names, x first. */
function checkTable(block: Uint8Array, view: DataView): void {
  const entries = 1 + view.getUint16(2, true);
  const rows = view.getUint32(8, true);
  let nameAt = ENTRY_BYTES * (1 + entries);
  for (let entry = ENTRY_BYTES; entry <= ENTRY_BYTES * entries; entry += ENTRY_BYTES) {
    if (view.getUint32(entry + 4, true) !== nameAt) {
      throw new FrameError("frame-layout", "Names stand behind the descriptors, in their order, one after the other.");
    }
    nameAt += view.getUint16(entry + 2, true);
  }
  let dataAt = padTo8(nameAt);
  checkZeros(block, nameAt, dataAt);
  for (let entry = ENTRY_BYTES; entry <= ENTRY_BYTES * entries; entry += ENTRY_BYTES) {
    if (view.getUint32(entry + 8, true) !== dataAt) {
      throw new FrameError(
        "frame-layout",
        "Data stands behind the names, in the order of the descriptors, each padded.",
      );
    }
    const encoding = view.getUint8(entry);
    if (encoding === Encoding.regular) checkRegular(view, dataAt);
    const end = dataAt + (isEncoding(encoding) ? columnBytes(encoding, rows) : 0);
    dataAt = padTo8(end);
    checkZeros(block, end, dataAt);
  }
  if (dataAt !== block.byteLength)
    throw new FrameError("frame-layout", "There are bytes behind a table's last column.");
}

/**
 * Start and step are finite: then each row of the column is a point, or an infinite y that is refused. Otherwise 16 bytes would be
 * thousands of missing values, which cost as much as points and are counted nowhere.
 */
function checkRegular(view: DataView, dataAt: number): void {
  if (Number.isFinite(view.getFloat64(dataAt, true)) && Number.isFinite(view.getFloat64(dataAt + 8, true))) return;
  throw new FrameError(
    "frame-column",
    "The start and the step of a column are finite. Write a column that has missing values as float32 or float64.",
  );
}

function labelsEnd(view: DataView): number {
  const labels = view.getUint16(10, true);
  const lengthsAt = LABELS_HEAD_BYTES + 8 * labels;
  let end = lengthsAt + 2 * labels + view.getUint16(2, true);
  for (let i = 0; i < labels; i++) end += view.getUint16(lengthsAt + 2 * i, true);
  return end;
}

function checkGap({ reason, series, fromX, toX }: Gap): void {
  if (reason.length > MAX_GAP_REASON_BYTES || !/^[a-z0-9-]+$/.test(reason)) {
    throw new FrameError(
      "frame-column",
      `A gap's reason is a code of 1 to ${MAX_GAP_REASON_BYTES} of the characters a to z, 0 to 9 and "-".`,
    );
  }
  if (series !== "" && !isSeriesName(series)) {
    throw new FrameError("frame-column", "A gap's series is a series' name, or nothing for all of the publisher's.");
  }
  if (!isFiniteOrUnknown(fromX) || !isFiniteOrUnknown(toX)) {
    throw new FrameError("frame-column", "A gap's x is finite, or NaN where it is not known.");
  }
}

function isFiniteOrUnknown(x: number | null): boolean {
  return x === null || Number.isFinite(x);
}

/** What a block holds ends here: zeros up to a multiple of 8 follow, and nothing else. */
function checkEnd(block: Uint8Array, end: number): void {
  if (block.byteLength !== padTo8(end)) throw new FrameError("frame-layout", "A block is longer than what is in it.");
  checkZeros(block, end, block.byteLength);
}

function checkZeros(block: Uint8Array, from: number, to: number): void {
  for (let at = from; at < to; at++) {
    if (block[at] !== 0) throw new FrameError("frame-layout", "A byte that pads or is reserved is not 0.");
  }
}

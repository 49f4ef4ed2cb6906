import { decodeFrame, type Frame, type Gap } from "../../../protocol/frame/frame.ts";
import { FrameBuilder, type Row } from "../../../protocol/frame/frame-builder.ts";
import {
  ANONYMOUS,
  FrameError,
  type FrameFault,
  HEADER_BYTES,
  MAGIC,
  readHeader,
} from "../../../protocol/frame/header.ts";
import { FRAME_TYPE, MAX_FRAME_BYTES } from "../../../protocol/limits.ts";
import type { GapRecord } from "../../data/store/gap-log.ts";
import { yieldToPage } from "../../data/yield.ts";
import { gapsOf } from "../gaps/gap-spans.ts";
import { inOrder } from "./merge-series.ts";
import { MAX_VIEW_BYTES } from "./snapshot-view.ts";
import { copyWindow, partsAround, type SeriesData, type WindowData } from "./window-data.ts";

/** Of each frame, what gaps may take: one always fits, and so do points. */
const MAX_GAP_BYTES = MAX_FRAME_BYTES / 4;
/** Unpacked, a frame may be a thousand times larger than in the file. This is four times what the page holds: 128 MiB. */
const MAX_VALUES = 16 * 1024 * 1024;
/** These values, the frames around them, and names. */
export const MAX_SNAPSHOT_BYTES = 192 * 1024 * 1024;
const MAX_GAPS = 65_536;

/** Why a file cannot be opened, as a sentence for people. */
export class SnapshotError extends Error {
  override readonly name = "SnapshotError";
}

const NO_SNAPSHOT = "This is not a Plotcast snapshot.";
const SENTENCES: Partial<Record<FrameFault["code"], string>> = {
  "frame-version": "This snapshot was saved by another version of Plotcast.",
  "frame-truncated": "This snapshot is incomplete: its end is missing.",
};

/**
 * Every point in the window, and one at either side, where lines come in from, as frames of an anonymous publisher, one after the
 * other, as they could be published again. The gaps that reach into the window come as early as there is room for them.
 * @throws SnapshotError if there is no point in the window, or more than can be opened again
 */
export async function snapshotBlob(
  window: WindowData,
  gaps: readonly GapRecord[] = [],
  maxBytes = MAX_SNAPSHOT_BYTES - MAX_VIEW_BYTES,
): Promise<Blob> {
  const { series } = copyWindow(window, partsAround);
  const frames: Uint8Array<ArrayBuffer>[] = [];
  let builder = new FrameBuilder();
  let bytesLeft = maxBytes;
  const close = (): void => {
    if (builder.points > 0) {
      const frame = builder.encode(ANONYMOUS, frames.length + 1);
      bytesLeft -= frame.byteLength;
      if (bytesLeft < 0) throw new SnapshotError("There is too much data in view for a snapshot. Zoom in first.");
      frames.push(frame);
    }
    builder = new FrameBuilder();
  };
  const gapsLeft = gapsIn(window, gaps);
  for (const { series: index, x, y } of inOrder(series)) {
    // One name a row, so that each series has tables of its own: only there does a NaN say nothing but a break.
    const row = rowOf(x, y, series[index]);
    while (gapsLeft[0] !== undefined && builder.bytes < MAX_GAP_BYTES) {
      builder.addGap(gapsLeft[0]);
      gapsLeft.shift();
    }
    if (builder.add(row)) {
      if (gapsLeft.length > 0 && builder.points > 0) close();
      continue;
    }
    close();
    builder.add(row);
    await yieldToPage();
  }
  close();
  if (frames.length === 0) throw new SnapshotError("There is no data in view.");
  return new Blob(frames, { type: FRAME_TYPE });
}

function rowOf(x: number, y: number, series: SeriesData | undefined): Row {
  const { name = "", valueNames } = series ?? {};
  const row = { x, arrival: false, names: [name], values: [y] };
  if (valueNames === undefined) return row;
  const text = valueNames.textOf(y);
  return {
    ...row,
    marks: [{ series: name, style: valueNames.style, value: y, ...(text === undefined ? {} : { text }) }],
  };
}

/** Of each gap of a snapshot which series it broke, those of one publisher; none: it concerns all. */
export function brokenIn(window: WindowData, gaps: readonly GapRecord[]): (readonly string[])[] {
  const names = new Set(window.series.map(({ name }) => name));
  return locatedIn(window, gaps).map(({ broke }) => broke.filter((name) => names.has(name)));
}

function gapsIn(window: WindowData, gaps: readonly GapRecord[]): Gap[] {
  return locatedIn(window, gaps).map(({ broke: _, ...gap }) => gap);
}

/** One of several places reaches from the first to the last of them, so that its points are counted once. */
function locatedIn(
  { minX, maxX, series }: WindowData,
  gaps: readonly GapRecord[],
): (Gap & Pick<GapRecord, "broke"> & { fromX: number })[] {
  const found = gapsOf(
    gaps,
    series.map(({ name }) => name),
  );
  return found
    .flatMap(({ reason, points, series: name, spans, broke }) => {
      const within = spans.filter(({ fromX, toX }) => toX >= minX && fromX <= maxX);
      if (within.length === 0) return [];
      const fromX = Math.min(...within.map((span) => span.fromX));
      const toX = Math.max(...within.map((span) => span.toX));
      return [{ kind: "gap" as const, reason, points, series: name, fromX, toX, broke }];
    })
    .sort((a, b) => a.fromX - b.fromX);
}

/**
 * The frames of a snapshot, checked, with the page answering meanwhile. They are unpacked one by one, when they are asked
 * for: together they may be much larger than the file. Gaps come first: where lines break, the tables say by themselves.
 * @throws SnapshotError
 */
export async function readSnapshot(bytes: Uint8Array): Promise<Iterable<Frame>> {
  if (bytes.byteLength === 0) throw new SnapshotError("This file is empty.");
  if (!beginsAsSnapshot(bytes)) throw new SnapshotError(NO_SNAPSHOT);
  const gaps: Gap[] = [];
  let valuesLeft = MAX_VALUES;
  try {
    for (const { blocks } of framesIn(bytes)) {
      for (const block of blocks) {
        if (block.kind === "gap") gaps.push(block);
        else valuesLeft -= block.x.length * (1 + block.columns.length);
      }
      if (valuesLeft < 0) throw new SnapshotError("This snapshot has more points than the page can hold.");
      if (gaps.length > MAX_GAPS) throw new SnapshotError("This snapshot has more gaps than the page can hold.");
      await yieldToPage();
    }
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    throw new SnapshotError(SENTENCES[error.code] ?? "This snapshot is damaged.", { cause: error });
  }
  return withGapsFirst(bytes, gaps);
}

/** Whether it begins as a frame does. However short it is: a file of something else is not cut short. */
export function beginsAsSnapshot(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 4).every((byte, i) => byte === ((MAGIC >>> (8 * i)) & 0xff));
}

/** @throws FrameError */
function* framesIn(bytes: Uint8Array): Generator<Frame> {
  for (let offset = 0; offset < bytes.byteLength; ) {
    const end = offset + HEADER_BYTES + readHeader(bytes, offset).bodyBytes;
    yield decodeFrame(bytes.subarray(offset, end));
    offset = end;
  }
}

function* withGapsFirst(bytes: Uint8Array, gaps: readonly Gap[]): Generator<Frame> {
  let first = gaps;
  for (const frame of framesIn(bytes)) {
    yield { ...frame, blocks: [...first, ...frame.blocks.filter(({ kind }) => kind === "table")] };
    first = [];
  }
}

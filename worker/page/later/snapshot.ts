import { FrameBuilder } from "../../protocol/builder.ts";
import { decodeFrame, type Frame } from "../../protocol/frame.ts";
import { ANONYMOUS, FrameError, type FrameFault, MAGIC, splitFrames } from "../../protocol/header.ts";
import { FRAME_TYPE } from "../../protocol/limits.ts";
import { breathe, cut, inOrder, type WindowData } from "./data.ts";

const FRAMES_A_BREATH = 8;
/** Unpacked, a frame may be a thousand times larger than in the file. This is four times what the page holds: 128 MiB. */
const MAX_VALUES = 16 * 1024 * 1024;

/** Why a file cannot be opened, as a sentence for people. */
export class SnapshotError extends Error {
  override readonly name = "SnapshotError";
}

const NO_SNAPSHOT = "This is no Plotcast snapshot.";
const SENTENCES: Partial<Record<FrameFault["code"], string>> = {
  "frame-magic": NO_SNAPSHOT,
  "frame-version": "This snapshot is of another version of Plotcast than this page.",
  "frame-truncated": "This snapshot is cut short: its end is missing.",
};

/**
 * Every point in the window as frames of an anonymous publisher, one after the other, as they could be published again.
 * @throws SnapshotError if there is no point in the window
 */
export async function snapshotBlob(window: WindowData): Promise<Blob> {
  const { series } = cut(window);
  const frames: Uint8Array<ArrayBuffer>[] = [];
  let builder = new FrameBuilder();
  const close = (): void => {
    if (builder.points > 0) frames.push(builder.encode(ANONYMOUS, frames.length + 1));
    builder = new FrameBuilder();
  };
  for (const { series: index, x, y } of inOrder(series)) {
    // One name a row, so that each series has tables of its own: only there does a NaN say nothing but a break.
    const row = { x, arrival: false, names: [series[index]?.name ?? ""], values: [y] };
    if (builder.add(row)) continue;
    close();
    builder.add(row);
    if (frames.length % FRAMES_A_BREATH === 0) await breathe();
  }
  close();
  if (frames.length === 0) throw new SnapshotError("There is no point in view.");
  return new Blob(frames, { type: FRAME_TYPE });
}

/**
 * The frames of a snapshot, checked.
 * @throws SnapshotError
 */
export function readSnapshot(bytes: Uint8Array): Frame[] {
  if (bytes.byteLength === 0) throw new SnapshotError("This file is empty.");
  // However short it is: a file of something else is not cut short.
  if (bytes.subarray(0, 4).some((byte, i) => byte !== ((MAGIC >>> (8 * i)) & 0xff))) {
    throw new SnapshotError(NO_SNAPSHOT);
  }
  let valuesLeft = MAX_VALUES;
  try {
    return splitFrames(bytes).map((each) => {
      const frame = decodeFrame(each);
      for (const block of frame.blocks) {
        if (block.kind === "table") valuesLeft -= block.x.length * (1 + block.columns.length);
      }
      if (valuesLeft < 0) throw new SnapshotError("This snapshot has more points than the page can hold.");
      return frame;
    });
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    throw new SnapshotError(SENTENCES[error.code] ?? "This snapshot is damaged.", { cause: error });
  }
}

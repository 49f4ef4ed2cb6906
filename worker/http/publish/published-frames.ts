import { checkFrame } from "../../../protocol/frame/check-frame.ts";
import { seriesOf } from "../../../protocol/frame/frame.ts";
import { ANONYMOUS, type FrameHeader, readHeader, splitFrames } from "../../../protocol/frame/header.ts";
import type { PartFault } from "../../../protocol/json/part-fault.ts";
import { MAX_BODY_POINTS } from "../../../protocol/limits.ts";
import { Problem } from "../../../protocol/problem.ts";
import { sequenceFault } from "../../../protocol/publisher-number.ts";

/** What a publish brings, checked whole: frames, one after the other, and the series in them. */
export interface Publication {
  frames: Uint8Array;
  series: string[];
  /** How much of a body of JSON was not taken, though the rest is, by reason. */
  leftOut?: Partial<Record<PartFault, number>>;
}

/**
 * Checks a body of frames. What their headers say comes first, and then one frame after the other is decoded: a frame of
 * 152 bytes can hold 8,192 points, so a body decoded at once would be memory without bound.
 *
 * @throws FrameError if a frame is none
 * @throws Problem if the frames do not belong together, or hold too many points
 */
export function readFrames(body: Uint8Array): Publication {
  const frames = splitFrames(body);
  checkHeaders(frames.map((frame) => readHeader(frame)));
  const series = new Set<string>();
  for (const bytes of frames) for (const name of seriesOf(checkFrame(bytes))) series.add(name);
  return { frames: body, series: [...series] };
}

/** What can be told from the headers of a body's frames alone. */
function checkHeaders(headers: readonly FrameHeader[]): void {
  const [first] = headers;
  if (headers.some(({ publisher }) => publisher !== first?.publisher)) {
    throw new Problem("frame-publishers-differ", "All frames of one body must be of one publisher.");
  }
  if (headers.some(({ seq, epoch }) => seq !== 0 || epoch !== 0)) {
    throw new Problem("frame-sequence", "The Channel numbers what it takes: publish frames with seq and epoch 0.");
  }
  if (first?.publisher !== ANONYMOUS) checkSequence(headers);
  checkPoints(headers.reduce((sum, { points }) => sum + points, 0));
}

/** @throws Problem `body-too-large` if so many points are too many for one body */
export function checkPoints(points: number): void {
  if (points <= MAX_BODY_POINTS) return;
  throw new Problem("body-too-large", `A body has ${MAX_BODY_POINTS} points at most. Publish in several requests.`);
}

/** What came before this body, the Channel knows: it checks the first number. */
function checkSequence(headers: readonly FrameHeader[]): void {
  let last: number | undefined;
  for (const { publisherSeq } of headers) {
    if (publisherSeq === 0) {
      throw new Problem("frame-sequence", "A publisher numbers its frames from 1; only an anonymous one uses 0.");
    }
    if (last !== undefined && publisherSeq <= last) {
      throw new Problem(
        "frame-order",
        `Frames of a body stand in the order of their numbers: ${publisherSeq} cannot follow ${last}.`,
      );
    }
    const fault = last === undefined ? undefined : sequenceFault(last, publisherSeq);
    if (fault !== undefined) throw new Problem("frame-sequence", fault);
    last = publisherSeq;
  }
}

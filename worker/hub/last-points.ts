import { decodeFrame, hasSeries, pointsOf, valuesIn } from "../../protocol/frame/frame.ts";
import { splitFrames } from "../../protocol/frame/header.ts";
import type { BatchBounds, FrameLog } from "./frame-log.ts";
import type { Turn } from "./send-budget.ts";

/** Joining is to cost little, whoever asks for what: so much of the log is looked through for points of some series. */
export const MAX_LOOK_BACK_BYTES = 1024 * 1024;
const BOUNDS = { bytes: 128 * 1024, values: 32_768 } as const satisfies BatchBounds;

/**
 * The number after which the last so many points of some series begin, as far as they are found in the newest part of the log; and how far was
 * looked, if that are fewer.
 */
export async function lastPointsStart(
  log: FrameLog,
  points: number,
  has: (series: string) => boolean,
  turn: Turn,
): Promise<number> {
  let [missing, left] = [points, MAX_LOOK_BACK_BYTES];
  let seq = log.position.seq;
  while (missing > 0 && left > 0 && turn.left > 0) {
    turn.read();
    const { frames, after } = await log.framesBefore(seq, BOUNDS);
    if (frames.byteLength === 0) break;
    left -= frames.byteLength;
    for (const frame of splitFrames(frames).reverse()) {
      if (!hasSeries(frame, { has })) continue;
      turn.decoded(valuesIn(frame));
      const numbers = numbersOf(frame, has);
      const first = numbers.at(-missing);
      if (first !== undefined) return first - 1;
      missing -= numbers.length;
    }
    seq = after;
  }
  return seq;
}

/** The numbers of the points of some series. */
function numbersOf(bytes: Uint8Array, has: (series: string) => boolean): number[] {
  const frame = decodeFrame(bytes);
  let seq = frame.header.seq - frame.header.points;
  const numbers: number[] = [];
  for (const { series } of pointsOf(frame)) {
    seq++;
    if (has(series)) numbers.push(seq);
  }
  return numbers;
}

import { decodeFrame, type Frame, type Point, pointsOf } from "../../../protocol/frame/frame.ts";
import { splitFrames } from "../../../protocol/frame/header.ts";
import type { Direction } from "../../channel/log/slice.ts";
import { readTurns } from "../../channel/read-turns.ts";
import type { ReadQuery } from "./read-query.ts";
import type { StoredRead } from "./stored-read.ts";

/** A point, with the channel's number of it. */
export interface NumberedPoint {
  seq: number;
  point: Point;
}

/** The points of a frame that a query asks for, in their order; `points` of the query does not count here. */
export function* chosenPoints(
  frame: Frame,
  { fromX, toX, after, through, series }: Pick<ReadQuery, "fromX" | "toX" | "after" | "through" | "series">,
): Generator<NumberedPoint> {
  let seq = frame.header.seq - frame.header.points;
  for (const point of pointsOf(frame)) {
    seq++;
    const isInRange = point.x >= fromX && point.x <= toX && seq > after && seq <= through;
    if (isInRange && series.has(point.series)) yield { seq, point };
  }
}

/** Where a read of this begins: the numbers tell where the last so many of all points are; of some they are looked for. */
export function directionOf({ points, fromX, toX, series }: ReadQuery): Direction {
  const isFiltered = Number.isFinite(fromX) || Number.isFinite(toX) || !series.isAll;
  return points !== undefined && points > 0 && isFiltered ? "backward" : "forward";
}

/** The number after which the points begin that a query asks for: 0 for all that are stored. */
export async function startOf(read: StoredRead, query: ReadQuery): Promise<number> {
  if (query.points === undefined) return query.after;
  if (directionOf(query) === "forward") return Math.max(query.after, read.end - query.points);
  let missing = query.points;
  for await (const { frames } of read.backward()) {
    await readTurns.take();
    const chosen = readTurns.spend(() => chosenNumbers(frames, query));
    const first = chosen[chosen.length - missing];
    if (first !== undefined) return first - 1;
    missing -= chosen.length;
  }
  if (missing < query.points) return query.after;
  // There is none: nothing is read again to find that out. The slot is given back before the answer ends, as nothing runs after it.
  await read.close();
  return read.end;
}

/** The numbers of the points of these frames that a query asks for. */
function chosenNumbers(frames: Uint8Array, query: ReadQuery): number[] {
  const numbers: number[] = [];
  for (const bytes of splitFrames(frames)) {
    for (const { seq } of chosenPoints(decodeFrame(bytes), query)) numbers.push(seq);
  }
  return numbers;
}

import type { Cursor } from "../../protocol/cursor.ts";
import { readHeader } from "../../protocol/frame/header.ts";
import type { FrameBatch, FrameLog } from "./frame-log.ts";
import type { Format, JoinStart } from "./join-request.ts";
import { lastPointsStart } from "./last-points.ts";
import type { Turn } from "./send-budget.ts";
import { chosenBy, type View } from "./text-view.ts";

/** Where a viewer begins whose own cursor means nothing here, and before which one without `history` never does. */
const USUAL_TAIL = { points: 1000, seconds: 300 };
/** A frame that alone has more comes alone. */
const ONE_FRAME = { bytes: 1, values: 1 };

/** Where a viewer begins, and what it is told of that. */
export interface Beginning {
  from: Cursor;
  /** That is not where its cursor is. */
  gap?: { reason: "epoch" | "trimmed"; points: number | null };
  /** What it would be sent and is not begins after this number. */
  earlierAfter?: number;
  /** What comes after this cursor and cannot be had any more, before that. */
  trimmed?: { cursor: Cursor } & Pick<FrameBatch, "after" | "lostInTrimmed">;
}

/** What a viewer wants of the points, and what it may cost to look for them; without a turn nobody looks. */
export interface Looking {
  view: View | undefined;
  turn: Turn | undefined;
}

/** Where a viewer begins that asks for this. @param hasHistory whether it may have more than the usual tail */
export async function beginningOf(
  log: FrameLog,
  start: JoinStart,
  format: Format,
  hasHistory: boolean,
  looking?: Looking,
): Promise<Beginning> {
  if (start.kind === "tail") {
    const beginning = await beginningOfTail(log, start, hasHistory);
    return looking === undefined ? beginning : await withPointsOf(log, start, beginning, hasHistory, looking);
  }
  const { epoch, seq } = log.position;
  const { cursor, newest } = start;
  const isOurs = cursor.epoch === epoch && cursor.seq <= seq;
  if (!isOurs && cursor.epoch !== 0) {
    const tail = { kind: "tail", ...USUAL_TAIL, newest } as const;
    return { ...(await beginningOfTail(log, tail, hasHistory)), gap: { reason: "epoch", points: null } };
  }
  // With epoch 0 it watched before anything was published: what came since is all there is.
  const from = isOurs ? cursor : { epoch, seq: 0 };
  if (!hasHistory) return await withinUsualTail(log, from, format);
  return newest === undefined ? { from } : await withinNewest(log, from, newest);
}

/** Who has missed more than the newest points begins at these, and is told of the others. */
async function withinNewest(log: FrameLog, cursor: Cursor, newest: number): Promise<Beginning> {
  const from = await log.tailStart(newest, 0);
  if (from.epoch !== cursor.epoch || from.seq <= cursor.seq) return { from: cursor };
  const first = await log.framesAfter(cursor, ONE_FRAME);
  if (first === undefined || from.seq <= first.after) return { from: cursor };
  const { after, lostInTrimmed } = first;
  return { from, earlierAfter: after, trimmed: { cursor, after, lostInTrimmed } };
}

async function beginningOfTail(
  log: FrameLog,
  { points, seconds, newest }: Extract<JoinStart, { kind: "tail" }>,
  hasHistory: boolean,
): Promise<Beginning> {
  // Who may not read what is stored is sent all of its tail: it could not fetch the rest.
  if (!hasHistory) {
    return {
      from: await log.tailStart(Math.min(points, USUAL_TAIL.points), Math.min(seconds, USUAL_TAIL.seconds)),
    };
  }
  const tail = await log.tailStart(points, seconds);
  if (newest === undefined) return { from: tail };
  const from = await log.tailStart(newest, 0);
  const isShorter = from.epoch === tail.epoch && from.seq > tail.seq;
  return isShorter ? { from, earlierAfter: tail.seq } : { from: tail };
}

/** TR5f. Of a viewer that picks series its own points count: its tail begins earlier, as far as they are found soon. */
async function withPointsOf(
  log: FrameLog,
  { points }: Extract<JoinStart, { kind: "tail" }>,
  beginning: Beginning,
  hasHistory: boolean,
  { view, turn }: Looking,
): Promise<Beginning> {
  if (view === undefined || view.series.length === 0 || points === 0 || turn === undefined) return beginning;
  const { epoch } = log.position;
  const found = await lastPointsStart(log, points, chosenBy(view), turn);
  const least = hasHistory ? 0 : (await usualTail(log)).seq;
  const seq = Math.min(beginning.from.seq, Math.max(found, least));
  return {
    ...beginning,
    from: { epoch: beginning.from.epoch, seq: epoch === log.position.epoch ? seq : beginning.from.seq },
  };
}

async function withinUsualTail(log: FrameLog, cursor: Cursor, format: Format): Promise<Beginning> {
  const tail = await usualTail(log);
  const from = format !== "frames" || cursor.seq >= tail.seq ? tail : await frameStart(log, tail);
  if (cursor.seq >= from.seq) return { from: cursor };
  return { from, gap: { reason: "trimmed", points: from.seq - cursor.seq } };
}

function usualTail(log: FrameLog): Promise<Cursor> {
  return log.tailStart(USUAL_TAIL.points, USUAL_TAIL.seconds);
}

/** Where the frame begins that a cursor is in: a frame viewer gets whole frames, and counts what is missing up to the first. */
export async function frameStart(log: FrameLog, cursor: Cursor): Promise<Cursor> {
  const { frames } = (await log.framesAfter(cursor, ONE_FRAME)) ?? {};
  if (frames === undefined || frames.byteLength === 0) return cursor;
  const { epoch, seq, points } = readHeader(frames);
  return { epoch, seq: seq - points };
}

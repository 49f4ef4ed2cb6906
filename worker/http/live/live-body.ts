import { toBase64 } from "../../../protocol/base64.ts";
import { type Cursor, cursorText } from "../../../protocol/cursor.ts";
import { pause } from "../../channel/read-turns.ts";
import type { TextView } from "../../hub/text-view.ts";
import { writtenGap, writtenHead } from "../../hub/written.ts";
import { FRAME_BEGIN, LAST_WORDS_MS, streamOf } from "../read/read.ts";
import { cutText } from "../read/read-text.ts";
import { ReadCut } from "../read/stored-read.ts";
import { isPicked, type LiveQuery } from "./live-query.ts";
import type { LiveSource } from "./live-source.ts";
import type { Part } from "./part-queue.ts";
import { PendingGaps } from "./pending-gaps.ts";
import type { StreamCost } from "./stream-cost.ts";

/** Proxies cut a line on which nothing comes for a minute, some sooner. */
export const IDLE_MS = 15_000;
/** A client that takes nothing for so long has gone. */
export const MAX_UNREAD_MS = 300_000;

/** How a stream is written: its type, what its text has (undefined: it has frames), and which of them. */
export type Written = Pick<LiveQuery, "type" | "view" | "series" | "maxRate">;

/** A stream of events, or a read that follows, from the beginning to where it is handed over. @param over called once, when it has ended, however it did */
export function liveBody(
  source: LiveSource,
  written: Written,
  cost: StreamCost,
  over: () => void,
): ReadableStream<Uint8Array> {
  let isOver = false;
  const close = async (): Promise<void> => {
    source.close();
    if (!isOver) over();
    isOver = true;
  };
  // What a client does not read waits in the source, which has a bound.
  return streamOf(bodyParts(source, written, cost), { awaited: () => {}, expire: close, close }, MAX_UNREAD_MS, true);
}

async function* bodyParts(
  source: LiveSource,
  written: Written,
  cost: StreamCost,
): AsyncGenerator<string | Uint8Array, void> {
  yield* shown(beginning(source, written));
  let cursor: Cursor | undefined;
  const gaps = new PendingGaps();
  // Of events they are events of their own.
  const holdsGaps = isPicked(written) && written.type !== "text/event-stream";
  for (;;) {
    const part = await source.next(IDLE_MS);
    if ("cursor" in part) ({ cursor } = part);
    if (holdsGaps && part.kind === "gap") gaps.add(part.gap);
    const text = holdsGaps && part.kind === "points" ? gaps.into(part.bytes) : writtenPart(part, written);
    cost.spend(text.length);
    yield* shown(text);
    if (part.kind === "ended") {
      // The runtime drops what is on its way when a stream fails.
      await pause(LAST_WORDS_MS);
      throw new ReadCut(part.why);
    }
    if (cost.isOver) return yield* shown(lastWords(cursor, written));
  }
}

/** Nothing is not sent: it would be the end of some transfers. */
function* shown(text: string | Uint8Array): Generator<string | Uint8Array> {
  if (text.length > 0) yield text;
}

function beginning({ retryWithinMs }: LiveSource, { type, view }: Written): string {
  if (type === "text/event-stream") return `retry: ${Math.round(retryWithinMs * (0.5 + Math.random()))}\n\n`;
  return view === undefined ? "" : writtenHead(view);
}

/** The stream is over, and the channel goes on: what its client goes on from, where it has no ids. */
function lastWords(cursor: Cursor | undefined, { type, view }: Written): string {
  if (cursor === undefined) return "";
  if (type === "text/csv") return `cursor,${cursorText(cursor)},${view?.ids === true ? "," : ""}\r\n`;
  return type === "application/x-ndjson" ? cursorLine(cursor) : "";
}

/** The last line of what goes on elsewhere. */
export function cursorLine(cursor: Cursor): string {
  return `${JSON.stringify({ cursor: cursorText(cursor) })}\n`;
}

function writtenPart(part: Part, written: Written): string | Uint8Array {
  const isEvents = written.type === "text/event-stream";
  switch (part.kind) {
    case "points":
      return isEvents ? pointsEvents(part, written) : part.bytes;
    case "gap":
      return gapText(part, written);
    case "live":
      return isEvents ? `id: ${cursorText(part.cursor)}\nevent: live\ndata: {}\n\n` : "";
    case "expiring":
      return isEvents ? `event: expiring\ndata: ${JSON.stringify({ inMs: part.inMs })}\n\n` : "";
    case "said":
      return saidEvent(part);
    case "nothing":
      return nothingText(written);
    case "ended":
      return endText(part, written);
  }
}

/** A hole between frames says of itself what is missing (FR11c). */
function gapText({ gap, cursor }: Extract<Part, { kind: "gap" }>, { type, view }: Written): string {
  if (type === "text/event-stream") return writtenGap(gap, cursor, EVENTS);
  return view === undefined ? "" : writtenGap(gap, cursor, view);
}

const EVENTS: TextView = { writing: "events", ids: true, series: [] };

/** Text is events already. One without any says where it is: an event with an id and no data tells nobody, and is kept as the last id. */
function pointsEvents({ bytes, cursor }: Extract<Part, { kind: "points" }>, { view }: Written): string | Uint8Array {
  if (view === undefined) return frameEvent(bytes, cursor);
  return bytes.byteLength > 0 ? bytes : `id: ${cursorText(cursor)}\n\n`;
}

/** A message is one line: it is JSON. */
export function saidEvent({ type, text, cursor }: Extract<Part, { kind: "said" }>): string {
  return `${cursor === undefined ? "" : `id: ${cursorText(cursor)}\n`}event: ${type}\ndata: ${text}\n\n`;
}

/** Whole frames, one after the other. */
export function frameEvent(frames: Uint8Array, cursor: Cursor): string {
  return `id: ${cursorText(cursor)}\nevent: frames\ndata: ${toBase64(frames)}\n\n`;
}

/** What is passed over by whoever reads it, and keeps proxies from cutting the line. */
function nothingText({ type }: Written): string {
  switch (type) {
    case "text/event-stream":
      return ":\n\n";
    case "application/x-ndjson":
      return "\n";
    case "text/csv":
      return "\r\n";
    default:
      return "";
  }
}

/** Why there will be no more, and with which code a WebSocket would have been closed. */
export function cutEvent({ why, closeCode }: Extract<Part, { kind: "ended" }>): string {
  return `event: cut\ndata: ${JSON.stringify({ reason: why, detail: new ReadCut(why).message, closeCode })}\n\n`;
}

function endText(ended: Extract<Part, { kind: "ended" }>, { type, view }: Written): string | Uint8Array {
  const cut = new ReadCut(ended.why);
  switch (type) {
    case "text/event-stream":
      return cutEvent(ended);
    case "application/x-ndjson":
    case "text/csv":
      return cutText(cut, { text: view?.ids === true }, type);
    default:
      return FRAME_BEGIN;
  }
}

import { concat } from "../../../protocol/bytes.ts";
import { type Cursor, cursorText } from "../../../protocol/cursor.ts";
import type { ServerMessage } from "../../../protocol/messages/server-message.ts";
import { writtenGap, writtenHead } from "../../hub/written.ts";
import { cursorLine, cutEvent, frameEvent, saidEvent } from "./live-body.ts";
import { isPicked, type LiveQuery } from "./live-query.ts";
import type { LiveSource } from "./live-source.ts";
import type { Part } from "./part-queue.ts";
import { PendingGaps } from "./pending-gaps.ts";

/** What a poll has found: what its client goes on from, and what came. */
export interface Polled {
  cursor: Cursor | undefined;
  parts: Extract<Part, { kind: "points" | "gap" | "said" | "ended" }>[];
}

/** Where an answer tells what is missing. */
export type PlaceOfGaps =
  /** Where it is: of text, and of events. */
  | { kind: "among-points" }
  /** Before all points, in a header: of frames, whose numbers show other holes. */
  | { kind: "header" }
  /**
   * In the frame that follows, where a hole says nothing: until one does, its client does not get further than where it
   * began.
   */
  | { kind: "in-frames"; began: Cursor | undefined };

/**
 * All that there is after a cursor, within bounds; or, if that is nothing, the first that comes within so long.
 * @param nowMs the time, which goes on while something is awaited
 * @param gaps where what is missing is told
 */
export async function poll(
  source: LiveSource,
  waitMs: number,
  nowMs: () => number,
  gaps: PlaceOfGaps = { kind: "among-points" },
): Promise<Polled> {
  const polled: Polled = { cursor: undefined, parts: [] };
  const untilMs = nowMs() + waitMs;
  let bytes = 0;
  let isLive = false;
  let hasSome = false;
  let isHeld = false;
  const began = gaps.kind === "in-frames" ? gaps.began : undefined;
  const found = (): Polled => ({ ...polled, cursor: polled.cursor ?? (isHeld ? began : source.cursor) });
  const goOn = (cursor: Cursor): void => {
    if (!isHeld) polled.cursor = cursor;
  };
  // What is there already is awaited however short the wait.
  for (;;) {
    const part = await source.next(isLive ? Math.max(0, untilMs - nowMs()) : Math.max(MIN_WAIT_MS, untilMs - nowMs()));
    switch (part.kind) {
      case "points":
        bytes += part.bytes.byteLength;
        if (part.bytes.byteLength > 0) isHeld = false;
        goOn(part.cursor);
        // One without texts only says where it is.
        if (part.bytes.byteLength === 0) break;
        polled.parts.push(part);
        hasSome = true;
        if (isLive || bytes >= MAX_POLL_BYTES || source.isFull) return found();
        break;
      case "gap":
        // The next poll is told of it.
        if (gaps.kind === "header" && polled.parts.some(({ kind }) => kind === "points")) return found();
        isHeld ||= gaps.kind === "in-frames";
        goOn(part.cursor);
        polled.parts.push(part);
        hasSome = true;
        break;
      case "said":
        polled.cursor = part.cursor ?? polled.cursor;
        polled.parts.push(part);
        isLive ||= part.type === "live";
        hasSome ||= ANSWERS.has(part.type);
        if (isLive && hasSome) return found();
        break;
      case "live":
        goOn(part.cursor);
        isLive = true;
        if (hasSome && !isHeld) return found();
        break;
      case "expiring":
        break;
      case "ended":
        if (part.closeCode !== undefined) polled.parts.push(part);
        return found();
      case "nothing":
        return found();
      default:
        part satisfies never;
    }
  }
}

/**
 * What a poll need not wait on after. What else is said goes along: a poll begins with `hello` each time, `expiring` with it, and its own coming
 * and going makes a `status`, so that polls would end each other without end.
 */
const ANSWERS: ReadonlySet<ServerMessage["type"]> = new Set(["gap", "lost", "layout"]);

/** A channel that has something sends the first of it sooner. */
const MIN_WAIT_MS = 5_000;
/** What an answer has at most, and a chunk more. */
export const MAX_POLL_BYTES = 256 * 1024;

/** The answer to a poll that found something. */
export function polledBody(
  { parts, cursor }: Polled,
  { type, view, series, maxRate }: Pick<LiveQuery, "type" | "view" | "series" | "maxRate">,
): Uint8Array | string {
  if (view === undefined) return framesOf(parts, isPicked({ view, series, maxRate }));
  const text = parts.map((part) => {
    if (part.kind === "gap") return writtenGap(part.gap, part.cursor, view);
    return part.kind === "points" ? utf8.decode(part.bytes) : "";
  });
  switch (type) {
    case "application/json":
      return jsonOf(text.join(""), cursor);
    case "application/x-ndjson":
      return text.join("") + (cursor === undefined ? "" : cursorLine(cursor));
    default:
      return writtenHead(view) + text.join("");
  }
}

/** The same as events, each as a stream of them has it. */
export function polledEvents(parts: Polled["parts"]): string {
  return parts.map(eventOf).join("");
}

function eventOf(part: Polled["parts"][number]): string {
  switch (part.kind) {
    case "points":
      return frameEvent(part.bytes, part.cursor);
    case "said":
      return saidEvent(part);
    case "ended":
      return cutEvent(part);
    case "gap":
      // Where everything is said, gaps are, too.
      return "";
  }
}

/** What is missing before the first frame, for a header: the numbers of frames show a hole, but not what trimmed ones had reported. */
export function polledGaps({ parts }: Polled): string {
  return JSON.stringify(
    parts.flatMap((part) => {
      if (part.kind !== "gap") return [];
      const { reason, points } = part.gap;
      return [{ id: cursorText(part.cursor), reason, points }];
    }),
  );
}

/** Whole frames. Where a hole says nothing, what is missing stands in the next that has room. */
function framesOf(parts: Polled["parts"], isPart: boolean): Uint8Array {
  const gaps = new PendingGaps();
  const bodies = parts.flatMap((part) => {
    if (part.kind === "points") return [gaps.into(part.bytes)];
    if (isPart && part.kind === "gap") gaps.add(part.gap);
    return [];
  });
  return concat(bodies);
}

const utf8 = new TextDecoder();
/** As {@link writtenGap} begins it. */
const GAP = /^\{(?:"id":"[\d:]+",)?"gap":/;

/** `{"cursor":"1:4711","points":[…],"gaps":[…]}`, of lines. */
function jsonOf(lines: string, cursor: Cursor | undefined): string {
  const all = lines.split("\n").filter((line) => line !== "");
  const gaps = all.filter((line) => GAP.test(line));
  const points = all.filter((line) => !GAP.test(line));
  const at = cursor === undefined ? "null" : JSON.stringify(cursorText(cursor));
  return `{"cursor":${at},"points":[${points.join(",\n")}],"gaps":[${gaps.join(",\n")}]}\n`;
}

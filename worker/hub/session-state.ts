import type { Cursor } from "../../protocol/cursor.ts";
import { isObject } from "../../protocol/json/json.ts";
import { isBoolean, isCount, isCountOrNull, isString } from "../../protocol/messages/guards.ts";
import { type Grant, parseGrant } from "../auth/grant.ts";
import type { Format } from "./join-request.ts";
import { PLAIN_JSON, parseView, type View } from "./text-view.ts";

/** Where a viewer is in the log. */
export type SessionState =
  /** It was sent everything, and gets each frame as it is taken; with `max_rate` what has ended, up to `sentSeq`. */
  | { kind: "live"; sentSeq?: number | undefined }
  /** It was sent everything up to the cursor. What follows is sent once it `hasAsked`, and its socket has room. */
  | { kind: "behind"; cursor: Cursor; hasAsked: boolean };

/** What a `status` said that may have to be said again. */
export interface StatusTold {
  viewers: number;
  behind: number;
  /** When the last of the publishers has gone; null while one is here. */
  goneAtMs: number | null;
}

/** One viewer, as its socket's attachment has it: so it outlives the eviction of its channel from memory. */
export interface SessionRecord {
  id: string;
  format: Format;
  /** Of a viewer of text, and of one of frames that picks series. */
  view?: View | undefined;
  /** The channel's epoch when it joined. */
  sinceEpoch: number;
  joinedAtMs: number;
  state: SessionState;
  /** The last `status` that it was sent; undefined before the first. */
  told: StatusTold | undefined;
  /** By what it is counted ({@link ViewerShare}). */
  who: string;
  /** How many of these may watch; null, or undefined of a version of before: there is no bound. */
  most?: number | null | undefined;
  /** What it was let in with; undefined: anybody could watch. It has nothing of the token itself. */
  grant: Grant | undefined;
  /** Whether it knows that this expires soon. */
  isWarned: boolean;
}

/**
 * A viewer from a socket's attachment; undefined if another version of this code wrote it. That of a version of before there
 * were grants has none, and is that of an anonymous viewer.
 */
export function parseAttachment(attachment: unknown): SessionRecord | undefined {
  if (!isObject(attachment)) return undefined;
  const { id, format, sinceEpoch, joinedAtMs, who = "", most, isWarned = false } = attachment;
  const [state, told, grant] = [parseState(attachment.state), parseTold(attachment.told), parseGrant(attachment.grant)];
  // One that cannot be read might have been about to expire.
  if ((attachment.grant !== undefined && grant === undefined) || !isBoolean(isWarned)) return undefined;
  if (typeof id !== "string" || !isFormat(format) || state === undefined) return undefined;
  // A viewer of JSON of a version of before there were views gets every point.
  const view = format === "json" && attachment.view === undefined ? PLAIN_JSON : parseView(attachment.view);
  if (
    view === undefined
      ? format !== "frames" || attachment.view !== undefined
      : isOfFrames(view) !== (format === "frames")
  )
    return undefined;
  if (!isCount(sinceEpoch) || !isCount(joinedAtMs) || !isString(who)) return undefined;
  if (most !== undefined && !isCountOrNull(most)) return undefined;
  return {
    id,
    format,
    ...(view && { view }),
    sinceEpoch,
    joinedAtMs,
    state,
    told,
    who,
    ...(most !== undefined && { most }),
    grant,
    isWarned,
  };
}

function isOfFrames({ writing }: View): boolean {
  return writing === "frames";
}

function isFormat(format: unknown): format is Format {
  return format === "frames" || format === "json" || format === "stream";
}

function parseState(state: unknown): SessionState | undefined {
  if (!isObject(state)) return undefined;
  const { kind, cursor, hasAsked, sentSeq } = state;
  if (kind === "live" && sentSeq === undefined) return { kind };
  if (kind === "live") return isCount(sentSeq) ? { kind, sentSeq } : undefined;
  if (kind !== "behind" || !isObject(cursor) || typeof hasAsked !== "boolean") return undefined;
  const { epoch, seq } = cursor;
  return isCount(epoch) && isCount(seq) ? { kind, cursor: { epoch, seq }, hasAsked } : undefined;
}

function parseTold(told: unknown): StatusTold | undefined {
  if (!isObject(told)) return undefined;
  const { viewers, behind, goneAtMs } = told;
  return isCount(viewers) && isCount(behind) && isCountOrNull(goneAtMs) ? { viewers, behind, goneAtMs } : undefined;
}

/**
 * What a cursor is that a viewer asks on from: one of this channel; one of a numbering that ended while the viewer was
 * connected, so that it may not have known yet when it asked; or one that it cannot have from here.
 *
 * @param sinceEpoch the epoch when the viewer joined
 */
export function cursorKind(cursor: Cursor, position: Cursor, sinceEpoch: number): "ours" | "outdated" | "wrong" {
  if (cursor.epoch === position.epoch) return cursor.seq <= position.seq ? "ours" : "wrong";
  // A channel that is deleted because nobody used it is at epoch 0 again.
  const isPast = cursor.epoch < position.epoch || position.epoch === 0;
  return isPast && cursor.epoch >= sinceEpoch ? "outdated" : "wrong";
}

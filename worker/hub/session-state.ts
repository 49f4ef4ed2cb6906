import type { Cursor } from "../../protocol/cursor.ts";
import { isObject } from "../../protocol/json/json.ts";
import { isCount, isCountOrNull } from "../../protocol/messages/guards.ts";
import type { Format } from "./join-request.ts";

/** Where a viewer is in the log. */
export type SessionState =
  /** It was sent everything, and gets each frame as it is taken. */
  | { kind: "live" }
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
  /** The channel's epoch when it joined. */
  sinceEpoch: number;
  joinedAtMs: number;
  state: SessionState;
  /** The last `status` that it was sent; undefined before the first. */
  told: StatusTold | undefined;
}

/** A viewer from a socket's attachment; undefined if another version of this code wrote it. */
export function parseAttachment(attachment: unknown): SessionRecord | undefined {
  if (!isObject(attachment)) return undefined;
  const { id, format, sinceEpoch, joinedAtMs } = attachment;
  const [state, told] = [parseState(attachment.state), parseTold(attachment.told)];
  if (typeof id !== "string" || (format !== "frames" && format !== "json") || state === undefined) return undefined;
  return isCount(sinceEpoch) && isCount(joinedAtMs) ? { id, format, sinceEpoch, joinedAtMs, state, told } : undefined;
}

function parseState(state: unknown): SessionState | undefined {
  if (!isObject(state)) return undefined;
  const { kind, cursor, hasAsked } = state;
  if (kind === "live") return { kind };
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

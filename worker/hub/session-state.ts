import type { Cursor } from "../../protocol/cursor.ts";
import type { Format } from "./join-request.ts";

/**
 * One viewer. `live`: it has been sent everything, and gets each frame as it is taken. `behind`: it has been sent
 * everything up to `seq`; the rest comes from the store, when it has `asked` and its socket has drained. This is
 * also the socket's attachment, by which the viewer outlives eviction.
 */
export interface Viewer {
  id: string;
  format: Format;
  /** The channel's epoch when it joined. */
  sinceEpoch: number;
  state: { kind: "live" } | { kind: "behind"; seq: number; asked: boolean };
}

/** A viewer from a socket's attachment; undefined if another version of this code wrote it. */
export function readAttachment(attachment: unknown): Viewer | undefined {
  if (!isRecord(attachment)) return undefined;
  const { id, format, sinceEpoch, state } = attachment;
  if (typeof id !== "string" || (format !== "frames" && format !== "json")) return undefined;
  if (typeof sinceEpoch !== "number" || !isRecord(state)) return undefined;
  const { kind, seq, asked } = state;
  if (kind === "live") return { id, format, sinceEpoch, state: { kind } };
  if (kind === "behind" && typeof seq === "number" && typeof asked === "boolean") {
    return { id, format, sinceEpoch, state: { kind, seq, asked } };
  }
  return undefined;
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

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

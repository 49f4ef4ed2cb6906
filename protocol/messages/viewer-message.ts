import type { Cursor } from "../cursor.ts";
import { isCount, isString } from "./guards.ts";
import { type GuardsByType, type ParsedByType, parseByType } from "./parsed.ts";

/** What a viewer that speaks `plotcast.v1` says to the Channel, as JSON text. */
export type ViewerMessage =
  /** The viewer has read everything up to `seq` and asks for what comes after. */
  | ({ type: "continue" } & Cursor)
  /** Is the line alive? As the four characters alone, without JSON, it wakes nobody. */
  | { type: "ping" }
  /** Another token, in place of the one that the connection was let in with. */
  | { type: "renew"; token: string };

export const VIEWER_MESSAGES: GuardsByType<ViewerMessage> = {
  continue: { epoch: isCount, seq: isCount },
  ping: {},
  renew: { token: isString },
};

/** A message from a viewer. One of an unknown type comes from a newer page, which is no fault of the viewer's. */
export function parseViewerMessage(text: string): ParsedByType<ViewerMessage> {
  return parseByType(text, VIEWER_MESSAGES);
}

import {
  CloseCode,
  MAX_RENEW_BYTES,
  MAX_VIEWER_MESSAGE_BYTES,
  VIEWER_MESSAGES_PER_SECOND,
} from "../../protocol/limits.ts";
import { parseViewerMessage, type ViewerMessage } from "../../protocol/messages/viewer-message.ts";
import { RateLimit } from "../auth/bounds/rate-limit.ts";
import type { ViewerSession } from "./viewer-session.ts";

/** What a viewer said: a message; one that a newer page sent, and is passed over; or what ends its connection. */
export type Said =
  | { kind: "message"; message: ViewerMessage }
  | { kind: "unknown-type" }
  | { kind: "ended"; code: number; reason: string };

/** VW7. Reads what viewers say: so many messages a second, of so many characters. A token may be longer than what else they say. */
export class ViewerMessages {
  readonly #limits = new WeakMap<ViewerSession, RateLimit>();

  read(session: ViewerSession, message: string | ArrayBuffer, nowMs: number): Said {
    const limit = this.#limits.get(session) ?? new RateLimit(VIEWER_MESSAGES_PER_SECOND, nowMs);
    this.#limits.set(session, limit);
    if (!limit.take(nowMs)) return { kind: "ended", code: CloseCode.tooManyMessages, reason: "Too many messages." };
    if (typeof message !== "string" || message.length > MAX_RENEW_BYTES) return NO_MESSAGE;
    const parsed = parseViewerMessage(message);
    const isRenewal = parsed.kind === "message" && parsed.message.type === "renew";
    if (message.length > MAX_VIEWER_MESSAGE_BYTES && !isRenewal) return NO_MESSAGE;
    return parsed.kind === "malformed" ? NO_MESSAGE : parsed;
  }
}

const NO_MESSAGE = {
  kind: "ended",
  code: CloseCode.badMessage,
  reason: "That is no message of plotcast.v1.",
} as const satisfies Said;

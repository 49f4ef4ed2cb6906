import { fromBase64 } from "../../protocol/base64.ts";
import { isCount, parseObject } from "../../protocol/messages/guards.ts";
import type { SocketEvents } from "../environment.ts";
import type { StreamEvent } from "../subscribe/event-stream.ts";

/** What a socket by HTTP needs to know beside its URL. */
export interface HttpAccess {
  /** The headers that say who asks, read before each request: a socket by HTTP has no subprotocols. */
  headers(): Readonly<Record<string, string>>;
}

/** As a WebSocket says it that was cut. */
export const CUT = 1006;
const TYPE = "text/event-stream";

/** The events of a channel, with everything that a viewer by WebSocket hears (TR2k). @param url `ws:` or `wss:`, as a WebSocket's */
export async function eventsFrom(
  url: URL,
  cursor: string,
  more: string,
  { headers }: HttpAccess,
  signal: AbortSignal,
): Promise<Response> {
  const at = new URL(url);
  at.protocol = at.protocol.replace("ws", "http");
  const start = cursor === "" ? at.search.replace(/^\?/, "") : `cursor=${cursor}`;
  at.search = [start, "frames=1&messages=1", more].filter((part) => part !== "").join("&");
  const options = { headers: { Accept: TYPE, ...headers() }, signal, cache: "no-store", redirect: "manual" } as const;
  return await fetch(at, options);
}

/** Whether an answer is one of events, and not a refusal, or the page of something on the way. */
export function hasEvents({ status, headers }: Response): boolean {
  return status === 200 && (headers.get("Content-Type") ?? "").startsWith(TYPE);
}

/** Passes on what an event brings, as a WebSocket would. @returns the code with which one would end now */
export function passOn({ name, data }: StreamEvent, events: Pick<SocketEvents, "message">): number | undefined {
  switch (name) {
    case "frames":
      events.message(fromBase64(data).buffer);
      return undefined;
    case "cut": {
      const { closeCode } = parseObject(data) ?? {};
      return isCount(closeCode) ? closeCode : CUT;
    }
    default:
      // A comment, or when to come again, has no data.
      if (data !== "") events.message(data);
      return undefined;
  }
}

import { FEED_HEADER } from "../../hub/join-request.ts";
import { FEED_SUBPROTOCOL, POSITION_HEADER, parsePosition } from "../../relay/feed-message.ts";
import type { Relay } from "../../relay/relay.ts";
import { regionOf } from "../../relay/relay-name.ts";
import type { Dialled } from "./relays.ts";

/** What a relay without viewers answers. */
const GONE = 410;

/** Opens the line to a relay, which is made near its viewers. */
export async function dialRelay(relays: DurableObjectNamespace<Relay>, name: string): Promise<Dialled> {
  const region = regionOf(name);
  let response: Response;
  try {
    const relay = relays.getByName(name, region && { locationHint: region });
    response = await relay.fetch("https://relay/", {
      headers: { Upgrade: "websocket", "Sec-WebSocket-Protocol": FEED_SUBPROTOCOL, [FEED_HEADER]: "1" },
    });
  } catch {
    // It restarts, or has too much to do.
    return { kind: "failed" };
  }
  if (response.status === GONE) return { kind: "not-needed" };
  const { webSocket } = response;
  const position = parsePosition(response.headers.get(POSITION_HEADER) ?? "");
  if (webSocket === null || position === undefined) return { kind: "failed" };
  return {
    kind: "connected",
    socket: webSocket,
    position,
    onMessage({ message, closed }) {
      webSocket.addEventListener("message", ({ data }) => {
        if (typeof data === "string") message(data);
      });
      webSocket.addEventListener("close", closed);
      webSocket.addEventListener("error", closed);
      webSocket.accept();
    },
  };
}

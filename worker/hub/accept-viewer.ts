import { SUBPROTOCOL } from "../../protocol/limits.ts";
import type { Hub } from "./hub.ts";
import type { JoinRequest } from "./join-request.ts";
import { NOTE_HEADER } from "./series-note.ts";

/** A viewer joins for whom there is room. @returns 101 */
export async function acceptViewer(
  { acceptWebSocket }: { acceptWebSocket(socket: WebSocket): void },
  hub: Hub<WebSocket>,
  request: JoinRequest,
  channel: string,
  nowMs: number,
): Promise<Response> {
  const { 0: client, 1: server } = new WebSocketPair();
  acceptWebSocket(server);
  await hub.join(server, request, channel, nowMs);
  const headers = new Headers();
  if (request.format === "frames") headers.set("Sec-WebSocket-Protocol", SUBPROTOCOL);
  const note = hub.noteOn(request.view);
  if (note !== undefined) headers.set(NOTE_HEADER, note);
  return new Response(null, { status: 101, webSocket: client, headers });
}

import { isObject, parseJson } from "../../../protocol/json/json.ts";
import { MAX_CONTROLS_BYTES } from "../../../protocol/limits.ts";
import { Problem } from "../../../protocol/problem.ts";
import { parseRoomClientMessage, type ReceivedRoomMessage } from "../../../protocol/room/room-message.ts";
import { type Asked, PLAIN_HEADERS } from "../asked.ts";
import { decodeText } from "../publish/body.ts";
import { readBody } from "../publish/read-body.ts";
import { roomRequestOf } from "./room-access.ts";

const MAX_MESSAGES = 1_000;

/** A publisher talks in the room by POST, for where no WebSocket gets through: what it says, and what there is for it. @throws Problem */
export async function exchange(asked: Asked): Promise<Response> {
  const roomRequest = await roomRequestOf(asked);
  if (roomRequest.publisher === "")
    throw new Problem("query-invalid", "In the query, publisher is missing: the id in the publisher's frames.");
  const messages = messagesIn(decodeText(await readBody(asked.request, 4 * MAX_CONTROLS_BYTES)));
  const said = await asked.channel.exchange(roomRequest, messages);
  return Response.json({ messages: said }, { headers: PLAIN_HEADERS });
}

function messagesIn(text: string): ReceivedRoomMessage[] {
  const body = tried(text);
  const list = isObject(body) ? body.messages : undefined;
  if (!Array.isArray(list) || list.length > MAX_MESSAGES)
    throw new Problem("room-message-invalid", `The body is {"messages":[…]}, of ${MAX_MESSAGES} messages at most.`);
  return list.flatMap((each, i) => {
    const parsed = parseRoomClientMessage(JSON.stringify(each));
    if (parsed.kind === "malformed")
      throw new Problem("room-message-invalid", `Message ${i + 1}: "${parsed.field}" is missing, or wrong.`);
    return parsed.kind === "message" ? [parsed.message] : [];
  });
}

function tried(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

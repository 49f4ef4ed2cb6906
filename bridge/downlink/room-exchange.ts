import { request } from "undici";
import { isObject } from "../../protocol/json/json.ts";
import { ROOM_TYPE } from "../../protocol/limits.ts";
import { parseObject } from "../../protocol/messages/guards.ts";
import { messageIn } from "../../protocol/messages/parsed.ts";
import {
  parseRoomServerMessage,
  type RoomClientMessage,
  type RoomServerMessage,
} from "../../protocol/room/room-message.ts";
import { textOf } from "../uplink/post.ts";

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

/** Says something in a room by POST. @returns what there is for the publisher; rejects if nobody of Plotcast's answered yes */
export async function exchangeWith(
  to: URL,
  token: string,
  publisher: string,
  messages: readonly RoomClientMessage[],
): Promise<RoomServerMessage[]> {
  const url = new URL(to);
  url.search = "";
  url.searchParams.set("publisher", publisher);
  const { statusCode, body } = await request(url, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": ROOM_TYPE, accept: "application/json" },
    body: JSON.stringify({ messages }),
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  });
  const answer = parseObject(await textOf(body, MAX_ANSWER_BYTES));
  if (statusCode !== 200 || !Array.isArray(answer?.messages)) throw new Error(`The room answered ${statusCode}.`);
  return answer.messages.flatMap((message: unknown) =>
    isObject(message) ? (messageIn(parseRoomServerMessage(JSON.stringify(message))) ?? []) : [],
  );
}

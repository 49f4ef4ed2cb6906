import { ROOM_HEADER } from "../../hub/join-request.ts";
import { REFUSED_WITH } from "../../hub/vacancy.ts";
import type { RoomRequest } from "../../room/room-request.ts";
import { whoAsked } from "../access/guard.ts";
import { askerOf, tooManyViewers } from "../access/quotas.ts";
import type { Asked } from "../asked.ts";
import { audit } from "../audit.ts";
import { HttpProblem } from "../problem-response.ts";
import { roomRequestOf } from "./room-access.ts";

/** Somebody comes into a channel's room, by WebSocket. @throws Problem */
export async function joinRoom(asked: Asked): Promise<Response> {
  const roomRequest = await roomRequestOf(asked);
  if (roomRequest.grant !== undefined) audit(asked.request, asked.access, { audit: "token-used" });
  return await enter(asked, roomRequest);
}

/** @returns 101 with a socket. @throws Problem `room-full`, `quota-exceeded` */
export async function enter({ request, env, access, channel }: Asked, roomRequest: RoomRequest): Promise<Response> {
  const headers = new Headers({ Upgrade: "websocket", [ROOM_HEADER]: JSON.stringify(roomRequest) });
  // After an object was reset a stub stays broken (https://developers.cloudflare.com/durable-objects/best-practices/error-handling/).
  const answer = await env.CHANNEL.get(channel.id).fetch(new Request(request.url, { headers }));
  if (answer.webSocket !== null) return answer;
  if (answer.status === REFUSED_WITH.quota) throw tooManyViewers(access, askerOf(request, whoAsked(request)));
  throw new HttpProblem("room-full", "This channel's room is full. What it shows can be watched all the same.", {
    "Retry-After": "30",
  });
}

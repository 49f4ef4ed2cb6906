import { readHeader, splitFrames } from "../../../protocol/frame/header.ts";
import { MAX_BODY_POINTS, MAX_PUBLISHER_SOCKETS, PUBLISH_SUBPROTOCOL } from "../../../protocol/limits.ts";
import { grantOf } from "../../auth/grant.ts";
import type { Principal } from "../../auth/principal.ts";
import type { PublisherRequest } from "../../channel/publisher-request.ts";
import { PUBLISHER_HEADER } from "../../hub/join-request.ts";
import { acceptSocket } from "../accept-socket.ts";
import { clientAddress } from "../access/client-address.ts";
import type { Asked } from "../asked.ts";
import { audit } from "../audit.ts";
import { holdSocket } from "../held-socket.ts";
import { openStreams } from "../live/open-streams.ts";
import { StreamCost, streamCpuMs } from "../live/stream-cost.ts";
import { HttpProblem, refusalIn } from "../problem-response.ts";
import { publicationIn } from "../publish/body.ts";
import type { Publication } from "../publish/published-frames.ts";
import { announceTo, mustPublish, take } from "../publish/take.ts";
import { WaitingBody } from "../publish/waiting-bodies.ts";
import { ChannelLine } from "./channel-line.ts";
import { PublisherConnection } from "./publisher-connection.ts";

const LOOK_EVERY_MS = 15_000;
/** As long as a bridge waits for an answer. */
const HOLD_MS = 60_000;
/** It is counted by its address: what it publishes is counted further. */
const ANYBODY = { who: "", most: null } as const;

/** Whether a WebSocket is for a publisher. */
export function isForPublisher(headers: Headers): boolean {
  return (headers.get("Sec-WebSocket-Protocol") ?? "").split(",").some((each) => each.trim() === PUBLISH_SUBPROTOCOL);
}

/**
 * UP1: a publisher sends its bodies by WebSocket. The Worker holds it, checks each body, and passes it on over a WebSocket to the channel.
 * @throws Problem
 */
export async function connectPublisher(asked: Asked): Promise<Response> {
  const { request, env, access } = asked;
  let principal = await mustPublish(asked);
  const address = clientAddress(request);
  if (openStreams.roomFor(ANYBODY, address) !== "room") throw tooMany("this address has");
  const toChannel = await openLine(asked, principal);
  const { 0: theirs, 1: ours } = new WebSocketPair();
  const cost = new StreamCost(streamCpuMs(env));
  cost.join();
  const line = new ChannelLine(
    (events) => acceptSocket(toChannel, events),
    (code) => connection.lost(code),
  );
  const connection: PublisherConnection = new PublisherConnection({
    client: {
      send(text) {
        if (ours.readyState === WebSocket.OPEN) ours.send(text);
      },
      close(code, reason) {
        ours.close(code, reason);
        // Its client may never answer that.
        gone();
      },
    },
    publish: async (body) => await take(asked, principal, line, checked(body, cost)),
    announce: async (announcement) => await announceTo(asked, principal, line, announcement),
    guard: async () => {
      principal = await mustPublish(asked);
    },
    hold(bytes) {
      const waiting = new WaitingBody(undefined, Date.now() + HOLD_MS);
      try {
        waiting.hold(bytes, Date.now());
      } catch (error) {
        waiting.end();
        throw error;
      }
      return () => waiting.end();
    },
    refused(problem) {
      const { status, code } = refusalIn(problem);
      audit(request, access, { audit: "refused", status, code });
    },
    cost,
    nowMs: Date.now,
    random: Math.random,
  });
  openStreams.open(ANYBODY, address);
  const gone = holdSocket(ours, LOOK_EVERY_MS, {
    heard: (data) => connection.heard(data),
    look: () => connection.look(),
    gone() {
      connection.closed();
      line.close();
      openStreams.close(ANYBODY, address);
    },
  });
  connection.open();
  return new Response(null, {
    status: 101,
    webSocket: theirs,
    headers: { "Sec-WebSocket-Protocol": PUBLISH_SUBPROTOCOL },
  });
}

/** Opens a WebSocket to the channel. @throws HttpProblem `too-many-requests` */
async function openLine({ request, env, access, name, channel }: Asked, principal: Principal): Promise<WebSocket> {
  const told: PublisherRequest = {
    grant: grantOf(principal, name, false),
    maxSeries: access.quotas.token.series ?? null,
  };
  const headers = new Headers({ Upgrade: "websocket", [PUBLISHER_HEADER]: JSON.stringify(told) });
  // After an object was reset a stub stays broken (https://developers.cloudflare.com/durable-objects/best-practices/error-handling/).
  const { webSocket } = await env.CHANNEL.get(channel.id).fetch(new Request(request.url, { headers }));
  if (webSocket === null) throw tooMany(`the channel has ${MAX_PUBLISHER_SOCKETS}`);
  return webSocket;
}

/** A body of frames, checked. What that costs is reckoned by its points; of one that is at fault, as the most that it can be. */
function checked(body: Uint8Array, cost: StreamCost): Publication {
  let points = MAX_BODY_POINTS;
  try {
    const publication = publicationIn(body, "frames");
    points = splitFrames(body).reduce((sum, frame) => sum + readHeader(frame).points, 0);
    return publication;
  } finally {
    cost.check(points);
  }
}

function tooMany(whose: string): HttpProblem {
  const detail = `Too many publishers are connected by WebSocket: ${whose} as many as may be. Publish by POST, or try again later.`;
  return new HttpProblem("too-many-requests", detail, { "Retry-After": "30" });
}

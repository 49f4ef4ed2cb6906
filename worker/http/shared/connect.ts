import { PUBLISH_SUBPROTOCOL, SHARED_SUBPROTOCOL } from "../../../protocol/limits.ts";
import { isString } from "../../../protocol/messages/guards.ts";
import { messageIn, parseFields } from "../../../protocol/messages/parsed.ts";
import { pause } from "../../channel/read-turns.ts";
import { acceptSocket } from "../accept-socket.ts";
import { clientAddress } from "../access/client-address.ts";
import { holdSocket } from "../held-socket.ts";
import { openStreams } from "../live/open-streams.ts";
import { StreamCost, streamCpuMs } from "../live/stream-cost.ts";
import { HttpProblem } from "../problem-response.ts";
import { type Join, type Joined, SharedConnection } from "./shared-connection.ts";
import { WaitingBytes } from "./waiting-bytes.ts";

const NO_CHANNEL = { code: "not-found", detail: "`to` is a channel's path: /c/<name>, with a query." };
/** Of this isolate. */
const waiting = new WaitingBytes();
const LOOK_EVERY_MS = 30_000;
/** What a WebSocket's own handshake says: each join says it anew. */
const HANDSHAKE_HEADERS = ["Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Sec-WebSocket-Key"];
/** Nobody is counted by who it is, but by its address: what it joins counts it further. */
const ANYBODY = { who: "", most: null } as const;

/** Whether a request is for a connection to several channels. */
export function isForSeveral({ headers }: Request): boolean {
  const offered = (headers.get("Sec-WebSocket-Protocol") ?? "").split(",").map((each) => each.trim());
  return headers.get("Upgrade")?.toLowerCase() === "websocket" && offered.includes(SHARED_SUBPROTOCOL);
}

/**
 * SC1: opens a connection to several channels. The Worker holds it, and a socket to each channel that is joined.
 * @param ask answers a request as the Worker does
 * @throws HttpProblem `too-many-reads`
 */
export function connectSeveral(
  request: Request,
  env: { STREAM_CPU_MS?: string },
  ask: (request: Request) => Promise<Response>,
): Response {
  const address = clientAddress(request);
  const hold = (): boolean => {
    if (openStreams.roomFor(ANYBODY, address) !== "room") return false;
    openStreams.open(ANYBODY, address);
    return true;
  };
  const release = (): void => openStreams.close(ANYBODY, address);
  if (!hold()) {
    throw new HttpProblem(
      "too-many-reads",
      "Too many connections are held for this address, or in all. Open one for each channel, or try again later.",
      { "Retry-After": "30" },
    );
  }
  const { 0: theirs, 1: ours } = new WebSocketPair();
  const connection = new SharedConnection({
    client: {
      get bufferedAmount() {
        return ours.bufferedAmount;
      },
      send(data) {
        if (ours.readyState === WebSocket.OPEN) ours.send(data);
      },
      close(code, reason) {
        ours.close(code, reason);
        // Its client may never answer that.
        gone();
      },
    },
    join: (join) => joined(join, request, ask),
    hold,
    release,
    cost: new StreamCost(streamCpuMs(env)),
    waiting,
    nowMs: Date.now,
    pause,
    random: Math.random,
  });
  const gone = holdSocket(ours, LOOK_EVERY_MS, {
    heard: (data) => connection.heard(data),
    look: () => connection.look(),
    gone() {
      connection.closed();
      release();
    },
  });
  connection.open();
  const headers = { "Sec-WebSocket-Protocol": SHARED_SUBPROTOCOL };
  return new Response(null, { status: 101, webSocket: theirs, headers });
}

/** What the Worker answers to a WebSocket of this client's for this channel. */
async function joined(join: Join, request: Request, ask: (request: Request) => Promise<Response>): Promise<Joined> {
  const url = URL.canParse(join.to, request.url) ? new URL(join.to, request.url) : undefined;
  if (url === undefined || url.origin !== new URL(request.url).origin || !/^\/c\/./.test(url.pathname)) {
    return refused(404, NO_CHANNEL);
  }
  const headers = new Headers(request.headers);
  for (const name of HANDSHAKE_HEADERS) headers.delete(name);
  headers.set("Accept", "application/json");
  if (join.protocols.length > 0) {
    if (!join.protocols.every((each) => /^[\w.~!#$%&'*+^`|-]+$/.test(each))) {
      return refused(400, { code: "subprotocol-unsupported", detail: "Not the name of a subprotocol." });
    }
    if (join.protocols.includes(PUBLISH_SUBPROTOCOL)) {
      return refused(400, { code: "subprotocol-unsupported", detail: "Publish over a WebSocket of its own." });
    }
    headers.set("Sec-WebSocket-Protocol", join.protocols.join(", "));
  }
  const response = await ask(new Request(url, { headers }));
  const { webSocket } = response;
  if (webSocket !== null) {
    return {
      kind: "joined",
      protocol: response.headers.get("Sec-WebSocket-Protocol") ?? "",
      open: (events) => acceptSocket(webSocket, events),
    };
  }
  const seconds = Number(response.headers.get("Retry-After"));
  const text = await response.text();
  const problem = messageIn(parseFields<{ code: string; detail: string }>(text, { code: isString, detail: isString }));
  // A redirect, as of a channel with a slash at its end.
  if (problem === undefined) return refused(404, NO_CHANNEL);
  return refused(response.status, problem, seconds > 0 ? 1000 * seconds : null);
}

function refused(
  status: number,
  { code, detail }: { code: string; detail: string },
  retryAfterMs: number | null = null,
): Joined {
  return { kind: "refused", status, code, detail, retryAfterMs };
}

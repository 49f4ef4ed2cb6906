import { CloseCode, PING, PONG, SUBPROTOCOL } from "../../protocol/limits.ts";
import { messageIn } from "../../protocol/messages/parsed.ts";
import { parseServerMessage } from "../../protocol/messages/server-message.ts";
import type { ViewerMessage } from "../../protocol/messages/viewer-message.ts";
import type { ClientEnvironment, ClientSocket } from "../environment.ts";
import { tokenSubprotocol } from "../token-subprotocol.ts";
import { ask, endedAs, endedBy, urlOf } from "./answer.ts";
import type { Ended, OpenRequest, Transport, TransportEvents } from "./transport.ts";

/** Watches by WebSocket (SPEC.md, “Viewers”). */
export function webSocketTransport({ openSocket }: Pick<ClientEnvironment, "openSocket">): Transport {
  return {
    name: "websocket",
    open(request, events) {
      const url = urlOf(request);
      url.protocol = url.protocol.replace("http", "ws");
      const { token } = request;
      const subprotocols = token === undefined ? [SUBPROTOCOL] : [SUBPROTOCOL, tokenSubprotocol(token)];
      const leaving = new AbortController();
      let isHeard = false;
      const socket = openSocket(url, subprotocols, {
        message(data) {
          isHeard = true;
          events.heard();
          if (typeof data !== "string") events.frames(new Uint8Array(data));
          else if (data !== PONG) receive(data, request, events, socket);
        },
        closed(code, why) {
          // Why one could not be opened no client is told (https://websockets.spec.whatwg.org/#feedback-from-the-protocol).
          const asked = () => (isHeard ? endedWith(code) : whyRefused(request, leaving.signal));
          void Promise.resolve(why === undefined ? asked() : endedAs(why)).then((how) => {
            if (!leaving.signal.aborted) events.ended(how);
          });
        },
      });
      return {
        ping: () => socket.send(PING),
        close() {
          leaving.abort();
          socket.close();
        },
      };
    },
  };
}

function receive(text: string, request: OpenRequest, events: TransportEvents, socket: ClientSocket): void {
  const message = messageIn(parseServerMessage(text));
  switch (message?.type) {
    case "hello":
    case "status":
      events.retryWithin(message.retryWithinMs);
      return;
    case "gap":
      events.gap(message);
      return;
    case "lost":
      events.lost(message);
      return;
    case "note":
      events.note(message.detail);
      return;
    case "live":
      events.live(message);
      return;
    case "behind":
      void request.room().then(() => {
        socket.send(
          JSON.stringify({ type: "continue", epoch: message.epoch, seq: message.seq } satisfies ViewerMessage),
        );
      });
      return;
    case "expiring":
      void renew(request, socket);
      return;
    // Not asked for; or of a newer channel.
    case "earlier":
    case "layout":
    case "renewed":
    case undefined:
      return;
    default:
      message satisfies never;
  }
}

/** Where no other token is to be had yet, the connection ends with the one that it has, and another is opened. */
async function renew({ nextToken }: OpenRequest, socket: ClientSocket): Promise<void> {
  const token = await nextToken().catch(() => undefined);
  if (token !== undefined) socket.send(JSON.stringify({ type: "renew", token } satisfies ViewerMessage));
}

function endedWith(code: number): Ended {
  switch (code) {
    case CloseCode.tokenExpired:
      return {
        kind: "refused",
        problem: { code: "token-expired", detail: "The token counts no more. Come back with a new one." },
      };
    case CloseCode.notPermitted:
      return {
        kind: "refused",
        problem: { code: "not-permitted", detail: "The token has no right here any more. Ask for another." },
      };
    default:
      return { kind: "closed" };
  }
}

/** What the Worker says that it would answer to a WebSocket (RT9). */
async function whyRefused({ url, token }: OpenRequest, signal: AbortSignal): Promise<Ended> {
  try {
    const response = await ask(url, "application/problem+json", token, signal);
    return await endedBy(response);
  } catch {
    return { kind: "closed" };
  }
}

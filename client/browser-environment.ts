import { SUBPROTOCOL } from "../protocol/limits.ts";
import type { Outside, Socket, SocketEvents } from "./connection.ts";

/** The connection's world in a browser. */
export function browserOutside(channelUrl: URL): Outside {
  let timer: number | undefined;
  return {
    openSocket: (query, events) => openSocket(channelUrl, query, events),
    // Not the time of day, which may be set meanwhile.
    nowMs: () => performance.now(),
    wakeAt(timeMs, wake) {
      clearTimeout(timer);
      timer = setTimeout(wake, Math.max(0, timeMs - performance.now()));
    },
    random: Math.random,
  };
}

function openSocket(channelUrl: URL, query: string, events: SocketEvents): Socket {
  const url = new URL(channelUrl);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.search = query;
  const socket = new WebSocket(url, SUBPROTOCOL);
  socket.binaryType = "arraybuffer";
  const listening = new AbortController();
  const { signal } = listening;
  const onMessage = ({ data }: MessageEvent<unknown>): void => {
    if (typeof data === "string" || data instanceof ArrayBuffer) events.message(data);
  };
  socket.addEventListener("message", onMessage, { signal });
  // An error is always followed by a close.
  socket.addEventListener("close", () => events.closed(), { signal });
  return {
    send(text) {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    leave() {
      listening.abort();
      socket.close();
    },
  };
}

import type { ChannelSocketEvents, PublisherSocket } from "./channel-socket.ts";

/** @param socket what a channel answered with; its events come from now on */
export function acceptSocket(socket: WebSocket, events: ChannelSocketEvents): PublisherSocket {
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data }) => {
    if (typeof data === "string" || data instanceof ArrayBuffer) events.message(data);
  });
  socket.addEventListener("close", ({ code }) => events.closed(code));
  socket.addEventListener("error", () => events.closed(1006));
  socket.accept();
  return {
    send(data) {
      if (socket.readyState === WebSocket.OPEN) socket.send(data);
    },
    close: () => socket.close(1000),
  };
}

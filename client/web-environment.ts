import type { ClientEnvironment } from "./environment.ts";

/** Beyond this a timer fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Made of what browsers, Workers and Node 22 all have. */
export const webEnvironment: ClientEnvironment = {
  openSocket(url, subprotocols, events) {
    const socket = new WebSocket(url, subprotocols);
    socket.binaryType = "arraybuffer";
    let isLeft = false;
    socket.addEventListener("message", ({ data }: { data: unknown }) => {
      if (!isLeft && (typeof data === "string" || data instanceof ArrayBuffer)) events.message(data);
    });
    // An error is always followed by a close.
    socket.addEventListener("close", ({ code }) => {
      if (!isLeft) events.closed(code);
    });
    return {
      send(text) {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      },
      close() {
        isLeft = true;
        socket.close();
      },
    };
  },
  nowMs: () => performance.now(),
  wakeAt(timeMs, wake) {
    const timer = setTimeout(wake, Math.min(MAX_TIMER_MS, Math.max(0, timeMs - performance.now())));
    return () => clearTimeout(timer);
  },
  random: Math.random,
};

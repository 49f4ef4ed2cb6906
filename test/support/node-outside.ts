/** What the page's own connection needs of the world, made of what Node has. */
import WebSocket from "ws";
import type { Outside, Socket, SocketEvents } from "../../client/connection.ts";
import { SUBPROTOCOL } from "../../protocol/limits.ts";

/** Beyond, a timer of Node's would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export class NodeOutside implements Outside {
  /** Sockets that opened. */
  connections = 0;
  /** Bytes of the binary messages that came. */
  bytes = 0;
  readonly random = Math.random;
  readonly #url: URL;
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(url: URL) {
    this.#url = url;
  }

  openSocket(query: string, events: SocketEvents): Socket {
    const socket = new WebSocket(new URL(`?${query}`, this.#url), SUBPROTOCOL, { perMessageDeflate: false });
    socket.binaryType = "arraybuffer";
    let left = false;
    const unlessLeft = (then: () => void): void => {
      if (!left) then();
    };
    socket.on("open", () => {
      this.connections++;
    });
    socket.on("message", (data, isBinary) => {
      if (data instanceof ArrayBuffer) this.bytes += data.byteLength;
      unlessLeft(() => events.message(isBinary && data instanceof ArrayBuffer ? data : String(data)));
    });
    socket.on("close", () => unlessLeft(() => events.closed()));
    socket.on("error", () => {});
    this.#socket = {
      send: (text) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      },
      leave: () => {
        left = true;
        socket.terminate();
      },
    };
    return this.#socket;
  }

  nowMs(): number {
    return performance.now();
  }

  wakeAt(timeMs: number, wake: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(wake, Math.min(MAX_TIMER_MS, Math.max(0, timeMs - performance.now())));
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#socket?.leave();
  }
}

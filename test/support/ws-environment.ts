/** The environment of one viewer on a socket of the package `ws`, which a test can cut off and stop reading. */
import WebSocket from "ws";
import type { ClientEnvironment, ClientSocket, SocketEvents } from "../../client/environment.ts";
import { webEnvironment } from "../../client/web-environment.ts";

export interface WsEnvironmentOptions {
  /** In place of chance. */
  random?: () => number;
}

export class WsEnvironment implements ClientEnvironment {
  /** Sockets that opened. */
  connections = 0;
  /** Bytes of the binary messages that came. */
  bytes = 0;
  /** How often a connection ended with which code. (Not those that the viewer gave up.) */
  readonly closeCodes = new Map<number, number>();
  readonly nowMs = webEnvironment.nowMs;
  readonly wakeAt = webEnvironment.wakeAt;
  readonly random: () => number;
  #socket: WebSocket | undefined;
  /** Until then nobody can be reached. */
  #awayUntilMs = 0;

  constructor({ random = Math.random }: WsEnvironmentOptions = {}) {
    this.random = random;
  }

  openSocket(url: URL, subprotocols: string[], events: SocketEvents): ClientSocket {
    const socket = new WebSocket(url, subprotocols, { perMessageDeflate: false });
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    let isLeft = false;
    socket.on("open", () => {
      this.connections++;
    });
    socket.on("message", (data, isBinary) => {
      if (isLeft) return;
      if (isBinary && data instanceof ArrayBuffer) {
        this.bytes += data.byteLength;
        events.message(data);
      } else events.message(String(data));
    });
    socket.on("close", (code) => {
      if (isLeft) return;
      this.closeCodes.set(code, (this.closeCodes.get(code) ?? 0) + 1);
      events.closed(code);
    });
    socket.on("error", () => {});
    if (this.nowMs() < this.#awayUntilMs) socket.terminate();
    return {
      send(text) {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      },
      close() {
        isLeft = true;
        socket.terminate();
      },
    };
  }

  /** Ends the connection without a word, and lets none be made for so long. */
  cut(awayMs = 0): void {
    this.#awayUntilMs = this.nowMs() + awayMs;
    this.#socket?.terminate();
  }

  /** Stops reading from the network, until {@link resume} or the next connection. */
  pause(): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.pause();
  }

  resume(): void {
    // One whose opening was given up has nothing to resume, and `ws` throws.
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.resume();
  }
}

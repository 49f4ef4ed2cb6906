import WebSocket from "ws";
import { Connection, type SocketEvents } from "../../worker/page/connect/connection.ts";
import { SUBPROTOCOL } from "../../worker/protocol/limits.ts";

/** The page's own connection, on a socket of Node's: comes back by itself and goes on where it was. */
export class PageViewer {
  /** Points received, those from the store included. */
  points = 0;
  /** Points that were said to be missing; NaN once a number was not known. */
  lost = 0;
  readonly connection: Connection;
  #leave = (): void => {};
  #timer: NodeJS.Timeout | undefined;

  constructor(url: URL) {
    const outside = {
      openSocket: (query: string, events: SocketEvents) => this.#open(new URL(`?${query}`, url), events),
      nowMs: () => performance.now(),
      wakeAt: (timeMs: number, wake: () => void) => {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(wake, Math.max(0, timeMs - performance.now()));
      },
      random: Math.random,
    };
    this.connection = new Connection(outside, {
      frame: ({ header }) => {
        this.points += header.points;
      },
      lost: ({ points }) => {
        this.lost += points ?? Number.NaN;
      },
      told: () => {},
      changed: () => {},
    });
    this.connection.start();
  }

  get isLive(): boolean {
    return this.connection.state.phase === "live";
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#leave();
  }

  #open(url: URL, events: SocketEvents) {
    const socket = new WebSocket(url, SUBPROTOCOL, { perMessageDeflate: false });
    socket.binaryType = "arraybuffer";
    let left = false;
    const unlessLeft = (then: () => void): void => {
      if (!left) then();
    };
    socket.on("message", (data, isBinary) =>
      unlessLeft(() => events.message(isBinary && data instanceof ArrayBuffer ? data : String(data))),
    );
    socket.on("close", () => unlessLeft(() => events.closed()));
    socket.on("error", () => {});
    const leave = (): void => {
      left = true;
      socket.terminate();
    };
    this.#leave = leave;
    return {
      send: (text: string) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      },
      leave,
    };
  }
}

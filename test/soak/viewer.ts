/** The page's own connection on a socket of Node's, which checks every counter it gets. */
import WebSocket from "ws";
import { Connection, type Socket, type SocketEvents } from "../../worker/page/connect/connection.ts";
import type { Frame } from "../../worker/protocol/frame.ts";
import { SUBPROTOCOL } from "../../worker/protocol/limits.ts";

export class CountingViewer {
  /** The first and the last counter; undefined before the first. */
  first: number | undefined;
  last: number | undefined;
  points = 0;
  /** All that came, whatever their y. */
  received = 0;
  bytes = 0;
  /** Where the counters did not go on by one: "after 17 came 19". */
  readonly faults: string[] = [];
  /** What was said to be missing. */
  readonly gaps: string[] = [];
  connections = 0;
  /** How old the newest point was when it came. */
  latencyMs = Number.NaN;
  readonly connection: Connection;
  #socket: Socket | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(url: URL) {
    this.connection = new Connection(
      {
        openSocket: (query, events) => this.#open(new URL(`?${query}`, url), events),
        nowMs: () => performance.now(),
        wakeAt: (timeMs, wake) => {
          clearTimeout(this.#timer);
          this.#timer = setTimeout(wake, Math.min(2 ** 31 - 1, Math.max(0, timeMs - performance.now())));
        },
        random: Math.random,
      },
      {
        frame: (frame) => this.#take(frame),
        lost: ({ reason, points }) => this.#note(this.gaps, `${reason}: ${points} points after ${this.last}`),
        told: () => {},
        changed: () => {},
      },
    );
    this.connection.start();
  }

  get isLive(): boolean {
    return this.connection.state.phase === "live";
  }

  close(): void {
    this.#socket?.leave();
    clearTimeout(this.#timer);
  }

  #take({ header, blocks }: Frame): void {
    this.received += header.points;
    for (const block of blocks) {
      if (block.kind === "gap") {
        this.#note(this.gaps, `${block.reason}: ${block.points} points after ${this.last}`);
        continue;
      }
      for (const { name, y } of block.columns) if (name === "y") for (const value of y) this.#count(value);
    }
    this.latencyMs = performance.timeOrigin + performance.now() - 1000 * header.maxX;
  }

  #count(value: number): void {
    // Below 0 is what only fills.
    if (value < 0) return;
    this.points++;
    if (this.last !== undefined && value !== this.last + 1) {
      this.#note(this.faults, `after ${this.last} came ${value}`);
    }
    this.first ??= value;
    this.last = value;
  }

  #note(list: string[], what: string): void {
    if (list.length < 100) list.push(what);
  }

  #open(url: URL, events: SocketEvents): Socket {
    const socket = new WebSocket(url, SUBPROTOCOL, { perMessageDeflate: false });
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
      send: (text: string) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      },
      leave: () => {
        left = true;
        socket.terminate();
      },
    };
    return this.#socket;
  }
}

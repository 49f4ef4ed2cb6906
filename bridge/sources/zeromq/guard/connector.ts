import { connect, createServer, type Server, type Socket } from "node:net";
import type { SocketCounters } from "../counters.ts";
import { connectOptions } from "../node-connect.ts";
import { TCP_KEEPALIVE } from "../socket.ts";
import type { FramingFault } from "./framing.ts";
import type { Publishers } from "./publishers.ts";
import { Splice } from "./splice.ts";

export interface ConnectorOptions {
  /** A publisher that binds. */
  address: string;
  /** Where libzmq looks for it. */
  path: string;
  publishers: Publishers;
  counters: SocketCounters;
  onFault: (fault: FramingFault) => void;
}

/** As libzmq's `connectTimeout` for connections of its own: socket.ts. */
const CONNECT_WITHIN_MS = 5000;
const TIMED_OUT = Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" });
const DIAL_AT_MOST_EVERY_MS = 100;
/** libzmq comes within its reconnect interval, unless it has given the address up. */
const COME_WITHIN_MS = 3000;
/** What libzmq gives a handshake. */
const SILENT_FOR_MS = 30_000;
/** A publisher that was cut off would do the same again at once. */
const CUT_OFF_FOR_MS = 5000;

/**
 * The guard before a publisher that this bridge connects to. libzmq connects to a private path, which is there only while
 * the publisher is connected: so libzmq itself tries again, gives up and tells of it as without the guard.
 */
export class Connector {
  readonly #options: ConnectorOptions;
  #state: "idle" | "dialling" | "offered" | "spliced" = "idle";
  #notBeforeMs = 0;
  #server: Server | undefined;
  #end: (() => void) | undefined;
  #splice: Splice | undefined;
  #from = "";
  #failure: Error | undefined;
  #isHeld = false;
  #isClosed = false;

  constructor(options: ConnectorOptions) {
    this.#options = options;
    this.wanted();
  }

  /** To be called when libzmq has looked for the publisher in vain. */
  wanted(): void {
    const nowMs = performance.now();
    if (this.#isClosed || this.#state !== "idle" || nowMs < this.#notBeforeMs) return;
    this.#notBeforeMs = nowMs + DIAL_AT_MOST_EVERY_MS;
    this.#state = "dialling";
    const peer = connect(connectOptions(this.#options.address));
    const timer = setTimeout(() => {
      this.#failure = TIMED_OUT;
      peer.destroy();
    }, CONNECT_WITHIN_MS).unref();
    this.#end = () => peer.destroy();
    // What comes before a connection: refused, unreachable, an unknown name.
    peer.on("error", (error) => {
      if (this.#state === "dialling") this.#failure = error;
    });
    peer.once("close", () => {
      clearTimeout(timer);
      if (this.#state !== "dialling") return;
      this.#options.counters.connectRetries++;
      this.#state = "idle";
    });
    peer.once("connect", () => {
      clearTimeout(timer);
      this.#offer(peer);
    });
  }

  /** Why the last attempt failed; undefined if none did since the last that came to a connection. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** The IP address of the publisher that is connected, or was last; empty for ipc. */
  get from(): string {
    return this.#from;
  }

  /** Reads nothing more from the publisher, or reads on. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#splice?.hold(isHeld);
  }

  close(): void {
    this.#isClosed = true;
    this.#server?.close();
    this.#end?.();
  }

  #offer(peer: Socket): void {
    this.#state = "offered";
    this.#failure = undefined;
    this.#from = peer.remoteAddress ?? "";
    peer.setKeepAlive(true, TCP_KEEPALIVE.idleSeconds * 1000);
    peer.setNoDelay(true);
    const server = createServer({ allowHalfOpen: true }, (inner) => {
      clearTimeout(timer);
      server.close();
      this.#begin(peer, inner);
    });
    this.#server = server;
    const giveUp = (): void => {
      server.close();
      peer.destroy();
      if (this.#state === "offered") this.#state = "idle";
    };
    const timer = setTimeout(giveUp, COME_WITHIN_MS).unref();
    server.once("error", giveUp);
    server.listen(this.#options.path);
  }

  #begin(peer: Socket, inner: Socket): void {
    this.#state = "spliced";
    const { address, publishers, counters, onFault } = this.#options;
    const watch = publishers.begin(address);
    inner.on("error", () => undefined);
    const leave = (): void => {
      // Half: see Splice.
      inner.resume().end();
    };
    const silent = setTimeout(() => splice.end(), SILENT_FOR_MS).unref();
    const splice = new Splice({
      peer,
      ...watch,
      enter: (begin) => begin(() => inner),
      onZmtp: () => clearTimeout(silent),
      onMessages: () => watch.heard(performance.now()),
      onFault: (fault) => {
        if (fault === "not-zmtp") counters.notZmtp++;
        else {
          this.#notBeforeMs = performance.now() + CUT_OFF_FOR_MS;
          onFault(fault);
        }
        leave();
      },
      onLeft: leave,
      onFailure: leave,
      onUnfinished: () => undefined,
      onClose: () => {
        clearTimeout(silent);
        leave();
        watch.ended();
        this.#splice = undefined;
        this.#state = "idle";
      },
    });
    this.#splice = splice;
    this.#end = () => splice.end();
    if (this.#isHeld) splice.hold(true);
  }
}

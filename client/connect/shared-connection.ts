import { MAX_SHARED_CHANNELS } from "../../protocol/limits.ts";
import type { ClientEnvironment, ClientSocket, SocketEvents } from "../environment.ts";
import { type LineEnd, SharedLine } from "./shared-line.ts";

/** A line that the Worker ends sooner has no room to live: on Cloudflare's free plan, say. */
const SHORT_LIFE_MS = 60_000;
const SERVICE_RESTART = 1012;
/** So many lines in a row that are of no use, and each channel has a WebSocket of its own for a while: a minute, then ever longer. */
const MAX_USELESS_LINES = 2;
const FIRST_PAUSE_MS = 60_000;
const MAX_PAUSE_MS = 600_000;

/** Several channels of one Worker by as few WebSockets as there can be. */
export class SharedConnection {
  readonly #url: URL;
  readonly #environment: ClientEnvironment;
  readonly #own: ClientEnvironment;
  /** More than one where more channels are joined than one may have. */
  #lines: SharedLine[] = [];
  #uselessLines = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #notBeforeMs = Number.NEGATIVE_INFINITY;

  /** @throws TypeError if the URL is none of http or https */
  constructor(url: string | URL, environment: ClientEnvironment) {
    this.#url = new URL("/c", url);
    if (!/^https?:$/.test(this.#url.protocol)) throw new TypeError("A Worker's URL begins with https:// or http://.");
    this.#environment = environment;
    this.#own = {
      openSocket: (to, subprotocols, events) => this.#open(to, subprotocols, events),
      nowMs: () => environment.nowMs(),
      wakeAt: (timeMs, wake) => environment.wakeAt(timeMs, wake),
      random: () => environment.random(),
      watch: (notify) => environment.watch?.(notify) ?? (() => undefined),
    };
  }

  /**
   * Where a channel's sockets are opened so that they go by this connection.
   * @throws TypeError if that channel is elsewhere
   * @internal
   */
  environmentFor(channel: URL): ClientEnvironment {
    if (channel.origin !== this.#url.origin) {
      throw new TypeError(`This connection leads to ${this.#url.origin}; ${channel.origin} needs one of its own.`);
    }
    return this.#own;
  }

  #open(to: URL, subprotocols: string[], events: SocketEvents): ClientSocket {
    if (this.#environment.nowMs() < this.#notBeforeMs) return this.#environment.openSocket(to, subprotocols, events);
    return (this.#lines.find((line) => line.hasRoom) ?? this.#newLine()).open(to, subprotocols, events);
  }

  #newLine(): SharedLine {
    const at = new URL(this.#url);
    at.protocol = at.protocol.replace("http", "ws");
    const line = new SharedLine(at, this.#environment, MAX_SHARED_CHANNELS, (end) => {
      this.#lines = this.#lines.filter((each) => each !== line);
      this.#learnFrom(end);
    });
    this.#lines.push(line);
    return line;
  }

  /** An older Worker knows no such connection, something on the way may not let it through, and a small plan has no room for it. */
  #learnFrom({ wasOpen, code, livedMs }: LineEnd): void {
    const isShort = livedMs < SHORT_LIFE_MS;
    if (!isShort) this.#pauseMs = FIRST_PAUSE_MS;
    if (wasOpen && !(code === SERVICE_RESTART && isShort)) {
      this.#uselessLines = 0;
      return;
    }
    if (++this.#uselessLines < MAX_USELESS_LINES) return;
    this.#uselessLines = 0;
    this.#notBeforeMs = this.#environment.nowMs() + this.#pauseMs;
    this.#pauseMs = Math.min(2 * this.#pauseMs, MAX_PAUSE_MS);
  }
}

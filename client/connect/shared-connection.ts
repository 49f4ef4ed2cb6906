import { MAX_SHARED_CHANNELS } from "../../protocol/limits.ts";
import type { ClientEnvironment, ClientSocket, SocketEvents } from "../environment.ts";
import { SharedLine } from "./shared-line.ts";

/** Several channels of one Worker by as few WebSockets as there can be. */
export class SharedConnection {
  readonly #url: URL;
  readonly #environment: ClientEnvironment;
  readonly #own: ClientEnvironment;
  /** More than one where more channels are joined than one may have. */
  #lines: SharedLine[] = [];

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
    return (this.#lines.find((line) => line.hasRoom) ?? this.#newLine()).open(to, subprotocols, events);
  }

  #newLine(): SharedLine {
    const at = new URL(this.#url);
    at.protocol = at.protocol.replace("http", "ws");
    const line = new SharedLine(at, this.#environment, MAX_SHARED_CHANNELS, () => {
      this.#lines = this.#lines.filter((each) => each !== line);
    });
    this.#lines.push(line);
    return line;
  }
}

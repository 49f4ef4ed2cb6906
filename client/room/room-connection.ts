/**
 * A connection to a channel's room: says and hears messages of `plotcast.room.v1`, and comes back by itself. What was said while
 * it was away is not kept: whoever says it knows what to say again once it is welcome.
 */
import { ROOM_SUBPROTOCOL } from "../../protocol/limits.ts";
import { messageIn } from "../../protocol/messages/parsed.ts";
import {
  parseRoomServerMessage,
  type RoomClientMessage,
  type RoomServerMessage,
} from "../../protocol/room/room-message.ts";
import { Connection } from "../connection.ts";
import type { ConnectionState } from "../connection-state.ts";
import type { ClientEnvironment } from "../environment.ts";
import { webEnvironment } from "../web-environment.ts";

export type Welcome = Extract<RoomServerMessage, { type: "welcome" }>;

export interface RoomHandlers {
  /** It is connected, for the first time or again. */
  welcome(welcome: Welcome): void;
  /** Anything else that is said. */
  heard(message: Exclude<RoomServerMessage, Welcome>): void;
  stateChanged?(state: ConnectionState): void;
}

export interface RoomOptions {
  token?: string | undefined;
  /** Of a viewer: by which it is the same person after a reconnect, and the author of its notes. 16 characters at least. */
  key?: string | undefined;
  /** Of a publisher: the id in its frames, which may change. */
  publisher?: (() => string) | undefined;
  /** The key of a page's cookie. */
  sessionKey?: (() => string | undefined) | undefined;
  environment?: ClientEnvironment;
}

/** It begins with `open` and ends with `close`. */
export class RoomConnection extends Connection {
  readonly #url: URL;
  readonly #handlers: RoomHandlers;
  readonly #options: RoomOptions;

  /** @param url the channel's */
  constructor(url: URL, handlers: RoomHandlers, options: RoomOptions = {}) {
    super(options.environment ?? webEnvironment);
    this.#url = url;
    this.#handlers = handlers;
    this.#options = options;
    this.token = options.token;
    this.sessionKey = options.sessionKey;
  }

  get isWelcome(): boolean {
    return this.state.phase === "live" || this.state.phase === "probing";
  }

  /** @returns false, and nothing is said, while it is not connected */
  say(message: RoomClientMessage): boolean {
    if (!this.isWelcome) return false;
    this.send(JSON.stringify(message));
    return true;
  }

  override get subprotocols(): string[] {
    return [ROOM_SUBPROTOCOL, ...super.subprotocols.slice(1)];
  }

  protected override nextUrl(): URL {
    const { key, publisher } = this.#options;
    const url = new URL(this.#url);
    url.protocol = url.protocol.replace("http", "ws");
    const query = { ...(publisher && { publisher: publisher() }), ...(key !== undefined && { key }) };
    url.search = Object.entries(query)
      .map((pair) => pair.join("="))
      .join("&");
    return url;
  }

  protected override receive(data: string | ArrayBuffer): void {
    const message = typeof data === "string" ? messageIn(parseRoomServerMessage(data)) : undefined;
    if (message === undefined) return;
    if (message.type === "welcome") {
      this.on("caught-up");
      this.#handlers.welcome(message);
    } else this.#handlers.heard(message);
  }

  protected override phaseChanged(): void {
    this.#handlers.stateChanged?.(this.state);
  }
}

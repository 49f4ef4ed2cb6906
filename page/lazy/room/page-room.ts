import { browserEnvironment } from "../../../client/browser-environment.ts";
import { RoomConnection } from "../../../client/room/room-connection.ts";
import { isObject } from "../../../protocol/json/json.ts";
import { messageIn } from "../../../protocol/messages/parsed.ts";
import {
  parseRoomServerMessage,
  type RoomClientMessage,
  type RoomServerMessage,
} from "../../../protocol/room/room-message.ts";
import { sessionKeyOf } from "../../layout/session-key.ts";
import { accessOf } from "../access/access-of-page.ts";
import type { Context } from "../module.ts";
import { keepName, ownName, personKey } from "./browser-memory.ts";
import { RoomState } from "./room-state.ts";
import { SentCommands } from "./sent-commands.ts";

/** After so many in vain, one after the other, the room is left until the page is live anew: it may be full. */
const MAX_ATTEMPTS = 8;

/** The page's part in its channel's room. */
export class PageRoom {
  readonly state = new RoomState();
  readonly sent: SentCommands;
  /** Called after each message, and when the connection comes and goes. */
  readonly heard = new Set<(message: RoomServerMessage | undefined) => void>();
  readonly #context: Context;
  #connection: RoomConnection | undefined;
  #isAsking = false;

  constructor(context: Context) {
    this.#context = context;
    this.sent = new SentCommands({
      say: (message) => this.say(message),
      newId: () => crypto.randomUUID(),
      nowMs: () => Date.now(),
    });
  }

  get isConnected(): boolean {
    return this.#connection?.isWelcome === true;
  }

  /** @returns false, and nothing is said, while there is no connection */
  say(message: RoomClientMessage): boolean {
    return this.#connection?.say(message satisfies RoomClientMessage) === true;
  }

  /** Gives the person a name, in this browser; "" takes it away. */
  name(name: string): void {
    keepName(name);
    this.say({ type: "name", name });
  }

  /** Goes in, if there is anything in it for this page. */
  async enter(): Promise<void> {
    if (this.#connection?.state.phase === "refused") this.leave();
    if (this.#connection !== undefined || this.#isAsking || this.#context.isFile) return;
    this.#isAsking = true;
    const isWorthIt = await this.#ask();
    this.#isAsking = false;
    if (!isWorthIt || this.#context.isFile) return;
    const { channel, channelUrl, viewer } = this.#context;
    this.#connection = new RoomConnection(
      channelUrl,
      {
        welcome: (welcome) => this.#welcome(welcome),
        heard: (message) => this.#hear(message),
        stateChanged: (state) => {
          if (state.phase === "waiting" && state.attempt > MAX_ATTEMPTS) this.leave();
          else this.#tell(undefined);
        },
      },
      {
        token: viewer.token,
        key: personKey(),
        sessionKey: () => sessionKeyOf(channel),
        environment: browserEnvironment,
      },
    );
    this.#connection.open();
  }

  leave(): void {
    this.#connection?.close();
    this.#connection = undefined;
    this.#tell(undefined);
  }

  /** Whoever may only look, where there is nothing to see, needs no second connection. A Worker of before, or a full room, has none. */
  async #ask(): Promise<boolean> {
    if (typeof WebSocket === "undefined") return false;
    const { channelUrl } = this.#context;
    try {
      const headers = { ...accessOf(this.#context).headers, Accept: "application/json" };
      const response = await fetch(new URL("?room", channelUrl), { headers });
      if (!response.ok) return false;
      const room: unknown = await response.json();
      if (!isObject(room)) return false;
      const greeting = { type: "welcome", version: 1, id: "", person: "", name: "", ...room };
      const welcome = messageIn(parseRoomServerMessage(JSON.stringify(greeting)));
      if (welcome?.type !== "welcome") return false;
      const { controls, notes, may } = welcome;
      return (
        controls.length + notes.length > 0 || may.some((right) => !["watch", "history", "publish"].includes(right))
      );
    } catch {
      return false;
    }
  }

  #welcome(welcome: Extract<RoomServerMessage, { type: "welcome" }>): void {
    this.state.take(welcome);
    this.sent.sayAgain();
    const name = ownName();
    if (name !== "" && welcome.name === "") this.say({ type: "name", name });
    this.#tell(welcome);
  }

  #hear(message: Exclude<RoomServerMessage, { type: "welcome" }>): void {
    if (message.type === "command") this.sent.told(message.command);
    this.state.take(message);
    this.#tell(message);
  }

  #tell(message: RoomServerMessage | undefined): void {
    if (this.#connection !== undefined) this.#connection.token = this.#context.viewer.token;
    for (const listener of this.heard) listener(message);
  }
}

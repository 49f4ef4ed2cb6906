/** Somebody in a channel's room, by a real WebSocket. */
import type { TestContext } from "node:test";
import { WebSocket } from "ws";
import { tokenSubprotocol } from "../../client/token-subprotocol.ts";
import { ROOM_SUBPROTOCOL } from "../../protocol/limits.ts";
import { messageIn } from "../../protocol/messages/parsed.ts";
import {
  parseRoomServerMessage,
  type RoomClientMessage,
  type RoomServerMessage,
} from "../../protocol/room/room-message.ts";
import { DEFAULT_DEADLINE_MS, withDeadline } from "./wait.ts";

type Of<Type extends RoomServerMessage["type"]> = Extract<RoomServerMessage, { type: Type }>;

export interface GuestOptions {
  token?: string | undefined;
  publisher?: string;
  key?: string;
}

/** One connection of a room. What it hears is kept until it is asked for. */
export class Guest {
  readonly heard: RoomServerMessage[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #socket: WebSocket;
  #wake: () => void = () => undefined;

  constructor(url: URL, { token, publisher, key }: GuestOptions = {}) {
    const at = new URL(url);
    if (publisher !== undefined) at.searchParams.set("publisher", publisher);
    if (key !== undefined) at.searchParams.set("key", key);
    const subprotocols = [ROOM_SUBPROTOCOL, ...(token === undefined ? [] : [tokenSubprotocol(token)])];
    this.#socket = new WebSocket(at, subprotocols, { perMessageDeflate: false });
    this.#socket.on("error", () => undefined);
    this.#socket.on("message", (data) => {
      const message = messageIn(parseRoomServerMessage(String(data)));
      if (message === undefined) throw new Error(`This is no message of a room: ${String(data)}`);
      this.heard.push(message);
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      this.#socket.on("close", (code, reason) => resolve({ code, reason: String(reason) }));
    });
  }

  /** In the room, and greeted. It leaves when the test ends. */
  static async in(t: TestContext, url: URL, options: GuestOptions = {}): Promise<Guest & { welcome: Of<"welcome"> }> {
    const guest = new Guest(url, options);
    t.after(() => guest.leave());
    const welcome = await guest.hears("welcome");
    return Object.assign(guest, { welcome });
  }

  say(message: RoomClientMessage): void {
    this.#socket.send(JSON.stringify(message satisfies RoomClientMessage));
  }

  /** Says what is perhaps no message. */
  sayRaw(text: string | Uint8Array): void {
    this.#socket.send(text);
  }

  /** The next message of a type, which is taken, of which something is true. */
  async hears<Type extends RoomServerMessage["type"]>(
    type: Type,
    isIt: (message: Of<Type>) => boolean = () => true,
    deadlineMs: number = DEFAULT_DEADLINE_MS,
  ): Promise<Of<Type>> {
    const isOf = (message: RoomServerMessage): message is Of<Type> => message.type === type;
    const search = async (): Promise<Of<Type>> => {
      for (;;) {
        const found = this.heard.find((message): message is Of<Type> => isOf(message) && isIt(message));
        if (found !== undefined) {
          this.heard.splice(this.heard.indexOf(found), 1);
          return found;
        }
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    };
    return await withDeadline(`a message "${type}" in the room`, search(), deadlineMs);
  }

  leave(): void {
    this.#socket.terminate();
  }
}

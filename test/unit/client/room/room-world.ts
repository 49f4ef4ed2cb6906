/** A room of the client library in a world without a network, for which a test speaks. */
import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import type { ClientEnvironment, SocketEvents } from "../../../../client/environment.ts";
import { openRoomIn, type RoomOptions } from "../../../../client/room/open-room.ts";
import type { Room } from "../../../../client/room/room.ts";
import { RoomError } from "../../../../client/room/room-error.ts";
import type { Ended } from "../../../../client/subscribe/transport.ts";
import { messageIn } from "../../../../protocol/messages/parsed.ts";
import type { CommandState } from "../../../../protocol/room/command.ts";
import type { ControlState } from "../../../../protocol/room/room-contents.ts";
import {
  parseRoomClientMessage,
  type ReceivedRoomMessage,
  type RoomServerMessage,
} from "../../../../protocol/room/room-message.ts";

type Welcome = Extract<RoomServerMessage, { type: "welcome" }>;

export const WELCOME: Welcome = {
  type: "welcome",
  version: 1,
  id: "c1",
  person: "p1",
  name: "",
  may: ["watch", "control", "presence"],
  nowMs: 0,
  controls: [],
  notes: [],
  people: [],
  count: 1,
};

export const SETPOINT: ControlState = {
  name: "setpoint",
  kind: "number",
  value: 180,
  revision: 0,
  isHere: true,
  desired: null,
};

interface FakeSocket {
  events: SocketEvents;
  url: string;
  subprotocols: string[];
  sent: string[];
  isLeft: boolean;
}

export class RoomWorld implements ClientEnvironment {
  readonly sockets: FakeSocket[] = [];
  now = 1_000_000;
  why: Ended = { kind: "closed" };
  asked = 0;
  readonly #timers = new Set<{ atMs: number; wake: () => void }>();

  openSocket(url: URL, subprotocols: string[], events: SocketEvents) {
    const socket: FakeSocket = { events, url: url.href, subprotocols, sent: [], isLeft: false };
    this.sockets.push(socket);
    return {
      send: (text: string) => void socket.sent.push(text),
      close: () => {
        socket.isLeft = true;
      },
    };
  }
  nowMs = (): number => this.now;
  random = (): number => 0.5;
  wakeAt(atMs: number, wake: () => void): () => void {
    const timer = { atMs, wake };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  open(options: RoomOptions = {}): Promise<Room> {
    const whyNot = async (): Promise<Ended> => {
      this.asked++;
      return this.why;
    };
    return openRoomIn({ environment: this, whyNot }, "https://board.example/c/lab?embed=1", options);
  }

  /** A room that is entered. */
  async room(options: RoomOptions = {}, welcome: Partial<Welcome> = {}): Promise<Room> {
    const opening = this.open(options);
    await turn();
    this.say({ ...WELCOME, ...welcome });
    return await opening;
  }

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    assert.ok(socket, "no socket was opened");
    return socket;
  }

  say(message: RoomServerMessage): void {
    this.socket.events.message(JSON.stringify(message));
  }

  /** What was said since this was last asked, but pings. */
  said(): ReceivedRoomMessage[] {
    const texts = this.socket.sent.splice(0).filter((text) => text !== "ping");
    return texts.map((text) => {
      const message = messageIn(parseRoomClientMessage(text));
      assert.ok(message, `This is no message of a room: ${text}`);
      return message;
    });
  }

  /** The line breaks, and another connection is there. */
  async comeBack(welcome: Partial<Welcome> = {}): Promise<void> {
    this.socket.events.closed(1006);
    this.pass(3_000);
    await turn();
    this.say({ ...WELCOME, ...welcome });
    await turn();
  }

  /** Lets time pass, and every timer fire at its time. */
  pass(ms: number): void {
    const untilMs = this.now + ms;
    for (;;) {
      const [next] = [...this.#timers].sort((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > untilMs) break;
      this.#timers.delete(next);
      this.now = Math.max(this.now, next.atMs);
      next.wake();
    }
    this.now = untilMs;
  }
}

/** The only message of a type that was said. */
export function only<Type extends ReceivedRoomMessage["type"]>(
  said: readonly ReceivedRoomMessage[],
  type: Type,
): Extract<ReceivedRoomMessage, { type: Type }> {
  const isOf = (message: ReceivedRoomMessage): message is Extract<ReceivedRoomMessage, { type: Type }> =>
    message.type === type;
  const found = said.filter(isOf);
  assert.equal(found.length, 1, `one message ${type} in ${JSON.stringify(said)}`);
  const [message] = found;
  assert.ok(message);
  return message;
}

/** What a room says of a command. */
export function command(id: string, more: Partial<CommandState>): RoomServerMessage {
  const asked = { id, action: "set", control: "setpoint", value: 200, by: "Ada", atMs: 5 } as const;
  return { type: "command", command: { ...asked, stage: "accepted", ...more } };
}

/** With which code something was rejected; "" if it was not. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  return await promise.then(
    () => "",
    (error: unknown) => {
      assert.ok(error instanceof RoomError && error.message === error.detail && error.detail.length > 10);
      return error.code;
    },
  );
}

import { SHARED_SUBPROTOCOL } from "../../protocol/limits.ts";
import { messageIn } from "../../protocol/messages/parsed.ts";
import {
  parseSharedServerMessage,
  type SharedClientMessage,
  sharedText,
  splitSharedBytes,
  splitSharedText,
} from "../../protocol/messages/shared-message.ts";
import type { ClientEnvironment, ClientSocket, SocketEvents } from "../environment.ts";

/** A join is answered at once where the line is alive. */
const MAX_JOIN_MS = 8_000;
/** Somebody who comes back, or moves on to another channel, finds it open. */
const IDLE_MS = 2_000;
/** RFC 6455's code for a connection that ended without one. */
const ABNORMAL_CLOSURE = 1006;

interface Member {
  to: string;
  protocols: string[];
  events: SocketEvents;
  isJoined: boolean;
  /** Calls off the wait for the answer. */
  stopWaiting(): void;
}

/** One WebSocket that many go by; each of them looks like a WebSocket of its own (SPEC.md, “Several channels over one connection”). */
export class SharedLine {
  readonly #environment: ClientEnvironment;
  readonly #maxMembers: number;
  readonly #onEnd: () => void;
  readonly #socket: ClientSocket;
  readonly #members = new Map<number, Member>();
  #lastId = 0;
  #isOpen = false;
  #isEnded = false;
  #stopIdling: () => void = () => undefined;

  /** @param onEnd is called once, when nothing goes by it any more */
  constructor(url: URL, environment: ClientEnvironment, maxMembers: number, onEnd: () => void) {
    this.#environment = environment;
    this.#maxMembers = maxMembers;
    this.#onEnd = onEnd;
    this.#socket = environment.openSocket(url, [SHARED_SUBPROTOCOL], {
      message: (data) => {
        if (typeof data === "string") this.#takeText(data);
        else this.#takeBytes(data);
      },
      closed: (code) => this.#end(code),
    });
  }

  get hasRoom(): boolean {
    return !this.#isEnded && this.#members.size < this.#maxMembers;
  }

  /** A socket to a channel, by this line. */
  open({ pathname, search }: URL, protocols: string[], events: SocketEvents): ClientSocket {
    const id = ++this.#lastId;
    this.#stopIdling();
    const stopWaiting = this.#wakeIn(MAX_JOIN_MS, () => this.#fail());
    this.#members.set(id, { to: pathname + search, protocols, events, isJoined: false, stopWaiting });
    this.#join(id);
    return {
      send: (text) => {
        if (this.#members.get(id)?.isJoined) this.#socket.send(sharedText(id, text));
      },
      close: () => this.#leave(id),
    };
  }

  #join(id: number): void {
    const member = this.#members.get(id);
    if (!this.#isOpen || member === undefined) return;
    const { to, protocols } = member;
    this.#say({ type: "join", id, to, protocols });
  }

  #leave(id: number): void {
    if (this.#forget(id) === undefined) return;
    if (this.#isOpen) this.#say({ type: "leave", id });
  }

  /** @returns what it was */
  #forget(id: number): Member | undefined {
    const member = this.#members.get(id);
    member?.stopWaiting();
    if (this.#members.delete(id) && this.#members.size === 0) {
      this.#stopIdling();
      this.#stopIdling = this.#wakeIn(this.#isOpen ? IDLE_MS : 0, () => {
        if (this.#members.size === 0) this.#fail();
      });
    }
    return member;
  }

  #takeText(text: string): void {
    const said = splitSharedText(text);
    if (said !== undefined) return this.#members.get(said.id)?.events.message(said.text);
    const message = messageIn(parseSharedServerMessage(text));
    switch (message?.type) {
      case "hello":
        this.#isOpen = true;
        for (const id of this.#members.keys()) this.#join(id);
        return;
      case "joined": {
        const member = this.#members.get(message.id);
        if (member === undefined) return;
        member.isJoined = true;
        return member.stopWaiting();
      }
      // As of a WebSocket of its own, nobody is told why: whoever wants to know asks.
      case "refused":
        return this.#forget(message.id)?.events.closed(ABNORMAL_CLOSURE);
      case "left":
        return this.#forget(message.id)?.events.closed(message.code);
      // Of a newer Worker.
      case undefined:
        return;
      default:
        message satisfies never;
    }
  }

  #takeBytes(data: ArrayBuffer): void {
    const said = splitSharedBytes(data);
    if (said !== undefined) this.#members.get(said.id)?.events.message(said.data);
  }

  #say(message: SharedClientMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** It is dead, or of no use. */
  #fail(): void {
    this.#socket.close();
    this.#end(ABNORMAL_CLOSURE);
  }

  #end(code: number): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#stopIdling();
    // Whoever comes back at once is to find another line.
    this.#onEnd();
    const members = [...this.#members.values()];
    this.#members.clear();
    for (const { stopWaiting, events } of members) {
      stopWaiting();
      events.closed(code);
    }
  }

  #wakeIn(ms: number, wake: () => void): () => void {
    const environment = this.#environment;
    const dueMs = environment.nowMs() + ms;
    let stop = (): void => undefined;
    const wait = (): void => {
      // Timers may fire early.
      stop = environment.wakeAt(dueMs, () => (environment.nowMs() >= dueMs ? wake() : wait()));
    };
    wait();
    return () => stop();
  }
}

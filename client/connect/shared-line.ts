import { PING, SHARED_SUBPROTOCOL } from "../../protocol/limits.ts";
import { messageIn } from "../../protocol/messages/parsed.ts";
import {
  parseSharedServerMessage,
  type SharedClientMessage,
  sharedText,
  splitSharedBytes,
  splitSharedText,
} from "../../protocol/messages/shared-message.ts";
import type { ClientEnvironment, ClientSocket, SocketEvents, SocketRefusal } from "../environment.ts";

/** What is asked is answered at once where the line is alive. */
const MAX_ANSWER_MS = 5_000;
/** Somebody who comes back, or moves on to another channel, finds it open. */
const IDLE_MS = 2_000;
/** Codes of RFC 6455: it ended without one; come back; come back later. */
const ABNORMAL_CLOSURE = 1006;
const SERVICE_RESTART = 1012;
const TRY_AGAIN_LATER = 1013;
const COME_BACK: SocketRefusal = {
  status: 503,
  code: "channel-unavailable",
  detail: "The connection that several channels share ended. It comes back.",
  retryAfterMs: 0,
};

/** How a line ended, and after how long. */
export interface LineEnd {
  /** Whether the Worker ever said that channels may be joined. */
  wasOpen: boolean;
  code: number;
  livedMs: number;
}

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
  #maxMembers: number;
  readonly #onEnd: (end: LineEnd) => void;
  readonly #socket: ClientSocket;
  readonly #members = new Map<number, Member>();
  #lastId = 0;
  #isOpen = false;
  #isEnded = false;
  readonly #openedAtMs: number;
  /** Since when something is asked and nothing was heard. */
  #askedAtMs: number | undefined;
  #stopIdling: () => void = () => undefined;

  /** @param onEnd is called once, when nothing goes by it any more */
  constructor(url: URL, environment: ClientEnvironment, maxMembers: number, onEnd: (end: LineEnd) => void) {
    this.#environment = environment;
    this.#maxMembers = maxMembers;
    this.#onEnd = onEnd;
    this.#openedAtMs = environment.nowMs();
    this.#socket = environment.openSocket(url, [SHARED_SUBPROTOCOL], {
      message: (data) => {
        this.#askedAtMs = undefined;
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
    const environment = this.#environment;
    const id = ++this.#lastId;
    this.#stopIdling();
    const stopWaiting = this.#wakeIn(MAX_ANSWER_MS, () => this.#fail());
    this.#members.set(id, { to: pathname + search, protocols, events, isJoined: false, stopWaiting });
    this.#join(id);
    return {
      send: (text) => {
        if (!this.#members.get(id)?.isJoined) return;
        if (text === PING) this.#askedAtMs ??= environment.nowMs();
        this.#socket.send(sharedText(id, text));
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
    // It gives up, for the line is dead: so are all the others.
    if (this.#environment.nowMs() - (this.#askedAtMs ?? Number.POSITIVE_INFINITY) >= MAX_ANSWER_MS) return this.#fail();
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
        // A Worker of another version may take fewer.
        this.#maxMembers = Math.min(this.#maxMembers, message.channels);
        for (const id of this.#members.keys()) this.#join(id);
        return;
      case "joined": {
        const member = this.#members.get(message.id);
        if (member === undefined) return;
        member.isJoined = true;
        return member.stopWaiting();
      }
      case "refused":
        return this.#forget(message.id)?.events.closed(ABNORMAL_CLOSURE, message);
      case "left":
        return this.#forget(message.id)?.events.closed(message.code, whyEnded(message.code));
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
    const livedMs = this.#environment.nowMs() - this.#openedAtMs;
    this.#onEnd({ wasOpen: this.#isOpen, code, livedMs });
    const members = [...this.#members.values()];
    this.#members.clear();
    for (const { stopWaiting, events, isJoined } of members) {
      stopWaiting();
      // Who was never joined knows nothing of its channel: the line failed, and no way to watch.
      events.closed(code, whyEnded(code) ?? (isJoined ? undefined : COME_BACK));
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

/** The line is full or was ended, and the channel is not at fault. */
function whyEnded(code: number): SocketRefusal | undefined {
  return code === SERVICE_RESTART || code === TRY_AGAIN_LATER ? COME_BACK : undefined;
}

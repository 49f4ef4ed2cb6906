import type { Cursor } from "../protocol/cursor.ts";
import { decodeFrame, type Frame } from "../protocol/frame/frame.ts";
import { FrameError, splitFrames } from "../protocol/frame/header.ts";
import { PING, PONG } from "../protocol/limits.ts";
import { messageIn } from "../protocol/messages/parsed.ts";
import { parseServerMessage, type ServerMessage } from "../protocol/messages/server-message.ts";
import type { ViewerMessage } from "../protocol/messages/viewer-message.ts";
import {
  BASE_DELAY_MS,
  type ConnectionAction,
  type ConnectionEvent,
  type ConnectionState,
  connecting,
  dueAtMs,
  transition,
} from "./connection-state.ts";
import { type Advance, advance, advanceToLive, type Loss } from "./cursor.ts";

/** What a first connection asks for: the longest window, and enough of a slow feed. */
const FIRST_QUERY = "seconds=300&points=1000";

/** The part of a WebSocket that is used; its callbacks are set by {@link Outside.openSocket}. */
export interface Socket {
  send(text: string): void;
  /** No callback comes after this. */
  leave(): void;
}

export interface SocketEvents {
  message(data: string | ArrayBuffer): void;
  closed(): void;
}

/** Everything the connection needs of the world, so that tests can stand in for it. */
export interface Outside {
  openSocket(query: string, events: SocketEvents): Socket;
  nowMs(): number;
  /** One timer: a new time replaces the old one. */
  wakeAt(timeMs: number, wake: () => void): void;
  random(): number;
}

/** What becomes of what the Channel sends. */
export interface Receiver {
  /** A frame that was not here yet, in order. `stored`: it comes from the store, not as it is taken. */
  frame(frame: Frame, stored: boolean): void;
  /** Points are missing between what came so far and what comes next. */
  lost(loss: Loss): void;
  /** The Channel said how things stand. */
  told(message: Extract<ServerMessage, { type: "hello" | "status" }>): void;
  /** The state changed. */
  changed(): void;
}

/**
 * A live connection that comes back by itself and goes on where it was: every point once, and every hole said.
 */
export class Connection {
  #state: ConnectionState;
  #cursor: Cursor | undefined;
  /** Told, but nothing that follows them has come yet. */
  #gaps: (Loss & Cursor)[] = [];
  #socket: Socket | undefined;
  #isStopped = false;
  #retryWithinMs = BASE_DELAY_MS;
  readonly #outside: Outside;
  readonly #receiver: Receiver;
  /** Frames that were refused for what they are; the hole they leave is found by the next one. */
  badFrames = 0;

  constructor(outside: Outside, receiver: Receiver) {
    this.#outside = outside;
    this.#receiver = receiver;
    this.#state = connecting(outside.nowMs());
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The last point that was received; undefined before the first. */
  get cursor(): Cursor | undefined {
    return this.#cursor;
  }

  /** Opens the first socket. */
  start(): void {
    this.#act("open");
    this.#wakeWhenDue();
  }

  /** Ends it for good. */
  stop(): void {
    this.#isStopped = true;
    this.#act("leave");
  }

  /** Something happened outside that the connection may want to act on. */
  notify(event: Extract<ConnectionEvent, "retry" | "online" | "offline" | "visible">): void {
    this.#on(event);
  }

  #on(event: ConnectionEvent): void {
    if (this.#isStopped) return;
    const { state, action } = transition(
      this.#state,
      event,
      this.#outside.nowMs(),
      this.#outside.random(),
      this.#retryWithinMs,
    );
    const phaseChanged = state.phase !== this.#state.phase;
    const moved = state !== this.#state;
    this.#state = state;
    this.#act(action);
    if (moved) this.#wakeWhenDue();
    if (phaseChanged) this.#receiver.changed();
  }

  #wakeWhenDue(): void {
    this.#outside.wakeAt(dueAtMs(this.#state), () => {
      // A timer may fire early, or late for a state that has moved on since.
      if (this.#outside.nowMs() >= dueAtMs(this.#state)) this.#on("due");
      else this.#wakeWhenDue();
    });
  }

  #act(action: ConnectionAction): void {
    switch (action) {
      case "open": {
        this.#socket?.leave();
        // Were any left that the last connection told, this one tells them again: the cursor is before them.
        this.#gaps = [];
        const cursor = this.#cursor;
        const query = cursor === undefined ? FIRST_QUERY : `epoch=${cursor.epoch}&seq=${cursor.seq}`;
        this.#socket = this.#outside.openSocket(query, {
          message: (data) => this.#receive(data),
          closed: () => {
            this.#socket = undefined;
            this.#on("closed");
          },
        });
        return;
      }
      case "leave":
        this.#socket?.leave();
        this.#socket = undefined;
        return;
      case "ping":
        this.#socket?.send(PING);
        return;
      case "none":
    }
  }

  #receive(data: string | ArrayBuffer): void {
    // Anything at all proves the line alive: on a slow one the pong can stand behind many frames.
    this.#on("heard");
    if (typeof data !== "string") this.#receiveFrames(new Uint8Array(data));
    else if (data !== PONG) this.#receiveMessage(data);
  }

  /** From the store come several frames at once, one after the other. */
  #receiveFrames(bytes: Uint8Array): void {
    let frames: Frame[];
    try {
      frames = splitFrames(bytes).map(decodeFrame);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      this.badFrames++;
      return;
    }
    this.#takeGaps();
    for (const frame of frames) {
      if (this.#follow(advance(this.#cursor, frame.header))) {
        this.#receiver.frame(frame, this.#state.phase === "connecting");
      }
    }
  }

  #receiveMessage(text: string): void {
    const message = messageIn(parseServerMessage(text));
    // A type that this version does not know comes from a newer Channel and is none of its business.
    if (message === undefined) return;
    switch (message.type) {
      case "hello":
      case "status":
        this.#retryWithinMs = message.retryWithinMs;
        this.#receiver.told(message);
        return;
      case "gap":
        this.#gaps.push(message);
        return;
      case "live":
        this.#takeGaps();
        this.#follow(advanceToLive(this.#cursor, message));
        this.#on("caught-up");
        return;
      case "behind": {
        const { epoch, seq } = message;
        this.#takeGaps();
        this.#socket?.send(JSON.stringify({ type: "continue", epoch, seq } satisfies ViewerMessage));
        return;
      }
    }
  }

  #takeGaps(): void {
    for (const { reason, points, epoch, seq } of this.#gaps.splice(0)) {
      this.#cursor = { epoch, seq };
      this.#receiver.lost({ reason, points });
    }
  }

  /** @returns false if it is a repeat */
  #follow(step: Advance): boolean {
    if (step.kind === "repeat") return false;
    this.#cursor = step.cursor;
    if (step.loss !== undefined) this.#receiver.lost(step.loss);
    return true;
  }
}

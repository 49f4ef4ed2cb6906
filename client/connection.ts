import { PING, PONG } from "../protocol/limits.ts";
import {
  BASE_DELAY_MS,
  type ConnectionAction,
  type ConnectionEvent,
  type ConnectionState,
  connecting,
  dueAtMs,
  transition,
} from "./connection-state.ts";
import type { ClientEnvironment, ClientSocket } from "./environment.ts";

/** Keeps a socket open: opens one, notices when it is dead, and after a while opens another. */
export abstract class Connection {
  /** Over how long the Channel wants its viewers to spread their coming back. */
  protected retryWithinMs = BASE_DELAY_MS;
  #state: ConnectionState;
  #socket: ClientSocket | undefined;
  #isEnded = false;
  #cancelTimer: (() => void) | undefined;
  #unwatch: (() => void) | undefined;
  readonly #environment: ClientEnvironment;

  constructor(environment: ClientEnvironment) {
    this.#environment = environment;
    this.#state = connecting(environment.nowMs());
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Connects. It is called once. */
  open(): void {
    this.#unwatch = this.#environment.watch?.((event) => this.on(event));
    this.#act("open");
    this.#wakeWhenDue();
  }

  /** Ends it for good. */
  close(): void {
    this.#isEnded = true;
    this.#unwatch?.();
    this.#cancelTimer?.();
    this.#act("leave");
  }

  /** Connects at once, if it waits to do so. */
  retry(): void {
    this.on("retry");
  }

  /** Another socket is to be opened. @returns where */
  protected abstract nextUrl(): URL;
  /** Takes a message of the Channel's. */
  protected abstract receive(data: string | ArrayBuffer): void;
  /** The connection is in another phase. */
  protected abstract phaseChanged(): void;

  protected send(text: string): void {
    this.#socket?.send(text);
  }

  protected on(event: ConnectionEvent): void {
    if (this.#isEnded) return;
    const before = this.#state;
    const { nowMs, random } = this.#environment;
    const { state, action } = transition(before, event, nowMs(), random(), this.retryWithinMs);
    this.#state = state;
    this.#act(action);
    if (state !== before) this.#wakeWhenDue();
    if (state.phase !== before.phase) this.phaseChanged();
  }

  #wakeWhenDue(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#environment.wakeAt(dueAtMs(this.#state), () => {
      // Timers may fire early.
      if (this.#environment.nowMs() >= dueAtMs(this.#state)) this.on("due");
      else this.#wakeWhenDue();
    });
  }

  #act(action: ConnectionAction): void {
    switch (action) {
      case "open":
        this.#socket?.close();
        this.#socket = this.#environment.openSocket(this.nextUrl(), {
          message: (data) => {
            // Anything at all proves the line alive: on a slow one the pong can stand behind many frames.
            this.on("heard");
            if (data !== PONG) this.receive(data);
          },
          closed: () => {
            this.#socket = undefined;
            this.on("closed");
          },
        });
        return;
      case "leave":
        this.#socket?.close();
        this.#socket = undefined;
        return;
      case "ping":
        this.send(PING);
        return;
      case "none":
    }
  }
}

import { PING, PONG, SESSION_SUBPROTOCOL, SUBPROTOCOL } from "../protocol/limits.ts";
import {
  BASE_DELAY_MS,
  type ConnectionAction,
  type ConnectionEvent,
  type ConnectionState,
  connecting,
  dueAtMs,
  type RefusedReason,
  transition,
} from "./connection-state.ts";
import type { ClientEnvironment, ClientSocket } from "./environment.ts";
import { tokenSubprotocol } from "./token-subprotocol.ts";

/** What these close codes mean; after any other it comes back by itself. */
const REFUSED: Readonly<Record<number, RefusedReason>> = { 4401: "token", 4403: "right" };

/** Keeps a socket open: opens one, notices when it is dead, and after a while opens another. */
export abstract class Connection {
  /** Over how long the Channel wants its viewers to spread their coming back. */
  protected retryWithinMs = BASE_DELAY_MS;
  /** What the next socket is opened with; undefined: nothing, or a browser's cookie. */
  token: string | undefined;
  /** The key of that cookie, asked for before each socket. */
  protected sessionKey: (() => string | undefined) | undefined;
  #state: ConnectionState;
  #socket: ClientSocket | undefined;
  #isEnded = false;
  #notBeforeMs = 0;
  #cancelTimer: (() => void) | undefined;
  #unwatch: (() => void) | undefined;
  /** This and {@link follow} are others where it can be connected in more ways than by WebSocket (fallback/). */
  environment: ClientEnvironment;
  /** What follows of what happens. */
  follow = transition;

  constructor(environment: ClientEnvironment) {
    this.environment = environment;
    this.#state = connecting(environment.nowMs());
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Connects; after {@link close} anew, and where it was. */
  open(): void {
    this.#isEnded = false;
    this.#state = connecting(this.environment.nowMs());
    this.#unwatch = this.environment.watch?.((event) => this.on(event));
    this.#act("open");
    this.#wakeWhenDue();
  }

  /** Ends it, until it is opened again. */
  close(): void {
    this.#isEnded = true;
    this.#unwatch?.();
    this.#cancelTimer?.();
    this.#act("leave");
  }

  /** Connects at once, if it waits to do so, or was refused. */
  retry(): void {
    this.on("retry");
  }

  /** The Worker said when to come again (`Retry-After`): by itself it tries no sooner. @param ms from now */
  holdOff(ms: number): void {
    this.#notBeforeMs = this.environment.nowMs() + ms;
    this.on("held");
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

  /** Tells it what has happened. */
  on(event: ConnectionEvent): void {
    if (this.#isEnded) return;
    const before = this.#state;
    const { nowMs, random } = this.environment;
    if (event === "caught-up") this.#notBeforeMs = 0;
    const { state, action } = this.follow(before, event, nowMs(), random(), this.retryWithinMs, this.#notBeforeMs);
    this.#state = state;
    this.#act(action);
    if (state !== before) this.#wakeWhenDue();
    if (state.phase !== before.phase) this.phaseChanged();
  }

  /** What a socket is opened with now. */
  get subprotocols(): string[] {
    if (this.token !== undefined) return [SUBPROTOCOL, tokenSubprotocol(this.token)];
    const key = this.sessionKey?.();
    return key === undefined ? [SUBPROTOCOL] : [SUBPROTOCOL, SESSION_SUBPROTOCOL + key];
  }

  #wakeWhenDue(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.environment.wakeAt(dueAtMs(this.#state), () => {
      // Timers may fire early.
      if (this.environment.nowMs() >= dueAtMs(this.#state)) this.on("due");
      else this.#wakeWhenDue();
    });
  }

  #act(action: ConnectionAction): void {
    switch (action) {
      case "open":
        this.#socket?.close();
        this.#socket = this.environment.openSocket(this.nextUrl(), this.subprotocols, {
          message: (data) => {
            // Anything at all proves the line alive: on a slow one the pong can stand behind many frames.
            this.on("heard");
            if (data !== PONG) this.receive(data);
          },
          closed: (code) => {
            this.#socket = undefined;
            this.on(REFUSED[code] ?? "closed");
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

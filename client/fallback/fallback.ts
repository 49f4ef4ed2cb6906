import { type Cursor, cursorText } from "../../protocol/cursor.ts";
import type { Connection } from "../connection.ts";
import { type ConnectionState, dueAtMs, transition } from "../connection-state.ts";
import type { ClientEnvironment, ClientSocket } from "../environment.ts";
import {
  type Choice,
  type ChoiceEvent,
  choose,
  firstChoice,
  MAX_SHORT_LIVES,
  SHORT_LIFE_MS,
  type Step,
  trialDueAtMs,
} from "../subscribe/choice.ts";
import { TRANSPORT_NAMES, type TransportName } from "../subscribe/transport.ts";
import { type Lives, livesAfter } from "./lives.ts";

type OpenSocket = ClientEnvironment["openSocket"];

/** What a fallback changes of a viewer's connection. */
export type FallbackConnection = Pick<
  Connection,
  "state" | "open" | "close" | "on" | "follow" | "environment" | "subprotocols"
> & { readonly cursor: Cursor | undefined };

export interface FallbackSetup {
  connection: FallbackConnection;
  /** What is opened in place of a WebSocket. */
  sockets: Readonly<Record<Exclude<TransportName, "websocket">, OpenSocket>>;
  /** Another transport is used, or it is known that this one is. */
  changed(): void;
}

/**
 * Lets a connection go by events or long polls where WebSockets do not come through, and back as soon as one does. By WebSocket it goes on as
 * without this. The cursor is the viewer's, whatever it is connected by: so nothing is lost or repeated.
 */
export class Fallback {
  /** By what the connection goes; undefined: by WebSocket, as ever. */
  #choice: Choice | undefined;
  #lives: Lives;
  /** How long the next search for a WebSocket waits: at first none. */
  #trialDelayMs = 0;
  #hasFailed = false;
  /** They have just failed: it is a WebSocket's turn, after the wait that every failure has. */
  #isTurnOver = false;
  /** Of the last connection. */
  #url: URL | undefined;
  #trial: ClientSocket | undefined;
  #cancelTimer: (() => void) | undefined;
  readonly #openWebSocket: OpenSocket;
  readonly #setup: FallbackSetup;

  constructor(setup: FallbackSetup) {
    this.#setup = setup;
    const { connection } = setup;
    const { environment, state } = connection;
    this.#openWebSocket = (...asked) => environment.openSocket(...asked);
    // It was live before this was here: since when is not known, but for that the clock began with the page.
    const isShort = state.phase === "waiting" && connection.cursor !== undefined && environment.nowMs() < SHORT_LIFE_MS;
    this.#lives = { sinceMs: 0, short: isShort ? 1 : 0 };
    connection.environment = { ...environment, openSocket: (...asked) => this.#openSocket(...asked) };
    connection.follow = (...asked) => this.#follow(...asked);
  }

  /** What points come by, once it is clear that it stays so for a while. */
  get transport(): TransportName {
    const { index = 0, trialDelayMs = 0 } = this.#choice ?? {};
    return (trialDelayMs > 0 ? TRANSPORT_NAMES[index] : undefined) ?? "websocket";
  }

  /** A WebSocket was cut or refused here of late. */
  get isLikely(): boolean {
    return this.#trialDelayMs > 0 || this.#lives.short > 1;
  }

  /** Nothing came by events or polls either. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** No WebSocket comes through, though the channel's Worker answers. */
  take(): void {
    const isTurnOver = this.#isTurnOver;
    this.#isTurnOver = false;
    if (this.#choice !== undefined || isTurnOver) return;
    const { connection } = this.#setup;
    const isTrying = connection.state.phase === "connecting";
    this.#begin(connection.state, isTrying ? 0 : 1);
    connection.on(isTrying ? "closed" : "retry");
  }

  #begin(connection: ConnectionState, index: number): void {
    const nowMs = this.#setup.connection.environment.nowMs();
    this.#choice = { ...firstChoice(nowMs), connection, index, trialDelayMs: this.#trialDelayMs };
    this.#setup.changed();
  }

  #follow(...asked: Parameters<typeof transition>): ReturnType<typeof transition> {
    const [state, event, nowMs, random, retryWithinMs, notBeforeMs] = asked;
    if (this.#choice === undefined) {
      const next = transition(...asked);
      this.#lives = livesAfter(this.#lives, state, next.state, nowMs);
      if (this.#lives.short === 0) this.#trialDelayMs = 0;
      if (this.#lives.short >= MAX_SHORT_LIVES) this.#begin(next.state, 1);
      return next;
    }
    // Another network may let WebSockets through.
    const choice = event === "online" ? { ...this.#choice, trialDelayMs: 0 } : this.#choice;
    const step = choose({ ...choice, connection: state }, event, {
      nowMs,
      random,
      transports: TRANSPORT_NAMES,
      ...(retryWithinMs !== undefined && { retryWithinMs }),
      ...(notBeforeMs !== undefined && { notBeforeMs }),
    });
    this.#stepped(step);
    return { state: step.choice.connection, action: step.action };
  }

  #stepped({ choice, trialAction }: Step): void {
    const { connection, index, trialDelayMs } = choice;
    const before = this.#choice;
    this.#choice = choice;
    if (trialAction !== "none") this.#leaveTrial();
    if (trialAction === "try") this.#openTrial();
    if (connection.phase === "live") this.#hasFailed = false;
    if (index === 0) {
      // Neither way works. It begins anew, as it did.
      this.#hasFailed = this.#isTurnOver = true;
      this.#release(trialDelayMs);
    }
    this.#wakeWhenDue();
    if (this.#choice?.index !== before?.index || this.#choice?.trialDelayMs !== before?.trialDelayMs) {
      this.#setup.changed();
    }
  }

  /** By WebSocket, as ever. */
  #release(trialDelayMs: number): void {
    this.#choice = undefined;
    this.#trialDelayMs = trialDelayMs;
    // One that is cut as soon as the last is not waited for three times.
    this.#lives = { sinceMs: undefined, short: MAX_SHORT_LIVES - 1 };
    this.#leaveTrial();
    this.#cancelTimer?.();
  }

  #openSocket(...asked: Parameters<OpenSocket>): ClientSocket {
    [this.#url] = asked;
    const name = TRANSPORT_NAMES[this.#choice?.index ?? 0];
    if (name === "events" || name === "poll") return this.#openByHttp(name, asked);
    try {
      return this.#openWebSocket(...asked);
    } catch {
      // This browser has none.
      const [, , events] = asked;
      let isLeft = false;
      this.#setup.connection.environment.wakeAt(0, () => {
        if (!isLeft) events.closed(1006);
      });
      return {
        send: () => undefined,
        close() {
          isLeft = true;
        },
      };
    }
  }

  /** Who gives it up looks for no other, unless it comes back. */
  #openByHttp(name: "events" | "poll", asked: Parameters<OpenSocket>): ClientSocket {
    const socket = this.#setup.sockets[name](...asked);
    return {
      send: (text) => socket.send(text),
      close: () => {
        socket.close();
        this.#leaveTrial();
        this.#cancelTimer?.();
      },
    };
  }

  #openTrial(): void {
    const { connection } = this.#setup;
    const after = (event: ChoiceEvent) => (): void => {
      this.#leaveTrial();
      this.#onTrial(event);
    };
    if (this.#url === undefined) return;
    const url = new URL(this.#url);
    if (connection.cursor !== undefined) url.search = `cursor=${cursorText(connection.cursor)}`;
    try {
      const events = { message: after("trial-worked"), closed: after("trial-failed") };
      this.#trial = this.#openWebSocket(url, connection.subprotocols, events);
    } catch {
      // This browser has none: the trial's time passes.
    }
  }

  #onTrial(event: ChoiceEvent): void {
    const { connection } = this.#setup;
    const { environment, state } = connection;
    if (this.#choice === undefined) return;
    const choice = { ...this.#choice, connection: state };
    const { nowMs, random } = environment;
    const step = choose(choice, event, { nowMs: nowMs(), random: random(), transports: TRANSPORT_NAMES });
    if (step.action !== "open") return this.#stepped(step);
    this.#release(step.choice.trialDelayMs);
    connection.close();
    connection.open();
    this.#setup.changed();
  }

  #leaveTrial(): void {
    this.#trial?.close();
    this.#trial = undefined;
  }

  #wakeWhenDue(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#choice === undefined) return;
    const { connection } = this.#setup;
    const { nowMs, wakeAt } = connection.environment;
    const atMs = trialDueAtMs(this.#choice.trial);
    if (atMs === Number.POSITIVE_INFINITY) return;
    this.#cancelTimer = wakeAt(Math.max(atMs, nowMs()), () => {
      // What the connection itself is due for goes first; and timers may fire early.
      if (nowMs() >= atMs && nowMs() < dueAtMs(connection.state)) this.#onTrial("due");
      else this.#wakeWhenDue();
    });
  }
}

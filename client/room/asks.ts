import { MAX_ROOM_MESSAGE_BYTES, ROOM_MESSAGES_AT_ONCE, ROOM_MESSAGES_PER_SECOND } from "../../protocol/limits.ts";
import type { RoomClientMessage, RoomServerMessage } from "../../protocol/room/room-message.ts";
import type { ClientEnvironment } from "../environment.ts";
import { Pace } from "./pace.ts";
import { RoomError } from "./room-error.ts";

/** Something that is said in a room, and what is done with the answer. */
export interface Ask {
  /** By which its answer names it. */
  id: string;
  /** What is said now. */
  message(nowMs: number): RoomClientMessage;
  /** It is said again after a reconnect: the channel knows it by its id. Else nobody knows then whether it was heard. */
  isRepeatable: boolean;
  /** A later one in place of this, which waits to be said, is all that matters. */
  place?: string;
  /** Nobody answers it: it ends once it is said. */
  endsSaid?: true;
  timeoutMs: number;
  /** The room has answered. @returns whether that is all */
  answered(answer: RoomServerMessage): boolean;
  failed(error: RoomError): void;
  /** The time is over, or the line broke. @returns true if what came is enough */
  cutShort?(): boolean;
}

/** What has no outcome yet; one more is refused. */
export const MAX_ASKS = 256;
/** Below what a room takes (BW9a, BW9d), as clocks differ. */
const AT_ONCE = 0.8 * ROOM_MESSAGES_AT_ONCE;
const PER_SECOND = 0.8 * ROOM_MESSAGES_PER_SECOND;
const COMMANDS_PER_SECOND = 20;

interface Pending {
  ask: Ask;
  deadlineMs: number;
  /** Over the connection that there is. */
  isSaid: boolean;
  /** Over any. */
  wasSaid: boolean;
}

/**
 * Everything that is said in a room, in order, no faster than a room takes it, each with one end: answered, failed, or out of time.
 * What is said while there is no connection waits.
 */
export class Asks {
  readonly #say: (message: RoomClientMessage) => boolean;
  readonly #environment: Pick<ClientEnvironment, "nowMs" | "wakeAt">;
  readonly #pace = new Pace(AT_ONCE, PER_SECOND);
  /** Of commands that are said for the first time: over all connections. */
  readonly #commandPace = new Pace(AT_ONCE, COMMANDS_PER_SECOND);
  readonly #pending = new Map<string, Pending>();
  #isConnected = false;
  #ended: RoomError | undefined;
  #cancelTimer: () => void = () => undefined;

  /** @param say returns false if nothing can be said */
  constructor(say: (message: RoomClientMessage) => boolean, environment: Pick<ClientEnvironment, "nowMs" | "wakeAt">) {
    this.#say = say;
    this.#environment = environment;
  }

  /** Whether something could be said at once. */
  get isFree(): boolean {
    return this.#isConnected && ![...this.#pending.values()].some(({ isSaid }) => !isSaid);
  }

  add(ask: Ask): void {
    const nowMs = this.#environment.nowMs();
    const fault = this.#faultOf(ask, nowMs);
    if (fault !== undefined) return ask.failed(fault);
    for (const [id, { ask: other, wasSaid }] of this.#pending) {
      if (id !== ask.id && (wasSaid || ask.place === undefined || other.place !== ask.place)) continue;
      this.#pending.delete(id);
      other.failed(new RoomError({ code: "superseded", detail: "Another was given before this could be said." }));
    }
    this.#pending.set(ask.id, { ask, deadlineMs: nowMs + ask.timeoutMs, isSaid: false, wasSaid: false });
    this.#go();
  }

  /** There is a connection, for the first time or again. */
  connected(): void {
    this.#isConnected = true;
    this.#pace.restart(this.#environment.nowMs());
    this.#go();
  }

  /** There is none any more. */
  lost(): void {
    this.#isConnected = false;
    for (const [id, pending] of this.#pending) {
      if (!pending.isSaid) continue;
      pending.isSaid = false;
      if (!pending.ask.isRepeatable)
        this.#cutShort(id, pending, "in-doubt", "The connection broke before the answer: it may have been heard.");
    }
    this.#go();
  }

  /** The room said something that names what it answers. */
  heard(id: string, message: RoomServerMessage): void {
    if (this.#pending.get(id)?.ask.answered(message) === true) this.#pending.delete(id);
  }

  /** Nothing will be said any more. */
  end(error: RoomError): void {
    this.#isConnected = false;
    this.#ended = error;
    this.#cancelTimer();
    for (const [id, { ask }] of this.#pending) {
      this.#pending.delete(id);
      ask.failed(error);
    }
  }

  #faultOf(ask: Ask, nowMs: number): RoomError | undefined {
    if (this.#ended !== undefined) return this.#ended;
    if (this.#pending.size >= MAX_ASKS)
      return new RoomError({ code: "too-many-waiting", detail: `${MAX_ASKS} wait for an answer already.` });
    return JSON.stringify(ask.message(nowMs)).length > MAX_ROOM_MESSAGE_BYTES
      ? new RoomError({
          code: "too-large",
          detail: `What is said at once has ${MAX_ROOM_MESSAGE_BYTES / 1024} KiB at most.`,
        })
      : undefined;
  }

  /** Says what can be said now, and ends what is out of time. */
  #go(): void {
    this.#cancelTimer();
    const nowMs = this.#environment.nowMs();
    let dueAtMs = Number.POSITIVE_INFINITY;
    for (const [id, pending] of this.#pending) {
      if (pending.deadlineMs > nowMs) continue;
      if (pending.wasSaid) this.#cutShort(id, pending, "timeout", "No outcome came in time: it may still be done.");
      else this.#cutShort(id, pending, "not-connected", "The room could not be reached in time: nothing was said.");
    }
    for (const [id, pending] of this.#pending) {
      if (!this.#isConnected || pending.isSaid) continue;
      const { ask, wasSaid } = pending;
      const commandMs = ask.isRepeatable && !wasSaid ? this.#commandPace.waitMs(nowMs) : 0;
      const waitMs = Math.max(commandMs, this.#pace.waitMs(nowMs));
      if (waitMs > 0) {
        dueAtMs = Math.min(dueAtMs, nowMs + waitMs);
        // What is no command need not wait for those.
        continue;
      }
      this.#pace.take();
      if (ask.isRepeatable && !wasSaid) this.#commandPace.take();
      if (!this.#say(ask.message(nowMs))) break;
      pending.isSaid = true;
      pending.wasSaid = true;
      if (ask.endsSaid) this.#pending.delete(id);
    }
    for (const { deadlineMs } of this.#pending.values()) dueAtMs = Math.min(dueAtMs, deadlineMs);
    if (dueAtMs < Number.POSITIVE_INFINITY) this.#cancelTimer = this.#environment.wakeAt(dueAtMs, () => this.#go());
  }

  #cutShort(id: string, { ask, wasSaid }: Pending, code: string, detail: string): void {
    this.#pending.delete(id);
    if (!(wasSaid && ask.cutShort?.() === true)) ask.failed(new RoomError({ code, detail }));
  }
}

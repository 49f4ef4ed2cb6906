import type { Capability } from "../../protocol/access/capability.ts";
import { toHex } from "../../protocol/bytes.ts";
import { DEFAULT_CALL_EXPIRES_MS } from "../../protocol/limits.ts";
import type { CommandState } from "../../protocol/room/command.ts";
import { type ControlValue, isControlValue } from "../../protocol/room/control.ts";
import type { ControlState, EventAudience, Note, Person, Sender } from "../../protocol/room/room-contents.ts";
import type { RoomServerMessage } from "../../protocol/room/room-message.ts";
import type { ClientEnvironment } from "../environment.ts";
import type { Problem } from "../subscribe/transport.ts";
import { Asks } from "./asks.ts";
import { type ControlsChange, Known, type PeopleChange } from "./known.ts";
import { Listeners } from "./listeners.ts";
import type { RoomConnection, Welcome } from "./room-connection.ts";
import { RoomError } from "./room-error.ts";
import { commandAsk, type Emitted, emitAsk, NAME_ID, onceAsk, tellAsk } from "./said.ts";

/** How a room can be reached. */
export type RoomState =
  | { state: "connecting" }
  | { state: "live" }
  /** It comes back by itself; where the Worker said why, `problem` has that. */
  | { state: "waiting"; problem?: Problem }
  /** There is no network, as the browser says. */
  | { state: "offline" }
  /** The Worker refuses, and would again. Nothing more comes. */
  | { state: "refused"; problem: Problem }
  | { state: "closed" };

export interface AskOptions {
  /** Without an outcome by then it is rejected with `timeout`; 10,000 by default. */
  timeoutMs?: number;
}

export interface SetOptions extends AskOptions {
  /** The `revision` of the control that this is meant for: it is refused with `stale-revision` if somebody else was quicker. */
  baseRevision?: number;
  /** Another follows soon, as of a slider that is being moved: not each is an event in the plot. */
  isPassing?: boolean;
}

export interface CallOptions extends AskOptions {
  /** It is never done later than this; 5,000 by default, 60,000 at most. */
  expiresInMs?: number;
}

export interface EmitOptions {
  /** All, by default. */
  to?: EventAudience;
  /** Answers are awaited. */
  ack?: boolean;
  /** For so long; 5,000 by default. */
  timeoutMs?: number;
  /** Said now or never: dropped (`count` is 0) if it would have to wait. */
  volatile?: boolean;
}

/** Where somebody looks; null: nowhere. */
export interface Look {
  person: string;
  x: number | null;
}

export type Announcement = Omit<Extract<RoomServerMessage, { type: "announcement" }>, "type" | "re">;

/** Hears an event. @param reply answers whoever emitted it, the first time; without an `ack` it does nothing */
export type EventListener = (data: unknown, from: Sender, reply: (data: unknown) => void) => void;

/** What is heard by {@link Room.when}. */
export interface RoomChanges {
  controls: [ControlsChange];
  /** New, edited, or, without a text, deleted. */
  note: [Note];
  people: [PeopleChange];
  announcement: [Announcement];
  look: [Look];
  state: [RoomState];
}

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_ACK_MS = 5_000;

/** A channel's room: what can be turned there, what was noted, who is there, and what they say to each other. */
export class Room {
  readonly #connection: Pick<RoomConnection, "say" | "close">;
  readonly #asks: Asks;
  readonly #nowMs: () => number;
  readonly #known = new Known();
  readonly #changes: { readonly [Name in keyof RoomChanges]: Listeners<RoomChanges[Name]> } = {
    controls: new Listeners(),
    note: new Listeners(),
    people: new Listeners(),
    announcement: new Listeners(),
    look: new Listeners(),
    state: new Listeners(),
  };
  readonly #events = new Map<string, Listeners<Parameters<EventListener>>>();
  #state: RoomState = { state: "connecting" };
  #me: Pick<Welcome, "person" | "name" | "may"> = { person: "", name: "", may: [] };
  #wantedName: string;
  #renaming: Promise<unknown> = Promise.resolve();

  /** @internal `openRoom` makes one. */
  constructor(
    connection: Pick<RoomConnection, "say" | "close">,
    environment: Pick<ClientEnvironment, "nowMs" | "wakeAt">,
    name: string,
  ) {
    this.#connection = connection;
    this.#asks = new Asks((message) => connection.say(message), environment);
    this.#nowMs = () => environment.nowMs();
    this.#wantedName = name;
  }

  /** What can be set and called, by name: always as the room has it. */
  get controls(): ReadonlyMap<string, ControlState> {
    return this.#known.controls;
  }

  /** What was noted, the oldest first. */
  get notes(): readonly Note[] {
    return [...this.#known.notes.values()];
  }

  /** Who is here and gave a name. Without the right `presence` nobody is told. */
  get people(): readonly Person[] {
    return [...this.#known.people.values()];
  }

  /** How many are here, those without a name and publishers too. */
  get count(): number {
    return this.#known.count;
  }

  /** Your name, as the room gave it: one that was taken has a number. "": none. */
  get name(): string {
    return this.#me.name;
  }

  /** Your id among {@link people}. */
  get person(): string {
    return this.#me.person;
  }

  /** What you may do here. */
  get may(): readonly Capability[] {
    return this.#me.may;
  }

  get state(): RoomState {
    return this.#state;
  }

  /**
   * Sets a control, and resolves once its program has confirmed that: with the value that it has now as `effective`.
   * @throws RoomError if it was refused, has expired, or there was no outcome in time
   */
  set(control: string, value: ControlValue, options: SetOptions = {}): Promise<CommandState> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, baseRevision, isPassing } = options;
    const id = newId();
    const more = { ...(baseRevision !== undefined && { baseRevision }), ...(isPassing !== undefined && { isPassing }) };
    return new Promise((resolve, reject) => {
      if (!isControlValue(value)) {
        const detail = "A value is a number, true, false, or text of 1 KiB at most.";
        return reject(new RoomError({ code: "value-invalid", detail }));
      }
      const message = { type: "set", id, control, value, ...more } as const;
      this.#asks.add(commandAsk(id, () => message, timeoutMs, `set ${control}`, { resolve, reject }));
    });
  }

  /** Presses a button. It is done once, in time, or never. @throws RoomError as {@link set} */
  call(control: string, options: CallOptions = {}): Promise<CommandState> {
    const { timeoutMs = DEFAULT_TIMEOUT_MS, expiresInMs = DEFAULT_CALL_EXPIRES_MS } = options;
    const id = newId();
    const untilMs = this.#nowMs() + expiresInMs;
    // With nothing left it only asks what became of it.
    const leftMs = (nowMs: number): number => Math.max(0, Math.round(untilMs - nowMs));
    return new Promise((resolve, reject) => {
      const message = (nowMs: number) => ({ type: "call", id, control, expiresInMs: leftMs(nowMs) }) as const;
      this.#asks.add(commandAsk(id, message, timeoutMs, undefined, { resolve, reject }));
    });
  }

  /** Leaves a text in the plot. @param x now by default @throws RoomError */
  note(text: string, x?: number, { timeoutMs = DEFAULT_TIMEOUT_MS }: AskOptions = {}): Promise<Note> {
    const id = newId();
    const message = { type: "note", id, text, ...(x !== undefined && { x }) } as const;
    return new Promise((resolve, reject) => {
      if (x !== undefined && !Number.isFinite(x))
        return reject(new RoomError({ code: "x-invalid", detail: "x is a number, such as a time in unix seconds." }));
      this.#asks.add(onceAsk(id, message, timeoutMs, noteIn, { resolve, reject }));
    });
  }

  /** Changes a note of your own; an empty text deletes it. @throws RoomError */
  editNote(note: string, text: string, { timeoutMs = DEFAULT_TIMEOUT_MS }: AskOptions = {}): Promise<Note> {
    const id = newId();
    const message = { type: "edit-note", id, note, text } as const;
    return new Promise((resolve, reject) => {
      this.#asks.add(onceAsk(id, message, timeoutMs, noteIn, { resolve, reject }));
    });
  }

  /** Takes a name, which one keeps across reconnects. @returns the name that the room gave @throws RoomError */
  rename(name: string, { timeoutMs = DEFAULT_TIMEOUT_MS }: AskOptions = {}): Promise<string> {
    this.#wantedName = name;
    const ask = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const nameIn = (answer: RoomServerMessage): string | undefined =>
          answer.type === "named" ? answer.name : undefined;
        this.#asks.add(onceAsk(NAME_ID, { type: "name", name }, timeoutMs, nameIn, { resolve, reject }));
      });
    // Answers have no id: one after the other.
    const asked = this.#renaming.then(ask, ask);
    this.#renaming = asked.catch(() => undefined);
    return asked;
  }

  /** Shows others where you look; null: nowhere. Of many at once the last is said. */
  look(x: number | null): void {
    if (x !== null && !Number.isFinite(x)) return;
    this.#asks.add(tellAsk(newId(), { type: "look", x }, DEFAULT_TIMEOUT_MS, "look"));
  }

  /**
   * Tells others in the room something: whoever listens by {@link on}.
   * @returns how many got it, and with `ack` what they answered
   * @throws RoomError if it could not be said, or nobody knows whether it was
   */
  emit(name: string, data: unknown = null, options: EmitOptions = {}): Promise<Emitted> {
    const { to = "all", ack = false, timeoutMs = DEFAULT_ACK_MS, volatile = false } = options;
    if (volatile && !this.#asks.isFree) return Promise.resolve({ count: 0, answers: [] });
    const message = { type: "emit", id: newId(), to, name, data, ...(ack && { ack }) } as const;
    return new Promise((resolve, reject) => {
      this.#asks.add(emitAsk(message, timeoutMs, { resolve, reject }));
    });
  }

  /** Hears what others emit by a name. @returns ends it */
  on(name: string, listener: EventListener): () => void {
    const listeners = this.#events.get(name) ?? new Listeners();
    this.#events.set(name, listeners);
    return listeners.add(listener);
  }

  /** Says a line to everybody; for publishers, and whoever has `admin`. @throws RoomError */
  announce(text: string, { timeoutMs = DEFAULT_TIMEOUT_MS }: AskOptions = {}): Promise<Announcement> {
    const id = newId();
    const read = (answer: RoomServerMessage): Announcement | undefined =>
      answer.type === "announcement" ? announcementOf(answer) : undefined;
    return new Promise((resolve, reject) => {
      this.#asks.add(onceAsk(id, { type: "announce", id, text }, timeoutMs, read, { resolve, reject }));
    });
  }

  /** Hears of the room itself: `controls`, `note`, `people`, `announcement`, `look`, `state`. @returns ends it */
  when<Name extends keyof RoomChanges>(name: Name, listener: (...change: RoomChanges[Name]) => void): () => void {
    return this.#changes[name].add(listener);
  }

  /** Leaves. What has no outcome yet is rejected with `closed`. */
  close(): void {
    this.end({ state: "closed" }, { code: "closed", detail: "You left the room." });
  }

  /** @internal */
  end(state: RoomState, why: Problem): void {
    if (this.isEnded) return;
    this.#connection.close();
    this.turned(state);
    this.#asks.end(new RoomError(why));
  }

  /** @internal Resolves once the name that was asked for last is given, or refused. */
  get renamed(): Promise<unknown> {
    return this.#renaming;
  }

  /** @internal */
  get isEnded(): boolean {
    return this.#state.state === "closed" || this.#state.state === "refused";
  }

  /** @internal The connection is in another state. */
  turned(state: RoomState): void {
    const wasLive = this.#state.state === "live";
    this.#state = state;
    if (wasLive && state.state !== "live") this.#asks.lost();
    this.#changes.state.tell(state);
  }

  /** @internal The room is entered, for the first time or again. */
  welcomed(welcome: Welcome): void {
    const { person, name, may } = welcome;
    const isFirst = this.#me.person === "";
    this.#me = { person, name, may };
    const news = this.#known.welcomed(welcome);
    this.turned({ state: "live" });
    this.#asks.connected();
    // Away for long it has lost its name. Who may not have one has none: `name` says so.
    const isOther = name === "" || (isFirst && name !== this.#wantedName);
    if (this.#wantedName !== "" && isOther) void this.rename(this.#wantedName).catch(() => undefined);
    this.#changes.controls.tell(news.controls);
    for (const note of news.notes) this.#changes.note.tell(note);
    this.#changes.people.tell(news.people);
  }

  /** @internal */
  heard(message: Exclude<RoomServerMessage, Welcome>): void {
    switch (message.type) {
      case "controls":
        return this.#changes.controls.tell(this.#known.changed(message));
      case "command":
        return this.#asks.heard(message.command.id, message);
      case "note":
        this.#known.noted(message.note);
        if (message.re !== undefined) this.#asks.heard(message.re, message);
        return this.#changes.note.tell(message.note);
      case "named":
        this.#me = { ...this.#me, name: message.name };
        return this.#asks.heard(NAME_ID, message);
      case "people":
        return this.#changes.people.tell(this.#known.met(message));
      case "look":
        return this.#changes.look.tell({ person: message.person, x: message.x });
      case "event":
        return this.#events.get(message.name)?.tell(message.data, message.from, this.#replyTo(message.ack));
      case "ack":
        return this.#asks.heard(message.ack, message);
      case "emitted":
        return this.#asks.heard(message.id, message);
      case "announcement":
        if (message.re !== undefined) this.#asks.heard(message.re, message);
        return this.#changes.announcement.tell(announcementOf(message));
      case "refused":
        return this.#asks.heard(message.re, message);
      // To publishers alone.
      case "deliver":
        return;
      default:
        message satisfies never;
    }
  }

  #replyTo(ack: string | undefined): (data: unknown) => void {
    let isAnswered = ack === undefined;
    return (data) => {
      if (isAnswered || ack === undefined) return;
      isAnswered = true;
      this.#asks.add(tellAsk(newId(), { type: "ack", ack, data: data ?? null }, DEFAULT_TIMEOUT_MS));
    };
  }
}

function noteIn(answer: RoomServerMessage): Note | undefined {
  return answer.type === "note" ? answer.note : undefined;
}

function announcementOf({ text, by, atMs }: Announcement): Announcement {
  return { text, by, atMs };
}

function newId(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(12)));
}

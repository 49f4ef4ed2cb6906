import {
  CloseCode,
  MAX_ANNOUNCEMENT_LENGTH,
  MAX_CONTROLS_BYTES,
  MAX_PARTICIPANTS,
  MAX_ROOM_MESSAGE_BYTES,
  RESERVED_PARTICIPANTS,
} from "../../protocol/limits.ts";
import { messageIn } from "../../protocol/messages/parsed.ts";
import { NOTES_SERIES } from "../../protocol/room/channel-itself.ts";
import {
  parseRoomClientMessage,
  parseRoomServerMessage,
  type ReceivedRoomMessage,
  type RoomServerMessage,
} from "../../protocol/room/room-message.ts";
import { closeQuietly } from "../hub/close.ts";
import { fittingLabel, inOneLine } from "./channel-frames.ts";
import { ControlDesk } from "./control-desk.ts";
import type { Controls } from "./controls.ts";
import type { Notes } from "./notes.ts";
import { attachmentOf, Participant, type ParticipantRecord, parseParticipant, type RoomSocket } from "./participant.ts";
import { Participants } from "./participants.ts";
import { fittingName, freeName, People } from "./people.ts";
import type { RoomRequest } from "./room-request.ts";
import { WriteLimits } from "./write-limits.ts";

const NEEDS_TOKEN = "This channel needs a token now; connect again with one.";
const TOO_MANY_NOTES = "Too many notes came from you. Leave the next one in a few seconds.";
const MAX_EVENT_NAME_LENGTH = 128;
const MAX_TOLD_AT_ONCE = 20;
/** `WebSocket.OPEN`. */
const OPEN = 1;

/** What a room needs of its channel. */
export interface RoomParts {
  /** Undefined while nothing is stored: who only looks makes nothing. */
  stored(): { controls: Controls; notes: Notes } | undefined;
  /** The same, made if it is not there. */
  storedNow(): { controls: Controls; notes: Notes };
  /** Appends an event to the log, and shows it. @returns the id of its point */
  log(series: string, x: number, text: string): string;
  /** Changes the text of an event of the log. */
  rewrite(id: string, x: number, text: string): void;
  /** The wall clock, by which tokens expire and x is told. */
  wallMs(): number;
  /** Whether nobody may watch without a token. */
  isPrivate: boolean;
}

/** Whether one more may come in. */
export type Entry = "room" | "full" | "quota";

type Said<Type extends ReceivedRoomMessage["type"]> = Extract<ReceivedRoomMessage, { type: Type }>;

/**
 * The part of a channel in which viewers and publishers talk: controls, notes, names, events. Nothing of it is on the way of
 * points. All `nowMs` are the channel's time.
 */
export class Room<Socket extends RoomSocket> {
  /** Messages that were passed over, because a newer client sent them. */
  ignoredMessages = 0;
  readonly #parts: RoomParts;
  readonly #participants = new Participants<Socket>();
  readonly #desk: ControlDesk;
  readonly #people = new People();
  readonly #writes = new WriteLimits();

  /** @param sockets those that outlived an eviction */
  constructor(parts: RoomParts, sockets: readonly Socket[], nowMs: number) {
    this.#parts = parts;
    this.#desk = new ControlDesk({
      controls: () => parts.stored()?.controls,
      controlsNow: () => parts.storedNow().controls,
      participants: this.#participants,
      tellAll: (message) => this.#participants.tell(message),
      log: (series, text) => parts.log(series, parts.wallMs() / 1000, text),
    });
    for (const socket of sockets) {
      if (socket.readyState !== OPEN) continue;
      const record = parseParticipant(socket.deserializeAttachment());
      // The channel was public, perhaps, when those joined that outlived an eviction.
      if (parts.isPrivate && record?.grant === undefined) closeQuietly(socket, CloseCode.tokenExpired, NEEDS_TOKEN);
      else if (record !== undefined) this.#participants.add(socket, new Participant(socket, record, nowMs));
    }
    for (const participant of this.#participants)
      if (participant.isPublisher && participant.listensFor(participant.publisher))
        parts.stored()?.controls.reach(participant.publisher, true);
  }

  get count(): number {
    return this.#participants.count;
  }

  /** Whether one more may come in. Some places are left to publishers, and to whoever has a token. */
  entryFor({ share, publisher, grant }: Pick<RoomRequest, "share" | "publisher" | "grant">): Entry {
    const isReserved = publisher !== "" || grant !== undefined;
    if (this.count >= MAX_PARTICIPANTS - (isReserved ? 0 : RESERVED_PARTICIPANTS)) return "full";
    return this.#participants.counts.hasRoom(share) ? "room" : "quota";
  }

  /** Whether a socket is one of this room's. */
  has(socket: Socket): boolean {
    return this.#participants.at(socket) !== undefined;
  }

  join(socket: Socket, { share, ...request }: RoomRequest, nowMs: number): void {
    this.#participants.closeExpired(this.#parts.wallMs());
    const { person, may } = request;
    const id = crypto.randomUUID().slice(0, 8);
    const name = this.#participants.nameOf(person) ?? this.#people.cameBack(person, nowMs) ?? "";
    const record: ParticipantRecord = { ...request, id, name, who: share.who };
    socket.serializeAttachment(attachmentOf(record));
    const participant = new Participant(socket, record, nowMs);
    this.#participants.add(socket, participant);
    this.#people.stir();
    const stored = this.#parts.stored();
    participant.tell({
      type: "welcome",
      version: 1,
      id,
      person,
      name,
      may: [...may],
      nowMs: this.#parts.wallMs(),
      controls: stored?.controls.states ?? [],
      notes: participant.sees ? (stored?.notes.all ?? []) : [],
      people: participant.sees && participant.may("presence") ? this.#people.all(this.#participants.people, nowMs) : [],
      count: this.count,
    });
    if (participant.isPublisher && participant.listensFor(participant.publisher)) {
      this.#desk.reached(participant, nowMs);
      this.#desk.deliverAll(participant, nowMs);
    }
    this.#settle(nowMs);
  }

  leave(socket: Socket, nowMs: number): void {
    this.#participants.closeExpired(this.#parts.wallMs());
    this.#remove(socket, nowMs);
    this.#settle(nowMs);
  }

  /** Takes a message of a participant. */
  receive(socket: Socket, message: string | ArrayBuffer, nowMs: number): void {
    this.#participants.closeExpired(this.#parts.wallMs());
    const participant = this.#participants.at(socket);
    if (participant !== undefined && !participant.isClosed) this.#read(participant, message, nowMs);
    this.#settle(nowMs);
  }

  /** What a publisher says by POST. @returns what there is for it */
  exchange(
    { share, ...request }: RoomRequest,
    messages: readonly ReceivedRoomMessage[],
    nowMs: number,
  ): RoomServerMessage[] {
    this.#participants.closeExpired(this.#parts.wallMs());
    const said: RoomServerMessage[] = [];
    const record = { ...request, id: `post-${request.publisher}`, name: "", who: share.who };
    const participant = new Participant(collecting(said), record, nowMs);
    this.#desk.reached(participant, nowMs, true);
    for (const message of messages) {
      if (!this.#writes.take(share.who, "post", nowMs)) {
        refuse(participant, "", "too-many-messages", "Too many messages came by POST. Send the rest in a second.");
        break;
      }
      this.#act(participant, message, nowMs);
    }
    this.#desk.deliverAll(participant, nowMs);
    this.#settle(nowMs);
    return said;
  }

  /** A token was revoked. @returns whether anybody had it */
  revoke(tokenId: string, nowMs: number): boolean {
    const those = this.#participants.where(({ record }) => record.grant?.tokenId === tokenId);
    for (const participant of those) participant.close(CloseCode.notPermitted, "Your token was revoked.");
    this.#settle(nowMs);
    return those.length > 0;
  }

  /** The points are gone: so are notes. */
  emptied(nowMs: number): void {
    this.#participants.closeExpired(this.#parts.wallMs());
    const notes = this.#parts.stored()?.notes;
    for (const note of notes?.all ?? []) {
      this.#participants.tellViewers({ type: "note", note: { ...note, text: "", editedAtMs: nowMs } });
    }
    notes?.clear();
    this.#settle(nowMs);
  }

  /** What is due by itself. */
  alarm(nowMs: number): void {
    this.#participants.closeExpired(this.#parts.wallMs());
    this.#desk.alarm(nowMs);
    // It may be that of somebody who left before an eviction.
    this.#people.stir();
    this.#settle(nowMs);
  }

  /** In how long the first token of a participant expires; undefined: none does. */
  get expiryInMs(): number | undefined {
    const { expiresAtMs } = this.#participants;
    return Number.isFinite(expiresAtMs) ? Math.max(0, expiresAtMs - this.#parts.wallMs()) : undefined;
  }

  /** In how long an {@link alarm} is due; undefined: none is. */
  dueInMs(nowMs: number): number | undefined {
    const due = [this.expiryInMs, this.#desk.dueInMs(nowMs), this.peopleDueInMs(nowMs)].filter(
      (ms) => ms !== undefined,
    );
    return due.length === 0 ? undefined : Math.min(...due);
  }

  /** The same for what is to be told of people alone: 30 s at most. */
  peopleDueInMs(nowMs: number): number | undefined {
    return this.#people.dueInMs(() => this.#participants.people, this.count, nowMs);
  }

  #read(participant: Participant, message: string | ArrayBuffer, nowMs: number): void {
    if (!participant.takeTurn(nowMs)) return participant.close(CloseCode.tooManyMessages, "Too many messages.");
    const most = participant.isPublisher ? 2 * MAX_CONTROLS_BYTES : MAX_ROOM_MESSAGE_BYTES;
    if (typeof message !== "string" || message.length > most)
      return participant.close(CloseCode.badMessage, `A message is text of ${most / 1024} KiB at most.`);
    const parsed = parseRoomClientMessage(message);
    switch (parsed.kind) {
      case "message":
        return this.#act(participant, parsed.message, nowMs);
      case "malformed":
        return participant.close(CloseCode.badMessage, `"${parsed.field.slice(0, 40)}" is missing, or wrong.`);
      case "unknown-type":
        this.ignoredMessages++;
        return;
      default:
        parsed satisfies never;
    }
  }

  #act(from: Participant, message: ReceivedRoomMessage, nowMs: number): void {
    switch (message.type) {
      case "set":
      case "call":
        return this.#desk.submit(from, message, () => this.#writes.take(from.record.who, "command", nowMs), nowMs);
      case "note":
        return this.#note(from, message, nowMs);
      case "edit-note":
        return this.#editNote(from, message, nowMs);
      case "name":
        return this.#name(from, message.name, nowMs);
      case "look":
        return this.#look(from, message.x);
      case "emit":
        return this.#emit(from, message);
      case "ack":
        return this.#ack(from, message);
      case "announce":
        return this.#announce(from, message, nowMs);
      case "declare":
      case "delivered":
      case "outcome":
      case "report": {
        if (!from.isPublisher) return refuse(from, "", "not-permitted", "Only a publisher says that.");
        const fault = this.#desk.take(from, message, nowMs);
        return fault === undefined ? undefined : refuse(from, "declare", "controls-invalid", fault);
      }
      default:
        message satisfies never;
    }
  }

  #note(from: Participant, { id, text, x }: Said<"note">, nowMs: number): void {
    if (!from.may("note") && !from.isPublisher)
      return refuse(from, id, "not-permitted", 'You have no right "note" in this channel.');
    const fitted = fittingLabel(text).trim();
    if (fitted === "") return refuse(from, id, "note-empty", "A note has a text.");
    if (!this.#mayNote(from, nowMs)) return refuse(from, id, "too-many-notes", TOO_MANY_NOTES);
    const at = x ?? this.#parts.wallMs() / 1000;
    const { notes } = this.#parts.storedNow();
    const point = this.#parts.log(NOTES_SERIES, at, fitted);
    const note = { id: point, x: at, text: fitted, by: from.label, atMs: nowMs, editedAtMs: null };
    notes.add(note, from.record.sender);
    this.#participants.tellViewers({ type: "note", note }, from, id);
  }

  #editNote(from: Participant, { id, note: of, text }: Said<"edit-note">, nowMs: number): void {
    const notes = this.#parts.stored()?.notes;
    if (notes === undefined) return refuse(from, id, "note-unknown", "There is no such note.");
    if (!this.#mayNote(from, nowMs)) return refuse(from, id, "too-many-notes", TOO_MANY_NOTES);
    const edited = notes.edit(of, text, from.record.sender, from.may("admin"), nowMs);
    if ("code" in edited) return refuse(from, id, edited.code, edited.detail);
    this.#parts.rewrite(edited.id, edited.x, edited.text);
    this.#participants.tellViewers({ type: "note", note: edited }, from, id);
  }

  #mayNote({ record }: Participant, nowMs: number): boolean {
    return this.#writes.take(record.who, "note", nowMs);
  }

  #name(from: Participant, name: string, nowMs: number): void {
    if (!from.may("presence") && !from.may("control") && !from.may("note"))
      return refuse(from, "name", "not-permitted", 'You have no right "presence" in this channel.');
    this.#people.stir();
    const { person } = from.record;
    const others = this.#people.all(this.#participants.people, nowMs).filter(({ id }) => id !== person);
    const given = freeName(fittingName(name), new Set(others.map((other) => other.name.toLowerCase())));
    for (const same of this.#participants.where(({ record }) => record.person === person)) {
      same.rename(given);
      same.tell({ type: "named", name: given });
    }
  }

  #look(from: Participant, x: number | null): void {
    if (!from.may("presence")) return;
    const { person } = from.record;
    const isTold = (each: Participant): boolean => each.sees && each.may("presence") && each.record.person !== person;
    for (const other of this.#participants.where(isTold)) other.tell({ type: "look", person, x });
  }

  #emit(from: Participant, { id, to, name, data, ack }: Said<"emit">): void {
    if (!from.isPublisher && !from.may("control") && !from.may("presence"))
      return refuse(from, id, "not-permitted", 'You have neither "presence" nor "control" in this channel.');
    const others = this.#participants.where(
      (each) => each !== from && (to === "all" || (to === "publishers") === each.isPublisher),
    );
    const event: RoomServerMessage = {
      type: "event",
      from: from.asSender,
      name: name.slice(0, MAX_EVENT_NAME_LENGTH),
      data,
      ...(ack === true && { ack: `${from.id}.${id}` }),
    };
    const text = JSON.stringify(event);
    for (const other of others) other.send(text);
    from.tell({ type: "emitted", id, count: others.length });
  }

  /** An answer goes to whoever emitted, and to nobody else. */
  #ack(from: Participant, { ack, data }: Said<"ack">): void {
    const dot = ack.indexOf(".");
    const [to] = this.#participants.where(({ id }) => id === ack.slice(0, dot));
    to?.tell({ type: "ack", ack: ack.slice(dot + 1), from: from.asSender, data });
  }

  #announce(from: Participant, { id, text }: Said<"announce">, nowMs: number): void {
    if (!from.isPublisher && !from.may("admin"))
      return refuse(from, id, "not-permitted", "Only a publisher, or whoever has admin, announces something.");
    // A character has two units at most.
    const line = inOneLine(text.slice(0, 2 * MAX_ANNOUNCEMENT_LENGTH));
    const said = [...line].slice(0, MAX_ANNOUNCEMENT_LENGTH).join("").trim();
    if (said === "") return refuse(from, id, "announcement-empty", "An announcement has a text.");
    this.#participants.tellViewers({ type: "announcement", text: said, by: from.label, atMs: nowMs }, from, id);
  }

  /** After whatever happened: who was closed leaves, and it is told who is here. */
  #settle(nowMs: number): void {
    for (const socket of this.#participants.closed) this.#remove(socket, nowMs);
    // Before the first publish there are no alarms.
    const isAtOnce = this.#parts.stored() === undefined && this.count <= MAX_TOLD_AT_ONCE;
    const change = this.#people.take(() => this.#participants.people, this.count, nowMs, isAtOnce);
    if (change === undefined) return;
    const counted = { ...change, joined: [], left: [], isWhole: false };
    for (const participant of this.#participants)
      participant.tell({ type: "people", ...(participant.sees && participant.may("presence") ? change : counted) });
  }

  #remove(socket: Socket, nowMs: number): void {
    const participant = this.#participants.remove(socket);
    if (participant === undefined) return;
    this.#people.stir();
    const { person, name } = participant.record;
    if (name !== "" && this.#participants.nameOf(person) === undefined) this.#people.left({ id: person, name }, nowMs);
    this.#desk.left(participant, nowMs);
  }
}

function refuse(participant: Participant, re: string, code: string, detail: string): void {
  participant.tell({ type: "refused", re, code, detail });
}

/** A socket of nobody: what is said to it is kept. */
function collecting(said: RoomServerMessage[]): RoomSocket {
  return {
    readyState: OPEN,
    bufferedAmount: 0,
    send: (text) => {
      const message = messageIn(parseRoomServerMessage(text));
      if (message !== undefined) said.push(message);
    },
    close: () => undefined,
    serializeAttachment: () => undefined,
    deserializeAttachment: () => undefined,
  };
}

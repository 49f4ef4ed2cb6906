import { type Capability, isCapability } from "../../protocol/access/capability.ts";
import { isObject } from "../../protocol/json/json.ts";
import {
  CloseCode,
  PUBLISHER_MESSAGES_AT_ONCE,
  PUBLISHER_MESSAGES_PER_SECOND,
  ROOM_MESSAGES_AT_ONCE,
  ROOM_MESSAGES_PER_SECOND,
  VIEWER_BUFFER_BYTES,
} from "../../protocol/limits.ts";
import { isBoolean, isString } from "../../protocol/messages/guards.ts";
import type { Sender } from "../../protocol/room/room-contents.ts";
import type { RoomServerMessage } from "../../protocol/room/room-message.ts";
import { RateLimit } from "../auth/bounds/rate-limit.ts";
import { type Grant, parseGrant } from "../auth/grant.ts";
import { closeQuietly } from "../hub/close.ts";

/** The part of a WebSocket that is used. */
export interface RoomSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: string): void;
  close(code: number, reason: string): void;
  serializeAttachment(attachment: unknown): void;
  deserializeAttachment(): unknown;
}

/** Who joined a room, as the socket's attachment has it: so it outlives the eviction of its channel from memory. */
export interface ParticipantRecord {
  /** Of this connection. */
  id: string;
  /** The id of a publisher whose programs it speaks for; "" of a viewer. */
  publisher: string;
  /** "" while it gave none. */
  name: string;
  /** As who it acts: a principal, and of an anonymous one a key that its client keeps. */
  sender: string;
  /** A hash of that: as who others know it. */
  person: string;
  /** What it may do here. */
  may: readonly Capability[];
  /** Whether it is told what viewers are. */
  sees: boolean;
  /** What it was let in with; undefined: nothing, or what does not expire and cannot be taken back. */
  grant: Grant | undefined;
  /** By what it is counted. */
  who: string;
  /** As in {@link RoomRequest}. */
  isVisit?: boolean | undefined;
}

/** One connection of a room. */
export class Participant {
  readonly socket: RoomSocket;
  #record: ParticipantRecord;
  readonly #limit: RateLimit;
  #isClosed = false;

  constructor(socket: RoomSocket, record: ParticipantRecord, nowMs: number) {
    this.socket = socket;
    this.#record = record;
    this.#limit =
      record.publisher === ""
        ? new RateLimit(ROOM_MESSAGES_PER_SECOND, nowMs, ROOM_MESSAGES_AT_ONCE)
        : new RateLimit(PUBLISHER_MESSAGES_PER_SECOND, nowMs, PUBLISHER_MESSAGES_AT_ONCE);
  }

  get record(): ParticipantRecord {
    return this.#record;
  }

  get id(): string {
    return this.#record.id;
  }

  get publisher(): string {
    return this.#record.publisher;
  }

  get isPublisher(): boolean {
    return this.#record.publisher !== "";
  }

  /** Whether commands for a publisher reach it by this. */
  listensFor(publisher: string): boolean {
    return this.#record.publisher === publisher && this.#record.isVisit !== true;
  }

  get asSender(): Sender {
    const { id, person, name } = this.#record;
    return { id, person, name, kind: this.isPublisher ? "publisher" : "viewer" };
  }

  /** For people: its name, or who its token is. */
  get label(): string {
    const { name, grant } = this.#record;
    if (name !== "") return name;
    return grant === undefined ? "somebody" : grant.principal.replace(/^(?:named-token|jwt|cloudflare-access):/, "");
  }

  get sees(): boolean {
    return this.#record.sees;
  }

  may(capability: Capability): boolean {
    return this.#record.may.includes(capability);
  }

  rename(name: string): void {
    this.#record = { ...this.#record, name };
    this.socket.serializeAttachment(attachmentOf(this.#record));
  }

  /** Whether it may say something more just now. */
  takeTurn(nowMs: number): boolean {
    return this.#limit.take(nowMs);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  tell(message: RoomServerMessage): void {
    this.send(JSON.stringify(message));
  }

  /** Sends what is written already; or closes whoever reads too slowly for what is said. */
  send(text: string): void {
    if (this.#isClosed) return;
    if (this.socket.bufferedAmount > VIEWER_BUFFER_BYTES) {
      return this.close(CloseCode.gone, "You read too slowly for what is said here; connect again.");
    }
    try {
      this.socket.send(text);
    } catch {
      this.#isClosed = true;
    }
  }

  close(code: number, reason: string): void {
    this.#isClosed = true;
    closeQuietly(this.socket, code, reason);
  }
}

/** What a socket keeps of a participant. */
export function attachmentOf(record: ParticipantRecord): unknown {
  return { kind: "participant", ...record };
}

/** A participant from its attachment; undefined if it is none, or of another version. */
export function parseParticipant(attachment: unknown): ParticipantRecord | undefined {
  if (!isObject(attachment) || attachment.kind !== "participant") return undefined;
  const { id, publisher, name, sender, person, may, sees, who } = attachment;
  const grant = parseGrant(attachment.grant);
  if (attachment.grant !== undefined && grant === undefined) return undefined;
  if (!isString(id) || !isString(publisher) || !isString(name) || !isString(sender)) return undefined;
  if (!isString(person) || !isBoolean(sees) || !isString(who) || !Array.isArray(may) || !may.every(isCapability))
    return undefined;
  return { id, publisher, name, sender, person, may, sees, grant, who, isVisit: attachment.isVisit === true };
}

/** When what let it in expires; Infinity: never. */
export function expiresAtMsOf({ grant }: ParticipantRecord): number {
  return grant?.expiresAtMs ?? Number.POSITIVE_INFINITY;
}

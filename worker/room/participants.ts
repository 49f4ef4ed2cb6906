import { CloseCode } from "../../protocol/limits.ts";
import type { Person } from "../../protocol/room/room-contents.ts";
import type { RoomServerMessage } from "../../protocol/room/room-message.ts";
import { ViewerCounts } from "../hub/viewer-counts.ts";
import { expiresAtMsOf, type Participant, type RoomSocket } from "./participant.ts";

/** Everybody who is connected to a room. */
export class Participants<Socket extends RoomSocket> {
  readonly #all = new Map<Socket, Participant>();
  /** Of each token and each address. */
  readonly counts = new ViewerCounts();
  /** When the first token expires; undefined: it is not known any more. Each publish asks. */
  #expiresAtMs: number | undefined = Number.POSITIVE_INFINITY;

  get count(): number {
    return this.#all.size;
  }

  at(socket: Socket): Participant | undefined {
    return this.#all.get(socket);
  }

  add(socket: Socket, participant: Participant): void {
    this.#all.set(socket, participant);
    this.counts.add(participant.record.who);
    if (this.#expiresAtMs !== undefined)
      this.#expiresAtMs = Math.min(this.#expiresAtMs, expiresAtMsOf(participant.record));
  }

  remove(socket: Socket): Participant | undefined {
    const participant = this.#all.get(socket);
    if (participant === undefined || !this.#all.delete(socket)) return undefined;
    this.counts.remove(participant.record.who);
    const expiresAtMs = expiresAtMsOf(participant.record);
    if (Number.isFinite(expiresAtMs) && expiresAtMs === this.#expiresAtMs) this.#expiresAtMs = undefined;
    return participant;
  }

  *[Symbol.iterator](): Generator<Participant> {
    yield* this.#all.values();
  }

  where(isIt: (participant: Participant) => boolean): Participant[] {
    return [...this.#all.values()].filter(isIt);
  }

  /** The name of a person; undefined: nobody of that name is connected, or none was given. */
  nameOf(person: string): string | undefined {
    return this.where(({ record }) => record.person === person && record.name !== "")[0]?.record.name;
  }

  /** Everybody as a person; the name is "" of somebody who gave none. */
  get people(): Person[] {
    return [...this.#all.values()].map(({ record }) => ({ id: record.person, name: record.name }));
  }

  /** The sockets of those that are closed, of whatever side. */
  get closed(): Socket[] {
    return [...this.#all].flatMap(([socket, { isClosed }]) => (isClosed ? [socket] : []));
  }

  /** To everybody. */
  tell(message: RoomServerMessage): void {
    const text = JSON.stringify(message);
    for (const participant of this.#all.values()) participant.send(text);
  }

  /** To everybody who is told what viewers are, and to whom it answers. @param re by which id that said it */
  tellViewers(
    message: Extract<RoomServerMessage, { type: "note" | "announcement" }>,
    author?: Participant,
    re = "",
  ): void {
    const text = JSON.stringify(message);
    for (const participant of this.#all.values()) {
      if (participant === author) participant.tell({ ...message, re });
      else if (participant.sees) participant.send(text);
    }
  }

  /** When the first token of anybody expires, by the wall clock; Infinity: none does. */
  get expiresAtMs(): number {
    this.#expiresAtMs ??= Math.min(...[...this.#all.values()].map(({ record }) => expiresAtMsOf(record)));
    return this.#expiresAtMs;
  }

  /** Closes those whose token has expired. */
  closeExpired(wallMs: number): void {
    if (this.expiresAtMs > wallMs) return;
    for (const participant of this.#all.values()) {
      if (expiresAtMsOf(participant.record) > wallMs) continue;
      participant.close(CloseCode.tokenExpired, "Your token has expired; connect again with another.");
    }
  }
}

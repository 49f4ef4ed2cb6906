import type { RoomServerMessage } from "../../protocol/room/room-message.ts";
import type { ProgramMessage } from "./program-message.ts";

/** A command for a program, as the channel has it. */
export type Delivery = Extract<RoomServerMessage, { type: "deliver" }>;
/** An event that somebody in the room emitted. */
export type RoomEvent = Extract<RoomServerMessage, { type: "event" }>;

/** What became of sending something to a program. */
export type Sent =
  | "sent"
  /** No program is there that takes this: it may come. */
  | "nobody-listens"
  /** More waits for it than may. */
  | "full";

/** What an outlet tells. */
export interface OutletEvents {
  /** A program has said something by the outlet's own socket. */
  onMessages(messages: readonly ProgramMessage[]): void;
  /** Somebody listens who did not before: what waited may be sent. */
  onListener(): void;
}

/** By which programs are told what to do. Each socket type is one; none of these throws. */
export interface Outlet {
  /** The endpoint; a bound port `*` is resolved. */
  readonly address: string;
  deliver(delivery: Delivery): Promise<Sent>;
  emit(event: RoomEvent): Promise<Sent>;
  close(): Promise<void>;
}

/** As a program gets a command. */
export function commandText({ id, action, control, value, by }: Delivery): string {
  return JSON.stringify(action === "set" ? { id, set: control, value, by } : { id, call: control, by });
}

/** As a program gets an event. */
export function eventText({ name, data, from, ack }: RoomEvent): string {
  return JSON.stringify({ event: name, data, by: from.name, ...(ack !== undefined && { ack }) });
}

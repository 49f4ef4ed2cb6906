/** What the package `plotcast-client` has as `plotcast-client/room`. */
export type { Capability } from "../../protocol/access/capability.ts";
export type { CommandState } from "../../protocol/room/command.ts";
export type { ControlKind, ControlValue } from "../../protocol/room/control.ts";
export type { ControlState, EventAudience, Note, Person, Sender } from "../../protocol/room/room-contents.ts";
export type { Problem } from "../subscribe/transport.ts";
export type { TokenSource } from "../token-source.ts";
export type { ControlsChange, PeopleChange } from "./known.ts";
export { openRoom, type RoomOptions } from "./open-room.ts";
export type {
  Announcement,
  AskOptions,
  CallOptions,
  EmitOptions,
  EventListener,
  Look,
  Room,
  RoomChanges,
  RoomState,
  SetOptions,
} from "./room.ts";
export { RoomError } from "./room-error.ts";
export type { Answer, Emitted } from "./said.ts";

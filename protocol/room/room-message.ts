import type { Capability } from "../access/capability.ts";
import { isCapability } from "../access/capability.ts";
import { isObject, isShallow } from "../json/json.ts";
import { isBoolean, isCount, isCountOrNull, isNumber, isString, listOf, oneOf, optional } from "../messages/guards.ts";
import { type GuardsByType, type ParsedByType, parseByType } from "../messages/parsed.ts";
import {
  COMMAND_REFUSALS,
  type CommandRefusal,
  type CommandState,
  isCommandAction,
  isCommandId,
  isCommandState,
} from "./command.ts";
import { type ControlValue, isControlValue, isValueOrNull } from "./control.ts";
import {
  type ControlState,
  EVENT_AUDIENCES,
  type EventAudience,
  isControlState,
  isNote,
  isPerson,
  isSender,
  type Note,
  type Person,
  type Sender,
} from "./room-contents.ts";

/** What is said in a channel's room, as JSON text over a WebSocket with the subprotocol `plotcast.room.v1`. */

/** What a channel says in its room. */
export type RoomServerMessage =
  /** The first message. `may` is what this participant may do. */
  | {
      type: "welcome";
      version: 1;
      /** This connection's id, and that of its person. */
      id: string;
      person: string;
      name: string;
      may: Capability[];
      nowMs: number;
      controls: ControlState[];
      notes: Note[];
      people: Person[];
      /** How many are in the room, those without a name and publishers too. */
      count: number;
    }
  /** These controls are new or changed; those by the names in `gone` are there no more. */
  | { type: "controls"; controls: ControlState[]; gone: string[] }
  /** To whoever sent it: how far a command has come. */
  | { type: "command"; command: CommandState }
  /** To a publisher: a command for its program. `expiresInMs` is null for a `set`. */
  | {
      type: "deliver";
      id: string;
      action: "set" | "call";
      control: string;
      value: ControlValue | null;
      by: string;
      expiresInMs: number | null;
    }
  /** A note is new, or another than before. To whoever sent it, `re` is the id by which it did. */
  | { type: "note"; note: Note; re?: string }
  /** To whoever gave a name: which one it has now. */
  | { type: "named"; name: string }
  /** Who came, went, or has another name; with `isWhole` nobody else is there. */
  | { type: "people"; count: number; joined: Person[]; left: string[]; isWhole: boolean }
  /** Where a person looks; null: nowhere. */
  | { type: "look"; person: string; x: number | null }
  /** Somebody emitted an event. With `ack` an answer is awaited. */
  | { type: "event"; from: Sender; name: string; data: unknown; ack?: string }
  /** To whoever emitted: an answer. */
  | { type: "ack"; ack: string; from: Sender; data: unknown }
  /** To whoever emitted: how many got it. */
  | { type: "emitted"; id: string; count: number }
  | { type: "announcement"; text: string; by: string; atMs: number; re?: string }
  /** To whoever sent what cannot be done: `re` is its id. */
  | { type: "refused"; re: string; code: string; detail: string };

/** What a participant says in a room. */
export type RoomClientMessage =
  /** `isPassing`: another follows soon, as of a slider that is being moved. */
  | { type: "set"; id: string; control: string; value: ControlValue; baseRevision?: number; isPassing?: boolean }
  /** With `expiresInMs` of 0 only how far it has come is asked. */
  | { type: "call"; id: string; control: string; expiresInMs?: number }
  /** Without an x: now. */
  | { type: "note"; id: string; text: string; x?: number }
  /** By its author. "" deletes it. */
  | { type: "edit-note"; id: string; note: string; text: string }
  /** "" takes the name away. */
  | { type: "name"; name: string }
  | { type: "look"; x: number | null }
  | { type: "emit"; id: string; to: EventAudience; name: string; data: unknown; ack?: boolean }
  | { type: "ack"; ack: string; data: unknown }
  | { type: "announce"; id: string; text: string }
  /** Of publishers: controls that it has, or null by the name of one that is gone; with `isAll` it has no others. */
  | { type: "declare"; controls: unknown; isAll?: boolean }
  /** The command is with the program. */
  | { type: "delivered"; id: string }
  | { type: "outcome"; id: string; outcome: "confirmed"; value?: ControlValue }
  | { type: "outcome"; id: string; outcome: "refused"; reason?: CommandRefusal; detail?: string }
  /** What the program has now, by itself. */
  | { type: "report"; values: Readonly<Record<string, ControlValue>> };

type OutcomeMessage = Extract<RoomClientMessage, { type: "outcome" }>;
/** The same with every field in one shape, as guards want it. */
type FlatClientMessage =
  | Exclude<RoomClientMessage, OutcomeMessage>
  | {
      type: "outcome";
      id: string;
      outcome: "confirmed" | "refused";
      value?: ControlValue;
      reason?: CommandRefusal;
      detail?: string;
    };

const isAnything = (value: unknown): value is unknown => isShallow(value);
const isNumberOrNull = (value: unknown): value is number | null => value === null || isNumber(value);
function isValues(value: unknown): value is Record<string, ControlValue> {
  return isObject(value) && Object.values(value).every(isControlValue);
}

const CLIENT_MESSAGES: GuardsByType<FlatClientMessage> = {
  set: {
    id: isCommandId,
    control: isString,
    value: isControlValue,
    baseRevision: optional(isCount),
    isPassing: optional(isBoolean),
  },
  call: { id: isCommandId, control: isString, expiresInMs: optional(isCount) },
  note: { id: isCommandId, text: isString, x: optional(isNumber) },
  "edit-note": { id: isCommandId, note: isString, text: isString },
  name: { name: isString },
  look: { x: isNumberOrNull },
  emit: {
    id: isCommandId,
    to: oneOf(EVENT_AUDIENCES),
    name: isString,
    data: isAnything,
    ack: optional(isBoolean),
  },
  ack: { ack: isString, data: isAnything },
  announce: { id: isCommandId, text: isString },
  declare: { controls: isAnything, isAll: optional(isBoolean) },
  delivered: { id: isCommandId },
  outcome: {
    id: isCommandId,
    outcome: oneOf(["confirmed", "refused"] as const),
    value: optional(isControlValue),
    reason: optional(oneOf(COMMAND_REFUSALS)),
    detail: optional(isString),
  },
  report: { values: isValues },
};

/** What a participant said. One of an unknown type is a newer client's. */
export function parseRoomClientMessage(text: string): ParsedByType<FlatClientMessage> {
  return parseByType<FlatClientMessage>(text, CLIENT_MESSAGES);
}

export type ReceivedRoomMessage = FlatClientMessage;

const SERVER_MESSAGES: GuardsByType<RoomServerMessage> = {
  welcome: {
    version: (value) => value === 1,
    id: isString,
    person: isString,
    name: isString,
    may: listOf(isCapability),
    nowMs: isCount,
    controls: listOf(isControlState),
    notes: listOf(isNote),
    people: listOf(isPerson),
    count: isCount,
  },
  controls: { controls: listOf(isControlState), gone: listOf(isString) },
  command: { command: isCommandState },
  deliver: {
    id: isCommandId,
    action: isCommandAction,
    control: isString,
    value: isValueOrNull,
    by: isString,
    expiresInMs: isCountOrNull,
  },
  note: { note: isNote, re: optional(isString) },
  named: { name: isString },
  people: { count: isCount, joined: listOf(isPerson), left: listOf(isString), isWhole: isBoolean },
  look: { person: isString, x: isNumberOrNull },
  event: { from: isSender, name: isString, data: isAnything, ack: optional(isString) },
  ack: { ack: isString, from: isSender, data: isAnything },
  emitted: { id: isString, count: isCount },
  announcement: { text: isString, by: isString, atMs: isCount, re: optional(isString) },
  refused: { re: isString, code: isString, detail: isString },
};

/** What a channel said in its room. One of an unknown type comes from a newer one: it is passed over. */
export function parseRoomServerMessage(text: string): ParsedByType<RoomServerMessage> {
  return parseByType(text, SERVER_MESSAGES);
}

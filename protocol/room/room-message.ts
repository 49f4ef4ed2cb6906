import type { Capability } from "../access/capability.ts";
import { isCapability } from "../access/capability.ts";
import { isObject, isShallow } from "../json/json.ts";
import { isBoolean, isCount, isCountOrNull, isNumber, isString } from "../messages/guards.ts";
import { type GuardsByType, type ParsedByType, parseByType } from "../messages/parsed.ts";
import { type Control, type ControlValue, isControlKind, isControlValue } from "./control.ts";

/** What is said in a channel's room, as JSON text over a WebSocket with the subprotocol `plotcast.room.v1`. */

/** How far a command has come. The last three are its outcome, and nothing follows. */
export const COMMAND_STAGES = ["accepted", "delivered", "confirmed", "refused", "expired"] as const;
export type CommandStage = (typeof COMMAND_STAGES)[number];
export type Outcome = Extract<CommandStage, "confirmed" | "refused" | "expired">;

/** Why a command was refused: the first is the program's own, the others the channel's or the bridge's. */
export const COMMAND_REFUSALS = [
  "program-refused",
  "unknown-control",
  "not-settable",
  "value-invalid",
  "stale-revision",
  "superseded",
  "publisher-away",
  "nobody-listens",
  "in-doubt",
  "control-gone",
  "too-many-commands",
  "id-taken",
  "not-permitted",
] as const;
export type CommandRefusal = (typeof COMMAND_REFUSALS)[number];

/** What was asked of a control, and how far it has come. */
export interface CommandState {
  /** Its sender's: 1 to 64 letters, digits, "-" and "_". */
  id: string;
  action: "set" | "call";
  control: string;
  /** Of a `set` what was asked for; null of a `call`. */
  value: ControlValue | null;
  stage: CommandStage;
  /** Of `confirmed`: what the program has now. */
  effective?: ControlValue;
  /** Of `refused`: why, and as a sentence. `expired` has the sentence alone. */
  reason?: CommandRefusal;
  detail?: string;
  /** Who, for people. */
  by: string;
  /** The channel's clock, in milliseconds since 1970. */
  atMs: number;
}

/** A control as a room knows it. */
export interface ControlState extends Control {
  /** Counts what was set: whoever sends it as `baseRevision` is refused if somebody else was quicker. */
  revision: number;
  /** Whether its publisher can be reached. */
  isHere: boolean;
  /** The newest that was set; null: nothing was. {@link Control.value} is what the program last reported. */
  desired: CommandState | null;
}

/** A text at an x. */
export interface Note {
  /** `<epoch>:<seq>` of its point in the log. */
  id: string;
  x: number;
  /** "" once it is deleted. */
  text: string;
  by: string;
  atMs: number;
  editedAtMs: number | null;
}

/** Somebody in a room who gave a name: the same one after a reconnect, and in each window of a browser. */
export interface Person {
  id: string;
  name: string;
}

/** Who something comes from: a viewer or a publisher. */
export interface Sender {
  id: string;
  /** For people; "" for somebody without a name. */
  name: string;
  kind: "viewer" | "publisher";
}

/** Whom an event is for. */
export const EVENT_AUDIENCES = ["viewers", "publishers", "all"] as const;
export type EventAudience = (typeof EVENT_AUDIENCES)[number];

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

const ID = /^[A-Za-z0-9_-]{1,64}$/;

export function isCommandId(value: unknown): value is string {
  return isString(value) && ID.test(value);
}

const optional =
  <T>(guard: (value: unknown) => value is T) =>
  (value: unknown): value is T | undefined =>
    value === undefined || guard(value);
const oneOf =
  <const T extends readonly string[]>(words: T) =>
  (value: unknown): value is T[number] =>
    words.some((word) => word === value);
const listOf =
  <T>(guard: (value: unknown) => value is T) =>
  (value: unknown): value is T[] =>
    Array.isArray(value) && value.every(guard);
const isAnything = (value: unknown): value is unknown => isShallow(value);
const isNumberOrNull = (value: unknown): value is number | null => value === null || isNumber(value);
const isValueOrNull = (value: unknown): value is ControlValue | null => value === null || isControlValue(value);
const isAction = oneOf(["set", "call"] as const);

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

/** Whether a value is a command, as one that was stored. */
export function isCommandState(value: unknown): value is CommandState {
  if (!isObject(value)) return false;
  const { id, action, control, value: asked, stage, effective, reason, detail, by, atMs } = value;
  return (
    isCommandId(id) &&
    isAction(action) &&
    isString(control) &&
    isValueOrNull(asked) &&
    oneOf(COMMAND_STAGES)(stage) &&
    optional(isControlValue)(effective) &&
    optional(oneOf(COMMAND_REFUSALS))(reason) &&
    optional(isString)(detail) &&
    isString(by) &&
    isCount(atMs)
  );
}

function isControlState(value: unknown): value is ControlState {
  if (!isObject(value)) return false;
  const { name, kind, value: now, revision, isHere, desired, choices } = value;
  const areTexts = [value.label, value.description, value.group, value.unit].every(optional(isString));
  const areNumbers = [value.min, value.max, value.step].every(optional(isNumber));
  return (
    isString(name) &&
    isControlKind(kind) &&
    isValueOrNull(now) &&
    isCount(revision) &&
    isBoolean(isHere) &&
    (desired === null || isCommandState(desired)) &&
    optional(listOf(isString))(choices) &&
    areTexts &&
    areNumbers
  );
}

function isNote(value: unknown): value is Note {
  if (!isObject(value)) return false;
  const { id, x, text, by, atMs, editedAtMs } = value;
  return isString(id) && isNumber(x) && isString(text) && isString(by) && isCount(atMs) && isCountOrNull(editedAtMs);
}

function isPerson(value: unknown): value is Person {
  return isObject(value) && isString(value.id) && isString(value.name);
}

function isSender(value: unknown): value is Sender {
  return isObject(value) && isString(value.id) && isString(value.name) && oneOf(["viewer", "publisher"])(value.kind);
}

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
    action: isAction,
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

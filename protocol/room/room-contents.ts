/** What a channel's room has: controls, notes and people. */
import { isObject } from "../json/json.ts";
import { isBoolean, isCount, isCountOrNull, isNumber, isString, listOf, oneOf, optional } from "../messages/guards.ts";
import { type CommandState, isCommandState } from "./command.ts";
import { type Control, isControlKind, isValueOrNull } from "./control.ts";

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
  /** Of its connection. */
  id: string;
  /** Of its {@link Person}; an older channel does not say it. */
  person?: string;
  /** For people; "" for somebody without a name. */
  name: string;
  kind: "viewer" | "publisher";
}

/** Whom an event is for. */
export const EVENT_AUDIENCES = ["viewers", "publishers", "all"] as const;
export type EventAudience = (typeof EVENT_AUDIENCES)[number];

export function isControlState(value: unknown): value is ControlState {
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

export function isNote(value: unknown): value is Note {
  if (!isObject(value)) return false;
  const { id, x, text, by, atMs, editedAtMs } = value;
  return isString(id) && isNumber(x) && isString(text) && isString(by) && isCount(atMs) && isCountOrNull(editedAtMs);
}

export function isPerson(value: unknown): value is Person {
  return isObject(value) && isString(value.id) && isString(value.name);
}

export function isSender(value: unknown): value is Sender {
  return (
    isObject(value) &&
    isString(value.id) &&
    optional(isString)(value.person) &&
    isString(value.name) &&
    oneOf(["viewer", "publisher"])(value.kind)
  );
}

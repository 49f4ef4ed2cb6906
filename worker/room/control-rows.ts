import { isObject } from "../../protocol/json/json.ts";
import { isCount, isString } from "../../protocol/messages/guards.ts";
import { type Control, isControlValue, parseControls } from "../../protocol/room/control.ts";
import type { StoredCommand } from "./command.ts";

/** A control as it is stored: as its publisher declared it, whose it is, and how often it was set. */
export interface StoredControl {
  control: Control;
  publisher: string;
  revision: number;
  /** In what order they were declared. */
  place: number;
}

/** Where controls and commands are kept. A write is a row, which is what costs. */
export interface ControlRows {
  /** All that is there, in the order of writing. */
  read(): { controls: StoredControl[]; commands: StoredCommand[] };
  writeControl(stored: StoredControl): void;
  deleteControl(name: string): void;
  writeCommand(command: StoredCommand): void;
  deleteCommand(id: string): void;
}

/** A control that was stored; undefined if it cannot be read. */
export function parseStoredControl(value: unknown): StoredControl | undefined {
  if (!isObject(value) || !isObject(value.control)) return undefined;
  const { publisher, revision, control, place = 0 } = value;
  const { name, value: has, ...declared } = control;
  if (!isString(publisher) || !isCount(revision) || !isCount(place) || !isString(name)) return undefined;
  const parsed = parseControls({ [name]: declared });
  const [read] = "controls" in parsed ? parsed.controls : [];
  // What the program said that it has is no part of what it declared: it may be of another kind.
  return read && { control: { ...read, value: isControlValue(has) ? has : null }, publisher, revision, place };
}

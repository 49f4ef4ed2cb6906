import { isObject } from "../json/json.ts";
import { isCount, isString, oneOf, optional } from "../messages/guards.ts";
import { type ControlValue, isControlValue, isValueOrNull } from "./control.ts";

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

const ID = /^[A-Za-z0-9_-]{1,64}$/;

export function isCommandId(value: unknown): value is string {
  return isString(value) && ID.test(value);
}

export const isCommandAction = oneOf(["set", "call"] as const);

/** Whether a value is a command, as one that was stored. */
export function isCommandState(value: unknown): value is CommandState {
  if (!isObject(value)) return false;
  const { id, action, control, value: asked, stage, effective, reason, detail, by, atMs } = value;
  return (
    isCommandId(id) &&
    isCommandAction(action) &&
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

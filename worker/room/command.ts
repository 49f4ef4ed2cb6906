import { isObject } from "../../protocol/json/json.ts";
import { isBoolean, isCount, isString } from "../../protocol/messages/guards.ts";
import { type CommandRefusal, type CommandState, isCommandState, type Outcome } from "../../protocol/room/command.ts";
import type { ControlValue } from "../../protocol/room/control.ts";

/** A command as a channel keeps it: so a repeat of it is known, and its outcome can be told again. */
export interface StoredCommand {
  state: CommandState;
  /** Whose control it is for. */
  publisher: string;
  /** By which its sender may ask for it again: a principal, and of an anonymous one the key of its client. */
  sender: string;
  /** By the channel's clock; null: it waits for its publisher for as long as it takes. */
  expiresAtMs: number | null;
  /** Another follows soon: by itself it is no event of the log. */
  isPassing: boolean;
  /** Counts commands of the channel. */
  number: number;
}

/** What became of a command. */
export type CommandOutcome =
  | { kind: "confirmed"; value: ControlValue | undefined }
  | { kind: "refused"; reason: CommandRefusal; detail: string }
  | { kind: "expired"; detail: string };

export function isOutcome(stage: CommandState["stage"]): stage is Outcome {
  return stage === "confirmed" || stage === "refused" || stage === "expired";
}

/** The command with its outcome. */
export function withOutcome(command: StoredCommand, outcome: CommandOutcome): StoredCommand {
  const { state } = command;
  switch (outcome.kind) {
    case "confirmed": {
      const effective = outcome.value ?? state.value;
      return {
        ...command,
        state: { ...state, stage: "confirmed", ...(effective !== null && state.action === "set" && { effective }) },
      };
    }
    case "refused":
      return {
        ...command,
        state: { ...state, stage: "refused", reason: outcome.reason, detail: outcome.detail },
      };
    case "expired":
      return { ...command, state: { ...state, stage: "expired", detail: outcome.detail } };
    default:
      return outcome satisfies never;
  }
}

export function parseStoredCommand(value: unknown): StoredCommand | undefined {
  if (!isObject(value)) return undefined;
  const { state, publisher, sender, expiresAtMs, isPassing, number } = value;
  if (!isCommandState(state) || !isString(publisher) || !isString(sender) || !isBoolean(isPassing)) return undefined;
  if (!isCount(number) || !(expiresAtMs === null || isCount(expiresAtMs))) return undefined;
  return { state, publisher, sender, expiresAtMs, isPassing, number };
}

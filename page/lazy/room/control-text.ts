import type { CommandState } from "../../../protocol/room/command.ts";
import type { Control, ControlValue } from "../../../protocol/room/control.ts";
import type { ControlState } from "../../../protocol/room/room-contents.ts";
import { further, isEnded, type SentCommand } from "./sent-commands.ts";

/** What a panel shows of a control now. */
export interface ShownControl {
  /** What its input has. */
  value: ControlValue | null;
  /** Its state, in words; "" where there is nothing to say. */
  status: string;
  /** `busy`: something is under way; `bad`: it did not come to be. */
  tone: "quiet" | "busy" | "good" | "bad";
}

/** What a control is called. */
export function labelOfControl({ name, label }: Pick<Control, "name" | "label">): string {
  return label ?? name;
}

/** A value for people: `200 °C`, `on`. */
export function valueWords({ unit }: Pick<Control, "unit">, value: ControlValue): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  return unit === undefined ? String(value) : `${value} ${unit}`;
}

/** Whether a button is pressed in a hurry: then nothing is asked first. */
export function isEmergency({ name, label = "" }: Pick<Control, "name" | "label">): boolean {
  return /stop|emergency/i.test(`${name} ${label}`);
}

/** How far an arrow key goes: as the program says, 1 for whole numbers, else about a 200th of the range. */
export function stepOf({ kind, step, min, max }: Control): number {
  if (step !== undefined) return step;
  if (kind === "integer") return 1;
  const range = (max ?? Number.NaN) - (min ?? Number.NaN);
  return range > 0 ? 10 ** Math.floor(Math.log10(range / 100)) : 1;
}

/** A value some steps further, within the bounds, without what binary fractions add. */
export function stepped(control: Control, value: number, steps: number): number {
  const { min = -Infinity, max = Infinity } = control;
  const next = Number((value + steps * stepOf(control)).toPrecision(12));
  return Math.min(max, Math.max(min, next));
}

/**
 * What is shown of a control: what was asked for as long as that is under way, else what the program has. A value that was
 * refused is not shown any more.
 * @param sent the newest command of this page to it
 */
export function shownOf(control: ControlState, sent: SentCommand | undefined): ShownControl {
  const { value: has, desired, isHere } = control;
  const away = "Its program is away";
  const gone = isHere ? "" : `. ${away}`;
  if (sent !== undefined && sent.command === undefined) {
    const { message, isLost, isOut } = sent;
    if (isLost) return { value: has, status: `not sent: there was no connection${gone}`, tone: "bad" };
    const value = message.type === "set" ? message.value : null;
    return { value, status: isOut ? "sent…" : "not connected: sent as soon as it is", tone: "busy" };
  }
  const command = shownCommand(desired, sent?.command);
  if (command === undefined) return { value: has, status: isHere ? "" : `${away}.`, tone: "quiet" };
  const by = `by ${command.by}`;
  const { value: asked } = command;
  switch (command.stage) {
    case "accepted":
    case "delivered": {
      const place = command.stage === "delivered" ? "with the program" : "waiting for the program";
      const status = isHere ? place : `${away}: kept for when it returns`;
      const apart = has === null || has === asked || asked === null ? "" : `, program has ${valueWords(control, has)}`;
      const wanted = asked === null ? "" : `${valueWords(control, asked)} `;
      return { value: asked ?? has, status: `${wanted}${status}${apart} · ${by}`, tone: "busy" };
    }
    case "confirmed": {
      const { effective = asked } = command;
      // Since then the program has changed it, or was started anew: that nobody set. (What is told of the command alone comes before the value.)
      const isTold = desired?.id === command.id && desired.stage === "confirmed";
      if (isTold && has !== null && effective !== null && has !== effective)
        return { value: has, status: isHere ? "" : `${away}.`, tone: "quiet" };
      const other = effective === asked || effective === null || asked === null;
      const as = other ? "" : ` as ${valueWords(control, effective)}, asked for ${valueWords(control, asked)}`;
      return { value: has ?? effective, status: `confirmed${as} · ${by}${gone}`, tone: isHere ? "good" : "quiet" };
    }
    case "refused":
      return { value: has, status: `refused: ${command.detail ?? command.reason ?? ""} · ${by}${gone}`, tone: "bad" };
    case "expired":
      return { value: has, status: `expired: ${command.detail ?? "no answer in time"} · ${by}${gone}`, tone: "bad" };
    default:
      return command.stage satisfies never;
  }
}

/** The newest of what somebody set, and what this page sent. */
function shownCommand(desired: CommandState | null, ours: CommandState | undefined): CommandState | undefined {
  if (desired === null || ours === undefined) return ours ?? desired ?? undefined;
  if (desired.id === ours.id) return further(ours, desired);
  // One that was overtaken by another is no news.
  if (ours.reason === "superseded") return desired;
  return ours.atMs >= desired.atMs || !isEnded(ours) ? ours : desired;
}

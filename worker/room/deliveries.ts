import type { CommandState } from "../../protocol/room/command.ts";
import type { ControlState } from "../../protocol/room/room-contents.ts";
import type { RoomServerMessage } from "../../protocol/room/room-message.ts";
import type { StoredCommand } from "./command.ts";

/** A command as its publisher gets it. */
export function deliveryOf({ state, expiresAtMs }: StoredCommand, nowMs: number): RoomServerMessage {
  const { id, action, control, value, by } = state;
  const expiresInMs = action === "call" && expiresAtMs !== null ? Math.max(0, expiresAtMs - nowMs) : null;
  return { type: "deliver", id, action, control, value, by, expiresInMs };
}

/** What became of a command, as the text of an event: `setpoint 180 °C (Ada)`, `stop expired (Ada)`. */
export function eventText(state: CommandState, control: ControlState | undefined): string {
  const { action, value, effective, stage, detail, by } = state;
  const name = control?.label ?? state.control;
  const unit = control?.unit === undefined ? "" : ` ${control.unit}`;
  const shown = (what: CommandState["value"]): string => (typeof what === "number" ? `${what}${unit}` : String(what));
  const what = action === "call" ? name : `${name} ${shown(stage === "confirmed" ? (effective ?? value) : value)}`;
  switch (stage) {
    case "confirmed":
      return `${what} (${by})`;
    case "refused":
      return `${what} refused: ${detail ?? ""} (${by})`;
    case "expired":
      return `${what} expired (${by})`;
    case "accepted":
    case "delivered":
      return `${what} (${by}, ${stage})`;
    default:
      return stage satisfies never;
  }
}

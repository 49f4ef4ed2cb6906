import type { Command } from "../../input/shortcuts.ts";

/** The description of a shortcut. */
export interface ShortcutWords {
  /** Its keys, as they are written for people. */
  written: readonly string[];
  what: string;
}

export const SHORTCUT_WORDS: Record<Command, ShortcutWords> = {
  pause: { written: ["Space"], what: "Pause or resume" },
  live: { written: ["L", "End"], what: "Go live" },
  window: { written: ["1", "…", "9"], what: "Choose a window" },
  lengths: { written: ["W"], what: "A window of any length" },
  "zoom-in": { written: ["+"], what: "Zoom in" },
  "zoom-out": { written: ["−"], what: "Zoom out" },
  left: { written: ["←"], what: "Scroll back; with a cursor, move it (Shift: farther)" },
  right: { written: ["→"], what: "Scroll forward; with a cursor, move it" },
  "zoom-y": { written: ["Y", "Shift Y"], what: "Zoom in on y where the cursor reads, or out again" },
  "reset-y": { written: ["R"], what: "Reset the y axis" },
  cursor: { written: ["C"], what: "Cursor on or off" },
  panel: { written: ["N", "Shift N"], what: "Go to the next panel with cursor and y axis, or back" },
  mark: { written: ["M"], what: "Set a mark at the cursor and measure from it" },
  gap: { written: ["G", "Shift G"], what: "Previous gap, next gap" },
  dismiss: { written: ["Esc"], what: "Remove mark and cursor" },
  table: { written: ["T"], what: "Show or close the table beside the plots" },
  filter: { written: ["/"], what: "Show only series with a text in their names; Esc: all" },
  share: { written: ["S"], what: "Share and save" },
  menu: { written: ["."], what: "Menu" },
  "full-screen": { written: ["F"], what: "Full screen" },
  help: { written: ["?"], what: "Show this list" },
};

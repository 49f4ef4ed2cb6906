/** What a key can ask for. */
export type Command =
  | "pause"
  | "live"
  | "window"
  | "zoom-in"
  | "zoom-out"
  | "left"
  | "right"
  | "cursor"
  | "mark"
  | "gap"
  | "dismiss"
  | "table"
  | "share"
  | "menu"
  | "full-screen"
  | "help";

export interface Shortcut {
  command: Command;
  /** As `KeyboardEvent.key` has them. */
  keys: readonly string[];
  /** As they are written for people. */
  written: readonly string[];
  what: string;
  /** It goes on while its key is held down. */
  repeats?: boolean;
}

/** Every shortcut, in the order that it is listed for people. */
export const SHORTCUTS: readonly Shortcut[] = [
  { command: "pause", keys: [" "], written: ["Space"], what: "Pause, or follow again" },
  { command: "live", keys: ["l", "End"], written: ["L", "End"], what: "Go live" },
  { command: "window", keys: ["1", "2", "3", "4", "5", "6"], written: ["1", "…", "6"], what: "Choose a window" },
  { command: "zoom-in", keys: ["+", "="], written: ["+"], what: "Zoom in", repeats: true },
  { command: "zoom-out", keys: ["-"], written: ["−"], what: "Zoom out", repeats: true },
  {
    command: "left",
    keys: ["ArrowLeft"],
    written: ["←"],
    what: "Look back; with a cursor, move it (Shift: further)",
    repeats: true,
  },
  {
    command: "right",
    keys: ["ArrowRight"],
    written: ["→"],
    what: "Look forward; with a cursor, move it",
    repeats: true,
  },
  { command: "cursor", keys: ["c"], written: ["C"], what: "Cursor on or off" },
  { command: "mark", keys: ["m"], written: ["M"], what: "Mark the cursor's place, and measure from there" },
  { command: "gap", keys: ["g"], written: ["G", "Shift G"], what: "Previous gap, next gap", repeats: true },
  { command: "dismiss", keys: ["Escape"], written: ["Esc"], what: "Take mark and cursor away" },
  { command: "table", keys: ["t"], written: ["T"], what: "Table of values, or the plots" },
  { command: "share", keys: ["s"], written: ["S"], what: "Share and save" },
  { command: "menu", keys: ["."], written: ["."], what: "Menu" },
  { command: "full-screen", keys: ["f"], written: ["F"], what: "Full screen" },
  { command: "help", keys: ["?"], written: ["?"], what: "This list" },
];

/** What a key can ask for. */
export type Command =
  | "pause"
  | "live"
  | "window"
  | "lengths"
  | "zoom-in"
  | "zoom-out"
  | "left"
  | "right"
  | "zoom-y"
  | "reset-y"
  | "panel"
  | "cursor"
  | "mark"
  | "gap"
  | "dismiss"
  | "table"
  | "filter"
  | "share"
  | "menu"
  | "full-screen"
  | "help";

/** What can be opened by a key or a button. */
export type Tool = Extract<Command, "lengths" | "table" | "filter" | "share" | "menu" | "help" | "full-screen">;

/** What is done in one panel. */
export type PanelCommand = Extract<Command, "zoom-y" | "reset-y" | "panel">;

export interface Shortcut {
  command: Command;
  /** As `KeyboardEvent.key` has them. */
  keys: readonly string[];
  /** It goes on while its key is held down. */
  repeats?: boolean;
}

/** Every shortcut, in the order that it is listed for people; lazy/shortcut-words.ts has the words. */
export const SHORTCUTS: readonly Shortcut[] = [
  { command: "pause", keys: [" "] },
  { command: "live", keys: ["l", "End"] },
  { command: "window", keys: [..."123456789"] },
  { command: "lengths", keys: ["w"] },
  { command: "zoom-in", keys: ["+", "="], repeats: true },
  { command: "zoom-out", keys: ["-"], repeats: true },
  { command: "left", keys: ["ArrowLeft"], repeats: true },
  { command: "right", keys: ["ArrowRight"], repeats: true },
  { command: "zoom-y", keys: ["y"], repeats: true },
  { command: "reset-y", keys: ["r"] },
  { command: "cursor", keys: ["c"] },
  { command: "panel", keys: ["n"], repeats: true },
  { command: "mark", keys: ["m"] },
  { command: "gap", keys: ["g"], repeats: true },
  { command: "dismiss", keys: ["Escape"] },
  { command: "table", keys: ["t"] },
  { command: "filter", keys: ["/"] },
  { command: "share", keys: ["s"] },
  { command: "menu", keys: ["."] },
  { command: "full-screen", keys: ["f"] },
  { command: "help", keys: ["?"] },
];

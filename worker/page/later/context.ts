import type { Board } from "../draw/board.ts";
import type { Arrangement } from "../look/arrangement.ts";
import type { Memory } from "../look/memory.ts";
import type { Sight, Source, View } from "../look/view.ts";
import type { Cursor } from "../point/cursor.ts";
import type { Keys } from "../point/keys.ts";
import type { Notice } from "../say/notice.ts";

/** What can be opened by a key or a button. */
export type Tool = "table" | "share" | "menu" | "help";

/** What the page lets its tools see and change. */
export interface Context {
  channel: string;
  board: Board;
  arrangement: Arrangement;
  view: View;
  memory: Memory;
  source: Source;
  cursor: Cursor;
  keys: Keys;
  notice: Notice;
  /** What is seen now; undefined while there is nothing. */
  sight(): Sight | undefined;
  /** Series stand elsewhere, or axes are others. */
  rearranged(): void;
  /** Leaves the channel: what the store takes in from now on are the points of a file. */
  openSnapshot(): void;
  /** Calls back after each drawing; undefined: no more. */
  onDraw(drawn: (() => void) | undefined): void;
}

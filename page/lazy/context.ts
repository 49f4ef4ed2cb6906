import type { PointSource } from "../data/point-source.ts";
import type { Cursor } from "../input/cursor.ts";
import type { Keys } from "../input/keys.ts";
import type { Arrangement } from "../layout/arrangement.ts";
import type { Memory } from "../layout/memory.ts";
import type { Board } from "../render/board.ts";
import type { Notice } from "../ui/notice.ts";
import type { Sight, View } from "../viewport/view.ts";

/** What the page lets its tools see and change. */
export interface Context {
  channel: string;
  board: Board;
  arrangement: Arrangement;
  view: View;
  memory: Memory;
  source: PointSource;
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

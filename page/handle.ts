import type { Cursor as Position } from "../protocol/cursor.ts";

/**
 * `globalThis.plotcast`: what the page holds, for scripts in the console and for tests. It can only be read; what it
 * answers is a copy.
 */
export interface PlotcastHandle {
  /** `connecting`, `live`, `empty`, `paused`, `stale`, `gone`, `reconnecting`, `offline`, `private` or `ended`, as the header says it. */
  state(): string;
  /** The last point that was received, by the channel's numbering; null before the first. */
  cursor(): Position | null;
  /**
   * Every series with all its points, x ascending; a y of null is a break in the line. What has a name is the page's own
   * number for that.
   */
  series(): HeldSeries[];
  /** What is looked at: the window's name, the x at its edges (null before the first point), and whether it is held. */
  window(): { name: string; minX: number | null; maxX: number | null; paused: boolean };
  /** The points of the window that is looked at, older ones that were fetched included. */
  seen(): HeldSeries[];
  /** Panels from top to bottom, their series, and what their y axes show (powers of ten where `log`). */
  panels(): { id: string; names: string[]; left: HeldAxis; right: HeldAxis | null }[];
  /** What stands at the cursor, by series; null where there is no cursor. */
  reading(): { x: number; mark: number | null; values: Record<string, number | null> } | null;
  /** What is known to be missing, oldest first; a series of "" is all. */
  gaps(): { reason: string; points: number | null; series: string }[];
  /** How often the plot was drawn, what the rings can hold, in bytes, and what fetching older points is at. */
  counters(): { draws: number; ringBytes: number; badFrames: number; past: string };
}

export interface HeldSeries {
  name: string;
  x: number[];
  y: (number | null)[];
}

export interface HeldAxis {
  min: number;
  max: number;
  log: boolean;
}

declare global {
  var plotcast: PlotcastHandle;
}

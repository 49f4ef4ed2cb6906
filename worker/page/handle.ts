import type { Cursor } from "../protocol/messages.ts";
import type { Loss } from "./cursor.ts";
import type { Store } from "./store.ts";

/**
 * `globalThis.plotcast`: what the page holds, for scripts in the console and for tests. It can only be read; what it
 * answers is a copy.
 */
export interface PlotcastHandle {
  /** `connecting`, `live`, `stale`, `reconnecting` or `offline`, as the header says it. */
  state(): string;
  /** The last point that was received, by the channel's numbering; null before the first. */
  cursor(): Cursor | null;
  /** Every series with all its points, x ascending; a y of null is a break in the line. */
  series(): { name: string; x: number[]; y: (number | null)[] }[];
  /** What is looked at: the window's name, the x at its edges (null before the first point), and whether it is held. */
  window(): { name: string; minX: number | null; maxX: number | null; paused: boolean };
  /** What is known to be missing, oldest first; a series of "" is all. */
  gaps(): (Loss & { series: string })[];
  /** How often the plot was drawn, and what the rings can hold, in bytes. */
  counters(): { draws: number; ringBytes: number; badFrames: number };
}

declare global {
  var plotcast: PlotcastHandle;
}

/** Puts the handle where scripts find it. */
export function offerHandle(handle: PlotcastHandle): void {
  Object.defineProperty(globalThis, "plotcast", { value: Object.freeze(handle) });
}

/** Copies of all rings. */
export function copySeries(store: Store): ReturnType<PlotcastHandle["series"]> {
  return [...store.series].map(({ name, ring }) => ({
    name,
    x: [...ring.x],
    y: Array.from(ring.y, (value) => (Number.isNaN(value) ? null : value)),
  }));
}

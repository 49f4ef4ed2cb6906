import type { PanelParts } from "../render/lazy-render.ts";
import { logTicks } from "./log-ticks.ts";
import { setPrefixes } from "./quantity.ts";

/** Gives the axes of a panel the prefixes that their labels need, and logarithmic ones their ticks. */
export function completeAxes(panel: PanelParts): void {
  setPrefixes(panel);
  for (const axis of [panel.axes.left, panel.axes.right]) {
    if (axis?.log) axis.ticks ??= (heightPx) => logTicks(axis.range, heightPx);
  }
}

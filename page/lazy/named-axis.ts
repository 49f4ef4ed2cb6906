import type { PanelParts } from "../render/lazy-render.ts";
import { LETTER_PX } from "../render/plot-canvas.ts";
import { layoutOf } from "../render/renderers/panel-renderer.ts";
import type { YAxis } from "../render/y-axis.ts";
import { FONT } from "../ui/theme.ts";
import { lanesFor } from "./lanes.ts";

/** A panel grows up to this many rows or levels, so that each is legible. */
const MAX_LEVELS_SHOWN = 200;
const NO_AXIS: YAxis = { range: { min: 0, max: 1 }, log: false, ticks: () => [] };

/**
 * The axis of a panel in which every value has a name; the prepared points are put where it has them. Where there are only
 * rows there is no axis, and little room is enough.
 * @returns undefined where something has no name: its axis is one of numbers
 */
export function namedAxis({ series, root, plan }: PanelParts): YAxis | undefined {
  const visible = series.filter(({ isHidden }) => !isHidden);
  const isStrip = series.length > 0 && series.every((one) => layoutOf(one) === "row");
  if (isStrip) {
    shape(root, "strip", Math.max(1, visible.length));
    return NO_AXIS;
  }
  const lanes = plan.left.log ? undefined : lanesFor(visible, root.clientWidth, lettersOf);
  shape(root, lanes === undefined ? "" : "lanes", lanes?.levels ?? 0);
  return lanes?.axis;
}

let measuring: CanvasRenderingContext2D | null | undefined;

/** Names are as wide as their letters: `COOLDOWN` is far wider than `filling`. */
function lettersOf(name: string): number {
  measuring ??= document.createElement("canvas").getContext("2d");
  if (measuring === null) return name.length;
  measuring.font = FONT;
  return measuring.measureText(name).width / LETTER_PX;
}

/** How much room a panel has: by its rows, or its levels. */
function shape(root: HTMLElement, kind: "strip" | "lanes" | "", rows: number): void {
  const shown = String(Math.min(MAX_LEVELS_SHOWN, rows));
  if ((root.dataset.shape ?? "") === kind && root.style.getPropertyValue("--rows") === shown) return;
  root.dataset.shape = kind;
  root.style.setProperty("--rows", shown);
}

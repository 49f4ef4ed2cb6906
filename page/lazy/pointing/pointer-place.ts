import type { Axis } from "../../layout/panels.ts";
import type { Board } from "../../render/board.ts";
import type { Panel } from "../../render/panel.ts";

/** Where a pointer is: on the lines of a panel, or on one of its y axes. */
export interface PointerPlace {
  panel: Panel;
  part: "lines" | Axis;
}

/** What of the panels an event is on. The axes are drawn on the canvas that lies under the layer of the lines. */
export function placeOf(board: Board, { target, clientX }: MouseEvent): PointerPlace | undefined {
  if (!(target instanceof Element)) return undefined;
  const panel = board.panels.find(({ plot }) => plot.contains(target));
  if (panel === undefined) return undefined;
  if (panel.over.contains(target)) return { panel, part: "lines" };
  if (target !== panel.canvas) return undefined;
  const { left, right } = panel.over.getBoundingClientRect();
  if (clientX < left) return { panel, part: "left" };
  return clientX > right && panel.axes.right !== undefined ? { panel, part: "right" } : undefined;
}

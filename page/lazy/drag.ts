import type { Arrangement, Axis } from "../layout/arrangement.ts";
import type { Board } from "../render/board.ts";
import type { Panel } from "../render/panel.ts";
import { DRAGGED_TYPE } from "../ui/legend.ts";
import { moveSeries, type Target } from "./move-series.ts";

/** So near the edge between two panels, a new one is made there. */
const EDGE_PX = 22;
/** This part of a panel's width at its right is its right axis. */
const RIGHT_PART = 0.12;

/** Where a series would go that is dropped on a panel at this place. */
export function targetOf(
  id: string,
  box: { left: number; right: number; top: number; bottom: number },
  x: number,
  y: number,
): { target: Target; axis: Axis } {
  if (y < box.top + EDGE_PX) return { target: { kind: "before", id }, axis: "left" };
  if (y > box.bottom - EDGE_PX) return { target: { kind: "after", id }, axis: "left" };
  const isRight = x > box.right - RIGHT_PART * (box.right - box.left);
  return { target: { kind: "into", id }, axis: isRight ? "right" : "left" };
}

/** Takes a series from a legend to another panel, or between two. (By key and finger: the panel's settings.) */
export function dragSeries(board: Board, arrangement: Arrangement, layoutChanged: () => void): void {
  const { host } = board;
  let over: Panel | undefined;
  const show = (panel: Panel | undefined, where = ""): void => {
    if (panel !== over) delete over?.root.dataset.drop;
    over = panel;
    if (over !== undefined) over.root.dataset.drop = where;
  };
  host.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes(DRAGGED_TYPE) !== true) return;
    const panel = panelOf(board, event);
    if (panel === undefined) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    const { target, axis } = targetOf(panel.plan.id, panel.root.getBoundingClientRect(), event.clientX, event.clientY);
    show(panel, target.kind === "into" ? axis : target.kind);
  });
  host.addEventListener("dragend", () => show(undefined));
  host.addEventListener("drop", (event) => {
    const name = event.dataTransfer?.getData(DRAGGED_TYPE) ?? "";
    const panel = panelOf(board, event);
    show(undefined);
    if (name === "" || panel === undefined) return;
    event.preventDefault();
    const { target, axis } = targetOf(panel.plan.id, panel.root.getBoundingClientRect(), event.clientX, event.clientY);
    moveSeries(arrangement, name, target, axis);
    layoutChanged();
  });
}

function panelOf(board: Board, { target }: Event): Panel | undefined {
  const root = target instanceof Element ? target.closest(".panel") : null;
  return board.panels.find((panel) => panel.root === root);
}

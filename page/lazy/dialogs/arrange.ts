import type { Arrangement, Axis, YAxisPlan } from "../../layout/arrangement.ts";
import { isRange } from "../../layout/panels.ts";

/** Moves a panel up (-1) or down (1) among those that are shown. */
export function movePanel(arrangement: Arrangement, id: string, delta: number): void {
  arrangement.edit((panels, shown) => {
    const from = shown.findIndex((panel) => panel.id === id);
    const to = Math.min(Math.max(from + delta, 0), shown.length - 1);
    const anchor = shown[to];
    const panel = panels.find((one) => one.id === id);
    if (from < 0 || from === to || anchor === undefined || panel === undefined) return undefined;
    const rest = panels.filter((one) => one !== panel);
    rest.splice(rest.findIndex((one) => one.id === anchor.id) + (to > from ? 1 : 0), 0, panel);
    return rest;
  });
}

/** Sets an axis of a panel; a range that cannot be is ignored. */
export function setY(arrangement: Arrangement, id: string, axis: Axis, plan: YAxisPlan): void {
  const { mode } = plan;
  if ("min" in mode && !isRange(mode.min, mode.max)) return;
  const side = axis === "left" ? "left" : "rightAxis";
  arrangement.edit((panels) => {
    const panel = panels.find((one) => one.id === id);
    if (panel === undefined || JSON.stringify(panel[side]) === JSON.stringify(plan)) return undefined;
    return panels.map((one) => (one === panel ? { ...panel, [side]: plan } : one));
  });
}

/** Gives a panel a title; "" takes it away. */
export function setTitle(arrangement: Arrangement, id: string, title: string): void {
  arrangement.edit((panels) => {
    const panel = panels.find((one) => one.id === id);
    if (panel === undefined || (panel.title ?? "") === title) return undefined;
    const { title: _, ...untitled } = panel;
    return panels.map((one) => (one !== panel ? one : title === "" ? untitled : { ...untitled, title }));
  });
}

import type { Arrangement } from "../layout/arrangement.ts";
import { type Axis, type PanelPlan, panelOf, withName } from "../layout/panels.ts";

/** Where a series goes: into a panel, or into a new one beside a panel or after all others. */
export type Target = { readonly kind: "into" | "before" | "after"; readonly id: string } | { readonly kind: "end" };

let made = 0;

/** Moves a series to an axis of a panel; a panel that becomes empty goes away. */
export function moveSeries(arrangement: Arrangement, name: string, target: Target, axis: Axis): void {
  arrangement.edit((panels) => moved(panels, name, target, axis));
}

/** @returns undefined where nothing changes */
function moved(panels: readonly PanelPlan[], name: string, target: Target, axis: Axis): PanelPlan[] | undefined {
  const from = panels.find(({ names }) => names.includes(name));
  if (from === undefined) return undefined;
  if (target.kind === "into") {
    if (target.id === from.id && from.right.has(name) === (axis === "right")) return undefined;
    if (!panels.some(({ id }) => id === target.id)) return undefined;
    return panels.map((panel) => (panel.id === target.id ? withName(panel, name, axis) : without(panel, name)));
  }
  const at = target.kind === "end" ? panels.length : panels.findIndex(({ id }) => id === target.id);
  if (at < 0) return undefined;
  const rest = panels.map((panel) => without(panel, name));
  const own = { ...panelOf([]), id: `moved${++made}` };
  rest.splice(target.kind === "after" ? at + 1 : at, 0, withName(own, name, axis));
  return rest;
}

/** The panel without a series. */
function without(panel: PanelPlan, name: string): PanelPlan {
  if (!panel.names.includes(name)) return panel;
  const isOther = (other: string): boolean => other !== name;
  return { ...panel, names: panel.names.filter(isOther), right: new Set([...panel.right].filter(isOther)) };
}

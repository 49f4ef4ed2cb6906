import { type Axis, namesOn, type PanelState, type SeriesStyles } from "../../layout/panels.ts";
import { unitOf } from "../../layout/unit.ts";
import type { SharingPanel } from "../../render/sharing-panel.ts";
import type { YAxis } from "../../render/y-axis.ts";
import { labelOf } from "../appearance.ts";

/** That of series without one: no name ends in it, as `[1]` is a place in an array. */
export const NO_UNIT = "1";

/** The unit of all series on an axis, as they are called; undefined where there are several units, or no series. */
export function unitOn(plan: PanelState, side: Axis, styles: SeriesStyles): string | undefined {
  const units = new Set(namesOn(plan, side).map((name) => unitOf(labelOf(styles, name)).unit || NO_UNIT));
  const [unit] = units;
  return units.size === 1 ? unit : undefined;
}

/**
 * Gives the axes of each of these units the range that all of them need. An axis of names has none, one that is locked or
 * fixed keeps its own, and logarithmic ones have one together.
 */
export function shareY(panels: readonly SharingPanel[], units: ReadonlySet<string>, styles: SeriesStyles): void {
  const groups = new Map<string, { axis: YAxis; isEmpty: boolean }[]>();
  for (const panel of panels) {
    for (const side of ["left", "right"] as const) {
      const axis = panel.axes[side];
      const unit = unitOn(panel.plan, side, styles);
      const { mode } = side === "left" ? panel.plan.left : panel.plan.rightAxis;
      if (axis === undefined || axis.ticks !== undefined || unit === undefined || !units.has(unit)) continue;
      if (mode.kind !== "auto") continue;
      const isEmpty = !panel.series.some(({ onRight, minY, maxY }) => onRight === (side === "right") && minY <= maxY);
      const key = `${axis.log} ${unit}`;
      groups.set(key, [...(groups.get(key) ?? []), { axis, isEmpty }]);
    }
  }
  for (const group of groups.values()) {
    // What has nothing in view says nothing of the range.
    const full = group.filter(({ isEmpty }) => !isEmpty);
    const min = Math.min(...full.map(({ axis }) => axis.range.min));
    const max = Math.max(...full.map(({ axis }) => axis.range.max));
    if (min < max) for (const { axis } of group) axis.range = { min, max };
  }
}

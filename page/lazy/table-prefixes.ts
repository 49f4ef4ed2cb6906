import { namesOn, type PanelPlan } from "../layout/panels.ts";
import type { ValueStyle } from "../ui/format.ts";
import type { LegendAxis } from "../ui/legend-item.ts";
import { prefixed } from "./quantity.ts";
import type { LatestRow } from "./table-sort.ts";

/** A panel as far as its axes say with which prefixes values are written. */
export interface PrefixedPanel {
  readonly plan: Pick<PanelPlan, "names" | "right" | "left" | "rightAxis">;
  readonly axes: { readonly left: LegendAxis; readonly right: LegendAxis | undefined };
  /** Else what its legend shows is of before. */
  readonly isOnScreen: boolean;
  readonly legend: { styleOf(name: string): ValueStyle | undefined };
}

/**
 * Rows are written as their legends are. Else those that share an axis have one prefix for each unit, so that they can be
 * compared at a glance: that of the axis,
 * or, where that was not drawn yet, the one for the largest of them. On a logarithmic axis each value has its own.
 */
export function withPrefixes(rows: readonly LatestRow[], panels: readonly PrefixedPanel[]): LatestRow[] {
  const exponents = new Map<string, number>();
  const styles = new Map(
    panels.flatMap(({ plan, legend, isOnScreen }) =>
      isOnScreen ? plan.names.map((name) => [name, legend.styleOf(name)] as const) : [],
    ),
  );
  for (const { plan, axes } of panels) {
    for (const side of ["left", "right"] as const) {
      if ((side === "left" ? plan.left : plan.rightAxis).log) continue;
      const names = new Set(namesOn(plan, side));
      const ofAxis = rows.filter(({ series }) => names.has(series));
      for (const { series, unit } of ofAxis) {
        const exponent = axes[side]?.exponent ?? commonExponent(ofAxis.filter((row) => row.unit === unit));
        if (exponent !== undefined) exponents.set(series, exponent);
      }
    }
  }
  return rows.map((row) => {
    const exponent = exponents.get(row.series);
    return { ...row, ...(exponent !== undefined && { exponent }), style: styles.get(row.series) };
  });
}

/** Undefined for whole numbers, which are written out, and where there is nothing. */
function commonExponent(rows: readonly LatestRow[]): number | undefined {
  if (rows.every(({ stats: { integers } }) => integers)) return undefined;
  const sizes = rows.flatMap(({ stats: { min, max } }) => [Math.abs(min), Math.abs(max)]).filter(Number.isFinite);
  return prefixed(rows[0]?.unit ?? "", Math.max(0, ...sizes)).exponent;
}

import type { PanelPlan } from "../layout/panels.ts";
import type { PanelSeries } from "./renderers/panel-renderer.ts";
import type { YAxis } from "./y-axis.ts";

/** A panel as far as it shares its y axes with others. */
export interface SharingPanel {
  readonly plan: PanelPlan;
  readonly series: readonly PanelSeries[];
  readonly axes: { readonly left: YAxis; readonly right: YAxis | undefined };
}

import { GapMarks } from "../lazy/gaps/gap-marks.ts";
import { gapsOf } from "../lazy/gaps/gap-spans.ts";
import { thinned } from "../lazy/long-paths.ts";
import { namedAxis } from "../lazy/named-axis.ts";
import { setPrefixes, valueStyle } from "../lazy/quantity.ts";
import type { PanelRender } from "../render/lazy-render.ts";
import { LAZY_RENDERERS } from "../render/renderers/lazy-registry.ts";

/** What the page loads when it needs it: here it is in the one file. Nobody chooses styles, logarithmic axes, or axes that panels share. */
export const panelRender: PanelRender = {
  GapMarks,
  completeAxes: setPrefixes,
  gapsOf,
  namedAxis,
  renderers: LAZY_RENDERERS,
  shareY: () => undefined,
  stylePanel: () => undefined,
  thinned,
  valueStyle,
};

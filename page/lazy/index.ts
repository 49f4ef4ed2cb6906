import { shareTimeZone } from "../layout/time-zone.ts";
import { LAZY_RENDERERS } from "../render/renderers/lazy-registry.ts";
import { backfill } from "./backfill.ts";
import { Derived } from "./derive/derived.ts";
import { openPanelSettings } from "./dialogs/panel-settings.ts";
import { showEmpty } from "./empty-state.ts";
import { GapMarks } from "./gaps/gap-marks.ts";
import { GapNavigator } from "./gaps/gap-navigator.ts";
import { gapsOf } from "./gaps/gap-spans.ts";
import { showLeftOut } from "./left-out.ts";
import { nearestOnPath, pathWithin, thinned } from "./long-paths.ts";
import type { LazyModule } from "./module.ts";
import { namedAxis } from "./named-axis.ts";
import { showOff } from "./off-notes.ts";
import { PlotTools } from "./pointing/plot-tools.ts";
import { shareY } from "./pointing/shared-y.ts";
import { setPrefixes, valueStyle } from "./quantity.ts";
import { explain } from "./refusal.ts";
import { showIcon } from "./tab-icon.ts";
import { openFile, openTool } from "./tools.ts";

export const lazyModule: LazyModule = {
  Derived,
  GapMarks,
  GapNavigator,
  PlotTools,
  backfill,
  explain,
  gapsOf,
  namedAxis,
  pathTools: { nearestOnPath, pathWithin },
  openFile,
  openPanelSettings,
  openTool,
  rareStates: (host, channelUrl) => ({ showEmpty: (isEmpty) => showEmpty(isEmpty, host, channelUrl), showIcon }),
  renderers: LAZY_RENDERERS,
  shareY,
  setPrefixes,
  shareTimeZone,
  showLeftOut,
  showOff,
  thinned,
  valueStyle,
};

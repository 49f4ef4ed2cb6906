import { browserHistory } from "../data/history/browser-history.ts";
import { shareTimeZone } from "../layout/time-zone.ts";
import { LAZY_RENDERERS } from "../render/renderers/lazy-registry.ts";
import { completeAxes } from "./axes.ts";
import { backfill } from "./backfill.ts";
import { clocksText, zoneHint } from "./clock-text.ts";
import { Derived } from "./derive/derived.ts";
import { openPanelSettings } from "./dialogs/panel-settings.ts";
import { showEmpty } from "./empty-state.ts";
import { GapMarks } from "./gaps/gap-marks.ts";
import { GapNavigator } from "./gaps/gap-navigator.ts";
import { gapsOf } from "./gaps/gap-spans.ts";
import { showLeftOut } from "./left-out.ts";
import { attachLegends } from "./legends.ts";
import { nearestOnPath, pathWithin, thinned } from "./long-paths.ts";
import type { LazyModule } from "./module.ts";
import { namedAxis } from "./named-axis.ts";
import { showOff } from "./off-notes.ts";
import { PlotTools } from "./pointing/plot-tools.ts";
import { shareY } from "./pointing/shared-y.ts";
import { valueStyle } from "./quantity.ts";
import { explain } from "./refusal.ts";
import { showOnly } from "./show-only.ts";
import { stylePanel } from "./style-panel.ts";
import { showIcon } from "./tab-icon.ts";
import { openFile, openTool } from "./tools.ts";

export const lazyModule: LazyModule = {
  Derived,
  GapMarks,
  GapNavigator,
  PlotTools,
  attachLegends,
  backfill,
  completeAxes,
  explain,
  gapsOf,
  namedAxis,
  pathTools: { nearestOnPath, pathWithin },
  openFile,
  openPanelSettings,
  openTool,
  rareStates: (host, channelUrl) => ({
    showEmpty: (isEmpty) => showEmpty(isEmpty, host, channelUrl),
    clocksText,
    zoneHint,
    showIcon,
  }),
  renderers: LAZY_RENDERERS,
  shareY,
  stylePanel,
  shareTimeZone,
  showLeftOut,
  showOff,
  showOnly({ arrangement, layoutChanged }, name) {
    showOnly(arrangement, name);
    layoutChanged();
  },
  storedHistory: browserHistory,
  thinned,
  valueStyle,
};

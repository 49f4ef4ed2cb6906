import { browserHistory } from "../data/history/browser-history.ts";
import type { HistoryEnvironment } from "../data/history/history-fetcher.ts";
import { shareTimeZone } from "../layout/time-zone.ts";
import { LAZY_RENDERERS } from "../render/renderers/lazy-registry.ts";
import { accessOf, readsBy } from "./access/access-of-page.ts";
import { completeAxes } from "./axes.ts";
import { backfill } from "./backfill.ts";
import { clocksText, zoneHint } from "./clock-text.ts";
import { Derived } from "./derive/derived.ts";
import { openPanelSettings } from "./dialogs/panel-settings.ts";
import { dropFile } from "./drop-file.ts";
import { noteEmptied } from "./emptied.ts";
import { showEmpty } from "./empty-state.ts";
import { equalScales } from "./equal-scales.ts";
import { GapMarks } from "./gaps/gap-marks.ts";
import { GapNavigator } from "./gaps/gap-navigator.ts";
import { gapsOf } from "./gaps/gap-spans.ts";
import { showLeftOut } from "./left-out.ts";
import { attachLegends } from "./legends.ts";
import { pathWithin, thinned } from "./long-paths.ts";
import type { Context, LazyModule } from "./module.ts";
import { namedAxis } from "./named-axis.ts";
import { showOff } from "./off-notes.ts";
import { PlotTools } from "./pointing/plot-tools.ts";
import { shareY } from "./pointing/shared-y.ts";
import { heldPoint, nearestPoint } from "./pointing/value-at.ts";
import { valueStyle } from "./quantity.ts";
import { explain } from "./refusal.ts";
import { enterRoom } from "./room/index.ts";
import { showOnly } from "./show-only.ts";
import { stayPut } from "./stay-put.ts";
import { stylePanel } from "./style-panel.ts";
import { adoptStyles } from "./styles.ts";
import { showIcon } from "./tab-icon.ts";
import { openFile, openTool } from "./tools.ts";
import { fallbackOf, transportText } from "./transport.ts";

adoptStyles();

export const lazyModule: LazyModule = {
  Derived,
  GapMarks,
  GapNavigator,
  PlotTools,
  attachLegends(context) {
    attachLegends(context);
    accessOf(context);
    fallbackOf(context);
    dropFile((file) => void openFile(context, file));
  },
  backfill: (arrivals, held, context, changed) => backfill(arrivals, held, readOf(context), changed),
  completeAxes,
  equalScales,
  explain,
  gapsOf,
  live: enterRoom,
  namedAxis,
  noteEmptied,
  pointTools: { heldPoint, nearestPoint, pathWithin },
  openPanelSettings,
  openTool,
  rareStates: (host, channelUrl) => ({
    showEmpty: (isEmpty) => showEmpty(isEmpty, host, channelUrl),
    clocksText,
    zoneHint,
    showIcon,
    transportText,
  }),
  renderers: LAZY_RENDERERS,
  shareY,
  stayPut,
  stylePanel,
  shareTimeZone,
  showLeftOut,
  showOff,
  showOnly({ arrangement, layoutChanged }, name) {
    showOnly(arrangement, name);
    layoutChanged();
  },
  storedHistory: (context, changed) => readsBy(browserHistory(readOf(context), changed)),
  thinned,
  valueStyle,
};

/** What is stored, as the page's access lets it be read. */
function readOf(context: Context): HistoryEnvironment["read"] {
  return (query, signal) => accessOf(context).read(query, signal);
}

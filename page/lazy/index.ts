import { offerCopies } from "./copy.ts";
import { Derived } from "./derive/derived.ts";
import { drawEvents } from "./events.ts";
import { GapMarks } from "./gap-marks.ts";
import { GapNavigator } from "./gap-navigator.ts";
import { gapsOf } from "./gap-spans.ts";
import type { LazyModule } from "./module.ts";
import { openPanelSettings } from "./panel-settings.ts";
import { explain } from "./refusal.ts";
import { lanesOf } from "./shape.ts";
import { openFile, openTool } from "./tools.ts";

export const lazyModule: LazyModule = {
  Derived,
  GapMarks,
  GapNavigator,
  drawEvents,
  explain,
  gapsOf,
  lanesOf,
  offerCopies,
  openFile,
  openPanelSettings,
  openTool,
};

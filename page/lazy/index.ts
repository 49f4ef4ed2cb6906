import { LAZY_RENDERERS } from "../render/renderers/lazy-registry.ts";
import { Derived } from "./derive/derived.ts";
import { EmptyState } from "./empty-state.ts";
import { GapMarks } from "./gap-marks.ts";
import { GapNavigator } from "./gap-navigator.ts";
import { gapsOf } from "./gap-spans.ts";
import type { LazyModule } from "./module.ts";
import { namedAxis } from "./named-axis.ts";
import { openPanelSettings } from "./panel-settings.ts";
import { explain } from "./refusal.ts";
import { openFile, openTool } from "./tools.ts";

export const lazyModule: LazyModule = {
  Derived,
  EmptyState,
  GapMarks,
  GapNavigator,
  explain,
  gapsOf,
  namedAxis,
  openFile,
  openPanelSettings,
  openTool,
  renderers: LAZY_RENDERERS,
};

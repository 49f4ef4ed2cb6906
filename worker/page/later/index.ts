/** What most pages never need: loaded in one file when one does. */
export { Derived } from "./derive/derived.ts";
export { GapMarks } from "./gap-marks.ts";
export { gapsOf, nextGap } from "./gap-spans.ts";
export { openPanelSettings } from "./panel-settings.ts";
export { openFile, openTool } from "./tools.ts";

/** What most pages never need: loaded in one file when one does. */
export { offerCopies } from "./copy.ts";
export { Derived } from "./derive/derived.ts";
export { drawEvents } from "./events.ts";
export { GapMarks } from "./gap-marks.ts";
export { gapsOf } from "./gap-spans.ts";
export { GapWalk } from "./gap-walk.ts";
export { openPanelSettings } from "./panel-settings.ts";
export { explain } from "./refusal.ts";
export { lanesOf } from "./shape.ts";
export { openFile, openTool } from "./tools.ts";

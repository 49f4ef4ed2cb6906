import { pointTools } from "../../data/path.ts";
import { type PanelRenderer, readBy } from "./panel-renderer.ts";

/** Events as far as every page knows them: they are read, and nothing is painted until their renderer is here. */
export const eventReader: PanelRenderer = {
  namedLayout: "row",
  sharesOnePanel: true,
  hasLongTexts: true,
  // They have no axis, and are painted from the points as they are.
  prepare: (_parts, _sight, buffer) => buffer.begin(0),
  paint() {},
  ...readBy((segments, x, reach) => pointTools.heldPoint?.(segments, x, reach)),
};

import { pointTools } from "../../data/path.ts";
import { decimate } from "./decimate.ts";
import { paintLine } from "./line.ts";
import { type PanelRenderer, readBy } from "./panel-renderer.ts";
import type { PointBuffer } from "./point-buffer.ts";

/** States: each value holds until the next, the last one as far as there may be points. */
export const stepRenderer: PanelRenderer = {
  namedLayout: "levels",
  prepare(segments, { bucketWidth, dataEndX, x }, buffer) {
    decimate(segments, bucketWidth, buffer, true);
    extend(buffer, Math.min(dataEndX, x.max));
  },
  paint: (series, target) => paintLine(series, target, true),
  // Nothing is further away than another step.
  ...readBy((segments, x) => pointTools.heldPoint?.(segments, x, 0)),
};

/** Goes on at the last value as far as an x. */
export function extend(buffer: PointBuffer, toX: number): void {
  const last = buffer.length - 1;
  if (toX > (buffer.x[last] ?? toX)) buffer.put(toX, buffer.y[last] ?? 0);
}

import { pointTools } from "../../data/path.ts";
import { decimate } from "./decimate.ts";
import type { PaintTarget } from "./paint-target.ts";
import { type PanelRenderer, type PanelSeries, readBy } from "./panel-renderer.ts";

const LINE_PX = 1.5;
/** So much wider is one that is pointed at. */
const HIGHLIGHT_PX = 1;
const DOT_PX = 2;
/** Of a series with so few points, one that stands alone is as large as the dot at the cursor, and whole at the edge. */
const FEW_POINTS = 3;
const LARGE_DOT_PX = 4.5;
/** A line this steep is thin, until it is only half as steep: see {@link paintLine}. */
const STEEP = 8;

/** Numbers: from point to point, straight. */
export const lineRenderer: PanelRenderer = {
  namedLayout: "numbers",
  prepare: (segments, { bucketWidth }, buffer) => decimate(segments, bucketWidth, buffer),
  paint: (series, target) => paintLine(series, target),
  ...readBy((segments, x, reach) => pointTools.nearestPoint?.(segments, x, reach)),
};

/** @param isStep each value holds until the next, or until the break that ends it */
export function paintLine(
  { buffer, isHighlighted, widthPx }: PanelSeries,
  { context, ratio, box, colour, dashes, newPath, xPx, yPx }: PaintTarget,
  isStep = false,
): void {
  const path = newPath();
  /** Points that stand alone between two breaks, which a line would not show. */
  const dots = newPath();
  const { x, y, length } = buffer;
  const isFew = length <= FEW_POINTS;
  const radius = (isFew ? LARGE_DOT_PX : DOT_PX) * ratio;
  const left = box.left * ratio;
  const right = left + box.width * ratio;
  let travel = 0;
  let isDown = false;
  let lastY = 0;
  for (let i = 0; i < length; i++) {
    const value = y[i] ?? 0;
    const px = xPx(x[i] ?? 0);
    if (Number.isNaN(value)) {
      if (isStep && isDown) path.lineTo(px, lastY);
      isDown = false;
      continue;
    }
    const py = yPx(value);
    if (isDown) {
      if (isStep) path.lineTo(px, lastY);
      path.lineTo(px, py);
      travel += Math.abs(py - lastY);
    } else {
      const goesOn = !Number.isNaN(y[i + 1]) || (isStep && xPx(x[i + 1] ?? 0) > px);
      if (i + 1 < length && goesOn) path.moveTo(px, py);
      else if (!isFew) dots.rect(px - radius, py - radius, 2 * radius, 2 * radius);
      // One that is out of view stays there.
      else if (px >= left && px <= right) {
        const middle = Math.max(left + radius, Math.min(px, right - radius));
        dots.moveTo(middle + radius, py);
        dots.arc(middle, py, radius, 0, 7);
      }
      isDown = true;
    }
    lastY = py;
  }
  // Without a GPU, lines of one device pixel are drawn many times faster than wider ones. It only matters where the pen
  // goes up and down within each column, and there the thin line is also the clearer one.
  const steepness = travel / Math.max(1, xPx(x[length - 1] ?? 0) - xPx(x[0] ?? 0));
  const isDense = length > 1.2 * box.width * ratio;
  buffer.isThin = !widthPx && isDense && steepness > (buffer.isThin ? STEEP / 2 : STEEP);
  // In device pixels: the paths are made of nothing but numbers.
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.lineJoin = "bevel";
  context.lineWidth = buffer.isThin ? 1 : ((widthPx ?? LINE_PX) + (isHighlighted ? HIGHLIGHT_PX : 0)) * ratio;
  context.setLineDash(buffer.isThin ? [] : dashes.map((px) => px * ratio));
  context.fillStyle = context.strokeStyle = colour;
  context.stroke(path);
  context.fill(dots);
  context.setLineDash([]);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
}

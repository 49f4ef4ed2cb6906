import type { PaintTarget } from "./paint-target.ts";
import type { PanelRenderer, PanelSeries } from "./panel-renderer.ts";

/** From the middle of a point's mark to its edge, beside a line that is thinner; where many are close, less. */
const POINT_PX = 2;
const LEAST_POINT_PX = 1;

/** A renderer that marks each point, on the line or in its place. What is read of it stays the same. */
export function withPoints(renderer: PanelRenderer, points: "too" | "only"): PanelRenderer {
  return {
    ...renderer,
    paint(series, target) {
      if (points === "too") renderer.paint(series, target);
      paintPoints(series, target);
    },
  };
}

function paintPoints({ buffer, segments, widthPx = 0, isHighlighted }: PanelSeries, target: PaintTarget): void {
  const { context, ratio, box, colour, newPath, xPx, yPx } = target;
  const { x, y, length } = buffer;
  // What is held as far as the edge is no point.
  const lastX = segments.at(-1)?.x.at(-1) ?? Infinity;
  const apart = Math.max(LEAST_POINT_PX, Math.min(POINT_PX, box.width / length / 3));
  const radius = (Math.max(apart, widthPx) + (isHighlighted ? 1 : 0)) * ratio;
  const marks = newPath();
  for (let i = 0; i < length; i++) {
    const [atX = 0, value = Number.NaN] = [x[i], y[i]];
    if (Number.isNaN(value) || (i === length - 1 && i > 0 && atX > lastX)) continue;
    marks.rect(xPx(atX) - radius, yPx(value) - radius, 2 * radius, 2 * radius);
  }
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = colour;
  context.fill(marks);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
}

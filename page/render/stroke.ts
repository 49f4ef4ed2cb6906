import type { Line } from "./decimate.ts";

/** A line in canvas pixels. */
export interface Stroke {
  path: Path2D;
  /** Points that stand alone between two breaks, which a line would not show. */
  dots: Path2D;
  /** How far the pen moves up and down for each pixel that it moves to the right. */
  steepness: number;
}

/** From values to canvas pixels. */
export interface Projection {
  x(value: number): number;
  y(value: number): number;
  dotRadius: number;
}

/** The path of a line: up at every break, a dot where there is only one point between two. */
export function strokeOf(line: Line, to: Projection): Stroke {
  const path = new Path2D();
  const dots = new Path2D();
  const { x, y, length } = line;
  const { dotRadius } = to;
  let travel = 0;
  let down = false;
  let lastY = 0;
  for (let i = 0; i < length; i++) {
    const value = y[i] ?? 0;
    if (Number.isNaN(value)) {
      down = false;
      continue;
    }
    const px = to.x(x[i] ?? 0);
    const py = to.y(value);
    if (down) {
      if (line.step) path.lineTo(px, lastY);
      path.lineTo(px, py);
      travel += Math.abs(py - lastY);
    } else {
      if (i + 1 < length && !Number.isNaN(y[i + 1])) path.moveTo(px, py);
      else dots.rect(px - dotRadius, py - dotRadius, 2 * dotRadius, 2 * dotRadius);
      down = true;
    }
    lastY = py;
  }
  const width = length === 0 ? 0 : to.x(x[length - 1] ?? 0) - to.x(x[0] ?? 0);
  return { path, dots, steepness: travel / Math.max(1, width) };
}

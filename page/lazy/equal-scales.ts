import type { Range } from "../data/segment.ts";
import type { EqualPanel } from "../render/lazy-render.ts";
import { BOTTOM_PX, type Gutters, TOP_PX } from "../render/plot-canvas.ts";

/**
 * Where x and y are of one kind, as both distances of a path, a circle is a circle: y has the scale of x. Where there is not the
 * height for that, all pictures become narrower, which share the x axis.
 */
export function equalScales(
  panels: readonly EqualPanel[],
  { x, time }: { x: Range; time: boolean },
  gutters: Gutters,
): void {
  const equal = panels.filter(
    ({ plan: { left }, axes }) => left.mode.kind === "equal" && !left.log && !axes.left.ticks,
  );
  const [first] = equal;
  const span = x.max - x.min;
  if (time || first === undefined || !(span > 0)) return;
  const width = first.plot.clientWidth - gutters.left - gutters.right;
  const heightOf = ({ plot }: EqualPanel): number => plot.clientHeight - TOP_PX - BOTTOM_PX;
  const widths = equal.map((panel) => {
    const { min, max } = panel.axes.left.range;
    return (heightOf(panel) * span) / (max - min);
  });
  const narrow = Math.max(1, Math.min(width, ...widths));
  for (const panel of equal) {
    const { axes } = panel;
    const { min, max } = axes.left.range;
    const half = (span * heightOf(panel)) / narrow / 2;
    const middle = min / 2 + max / 2;
    axes.left.range = { min: middle - half, max: middle + half };
    panel.measure();
  }
  const beside = (width - narrow) / 2;
  gutters.left += beside;
  gutters.right += beside;
}

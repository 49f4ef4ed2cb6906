import type { Point } from "../../data/path.ts";
import type { Panel } from "../../render/panel.ts";
import { layoutOf, type PanelSeries } from "../../render/renderers/panel-renderer.ts";
import { onAxis } from "../../render/y-axis.ts";
import { make } from "../../ui/dom.ts";
import { cssColour } from "../../ui/theme.ts";
import type { ViewModel } from "../../viewport/viewport.ts";

/** Where a series is at the cursor, in parts of its panel's layer: from the left, and from the top. */
export interface Marker {
  one: PanelSeries;
  left: number;
  top: number;
}

/**
 * The point that is read of a series at the cursor. A step's is at the cursor itself, since its value holds there.
 * @returns undefined where nothing is read, and for events
 */
export function pointAt(
  { series, renderer, segments, isHidden }: PanelSeries,
  dataEndX: number,
  cursorX: number,
  reach: number,
): Point | undefined {
  if (isHidden || layoutOf({ series, renderer }) === "row") return undefined;
  const point = renderer.hitTest(segments, cursorX, reach);
  const isStep = series.valueNames?.style === "step" && segments[0]?.isPath !== true;
  return point && isStep ? { x: Math.max(point.x, Math.min(cursorX, dataEndX)), y: point.y } : point;
}

/**
 * Where a series' curve is at the cursor: at the point that is read.
 * @param reach as for what is read
 * @returns undefined where nothing is read, where that is out of view, and for events
 */
export function markerOf(
  one: PanelSeries,
  { axes }: Pick<Panel, "axes">,
  { x, dataEndX }: ViewModel,
  cursorX: number,
  reach: number,
): Marker | undefined {
  const { series, onRight } = one;
  const axis = (onRight ? axes.right : undefined) ?? axes.left;
  const point = pointAt(one, dataEndX, cursorX, reach);
  if (point === undefined) return undefined;
  const place = axis.placeOf?.(series.name, point.y) ?? onAxis(axis, point.y);
  const left = (point.x - x.min) / (x.max - x.min);
  const { min, max } = axis.range;
  // First the halves: the difference of two large numbers would be infinite.
  const top = (max / 2 - place / 2) / (max / 2 - min / 2);
  return left >= 0 && left <= 1 && top >= 0 && top <= 1 ? { one, left, top } : undefined;
}

/** The dots of one panel. */
export class Dots {
  readonly #over: HTMLElement;
  readonly #dots: HTMLElement[] = [];

  constructor(over: HTMLElement) {
    this.#over = over;
  }

  show(markers: readonly Marker[]): void {
    while (this.#dots.length < markers.length) {
      const dot = make("div", "marker");
      this.#over.append(dot);
      this.#dots.push(dot);
    }
    for (const [i, dot] of this.#dots.entries()) {
      const marker = markers[i];
      dot.hidden = marker === undefined;
      if (marker === undefined) continue;
      dot.dataset.marks = marker.one.series.name;
      dot.style.left = `${100 * marker.left}%`;
      dot.style.top = `${100 * marker.top}%`;
      dot.style.background = cssColour(marker.one);
    }
  }
}

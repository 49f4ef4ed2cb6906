import type { Point } from "../../data/path.ts";
import type { Segment } from "../../data/segment.ts";
import type { LegendItem } from "../../ui/legend-item.ts";
import type { ViewModel } from "../../viewport/viewport.ts";
import type { PaintTarget } from "./paint-target.ts";
import type { PointBuffer } from "./point-buffer.ts";

/** A series of a panel as it is drawn now. */
export interface PanelSeries extends LegendItem {
  renderer: PanelRenderer;
  /** Its points in view; none of one that is hidden. */
  segments: readonly Segment[];
  /** The pointer is on its entry in the legend. */
  isHighlighted: boolean;
  /** Chosen for its line, in CSS pixels. */
  widthPx?: number;
  /** What its renderer prepared. */
  buffer: PointBuffer;
}

/**
 * How series of one kind are drawn and read. A renderer has no state: what it keeps from one drawing to the next is in the
 * buffer of each series. `registry.ts` has one for every kind, and nothing else that draws knows which kinds there are.
 */
export interface PanelRenderer {
  /**
   * How the kind is laid out where its values have names: on an axis of numbers all the same, with a level for each name, or
   * in a row without an axis.
   */
  readonly namedLayout: "numbers" | "levels" | "row";
  /** All series of the kind share one panel, whatever they are called. */
  readonly sharesOnePanel?: boolean;
  /** Texts of the kind are sentences, not words: nothing is made as wide as they are. */
  readonly hasLongTexts?: boolean;

  /**
   * Fills the buffer with what is painted of the points in view, and with the range of y that the axis must have. The
   * points may be anything that a ring holds: nothing at all, breaks, equal x, a million of them.
   */
  prepare(segments: readonly Segment[], viewModel: ViewModel, buffer: PointBuffer): void;
  /** Paints what was prepared. The buffer's y are in the space of the target's axis by now. */
  paint(series: PanelSeries, target: PaintTarget): void;
  /** The point for a cursor at `x`; beside a break or an end, none further away than `reach` (in x). */
  hitTest(segments: readonly Segment[], x: number, reach: number): Point | undefined;
  /** The y that is read at `x`, with the same reach; NaN where there is none. */
  valueAt(segments: readonly Segment[], x: number, reach: number): number;
}

/** How a series is laid out now: values without names are numbers, whatever the kind. */
export function layoutOf({ series, renderer }: Pick<PanelSeries, "series" | "renderer">): PanelRenderer["namedLayout"] {
  return series.kind === "" ? "numbers" : renderer.namedLayout;
}

/** For a kind whose value at x is that of the point that is hit there. */
export function readBy(hitTest: PanelRenderer["hitTest"]): Pick<PanelRenderer, "hitTest" | "valueAt"> {
  return { hitTest, valueAt: (segments, x, reach) => hitTest(segments, x, reach)?.y ?? Number.NaN };
}

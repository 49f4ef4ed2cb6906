import type { GapRecord, Place } from "../data/gap-log.ts";
import type { Range } from "../data/part.ts";
import type { PanelPlan } from "../layout/panels.ts";
import type { Theme } from "../ui/theme.ts";
import type { Box } from "./plot.ts";
import type { DrawnLine, Shown } from "./shown.ts";
import type { YAxis } from "./y-axis.ts";

/** The marks of what is missing in one panel, behind its lines. */
export interface GapMarks {
  /** @param widthPx of the part of the plot with the lines, in CSS pixels */
  show(gaps: readonly GapRecord[], range: Range, time: boolean, widthPx: number): void;
  /** Speaks of the mark at `x`, if there is one within `reachPx`. */
  pointAt(x: number | undefined, reachPx: number): void;
  /** Speaks of the mark that this place is part of, once that is in view. */
  speakOf(place: Place | undefined): void;
}

/** A panel as far as it is drawn by what is loaded later. */
export interface PanelParts {
  readonly root: HTMLElement;
  readonly plan: PanelPlan;
  readonly shown: readonly Shown[];
}

/** What panels are drawn with that most pages do not need: it is loaded when there is a gap, or a value with a name. */
export interface LazyRender {
  readonly GapMarks: new (host: HTMLElement, under: HTMLElement) => GapMarks;
  /** The gaps that concern one of these series. */
  gapsOf(gaps: readonly GapRecord[], names: readonly string[]): GapRecord[];
  /** The axis of a panel in which every value has a name; undefined where it is one of numbers. */
  lanesOf(panel: PanelParts, drawn: readonly DrawnLine[]): YAxis | undefined;
  drawEvents(panel: PanelParts, context: CanvasRenderingContext2D, box: Box, theme: Theme): void;
}

import type { ChannelData } from "../data/channel-data.ts";
import type { PointTools } from "../data/path.ts";
import type { ChannelSource } from "../data/point-source.ts";
import type { Range, Segment } from "../data/segment.ts";
import type { GapRecord, GapSpan } from "../data/store/gap-log.ts";
import type { Series } from "../data/store/series.ts";
import type { Arrangement } from "../layout/arrangement.ts";
import type { PanelPlan, SeriesStyles } from "../layout/panels.ts";
import type { ValueStyleOf } from "../ui/legend.ts";
import type { Notice, NoticeAction } from "../ui/notice.ts";
import type { ViewModel } from "../viewport/viewport.ts";
import type { Gutters } from "./plot-canvas.ts";
import type { PanelSeries } from "./renderers/panel-renderer.ts";
import type { LazyRenderers } from "./renderers/registry.ts";
import type { SharingPanel } from "./sharing-panel.ts";
import type { YAxis } from "./y-axis.ts";

/** The marks of what is missing in one panel, behind its lines. */
export interface GapMarks {
  /** @param widthPx of the part of the plot with the lines, in CSS pixels */
  show(gaps: readonly GapRecord[], range: Range, time: boolean, widthPx: number): void;
  /** Describes the mark at `x`, if there is one within `reachPx`. */
  hover(x: number | undefined, reachPx: number): void;
  /** Describes the mark that this span is part of, once that is in view. */
  describe(span: GapSpan | undefined): void;
}

/** A panel as far as it is said what its logarithmic axes leave out. */
export interface LoggedPanel {
  readonly plot: HTMLElement;
  readonly under: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly plan: Pick<PanelPlan, "left" | "rightAxis">;
  readonly series: readonly PanelSeries[];
}

/** What the notes on series that are out of view are made from. */
export interface ShownOff {
  panels: readonly LoggedPanel[];
  viewModel: ViewModel;
  isLive: boolean;
  /** The range of x that a person chose, or a link. */
  range: Range | undefined;
  source: ChannelData;
  notice: Notice;
  goLive(): void;
  /** When something last came, by the channel's clock, in x; NaN where that is not known. */
  nowX: number;
  /** Shows a range of x. */
  go(range: Range): void;
  /** Shows a line over all panels. */
  notify(text: string, action?: NoticeAction): void;
}

/** What the list of series without a panel is made from. */
export interface LeftOut {
  /** Below the panels. */
  readonly foot: HTMLElement;
  readonly arrangement: Arrangement;
  readonly source: Pick<ChannelSource, "series" | "stored">;
  /** Those that have nothing in view. */
  readonly absent: readonly Series[];
  readonly viewModel: ViewModel;
  readonly nowX: number;
  go(range: Range): void;
  layoutChanged(): void;
}

/** A panel as far as its axis of names needs it. */
export interface PanelParts {
  readonly root: HTMLElement;
  readonly plan: PanelPlan;
  readonly series: readonly PanelSeries[];
  readonly axes: { left: YAxis; right: YAxis | undefined };
}

/** A panel as far as it is titled, and its series are styled. */
export interface StyledPanel {
  readonly root: HTMLElement;
  readonly plan: PanelPlan;
  readonly series: readonly PanelSeries[];
  /** Says to screen readers what it has. */
  describe(what: string): void;
}

/** A panel as far as its scales can be equal. */
export interface EqualPanel extends PanelParts {
  readonly plot: HTMLElement;
  /** Finds the ticks of its axes. */
  measure(): unknown;
}

/** What panels are drawn with where there is a gap, a value with a name, a logarithmic axis or a prefix. */
export interface PanelRender {
  readonly GapMarks: new (host: HTMLElement, under: HTMLElement) => GapMarks;
  /** The gaps that concern one of these series. */
  gapsOf(gaps: readonly GapRecord[], names: readonly string[]): GapRecord[];
  readonly renderers: LazyRenderers;
  /** What is drawn of a series: of long paths not every point. */
  thinned(segments: readonly Segment[]): readonly Segment[];
  readonly valueStyle: ValueStyleOf;
  /** Gives the axes of a panel the prefixes that their labels need, and logarithmic ones their ticks. */
  completeAxes(panel: PanelParts): void;
  /** Gives a panel its title, and its series the names, colours, lines and points that a person chose. */
  stylePanel(panel: StyledPanel, styles: SeriesStyles): void;
  /**
   * The axis of a panel in which every value has a name; the prepared points are put where it has them. Undefined where the
   * axis is one of numbers.
   */
  namedAxis(panel: PanelParts): YAxis | undefined;
  /** Gives those that want it a y axis with the scale of the x axis, and makes the gutters wider where pictures must be narrower. */
  equalScales?(panels: readonly EqualPanel[], viewModel: Pick<ViewModel, "x" | "time">, gutters: Gutters): void;
  /** Gives the axes of each of these units the range that all of them need. */
  shareY(panels: readonly SharingPanel[], units: ReadonlySet<string>, styles: SeriesStyles): void;
}

/** The same, and what a page says beside its panels: it is loaded when there is any of it, since most pages need none. */
export interface LazyRender extends PanelRender {
  readonly pointTools: PointTools;
  /** Says of series without points in view why that is. */
  showOff(shown: ShownOff): void;
  /** Says which series have no panel, and why. */
  showLeftOut(leftOut: LeftOut): void;
}

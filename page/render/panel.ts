import type { PointSource } from "../data/point-source.ts";
import type { Range } from "../data/segment.ts";
import type { Arrangement, Axis, ShownPanel, YAxisPlan } from "../layout/arrangement.ts";
import { button, make } from "../ui/dom.ts";
import { Legend, type LegendActions } from "../ui/legend.ts";
import type { Theme } from "../ui/theme.ts";
import type { ViewModel } from "../viewport/viewport.ts";
import type { PanelRender } from "./lazy-render.ts";
import { type Gutters, MIN_GUTTERS, PlotCanvas } from "./plot-canvas.ts";
import type { PanelSeries } from "./renderers/panel-renderer.ts";
import { PointBuffer } from "./renderers/point-buffer.ts";
import { rendererOf } from "./renderers/registry.ts";
import { nextRange, onAxis, type Tick, thresholdsOn, type YAxis } from "./y-axis.ts";

export interface PanelActions extends LegendActions {
  /** Something asks for the settings of this panel. */
  settings(id: string, opener: HTMLElement): void;
  /** It wants to be drawn again. */
  requestDraw(): void;
}

/** The two ranges of y from one drawing to the next. */
interface Ranges {
  left: Range | undefined;
  right: Range | undefined;
}

/** One panel: its legend, its lines, and what lies over them. */
export class Panel {
  readonly root = make("section", "panel");
  readonly plot = make("figure", "plot");
  /** As large as the part with the lines: marks lie in `under`, and cursors in `over`. */
  readonly under = make("div", "under");
  readonly over = make("div", "over");
  readonly legend: Legend;
  /** Its series as they were drawn last, hidden ones too. */
  series: readonly PanelSeries[] = [];
  axes: { left: YAxis; right: YAxis | undefined } = { left: NO_AXIS, right: undefined };
  isOnScreen = true;
  #plan: ShownPanel;
  readonly #plot: PlotCanvas;
  readonly #buffers = new Map<string, PointBuffer>();
  #ranges: Ranges = { left: undefined, right: undefined };
  #lazy: PanelRender | undefined;
  readonly #menu: HTMLButtonElement;

  constructor(plan: ShownPanel, actions: PanelActions) {
    this.#plan = plan;
    const list = make("ul", "legend");
    this.legend = new Legend(list, actions);
    this.#menu = button("⋯", () => actions.settings(this.#plan.id, this.#menu));
    this.#menu.className = "panel-menu";
    this.plot.append(this.under);
    this.root.append(make("div", "panel-head", list, this.#menu), this.plot);
    this.#plot = new PlotCanvas(this.plot, actions.requestDraw);
    this.plot.append(this.over);
    this.plan = plan;
  }

  get plan(): ShownPanel {
    return this.#plan;
  }

  set plan(plan: ShownPanel) {
    // The previous range of y is kept as long as it fits, but not for other series or another scale.
    if (plan.names.join() !== this.#plan.names.join() || plan.left.log !== this.#plan.left.log) this.forgetRange();
    this.#plan = plan;
    this.describe(plan.names.join(", "));
  }

  /** Says to screen readers what it has. */
  describe(what: string): void {
    const { left, rightAxis } = this.#plan;
    const at = [left, rightAxis].flatMap(({ thresholds }) => thresholds ?? []).join(", ");
    this.root.ariaLabel = what;
    this.plot.ariaLabel = `Plot of ${what}${at && `; threshold lines at ${at}`}`;
    this.#menu.ariaLabel = `Settings of the panel with ${what}`;
    this.#menu.title = "Panel settings";
  }

  get canvas(): HTMLCanvasElement {
    return this.#plot.canvas;
  }

  /** Takes it off the page for good. */
  remove(): void {
    this.#plot.close();
    this.root.remove();
  }

  columns(gutters: Gutters): number {
    return this.#plot.columns(gutters);
  }

  /** The next drawing finds its ranges of y by itself. */
  forgetRange(): void {
    this.#ranges = { left: undefined, right: undefined };
  }

  /**
   * Finds out what is to be drawn.
   * @param highlighted the series whose legend entry the pointer is on
   * @param lazy renderers of kinds that few pages have, and axes of names; without it there are only lines
   * @param chosen what a person chose of y, and of how series look
   */
  prepare(
    viewModel: ViewModel,
    source: PointSource,
    highlighted: string | undefined,
    lazy: PanelRender | undefined,
    { y, styles }: Pick<Arrangement, "y" | "styles">,
  ): void {
    const { names, slots, right, left, rightAxis } = this.#plan;
    const all: PanelSeries[] = [];
    const extents: Record<Axis, Extent> = {
      left: { low: Infinity, high: -Infinity },
      right: { low: Infinity, high: -Infinity },
    };
    for (const [i, name] of names.entries()) {
      const slot = slots[i] ?? 0;
      const series = source.seriesOf(name);
      if (series === undefined) continue;
      const buffer = this.#buffers.get(name) ?? new PointBuffer();
      this.#buffers.set(name, buffer);
      const renderer = rendererOf(series, lazy?.renderers);
      const isHidden = source.isHidden(name);
      const onRight = right.has(name);
      const segments = isHidden ? [] : viewModel.segments(series);
      renderer.prepare(lazy?.thinned(segments) ?? segments, viewModel, buffer);
      const { minY, maxY } = buffer;
      const isHighlighted = name === highlighted;
      all.push({ series, renderer, slot, onRight, isHidden, segments, isHighlighted, buffer, minY, maxY });
      if ((onRight ? rightAxis : left).log) buffer.toLog10();
      const extent = onRight ? extents.right : extents.left;
      extent.low = Math.min(extent.low, buffer.minY);
      extent.high = Math.max(extent.high, buffer.maxY);
      extent.zoom ??= y?.zooms.get(name);
    }
    this.series = all;
    lazy?.stylePanel(this, styles);
    const named = lazy?.namedAxis(this);
    this.#ranges.left = rangeOf(left, this.#ranges.left, extents.left);
    if (named !== undefined && left.mode.kind === "auto" && !extents.left.zoom) this.#ranges.left = named.range;
    this.#ranges.right = rangeOf(rightAxis, this.#ranges.right, extents.right);
    this.#lazy = lazy;
    this.legend.valueStyle = lazy?.valueStyle;
    this.axes = {
      left: { ...named, range: this.#ranges.left, log: left.log, isFlat: isFlat(extents.left) },
      right: all.some(({ onRight }) => onRight)
        ? { range: this.#ranges.right, log: rightAxis.log, isFlat: isFlat(extents.right) }
        : undefined,
    };
  }

  /** Finds the ticks of its axes. @returns how much room they need */
  measure(): Gutters {
    this.#lazy?.completeAxes(this);
    const { left, right } = this.axes;
    const gutters = this.#plot.measure(left, right);
    const hasLeft = right === undefined || this.series.some(({ onRight }) => !onRight);
    return hasLeft ? gutters : { ...gutters, left: MIN_GUTTERS.left };
  }

  paint(viewModel: ViewModel, xTicks: readonly Tick[], gutters: Gutters, theme: Theme): void {
    const { left, right } = this.axes;
    const thresholds = thresholdsOn(left, this.#plan.left.thresholds);
    if (right !== undefined) thresholds.push(...thresholdsOn(right, this.#plan.rightAxis.thresholds, true));
    const series = this.series.filter(({ isHidden }) => !isHidden);
    this.#plot.draw({ x: viewModel.x, xTicks, left, right, series, thresholds }, gutters, theme);
    for (const layer of [this.under, this.over]) {
      layer.style.left = `${gutters.left}px`;
      layer.style.right = `${gutters.right}px`;
    }
    this.plot.dataset.drawn = "";
  }
}

const NO_AXIS: YAxis = { range: { min: 0, max: 1 }, log: false };

/** What the series of an axis need, and what a person chose of it. */
interface Extent {
  low: number;
  high: number;
  zoom?: Range | undefined;
}

function isFlat({ low, high }: Extent): boolean {
  return !(low < high);
}

function rangeOf(plan: YAxisPlan, previous: Range | undefined, { low, high, zoom }: Extent): Range {
  for (const wanted of [zoom, plan.mode]) {
    if (wanted === undefined || !("min" in wanted)) continue;
    const given = { min: onAxis(plan, wanted.min), max: onAxis(plan, wanted.max) };
    if (given.min < given.max) return given;
  }
  return nextRange(previous, low, high);
}

import type { Series } from "../hold/store.ts";
import type { GapMarks } from "../later/gap-marks.ts";
import type { PanelPlan, YAxisPlan } from "../look/arrangement.ts";
import type { Sight } from "../look/view.ts";
import { Legend, type LegendActions } from "../say/legend.ts";
import { decimate, Line } from "./decimate.ts";
import { type DrawnLine, type Gutters, MIN_GUTTERS, Plot } from "./plot.ts";
import type { Range } from "./range.ts";
import type { Shown } from "./shown.ts";
import type { Theme } from "./theme.ts";
import { nextRange, onAxis, type Tick, thresholdsOn, type YAxis } from "./y-axis.ts";

export interface PanelActions extends LegendActions {
  /** Something asks for the settings of this panel. */
  settings(id: string, opener: HTMLElement): void;
  /** It wants to be drawn again. */
  stirred(): void;
}

/** The two ranges of y from one drawing to the next. */
interface Ranges {
  left: Range | undefined;
  right: Range | undefined;
}

/** One panel: its legend, its lines, and what lies over them. */
export class Panel {
  readonly root = document.createElement("section");
  readonly plot: HTMLElement;
  /** As large as the part with the lines: marks lie in `under`, and cursors in `over`. */
  readonly under = box("under");
  readonly over = box("over");
  readonly legend: Legend;
  marks: GapMarks | undefined;
  shown: readonly Shown[] = [];
  axes: { left: YAxis; right: YAxis | undefined } = { left: NO_AXIS, right: undefined };
  isOnScreen = true;
  #plan: PanelPlan;
  readonly #plot: Plot;
  readonly #lines = new Map<string, Line>();
  #drawn: DrawnLine[] = [];
  #ranges: Ranges = { left: undefined, right: undefined };
  readonly #menu = document.createElement("button");

  constructor(plan: PanelPlan, actions: PanelActions) {
    this.#plan = plan;
    this.root.className = "panel";
    const head = box("panel-head");
    const list = document.createElement("ul");
    list.className = "legend";
    this.legend = new Legend(list, actions);
    this.#menu.type = "button";
    this.#menu.className = "panel-menu";
    this.#menu.textContent = "⋯";
    this.#menu.addEventListener("click", () => actions.settings(this.#plan.id, this.#menu));
    head.append(list, this.#menu);
    this.plot = document.createElement("figure");
    this.plot.className = "plot";
    this.plot.append(this.under);
    this.root.append(head, this.plot);
    this.#plot = new Plot(this.plot, actions.stirred);
    this.plot.append(this.over);
    this.plan = plan;
  }

  get plan(): PanelPlan {
    return this.#plan;
  }

  set plan(plan: PanelPlan) {
    // The previous range of y is kept as long as it fits, but not for other series or another scale.
    if (plan.names.join() !== this.#plan.names.join() || plan.left.log !== this.#plan.left.log) this.forgetRange();
    this.#plan = plan;
    const what = plan.names.join(", ");
    this.root.ariaLabel = what;
    const at = [plan.left, plan.rightAxis].flatMap(({ thresholds }) => thresholds ?? []).join(", ");
    this.plot.ariaLabel = `Plot of ${what}${at && `; lines at ${at}`}`;
    this.#menu.ariaLabel = `Settings of the panel with ${what}`;
    this.#menu.title = "Panel settings";
  }

  get canvas(): HTMLCanvasElement {
    return this.#plot.canvas;
  }

  columns(gutters: Gutters): number {
    return this.#plot.columns(gutters);
  }

  /** The next drawing finds its ranges of y by itself. */
  forgetRange(): void {
    this.#ranges = { left: undefined, right: undefined };
  }

  /** Finds out what is to be drawn. @returns how much room its axes need */
  prepare(
    sight: Sight,
    seriesOf: (name: string) => Series | undefined,
    isHidden: (name: string) => boolean,
    meant: string | undefined,
  ): Gutters {
    const { names, right, left, rightAxis } = this.#plan;
    const shown: Shown[] = [];
    this.#drawn = [];
    const extents = { left: { low: Infinity, high: -Infinity }, right: { low: Infinity, high: -Infinity } };
    for (const [slot, name] of names.entries()) {
      const series = seriesOf(name);
      if (series === undefined) continue;
      const onRight = right.has(name);
      const entry = { series, slot, onRight, isHidden: isHidden(name), parts: [], minY: Infinity, maxY: -Infinity };
      if (entry.isHidden) {
        shown.push(entry);
        continue;
      }
      const parts = sight.parts(series);
      const line = this.#lines.get(name) ?? new Line();
      this.#lines.set(name, line);
      decimate(parts, sight.bucket, line);
      shown.push({ ...entry, parts, minY: line.minY, maxY: line.maxY });
      if ((onRight ? rightAxis : left).log) line.toPowers();
      const extent = onRight ? extents.right : extents.left;
      extent.low = Math.min(extent.low, line.minY);
      extent.high = Math.max(extent.high, line.maxY);
      this.#drawn.push({ line, slot, onRight, meant: name === meant });
    }
    this.shown = shown;
    const hasRight = shown.some(({ onRight }) => onRight);
    const hasLeft = !hasRight || shown.some(({ onRight }) => !onRight);
    this.#ranges.left = rangeOf(left, this.#ranges.left, extents.left);
    this.#ranges.right = rangeOf(rightAxis, this.#ranges.right, extents.right);
    this.axes = {
      left: { range: this.#ranges.left, log: left.log },
      right: hasRight ? { range: this.#ranges.right, log: rightAxis.log } : undefined,
    };
    const gutters = this.#plot.measure(this.axes.left, this.axes.right);
    return hasLeft ? gutters : { ...gutters, left: MIN_GUTTERS.left };
  }

  paint(sight: Sight, xTicks: readonly Tick[], gutters: Gutters, theme: Theme): void {
    const { left, right } = this.axes;
    const thresholds = thresholdsOn(left, this.#plan.left.thresholds);
    if (right !== undefined) thresholds.push(...thresholdsOn(right, this.#plan.rightAxis.thresholds, true));
    this.#plot.draw({ x: sight.x, xTicks, left, right, lines: this.#drawn, thresholds }, gutters, theme);
    for (const layer of [this.under, this.over]) {
      layer.style.left = `${gutters.left}px`;
      layer.style.right = `${gutters.right}px`;
    }
    this.plot.dataset.drawn = "";
  }
}

const NO_AXIS: YAxis = { range: { min: 0, max: 1 }, log: false };

function rangeOf(plan: YAxisPlan, previous: Range | undefined, extent: { low: number; high: number }): Range {
  const { mode } = plan;
  if (mode.kind !== "auto") {
    const given = { min: onAxis(plan, mode.min), max: onAxis(plan, mode.max) };
    if (given.min < given.max) return given;
  }
  return nextRange(previous, extent.low, extent.high);
}

function box(className: string): HTMLElement {
  const element = document.createElement("div");
  element.className = className;
  return element;
}

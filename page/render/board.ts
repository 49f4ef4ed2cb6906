import type { PointSource } from "../data/point-source.ts";
import type { Arrangement, ShownPanel } from "../layout/arrangement.ts";
import { make } from "../ui/dom.ts";
import { readTheme, type Theme } from "../ui/theme.ts";
import type { ViewModel } from "../viewport/viewport.ts";
import type { PanelRender } from "./lazy-render.ts";
import { Panel, type PanelActions } from "./panel.ts";
import { type Gutters, MIN_GUTTERS } from "./plot-canvas.ts";
import { XAxis, xTicks } from "./x-axis.ts";

/** All panels, one under the other, and the x axis that they share. */
export class Board {
  readonly host: HTMLElement;
  /** At the foot, under all panels. */
  readonly foot = make("div", "x-axis");
  gutters: Gutters = MIN_GUTTERS;
  readonly #xAxis: XAxis;
  readonly #actions: PanelActions;
  readonly #panels = new Map<string, Panel>();
  readonly #seen: IntersectionObserver;
  #plans: readonly ShownPanel[] = [];
  #theme: Theme;
  #columns = 1;

  constructor(host: HTMLElement, actions: PanelActions) {
    this.host = host;
    this.#actions = actions;
    host.append(this.foot);
    this.#xAxis = new XAxis(this.foot, actions.requestDraw);
    this.#theme = readTheme(host);
    this.#seen = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const panel = this.panels.find(({ root }) => root === target);
          if (panel !== undefined) panel.isOnScreen = isIntersecting;
        }
        actions.requestDraw();
      },
      { root: host, rootMargin: "100px" },
    );
  }

  /** Other colours count where it is. */
  readTheme(): void {
    this.#theme = readTheme(this.host);
    this.#actions.requestDraw();
  }

  /** From top to bottom. */
  get panels(): Panel[] {
    return this.#plans.flatMap(({ id }) => this.#panels.get(id) ?? []);
  }

  /** Those that can be seen: only these are drawn, and show what is true now. */
  get onScreen(): Panel[] {
    return this.panels.filter(({ isOnScreen }) => isOnScreen);
  }

  get xLabels(): XAxis["labels"] {
    return this.#xAxis.labels;
  }

  get xAxisCanvas(): HTMLCanvasElement {
    return this.#xAxis.canvas;
  }

  /** How many pixel columns a panel has for its lines. */
  get columns(): number {
    this.#columns = this.panels[0]?.columns(this.gutters) ?? this.#columns;
    return this.#columns;
  }

  /** Makes the panels that are planned, and no others. @returns whether they are others than before */
  arrange(plans: readonly ShownPanel[]): boolean {
    if (plans === this.#plans) return false;
    this.#plans = plans;
    const ids = new Set(plans.map(({ id }) => id));
    for (const [id, panel] of this.#panels) {
      if (ids.has(id)) continue;
      this.#seen.unobserve(panel.root);
      panel.remove();
      this.#panels.delete(id);
    }
    let before: Element | null = this.host.firstElementChild;
    for (const plan of plans) {
      let panel = this.#panels.get(plan.id);
      if (panel === undefined) {
        panel = new Panel(plan, this.#actions);
        this.#panels.set(plan.id, panel);
        this.#seen.observe(panel.root);
      } else {
        panel.plan = plan;
      }
      if (before === panel.root) before = panel.root.nextElementSibling;
      else this.host.insertBefore(panel.root, before);
    }
    this.host.dataset.panels = String(plans.length);
    return true;
  }

  /**
   * Draws what is on the screen.
   * @param highlighted the series that is pointed at
   * @param chosen what a person chose of y, and of how series look
   */
  draw(
    viewModel: ViewModel,
    source: PointSource,
    highlighted: string | undefined,
    lazy: PanelRender | undefined,
    chosen: Pick<Arrangement, "y" | "styles">,
  ): void {
    const panels = this.onScreen;
    const units = chosen.y?.sharedUnits;
    // An axis that panels share must not change with which of them are on the screen.
    const prepared = units?.size ? this.panels : panels;
    for (const panel of prepared) panel.prepare(viewModel, source, highlighted, lazy, chosen);
    if (units?.size) lazy?.shareY(prepared, units, chosen.styles);
    const needs = panels.map((panel) => panel.measure());
    this.gutters = {
      left: Math.max(MIN_GUTTERS.left, ...needs.map(({ left }) => left)),
      right: Math.max(MIN_GUTTERS.right, ...needs.map(({ right }) => right)),
    };
    lazy?.equalScales?.(panels, viewModel, this.gutters);
    const ticks = xTicks(viewModel.x, viewModel.time, this.#xAxis.width(this.gutters));
    for (const panel of panels) panel.paint(viewModel, ticks, this.gutters, this.#theme);
    this.#xAxis.draw(viewModel, ticks, this.gutters, this.#theme);
    this.host.dataset.drawn = "";
  }

  /** Takes it off the page for good. */
  close(): void {
    this.arrange([]);
    this.#seen.disconnect();
    this.#xAxis.close();
  }

  /** The next drawing finds all ranges of y by itself. */
  forgetRanges(): void {
    for (const panel of this.#panels.values()) panel.forgetRange();
  }
}

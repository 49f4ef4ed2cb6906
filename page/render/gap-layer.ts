import type { GapSpan } from "../data/store/gap-log.ts";
import type { ViewModel } from "../viewport/viewport.ts";
import type { GapMarks, LazyRender } from "./lazy-render.ts";
import type { Panel } from "./panel.ts";

/** After a failure it is loaded again no sooner than this. */
const AGAIN_MS = 5_000;

/**
 * The marks of gaps in all panels. What draws them, and values with names, is loaded when there are any: most pages have
 * none.
 */
export class GapLayer {
  readonly #load: () => Promise<LazyRender | undefined>;
  readonly #requestDraw: () => void;
  readonly #marks = new WeakMap<Panel, GapMarks>();
  #lazy: LazyRender | undefined;
  #isLoading = false;
  #notBeforeMs = 0;

  /** @param load undefined: it cannot be loaded now, and is tried again later */
  constructor(load: () => Promise<LazyRender | undefined>, requestDraw: () => void) {
    this.#load = load;
    this.#requestDraw = requestDraw;
  }

  /** What draws them; undefined until it was loaded. */
  get lazy(): LazyRender | undefined {
    return this.#lazy;
  }

  /** @param isNeeded something else needs what is loaded: values with names, or series that are out of view */
  show(panels: readonly Panel[], viewModel: ViewModel, isNeeded: boolean): void {
    const lazy = this.#lazy;
    if (lazy === undefined) {
      const isWanted =
        (isNeeded || viewModel.gaps.length > 0) && !this.#isLoading && performance.now() >= this.#notBeforeMs;
      if (isWanted) void this.load();
      return;
    }
    for (const panel of panels) {
      const gaps = lazy.gapsOf(viewModel.gaps, panel.plan.names);
      this.#of(panel)?.show(gaps, viewModel.x, viewModel.time, panel.under.clientWidth);
    }
  }

  /** Describes the gap at `x` in one panel, and none in the others. */
  hover(panels: readonly Panel[], target: Panel | undefined, x: number | undefined, reachPx: number): void {
    for (const panel of panels) this.#marks.get(panel)?.hover(panel === target ? x : undefined, reachPx);
  }

  /** Describes the gap at a span, once that is in view, in one panel, and none in the others. */
  describe(panels: readonly Panel[], target: Panel, span: GapSpan): void {
    for (const panel of panels) this.#of(panel)?.describe(panel === target ? span : undefined);
  }

  /** What draws them, and finds the next gap. */
  async load(): Promise<LazyRender | undefined> {
    if (this.#lazy !== undefined) return this.#lazy;
    this.#isLoading = true;
    this.#lazy = await this.#load();
    this.#isLoading = false;
    this.#notBeforeMs = performance.now() + AGAIN_MS;
    if (this.#lazy !== undefined) this.#requestDraw();
    return this.#lazy;
  }

  #of(panel: Panel): GapMarks | undefined {
    const known = this.#marks.get(panel) ?? (this.#lazy && new this.#lazy.GapMarks(panel.plot, panel.under));
    if (known !== undefined) this.#marks.set(panel, known);
    return known;
  }
}

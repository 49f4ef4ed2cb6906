import type { Place } from "../data/store/gap-log.ts";
import type { Sight } from "../viewport/viewport.ts";
import type { GapMarks, LazyRender } from "./lazy-render.ts";
import type { Panel } from "./panel.ts";

/** So long after it could not be had it is asked for again. */
const AGAIN_MS = 5_000;

/**
 * The marks of what is missing, in all panels; what draws them, and events, is loaded when there is a gap or an event: most
 * pages have none.
 */
export class Marks {
  readonly #load: () => Promise<LazyRender | undefined>;
  readonly #stirred: () => void;
  readonly #marks = new WeakMap<Panel, GapMarks>();
  #later: LazyRender | undefined;
  #isLoading = false;
  #notBeforeMs = 0;

  /** @param load undefined: it cannot be had now, and is asked for again later */
  constructor(load: () => Promise<LazyRender | undefined>, stirred: () => void) {
    this.#load = load;
    this.#stirred = stirred;
  }

  /** What draws them; undefined until it is here. */
  get later(): LazyRender | undefined {
    return this.#later;
  }

  /** @param hasNames there are values with names, which are drawn by what is loaded */
  show(panels: readonly Panel[], sight: Sight, hasNames: boolean): void {
    const later = this.#later;
    if (later === undefined) {
      const isWanted =
        (hasNames || sight.gaps.length > 0) && !this.#isLoading && performance.now() >= this.#notBeforeMs;
      if (isWanted) void this.load();
      return;
    }
    for (const panel of panels) {
      const gaps = later.gapsOf(sight.gaps, panel.plan.names);
      this.#of(panel)?.show(gaps, sight.x, sight.time, panel.under.clientWidth);
    }
  }

  /** Says what is missing at `x` in one panel, and nothing in the others. */
  pointAt(panels: readonly Panel[], meant: Panel | undefined, x: number | undefined, reachPx: number): void {
    for (const panel of panels) this.#marks.get(panel)?.pointAt(panel === meant ? x : undefined, reachPx);
  }

  /** Says what is missing at a place, once that is in view, in one panel, and nothing in the others. */
  speakOf(panels: readonly Panel[], meant: Panel, place: Place): void {
    for (const panel of panels) this.#of(panel)?.speakOf(panel === meant ? place : undefined);
  }

  /** What draws them, and finds the next gap. */
  async load(): Promise<LazyRender | undefined> {
    if (this.#later !== undefined) return this.#later;
    this.#isLoading = true;
    this.#later = await this.#load();
    this.#isLoading = false;
    this.#notBeforeMs = performance.now() + AGAIN_MS;
    if (this.#later !== undefined) this.#stirred();
    return this.#later;
  }

  #of(panel: Panel): GapMarks | undefined {
    const known = this.#marks.get(panel) ?? (this.#later && new this.#later.GapMarks(panel.plot, panel.under));
    if (known !== undefined) this.#marks.set(panel, known);
    return known;
  }
}

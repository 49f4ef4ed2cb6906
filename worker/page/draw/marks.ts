import type { GapMarks } from "../later/gap-marks.ts";
import type { Sight } from "../look/view.ts";
import type { Panel } from "./panel.ts";

/** So long after it could not be had it is asked for again. */
const AGAIN_MS = 5_000;

type MakeMarks = (host: HTMLElement, under: HTMLElement) => GapMarks;

/** The marks of what is missing, in all panels; what draws them is loaded when there is a gap: most pages have none. */
export class Marks {
  readonly #load: () => Promise<MakeMarks | undefined>;
  readonly #stirred: () => void;
  readonly #marks = new WeakMap<Panel, GapMarks>();
  #make: MakeMarks | "loading" | undefined;
  #notBeforeMs = 0;

  /** @param load undefined: it cannot be had now, and is asked for again later */
  constructor(load: () => Promise<MakeMarks | undefined>, stirred: () => void) {
    this.#load = load;
    this.#stirred = stirred;
  }

  show(panels: readonly Panel[], sight: Sight): void {
    const isWanted = this.#make === undefined && sight.gaps.length > 0;
    if (isWanted && performance.now() >= this.#notBeforeMs) void this.#fetch();
    if (typeof this.#make !== "function") return;
    for (const panel of panels) {
      if (!panel.isOnScreen) continue;
      const known = this.#marks.get(panel) ?? this.#make(panel.plot, panel.under);
      this.#marks.set(panel, known);
      const names = new Set(panel.plan.names);
      const gaps = sight.gaps.filter(({ series }) => series === "" || names.has(series));
      known.show(gaps, sight.x, sight.time, panel.under.clientWidth);
    }
  }

  /** Says what is missing at `x` in one panel, and nothing in the others. */
  pointAt(panels: readonly Panel[], meant: Panel | undefined, x: number | undefined, reachPx: number): void {
    for (const panel of panels) this.#marks.get(panel)?.pointAt(panel === meant ? x : undefined, reachPx);
  }

  /** The nearest mark of any panel to the left (-1) or to the right (1) of `x`. */
  next(panels: readonly Panel[], x: number, direction: -1 | 1): { panel: Panel; x: number } | undefined {
    let nearest: { panel: Panel; x: number } | undefined;
    for (const panel of panels) {
      const at = this.#marks.get(panel)?.next(x, direction);
      if (at !== undefined && (nearest === undefined || Math.abs(at - x) < Math.abs(nearest.x - x))) {
        nearest = { panel, x: at };
      }
    }
    return nearest;
  }

  async #fetch(): Promise<void> {
    this.#make = "loading";
    this.#make = await this.#load();
    this.#notBeforeMs = performance.now() + AGAIN_MS;
    if (this.#make !== undefined) this.#stirred();
  }
}

import { decimate, Line } from "./decimate.ts";
import type { GapMarks } from "./gap-marks.ts";
import { Plot } from "./plot.ts";
import { type Range, stableRange } from "./range.ts";
import { onThemeChange, readTheme } from "./theme.ts";
import type { Sight } from "./view.ts";

/** One plot and what it needs from one drawing to the next. */
export class Panel {
  readonly #host: HTMLElement;
  readonly #plot: Plot;
  readonly #stirred: () => void;
  /** Loaded when there is a gap to mark: most pages never need it. */
  #marks: GapMarks | "loading" | undefined;
  readonly #reused: Line[] = [];
  #shown: (Line | undefined)[] = [];
  #y: Range | undefined;

  /** @param stirred it wants to be drawn again */
  constructor(host: HTMLElement, stirred: () => void) {
    this.#host = host;
    this.#plot = new Plot(host, readTheme(), stirred);
    this.#stirred = stirred;
    onThemeChange(() => {
      this.#plot.setTheme(readTheme());
      stirred();
    });
  }

  get columns(): number {
    return this.#plot.columns;
  }

  /** The lines of the last drawing, by the index of their series. */
  get lines(): readonly (Line | undefined)[] {
    return this.#shown;
  }

  /** The next drawing finds its range of y by itself. */
  forgetRange(): void {
    this.#y = undefined;
  }

  draw({ minX, maxX, time, bucket, slices, gaps }: Sight): void {
    this.#host.dataset.drawn = "";
    this.#shown = [];
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const { series, x, y } of slices) {
      const line = this.#reused[series.index] ?? new Line();
      this.#reused[series.index] = line;
      decimate(x, y, bucket, line);
      this.#shown[series.index] = line;
      low = Math.min(low, line.minY);
      high = Math.max(high, line.maxY);
    }
    this.#y = low <= high ? stableRange(this.#y, low, high) : (this.#y ?? { min: 0, max: 1 });
    const x = { min: minX, max: maxX };
    this.#plot.draw({ x, y: this.#y, time, lines: this.#shown });
    if (this.#marks === undefined && gaps.length > 0) this.#loadMarks();
    if (typeof this.#marks === "object") this.#marks.show(gaps, x, time, this.#plot.columns / devicePixelRatio);
  }

  async #loadMarks(): Promise<void> {
    this.#marks = "loading";
    try {
      const { GapMarks } = await import("./gap-marks.ts");
      this.#marks = new GapMarks(this.#host, this.#plot.under);
      this.#stirred();
    } catch {
      // The Worker is away, or was deployed anew: the next drawing tries again.
      this.#marks = undefined;
    }
  }
}
